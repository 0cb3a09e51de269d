"""The dispatcher: each recorded event becomes its items once, whatever happens in between."""

import asyncio
import contextlib
from functools import partial

from sqlalchemy import event as listening
from sqlalchemy import text

from core.dispatcher import CURSOR, dispatch_batch
from core.events.feed import Feed
from core.routing.live import LiveRules
from storage import events
from storage.database import Connection
from storage.events import NewEventRow
from storage.ids import EventId, EventSeq
from tests.road import Road


class CrashError(Exception):
    """The process ends here."""


async def test_a_crash_at_any_statement_leaves_nothing_half_done(road: Road) -> None:
    for number in range(3):
        await road.post("task:review", data={"taskId": number, "developer": "ben"})

    survived = [number for number in range(1, 40) if await _survives(road, crash_at=number)]

    assert survived[0] > 5  # it has that many statements, and none of them was its last
    assert [item.title for item in await road.items("ben")] == []
    await road.dispatcher.catch_up()
    assert len(await road.items("ben")) == 3


async def _survives(road: Road, *, crash_at: int) -> bool:
    """Run a batch that ends at its n-th statement, and whether it came to its end before."""

    def unit(connection: Connection) -> None:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == crash_at:
                raise CrashError

        listening.listen(connection, "before_cursor_execute", count)
        try:
            dispatch_batch(connection, LiveRules(), road.clock.now(), road.entropy)
        finally:
            listening.remove(connection, "before_cursor_execute", count)
        raise CrashError("after all")

    try:
        await road.database.write(unit)
    except CrashError as error:
        return bool(error.args)
    raise AssertionError("it cannot come to its end")


async def test_dispatching_twice_doubles_nothing(road: Road) -> None:
    await road.tell("task:review", data={"developer": "ben"})
    await road.database.write(lambda connection: events.move(connection, CURSOR, EventSeq(0)))

    await road.dispatcher.catch_up()

    assert len(await road.items("ben")) == 1


async def test_more_events_than_a_batch_holds_are_all_dispatched(road: Road) -> None:
    for number in range(450):
        await road.post("task:review", data={"taskId": number, "developer": "ben"})
    assert await road.dispatcher.behind() == 450

    await road.dispatcher.catch_up()

    assert await road.dispatcher.behind() == 0
    titles = [item.title for item in reversed(await road.items("ben"))]
    assert titles == [f"Ready for your review: {number}" for number in range(450)]


async def test_an_event_that_cannot_be_read_is_passed_over_and_told_to_the_admins(road: Road) -> None:
    await road.post("task:review", data={"developer": "ben"})
    await _record_as_it_is(road, "task:review", "{not json")
    await road.post("task:review", data={"developer": "ben"})

    while not await road.dispatcher.catch_up():
        pass

    assert len(await road.items("ben")) == 2
    assert [item.title for item in await road.items("root")] == ["An event could not be shown: task:review"]


async def test_a_notice_that_cannot_be_read_makes_no_notice_about_itself(road: Road) -> None:
    await _record_as_it_is(road, "system:notice", "{not json")

    while not await road.dispatcher.catch_up():
        pass

    assert await road.told() == {}
    assert await road.dispatcher.behind() == 0


async def test_an_event_that_the_database_refuses_is_passed_over_after_a_few_attempts(road: Road) -> None:
    await road.database.write(partial(_refuse_items_of, name="bad:event", engine=road.database.engine))
    await road.post("good:one", recipients=["ben"])
    await road.post("bad:event", recipients=["ben"])
    await road.post("good:two", recipients=["ben"])

    attempts = [await road.dispatcher.catch_up() for _ in range(3)]

    assert attempts == [False, False, True]
    assert [item.event for item in await road.items("ben")] == ["good:two", "good:one"]
    assert [item.title for item in await road.items("root")] == ["An event could not be shown: bad:event"]


async def test_a_running_dispatcher_is_woken_by_a_commit_and_wakes_the_feed(road: Road) -> None:
    feed = Feed(road.database)
    running = [asyncio.create_task(road.dispatcher.run()), asyncio.create_task(feed.run())]
    subscription = feed.subscribe(road.callers["ben"])

    await road.post("task:review", data={"developer": "ben"})

    async with asyncio.timeout(5):
        async for change in subscription:
            if getattr(change, "topic", "") == "inbox":
                break
    assert len(await road.items("ben")) == 1
    for task in running:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _record_as_it_is(road: Road, name: str, payload: str) -> None:
    row = NewEventRow(
        EventId(f"ev_{name}"),
        "server",
        None,
        name,
        road.workspace,
        None,
        None,
        payload,
        None,
        None,
        road.clock.now(),
    )
    await road.database.write(partial(events.append, row=row))


def _refuse_items_of(connection: Connection, *, name: str, engine: str) -> None:
    if engine == "sqlite":
        connection.exec_driver_sql(
            f"CREATE TRIGGER refuse BEFORE INSERT ON inbox_items WHEN NEW.event = '{name}' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        return
    connection.execute(text(f"ALTER TABLE inbox_items ADD CONSTRAINT refuse CHECK (event <> '{name}')"))
