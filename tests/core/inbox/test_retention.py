"""What leaves by itself, and what stays."""

import asyncio
from datetime import timedelta

import pytest

from core.clock import DAY, to_datetime
from core.config import RetentionSettings
from core.errors import NotAllowedError
from core.inbox.retention import Retention
from core.inbox.service import Inbox
from storage import changes, events
from storage.ids import EventSeq
from tests.core.inbox.test_inbox import act, fill, ids
from tests.road import Road


@pytest.fixture
def retention(road: Road) -> Retention:
    return Retention(road.database, road.clock, RetentionSettings)


@pytest.mark.parametrize(("days", "left"), [(29, 4), (31, 3), (89, 3), (91, 1)])
async def test_notifications_go_by_age_unless_they_are_starred(
    road: Road, retention: Retention, days: int, left: int
) -> None:
    read, starred, unread, dismissed = await fill(road, 4)
    await act(road, "read", read, starred)
    await act(road, "star", starred)
    await act(road, "dismiss", dismissed)
    road.clock.advance(days * DAY)

    await retention.tidy()

    kept = await ids(road, "is:all")
    assert len(kept) == left
    assert starred in kept
    assert (unread in kept) == (days < 90)


async def test_the_figures_can_be_others(road: Road) -> None:
    a, b = await fill(road, 2)
    await act(road, "read", a)
    road.clock.advance(3 * DAY)

    await Retention(road.database, road.clock, lambda: RetentionSettings(read_days=2)).tidy()

    assert await ids(road) == [b]


async def test_tidying_says_what_it_removed_and_finds_nothing_the_second_time(
    road: Road, retention: Retention
) -> None:
    await fill(road, 250)
    road.clock.advance(91 * DAY)

    first, second = await retention.tidy(), await retention.tidy()

    assert (first["notifications"], first["events"]) == (250, 250)
    assert set(second.values()) <= {0, second["changes"]}
    assert (second["notifications"], second["events"]) == (0, 0)


async def test_an_event_that_is_not_dispatched_yet_stays_however_old(road: Road, retention: Retention) -> None:
    await road.tell("task:review", data={"developer": "ben"})
    await road.post("task:review", data={"developer": "ben"})
    road.clock.advance(91 * DAY)

    await retention.tidy()

    left = await road.database.read(lambda connection: events.after(connection, EventSeq(0), 10))
    assert len(left) == 1
    await road.dispatcher.catch_up()
    assert len(await road.items("ben")) == 1


async def test_what_leaves_an_inbox_is_told_in_the_feed(road: Road, retention: Retention) -> None:
    shown, dismissed = await fill(road, 2)
    await act(road, "dismiss", dismissed)
    road.clock.advance(91 * DAY)
    heard = await road.database.read(changes.last)

    await retention.tidy()

    rows = await road.database.read(lambda connection: changes.after(connection, heard, 10))
    assert [(row.topic, row.subject) for row in rows] == [("inbox", str(shown))]


async def test_the_latest_change_always_stays(road: Road, retention: Retention) -> None:
    await fill(road, 3)
    last = await road.database.read(changes.last)
    road.clock.advance(DAY)

    await retention.tidy()

    assert await road.database.read(changes.first) == await road.database.read(changes.last) == last


async def test_a_snoozed_notification_goes_by_its_age_as_any_other(road: Road, retention: Retention) -> None:
    asleep, _ = await fill(road, 2)
    await act(road, "snooze", asleep, until=to_datetime(road.clock.now()) + timedelta(days=200))
    road.clock.advance(91 * DAY)

    await retention.tidy()

    assert await ids(road, "is:all") == []


async def test_an_item_says_when_it_leaves_by_itself(road: Road) -> None:
    unread, read, starred = await fill(road, 3)
    await act(road, "read", read, starred)
    await act(road, "star", starred)

    leaving = {item.id: item.leaves_at for item in await road.items("ben")}

    now = to_datetime(road.clock.now())
    assert leaving == {unread: now + timedelta(days=90), read: now + timedelta(days=30), starred: None}


