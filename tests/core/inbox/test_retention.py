"""What leaves by itself, and what stays."""

import pytest

from core.clock import DAY
from core.config import RetentionSettings
from core.inbox.retention import Retention
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
