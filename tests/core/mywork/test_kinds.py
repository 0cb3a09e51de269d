"""Adding a type to My Work is one entry."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, insert, select

from core.api.work import TYPES, SidebarQuery, WorkItem
from core.caller import Caller
from core.clock import MINUTE, to_datetime
from core.mywork.kind import Kind
from core.mywork.kinds import KINDS
from core.mywork.service import MyWork
from storage import hidden
from storage.database import Connection
from storage.mywork import PERSON, Asker, Things, hidden_of
from tests.core.mywork.conftest import Desk

drafts = Table(
    "drafts_of_a_test",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("workspace_id", BigInteger),
    Column("author_id", BigInteger),
    Column("title", Text),
    Column("step", String(10)),
    Column("at", BigInteger),
)


def _shown(connection: Connection, asker: Asker, ids: Sequence[int]) -> Mapping[int, WorkItem]:
    away = hidden.hidden(connection, asker.person, "plan", ids)
    return {
        row.id: WorkItem(
            ref=f"plan/{row.id}",
            type="plan",
            id=row.id,
            title=row.title,
            state=row.step,
            doing="",
            needs=row.step == "waiting",
            over=row.step == "done",
            workspace=None,
            link=None,
            created_at=to_datetime(row.at),
            updated_at=to_datetime(row.at),
            since=to_datetime(row.at),
            hidden=row.id in away,
        )
        for row in connection.execute(select(drafts).where(drafts.c.id.in_(ids)))
    }


def _visible(connection: Connection, caller: Caller, ids: Collection[int]) -> Collection[int]:
    own = select(drafts.c.id).where(drafts.c.id.in_(ids), drafts.c.author_id == caller.person)
    return list(connection.execute(own).scalars())


DRAFTS = Kind(
    type="plan",
    things=Things(
        type="plan",
        id=drafts.c.id,
        workspace=drafts.c.workspace_id,
        own=drafts.c.author_id == PERSON,
        title=drafts.c.title,
        state=drafts.c.step,
        created=drafts.c.at,
        updated=drafts.c.at,
        being={
            "over": drafts.c.step == "done",
            "needs": drafts.c.step == "waiting",
            "hidden": hidden_of("plan", drafts.c.id),
        },
        sections=(drafts.c.step == "waiting", drafts.c.step == "running"),
        latest=drafts.c.at,
    ),
    shown=_shown,
    visible=_visible,
)


async def with_drafts(desk: Desk) -> Desk:
    """The desk with a third type, and a few of it between a session and a notification."""
    road = desk.road
    steps = ("done", "running", "waiting")

    def unit(connection: Connection) -> None:
        drafts.create(connection)
        for number, step in enumerate(steps, 1):
            values = {"workspace_id": road.workspace, "author_id": road.callers["ann"].person, "step": step}
            connection.execute(insert(drafts), {**values, "id": number, "title": step, "at": road.clock.now()})

    await desk.begin("ann", "session")
    road.clock.advance(MINUTE)
    await road.database.write(unit)
    road.clock.advance(MINUTE)
    await desk.notify("ann", "notification")
    kinds = (KINDS[0], DRAFTS, *KINDS[1:])
    return Desk(road, MyWork(road.database, road.clock, road.inbox, kinds))


async def test_a_third_type_is_in_the_sidebar_with_one_entry(desk: Desk) -> None:
    desk = await with_drafts(desk)

    sidebar = await desk.work.sidebar(desk.road.callers["ann"], SidebarQuery())

    assert [(each.type, each.count, each.needing) for each in sidebar.sections] == [
        ("session", 1, 0),
        ("plan", 2, 1),
        ("notification", 1, 1),
    ]
    assert [item.title for item in sidebar.sections[1].items] == ["waiting", "running"]


async def test_a_third_type_is_in_the_table_its_filters_and_its_orders(desk: Desk) -> None:
    desk = await with_drafts(desk)

    async def types(filter: str = "", **order: object) -> list[str]:
        return [item.type for item in await desk.table("ann", filter, **order)]

    assert await types() == ["notification", "plan", "plan", "plan", "session"]
    assert await types(sort="type") == ["session", "plan", "plan", "plan", "notification"]
    assert await desk.refs("ann", "is:over") == ["plan/1"]
    assert await desk.refs("ann", "type:plan state:waiting,running") == ["plan/3", "plan/2"]
    assert await desk.refs("ann", "type:plan", sort="title") == ["plan/1", "plan/2", "plan/3"]
    assert await types("is:needs") == ["notification", "plan"]
    assert await types("sev:info") == ["notification"]


async def test_a_third_type_is_hidden_and_shown_like_the_others(desk: Desk) -> None:
    desk = await with_drafts(desk)

    result = await desk.act("ann", "hide", "plan/3", "session/1")
    hidden_then = await desk.refs("ann", "is:hidden")
    await desk.undo("ann")

    assert set(result.changed) == set(hidden_then) == {"plan/3", "session/1"}
    assert await desk.refs("ann", "is:hidden") == []


def test_the_types_are_in_the_order_of_the_sidebar() -> None:
    types = [kind.type for kind in KINDS]

    assert types == [each for each in TYPES if each in types]
    assert types == [kind.things.type for kind in KINDS]