@pytest.mark.parametrize(("was_read", "last_day"), [(False, 14), (True, 7)])
async def test_what_is_said_is_what_happens(road: Road, was_read: bool, last_day: int) -> None:
    figures = RetentionSettings(read_days=7, unread_days=14)
    inbox = Inbox(road.database, road.clock, lambda: figures)
    (item,) = await fill(road, 1)
    if was_read:
        await act(road, "read", item)
    leaves = (await inbox.show(road.callers["ben"], item)).leaves_at
    assert leaves == to_datetime(road.clock.now()) + timedelta(days=last_day)

    road.clock.advance(last_day * DAY)
    await Retention(road.database, road.clock, lambda: figures).tidy()
    assert await ids(road) == [item]
    road.clock.advance(1)
    await Retention(road.database, road.clock, lambda: figures).tidy()
    assert await ids(road) == []


async def test_what_would_go_is_foretold_for_now_and_later(road: Road, retention: Retention) -> None:
    began = to_datetime(road.clock.now())
    read, starred, _ = await fill(road, 3)
    await act(road, "read", read, starred)
    await act(road, "star", starred)
    road.clock.advance(25 * DAY)
    later = await fill(road, 2)
    await act(road, "read", later[0])

    plan = await retention.plan(road.callers["ben"])

    assert (plan.read_days, plan.unread_days, plan.home) == (30, 90, None)
    assert [(row.days, row.read, row.unread, row.oldest) for row in plan.own] == [
        (0, 0, 0, None),
        (7, 1, 0, began),
        (30, 1, 0, began),
    ]
    road.clock.advance(66 * DAY)
    plan = await retention.plan(road.callers["ben"])
    assert [(row.days, row.read, row.unread) for row in plan.own] == [(0, 2, 1), (7, 2, 1), (30, 2, 2)]
    removed = await retention.tidy()
    assert removed["read notifications"] + removed["notifications"] == plan.own[0].read + plan.own[0].unread


async def test_an_admin_sees_the_numbers_of_all_and_nobody_else_does(road: Road, retention: Retention) -> None:
    await fill(road, 2)
    await fill(road, 3, person="eva")
    road.clock.advance(91 * DAY)

    by_admin = await retention.plan(road.callers["root"])
    by_member = await retention.plan(road.callers["ben"])

    assert by_admin.home is not None
    assert (by_admin.own[0].unread, by_admin.home[0].unread) == (0, 5)
    assert (by_member.own[0].unread, by_member.home) == (2, None)


async def test_what_was_removed_is_remembered(road: Road, retention: Retention) -> None:
    assert (await retention.state(road.callers["root"])).last is None
    await fill(road, 4)
    road.clock.advance(91 * DAY)

    await retention.tidy()

    started = Retention(road.database, road.clock, RetentionSettings)
    state = await started.state(road.callers["root"])
    assert state.last is not None
    assert state.last.removed is not None
    assert state.last.began_at == to_datetime(road.clock.now())
    assert state.last.removed["notifications"] == 4
    assert not state.running


async def test_only_an_admin_reads_how_much_was_removed_of_all(road: Road, retention: Retention) -> None:
    await fill(road, 4)
    road.clock.advance(91 * DAY)

    await retention.tidy()

    by_member = (await retention.state(road.callers["ben"])).last
    assert by_member is not None
    assert (by_member.began_at, by_member.removed) == (to_datetime(road.clock.now()), None)


async def test_an_admin_can_have_it_done_now(road: Road, retention: Retention) -> None:
    running = asyncio.create_task(retention.run())
    first = (await retention.tidy_now(road.callers["root"])).last
    await fill(road, 4)
    road.clock.advance(91 * DAY)

    state = await retention.tidy_now(road.callers["root"])

    running.cancel()
    await asyncio.wait([running])
    assert first is not None
    assert first.removed == {}
    assert state.last is not None
    assert state.last.removed is not None
    assert state.last.removed["notifications"] == 4
    assert await ids(road) == []


async def test_nobody_else_can(road: Road, retention: Retention) -> None:
    with pytest.raises(NotAllowedError, match="admin"):
        await retention.tidy_now(road.callers["ben"])
