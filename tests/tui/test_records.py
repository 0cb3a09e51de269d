"""The app's picture of a list of the server, against a list in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, TypeVar, cast

import pytest
from msgspec import Struct

from core.api.stream import Change, Frame, Hello, Reset
from core.api.wire import Call, Page
from core.errors import CallboardError, InvalidError, UnreachableError
from tests.tui.test_live import until
from tui.live.records import WINDOW, LiveRecords

T = TypeVar("T")


class Thing(Struct, frozen=True):
    id: int
    name: str


class Shelf:
    """A server with things in order, and what was asked of it."""

    def __init__(self, count: int) -> None:
        self.things = [Thing(number, f"Thing {number}") for number in range(count, 0, -1)]
        self.asked: list[Call[Any]] = []
        self.refusal: CallboardError | None = None

    async def changes(self, after: int | None = None) -> AsyncIterator[Frame]:
        yield Hello(after or 0)

    async def send(self, call: Call[T]) -> T:
        await asyncio.sleep(0)
        self.asked.append(call)
        if self.refusal is not None:
            raise self.refusal
        listed = [thing for thing in self.things if str(call.query["filter"]) in thing.name]
        start, limit = int(call.query["cursor"] or 0), int(call.query["limit"] or 0)
        more = str(start + limit) if start + limit < len(listed) else None
        return cast(T, Page(listed[start : start + limit], more))


def things(limit: int, cursor: str | None, filter: str) -> Call[Page[Thing]]:
    return Call("GET", "/things", Page[Thing], {"limit": limit, "cursor": cursor, "filter": filter})


class Watching:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.replaced = 0
        self.changes: list[tuple[list[int], int | None]] = []

    def records_replaced(self) -> None:
        self.replaced += 1

    def records_changed(self, ids: Iterable[int], first: int | None) -> None:
        self.changes.append((sorted(ids), first))


class Holder:
    """A list and what stands around it."""

    def __init__(self, count: int) -> None:
        self.shelf = Shelf(count)
        self.watching = Watching()
        self.refused: list[str] = []
        self.records = LiveRecords[Thing](self.shelf, things, {"things"}, self.start, self.watching)

    def start(self, work: Coroutine[None, None, None]) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            error = task.exception()
            if isinstance(error, CallboardError):
                self.refused.append(error.sentence)

        asyncio.ensure_future(work).add_done_callback(ended)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(condition)


async def held(count: int) -> Holder:
    holder = Holder(count)
    holder.records.look_again()
    await holder.until(lambda: holder.records.known)
    return holder


async def test_it_begins_with_one_page_and_goes_on_as_it_is_looked_at() -> None:
    it = await held(250)
    assert len(it.records.ids) == WINDOW
    it.records.need(60, 90)
    await it.until(lambda: len(it.records.ids) == 2 * WINDOW)
    assert not it.records.whole
    it.records.need(190, 200)
    await it.until(lambda: it.records.whole)
    assert it.records.ids == list(range(250, 0, -1))
    assert len(it.shelf.asked) == 3


async def test_what_changes_is_told_with_where_the_order_differs() -> None:
    it = await held(10)
    it.shelf.things[4] = Thing(6, "Renamed")
    it.records.hear(Change("things", "6", 1))
    await it.until(lambda: it.watching.changes == [([6], None)])
    it.shelf.things.insert(0, Thing(11, "New"))
    it.records.hear(Change("things", "11", 2))
    await it.until(lambda: it.watching.changes[1:] == [([11], 0)])
    del it.shelf.things[-1]
    it.records.hear(Change("things", "1", 3))
    await it.until(lambda: it.watching.changes[2:] == [([], 10)])
    assert it.watching.replaced == 1


async def test_other_topics_are_not_asked_for() -> None:
    it = Holder(10)
    it.records.hear(Change("inbox", "1", 1))
    for _ in range(20):
        await asyncio.sleep(0)  # a turn of the loop, of which a question takes a few
    assert it.shelf.asked == []


async def test_many_changes_are_one_question() -> None:
    it = await held(10)
    for number in range(100):
        it.records.hear(Change("things", "1", number))
    it.shelf.things[0] = Thing(10, "Last")
    await it.until(lambda: it.records.records[10].name == "Last")
    assert len(it.shelf.asked) <= 3


async def test_all_that_was_looked_at_is_asked_for_again() -> None:
    it = await held(250)
    it.records.need(60, 90)
    await it.until(lambda: len(it.records.ids) == 2 * WINDOW)
    it.records.need(150, 180)
    await it.until(lambda: it.records.whole)
    it.shelf.things[170] = Thing(80, "Far down")
    it.records.hear(Reset(1))
    await it.until(lambda: it.records.records[80].name == "Far down")


async def test_without_a_connection_it_waits_for_one() -> None:
    it = await held(10)
    it.shelf.refusal = UnreachableError("No server.")
    it.records.hear(Change("things", "1", 1))
    await it.until(lambda: len(it.shelf.asked) == 2)
    await asyncio.sleep(0)
    it.shelf.refusal = None
    it.shelf.things[0] = Thing(10, "Changed meanwhile")
    it.records.hear("live")
    await it.until(lambda: it.records.records[10].name == "Changed meanwhile")
    assert it.refused == []


async def test_what_the_server_does_not_show_is_said() -> None:
    it = Holder(10)
    it.shelf.refusal = CallboardError("You may not see this.")
    it.records.look_again()
    await it.until(lambda: it.refused == ["You may not see this."])
    assert it.records.refusal == "You may not see this."


async def test_a_filter_that_is_refused_leaves_what_is_shown() -> None:
    it = await held(25)
    await it.records.look_for("Thing 2")
    assert it.records.ids == [25, 24, 23, 22, 21, 20, 2]
    it.shelf.refusal = InvalidError("It is wrong.", "filter, character 1")
    with pytest.raises(InvalidError):
        await it.records.look_for("nope:")
    assert (it.records.filter, len(it.records.ids)) == ("Thing 2", 7)
