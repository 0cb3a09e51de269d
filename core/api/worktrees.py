"""Worktrees on the wire: the folders of their own in which Develop sessions work."""

from msgspec import Struct

from core.api.sessions import SessionState
from core.api.wire import Call, Done, Page


class SessionWorktree(Struct, frozen=True):
    """A worktree that is kept. `reason` is why it is, and empty where it can go; `there` is whether its folder
    still is."""

    session: int
    title: str
    state: SessionState
    workspace: str
    owner: str
    path: str
    branch: str
    base: str
    there: bool
    reason: str


def worktrees(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[SessionWorktree]]:
    return Call("GET", "/worktrees", Page[SessionWorktree], {"limit": limit, "cursor": cursor, "filter": filter})


def remove_worktree(session: int) -> Call[Done]:
    return Call("DELETE", f"/worktrees/{session}", Done)
