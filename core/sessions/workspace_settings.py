"""What a workspace says of itself: where its work is done, and the commands that belong to it.

Its commands run as the account of the server, so only an admin says what they are, and never with an API key."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from core.api.workflows import WorkspaceSettings, WorkspaceSettingsChange
from core.caller import Caller
from core.clock import Clock
from core.errors import InvalidError, NotAllowedError
from core.people.audit import Audit, write
from core.people.changes import workspace_changed
from core.people.workspaces import visible_workspace
from core.secret import Secret
from core.sessions import settings_words as words
from core.sessions.stages.work import Commands
from storage.database import Connection, Database
from storage.ids import WorkspaceId
from storage.workflows import WorkspaceSettingsRow, set_settings, settings_of


class Workplace(NamedTuple):
    """Where work is done, the branch that it starts from, and the commands that go with it."""

    folder: Path | None
    base: str | None
    commands: Commands


def load(connection: Connection, workspace: WorkspaceId) -> Workplace:
    """What the workspace says of itself; the defaults where it says nothing."""
    row = settings_of(connection, workspace)
    folder = None if row.folder is None else Path(row.folder)
    return Workplace(folder, row.base, msgspec.json.decode(row.settings, type=Commands))


def request_secret(connection: Connection, workspace: WorkspaceId) -> Secret | None:
    """What GitHub signs its news of pull requests with, where it was said."""
    secret = settings_of(connection, workspace).request_secret
    return None if secret is None else Secret(secret)


@dataclass(frozen=True)
class SettingsOfWorkspaces:
    """`request_url` is where GitHub is to send its news of a workspace's pull requests, where it can be known."""

    database: Database
    clock: Clock
    request_url: Callable[[str], str | None] = lambda _: None

    async def show(self, caller: Caller, slug: str) -> WorkspaceSettings:
        def unit(connection: Connection) -> WorkspaceSettings:
            workspace = visible_workspace(connection, caller, slug)
            return self._shown(workspace.slug, settings_of(connection, workspace.id))

        return await self.database.read(unit)

    async def change(self, caller: Caller, slug: str, change: WorkspaceSettingsChange) -> WorkspaceSettings:
        """Set what the change names, and leave the rest as it is."""
        folder_is_there = isinstance(change.folder, str) and await asyncio.to_thread(_is_folder, change.folder)

        def unit(connection: Connection) -> WorkspaceSettings:
            workspace = visible_workspace(connection, caller, slug)
            if not caller.admin:
                raise NotAllowedError(
                    "The commands of a workspace run as the server's account: ask an admin to change its settings"
                    " (it cannot be done with an API key)."
                )
            if isinstance(change.folder, str) and not folder_is_there:
                raise InvalidError(
                    "There is no such folder for the server; give the whole path of one.", "folder"
                )
            row, now = _changed(settings_of(connection, workspace.id), change), self.clock.now()
            set_settings(connection, workspace.id, row, now)
            named = [name for name in change.__struct_fields__ if getattr(change, name) is not UNSET]
            write(connection, caller, "workspace.settings", workspace.slug, "done", {"changed": named}, now)
            workspace_changed(connection, workspace.id, workspace.slug, now)
            return self._shown(workspace.slug, row)

        return await Audit(self.database, self.clock).attempt(caller, "workspace.settings", slug, unit)

    def _shown(self, slug: str, row: WorkspaceSettingsRow) -> WorkspaceSettings:
        commands = msgspec.json.decode(row.settings, type=Commands)
        return WorkspaceSettings(
            folder=row.folder,
            base=row.base,
            verify=commands.verify,
            test=commands.test,
            instructions=commands.instructions,
            hooks=commands.hooks,
            hook_seconds=commands.hook_seconds,
            request_secret_set=row.request_secret is not None,
            request_url=self.request_url(slug),
        )


def _is_folder(path: str) -> bool:
    try:
        return os.path.isabs(path) and os.path.isdir(path)
    except (ValueError, OSError):  # a name that no system takes
        return False


def _changed(row: WorkspaceSettingsRow, change: WorkspaceSettingsChange) -> WorkspaceSettingsRow:
    said = msgspec.json.decode(row.settings, type=Commands)
    commands = Commands(
        verify=said.verify if change.verify is UNSET else words.commands(change.verify, "verify"),
        test=said.test if change.test is UNSET else words.maybe_command(change.test, "test"),
        instructions=said.instructions
        if change.instructions is UNSET
        else words.instructions(change.instructions),
        hooks=said.hooks if change.hooks is UNSET else words.hooks(change.hooks),
        hook_seconds=said.hook_seconds
        if change.hook_seconds is UNSET
        else words.hook_seconds(change.hook_seconds),
    )
    return WorkspaceSettingsRow(
        folder=_said(change.folder, row.folder, words.folder),
        base=_said(change.base, row.base, words.branch),
        settings=msgspec.json.encode(commands).decode(),
        request_secret=_said(change.request_secret, row.request_secret, words.secret),
    )


def _said(value: str | UnsetType | None, before: str | None, check: Callable[[str], str]) -> str | None:
    """What was said, checked; nothing when it was taken back, and what was there when it was not spoken of."""
    if value is UNSET:
        return before
    return None if value is None else check(value)
