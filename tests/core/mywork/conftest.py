"""My Work of a small company."""

from dataclasses import dataclass, replace

import pytest

from core.api.inbox import UndoRequest
from core.api.work import (
    SidebarQuery,
    WorkAction,
    WorkActionRequest,
    WorkActionResult,
    WorkItem,
    WorkQuery,
    WorkSection,
    WorkUndone,
)
from core.mywork.service import MyWork
from storage import changes, sessions
from storage.changes import ChangeRow
from storage.database import Connection
from storage.ids import ChangeSeq, Instant, SessionId, WorkspaceId
from storage.sessions import NewSessionRow
from storage.workspaces import add_workspace
from tests.road import Road


@dataclass
class Desk:
    """What a person sees and does on their My Work."""

    road: Road
    work: MyWork

    async def workspace(self, slug: str, member: str) -> WorkspaceId:
        """Another workspace, that this person belongs to as well."""
        road = self.road
        space = await road.database.write(lambda c: add_workspace(c, slug, slug, road.clock.now()))
        assert space is not None
        caller = road.callers[member]
        road.callers[member] = replace(caller, workspaces=caller.workspaces | {space})
        return space

    async def begin(self, owner: str, title: str, state: str = "running", **more: object) -> int:
        """A session of the owner's that has come to this state by now."""
        road = self.road
        now = road.clock.now()
        person = road.callers[owner].person
        row = NewSessionRow(road.workspace, "develop", title, "", person, person, "shell", None, now)

        def unit(connection: Connection) -> SessionId:
            session = sessions.add(connection, row._replace(**more))  # type: ignore[arg-type]
            sessions.change(connection, session, _standing(state, now), now)
            return session

        return await road.database.write(unit)

    async def move(self, session: int, state: str) -> None:
        """The session comes to be in this state."""
        now = self.road.clock.now()
        await self.road.database.write(
            lambda connection: sessions.change(connection, SessionId(session), _standing(state, now), now)
        )

    async def notify(self, person: str, title: str, **more: object) -> int:
        """A notification for the person, and its number."""
        await self.road.tell("system:notice", data={"title": title, **more}, recipients=[person])
        return max((await self.road.inbox.index(self.road.callers[person], "is:all")).ids)

    async def section(self, person: str, type: str, limit: int = 20) -> WorkSection:
        found = await self.work.sidebar(self.road.callers[person], SidebarQuery(limit))
        return next(section for section in found.sections if section.type == type)

    async def beside(self, person: str) -> list[str]:
        """The refs of the sidebar, from top to bottom."""
        found = await self.work.sidebar(self.road.callers[person], SidebarQuery())
        return [item.ref for section in found.sections for item in section.items]

    async def table(self, person: str, filter: str = "", **order: object) -> list[WorkItem]:
        query = WorkQuery(limit=1000, filter=filter, **order)  # type: ignore[arg-type]
        return (await self.work.page(self.road.callers[person], query)).items

    async def refs(self, person: str, filter: str = "", **order: object) -> list[str]:
        return [item.ref for item in await self.table(person, filter, **order)]

    async def act(
        self, person: str, action: WorkAction, *refs: str, filter: str | None = None
    ) -> WorkActionResult:
        return await self.work.act(self.road.callers[person], WorkActionRequest(action, list(refs), filter))

    async def undo(self, person: str, step: int | None = None) -> WorkUndone:
        return await self.work.undo(self.road.callers[person], UndoRequest(step))

    async def changes_since(self, seq: ChangeSeq) -> list[ChangeRow]:
        return await self.road.database.read(lambda connection: changes.after(connection, seq, 1000))


def _standing(state: str, now: Instant) -> dict[str, object]:
    ended = state not in {"queued", "running", "asking"}
    return {"state": state, "detail": f"is {state}", "ended_at": now if ended else None, "started_at": now}


@pytest.fixture
def desk(road: Road) -> Desk:
    return Desk(road, MyWork(road.database, road.clock, road.inbox))
