"""Where a session works: a worktree of its own, the workspace's folder, or a private one; and how it was there
at the beginning, which is what changes are measured by."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from core.errors import UnavailableError
from core.sessions.git import worktrees
from core.sessions.git.changes import Snapshot, Unknown, snapshot
from core.sessions.git.repository import Repository, find
from core.sessions.telling import changed
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import Workplace
from core.text import clean
from storage import sessions
from storage.database import Connection
from storage.sessions import SessionRow

_WORK = "work"
_UNSEEN = Unknown("It was not seen how the files were at the beginning.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the work is done, and where it began: nothing of that where there is no repository."""

    path: Path
    base_ref: str = ""
    base_sha: str = ""
    branch: str | None = None


async def prepare(
    shop: Workshop,
    session: SessionRow,
    workspace: str,
    workplace: Workplace,
    ignore: tuple[str, ...],
    *,
    first: bool,
    looks: bool,
) -> tuple[SessionRow, Place]:
    """The place of the session: the one that it has, or, for its first run, a new one, which is written down.
    Unless it `looks` at the files, it is not known whether they change."""
    if session.workdir is not None and not first:
        return session, await _again(session)
    place = await _found(shop, session, workspace, workplace)
    before = await snapshot(place.path, ignore) if looks else _UNSEEN
    if isinstance(before, Snapshot) and not place.base_sha:
        place = Place(place.path, before.branch.removeprefix("refs/heads/") or before.head, before.head)
    written = {
        "workdir": str(place.path),
        "branch": place.branch,
        "base_ref": place.base_ref or None,
        "base_sha": place.base_sha or None,
        **columns_of(before),
    }
    now = shop.clock.now()

    def unit(connection: Connection) -> SessionRow:
        sessions.change(connection, session.id, written, now)
        changed(connection, session.id, session.workspace_id, now)
        return sessions.existing(connection, session.id)

    return await shop.database.write(unit), place


def columns_of(before: Snapshot | Unknown) -> dict[str, str | None]:
    """A snapshot as a session keeps it."""
    if isinstance(before, Unknown):
        return {"tree_before": None, "head_before": None}
    return {"tree_before": f"{before.tree}:{before.nested}", "head_before": before.head}


def before_of(session: SessionRow) -> Snapshot | Unknown:
    """The tree as it was when the session began."""
    if session.tree_before is None:
        return _UNSEEN
    tree, _, nested = session.tree_before.partition(":")
    return Snapshot(tree, session.head_before or "", nested=nested)


async def _again(session: SessionRow) -> Place:
    path = Path(session.workdir or "")
    if not await asyncio.to_thread(path.is_dir):
        raise UnavailableError(
            f"The folder {clean(str(path))}, where this session worked, is not there any more."
        )
    return Place(path, session.base_ref or "", session.base_sha or "", session.branch)


async def _found(shop: Workshop, session: SessionRow, workspace: str, workplace: Workplace) -> Place:
    if session.workdir is not None:
        return await _again(session)
    folder = workplace.folder
    if folder is None:
        return Place(await asyncio.to_thread(shop.make_folder, session.id, _WORK))
    if not await asyncio.to_thread(folder.is_dir):
        raise UnavailableError(
            f"The folder of this workspace, {clean(str(folder))}, is not there: name another in its settings."
        )
    repository = await find(folder) if session.kind == "develop" else None
    if repository is None:
        return Place(folder)
    return await _own_tree(shop, session, workspace, repository, workplace.base)


async def _own_tree(
    shop: Workshop, session: SessionRow, workspace: str, repository: Repository, base: str | None
) -> Place:
    made = await worktrees.create(repository, shop.worktrees, workspace, session.id, session.title, base or "")
    return Place(made.path / repository.below, made.base_ref, made.base_sha, made.branch)
