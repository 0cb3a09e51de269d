"""The sidebar: what is in progress or needs the person, type by type."""

import pytest

from core.api.inbox import InboxActionRequest
from core.api.work import SidebarQuery
from core.clock import DAY, HOUR, MINUTE, to_datetime
from core.errors import InvalidError
from storage import approvals, sessions
from storage.approvals import NewApprovalRow
from storage.ids import ChangeSeq, Instant, SessionId
from tests.core.mywork.conftest import Desk


async def test_sessions_that_need_the_person_come_first_then_what_runs_then_what_waits_its_turn(
    desk: Desk,
) -> None:
    begun = {}
    for state in ("queued", "done", "running", "waiting", "cancelled", "failed", "asking"):
        begun[state] = await desk.begin("ann", state, state)
        desk.road.clock.advance(MINUTE)

    section = await desk.section("ann", "session")

    assert [item.state for item in section.items] == ["asking", "failed", "waiting", "running", "queued"]
    assert (section.count, section.needing) == (5, 3)
    assert [item.needs for item in section.items] == [True, True, True, False, False]


async def test_of_those_in_one_state_the_one_that_changed_last_is_first(desk: Desk) -> None:
    first = await desk.begin("ann", "first")
    second = await desk.begin("ann", "second")
    desk.road.clock.advance(MINUTE)
    await desk.move(first, "running")

    section = await desk.section("ann", "session")

    assert [item.id for item in section.items] == [first, second]


async def test_a_failure_is_shown_for_a_day(desk: Desk) -> None:
    await desk.begin("ann", "broken", "failed")

    desk.road.clock.advance(DAY - MINUTE)
    before = await desk.section("ann", "session")
    desk.road.clock.advance(2 * MINUTE)
    after = await desk.section("ann", "session")

    assert (before.count, before.needing, len(before.items)) == (1, 1, 1)
    assert (after.count, after.needing, after.items) == (0, 0, [])
    assert [(item.state, item.over, item.needs) for item in await desk.table("ann")] == [("failed", True, False)]


async def test_what_changes_in_an_old_failure_does_not_bring_it_back(desk: Desk) -> None:
    session = await desk.begin("ann", "broken", "failed")
    desk.road.clock.advance(2 * DAY)

    await desk.road.database.write(
        lambda connection: sessions.change(
            connection, SessionId(session), {"branch": None}, desk.road.clock.now()
        )
    )

    assert (await desk.section("ann", "session")).count == 0


async def test_a_session_says_what_it_does_and_since_when(desk: Desk) -> None:
    began = desk.road.clock.now()
    session = await desk.begin("ann", "Sign-in page")
    desk.road.clock.advance(HOUR)

    (item,) = (await desk.section("ann", "session")).items

    assert (item.ref, item.link) == (f"session/{session}", f"callboard:session/{session}")
    assert (item.title, item.doing, item.workspace) == ("Sign-in page", "is running", "shop")
    assert item.since == to_datetime(began)


async def test_a_session_that_asks_does_so_since_it_was_asked(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy")
    desk.road.clock.advance(HOUR)
    asked = desk.road.clock.now()
    await ask(desk, session, asked)
    desk.road.clock.advance(HOUR)
    await ask(desk, session, desk.road.clock.now())

    (item,) = (await desk.section("ann", "session")).items

    assert item.since == to_datetime(asked)


async def test_notifications_are_those_with_a_star_then_those_unread(desk: Desk) -> None:
    a, b, c, d, e = [await desk.notify("ann", str(number)) for number in range(5)]
    ann = desk.road.callers["ann"]
    await desk.road.inbox.act(ann, InboxActionRequest("star", [a, b]))
    await desk.road.inbox.act(ann, InboxActionRequest("read", [b, c]))
    await desk.road.inbox.act(ann, InboxActionRequest("dismiss", [d]))

    section = await desk.section("ann", "notification")

    assert [item.id for item in section.items] == [b, a, e]
    assert (section.count, section.needing) == (3, 2)
    assert [item.starred for item in section.items] == [True, True, False]


async def test_a_section_has_the_first_few_and_counts_all(desk: Desk) -> None:
    for number in range(5):
        await desk.begin("ann", str(number))
        await desk.notify("ann", str(number))

    section = await desk.section("ann", "session", limit=2)
    others = await desk.section("ann", "notification", limit=3)

    assert (section.count, len(section.items)) == (5, 2)
    assert (others.count, len(others.items)) == (5, 3)


async def test_a_section_that_has_nothing_is_there(desk: Desk) -> None:
    sidebar = await desk.work.sidebar(desk.road.callers["ann"], SidebarQuery())

    assert [(section.type, section.count) for section in sidebar.sections] == [
        ("session", 0),
        ("notification", 0),
    ]


async def test_a_section_holds_a_sensible_number(desk: Desk) -> None:
    for limit in (0, 201):
        with pytest.raises(InvalidError, match="1 to 200"):
            await desk.work.sidebar(desk.road.callers["ann"], SidebarQuery(limit))


async def test_the_sidebar_is_no_older_than_it_says(desk: Desk) -> None:
    await desk.notify("ann", "first")
    sidebar = await desk.work.sidebar(desk.road.callers["ann"], SidebarQuery())

    await desk.notify("ann", "second")

    assert {change.topic for change in await desk.changes_since(ChangeSeq(sidebar.seq))} == {"events", "inbox"}


async def ask(desk: Desk, session: int, now: Instant) -> None:
    """A question that belongs to the session."""
    row = NewApprovalRow(
        desk.road.workspace,
        SessionId(session),
        None,
        None,
        "?",
        "",
        "[]",
        desk.road.callers["ann"].person,
        now,
        now,
    )
    await desk.road.database.write(lambda connection: approvals.add(connection, row))
    await desk.move(session, "asking")
