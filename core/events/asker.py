"""Whoever asks, as far as events need to know them: people record events, and so events know no people."""

from typing import Protocol

from storage.ids import KeyId, PersonId, WorkspaceId


class Asker(Protocol):
    """An authenticated caller."""

    @property
    def person(self) -> PersonId: ...
    @property
    def admin(self) -> bool: ...
    @property
    def key(self) -> KeyId | None: ...
    @property
    def workspaces(self) -> frozenset[WorkspaceId]: ...

    def sees(self, workspace: WorkspaceId) -> bool:
        """Whether the workspace exists for them."""
