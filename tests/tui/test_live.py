"""The app's picture of the inbox, against an inbox in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest

from core.api.inbox import InboxActionRequest
from core.clock import ManualClock
from core.errors import CallboardError, InvalidError
from tests.fakes.inbox import FakeInbox
from tests.tui.making import item, items
from tui.live.inbox import KEPT, MANY, WINDOW, LiveInbox


class Watching:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.replaced = 0
        self.changes: list[tuple[set[int], int | None]] = []
        self.refusals: list[str] = []
        self.mistakes: list[Exception] = []
        self.states: list[str] = []
        self.picture: LiveInbox | None = None

    def connection_changed(self) -> None:
        assert self.picture is not None
        self.states.append(self.picture.connection)

    def items_replaced(self) -> None:
        self.replaced += 1

    def items_changed(self, ids: Iterable[int], first: int | None) -> None:
        self.changes.append((set(ids), first))

    def counts_changed(self) -> None: ...

    def profile_changed(self) -> None: ...

    def refused(self, error: CallboardError) -> None:
        self.refusals.append(error.sentence)

    def broke(self, error: Exception) -> None:
        self.mistakes.append(error)


@asynccontextmanager
async def connected(fake: FakeInbox, clock: ManualClock) -> AsyncIterator[tuple[LiveInbox, Watching]]:
    watching = Watching()
    picture = watching.picture = LiveInbox(fake, clock, watching)
    task = asyncio.create_task(picture.run(fake.ensure))
    try:
        await until(lambda: picture.connection == "live")
        yield picture, watching
        assert watching.mistakes == []
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def known(picture: LiveInbox, first: int, last: int) -> bool:
    return all(number in picture.records for number in picture.ids[first:last])


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.001)


async def test_it_knows_all_ids_and_the_first_records(clock: ManualClock) -> None:
    async with connected(FakeInbox(clock, items(1000)), clock) as (picture, _):
        assert picture.ids == list(range(1000, 0, -1))
        assert len(picture.records) == WINDOW
        assert picture.me is not None


async def test_starred_come_first(clock: ManualClock) -> None:
    fake = FakeInbox(clock, [*items(5), item(0, starred=True)])
    async with connected(fake, clock) as (picture, _):
        assert picture.ids == [0, 5, 4, 3, 2, 1]
        assert picture.starred == 1


async def test_what_arrives_is_put_in_its_place(clock: ManualClock) -> None:
    fake = FakeInbox(clock, [*items(3), item(0, starred=True)])
    async with connected(fake, clock) as (picture, watching):
        fake.arrive(item(9))
        await until(lambda: 9 in picture.ids)
        assert picture.ids == [0, 9, 3, 2, 1]
        assert watching.changes[-1] == ({9}, 1)


async def test_a_burst_is_asked_for_together(clock: ManualClock) -> None:
    fake = FakeInbox(clock)
    async with connected(fake, clock) as (picture, _):
        await until(lambda: fake.sent[-1].path == "/inbox/counts")
        before = len(fake.sent)
        for number in range(1, 101):
            fake.arrive(item(number))
        await until(lambda: len(picture.ids) == 100)
        asked = [call for call in fake.sent[before:] if call.path == "/inbox"]
        assert len(asked) <= 3


async def test_a_flood_makes_it_ask_for_everything(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(5))
    async with connected(fake, clock) as (picture, watching):
        for number in range(6, 6 + 3 * MANY):
            fake.arrive(item(number))
        await until(lambda: len(picture.ids) == 5 + 3 * MANY)
        assert watching.replaced == 2


async def test_a_star_shows_before_the_server_answers(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(5))
    async with connected(fake, clock) as (picture, _):
        starring = InboxActionRequest("star", [2])
        picture.foresee(starring)
        assert picture.ids[0] == 2
        assert fake.items[2].starred_at is None
        await picture.act(starring)
        assert fake.items[2].starred_at is not None


async def test_what_is_refused_comes_back(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(5))
    async with connected(fake, clock) as (picture, _):
        with pytest.raises(CallboardError):
            await picture.act(InboxActionRequest("dismiss", [3, 77]))
        fake.items[3] = item(3)
        await until(lambda: picture.ids == [5, 4, 3, 2, 1])


async def test_what_another_client_does_shows_here(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(5))
    async with connected(fake, clock) as (picture, _):
        other = LiveInbox(fake, clock, Watching())
        await other.act(InboxActionRequest("dismiss", [3]))
        await until(lambda: picture.ids == [5, 4, 2, 1])
        await other.undo()
        await until(lambda: picture.ids == [5, 4, 3, 2, 1])


async def test_a_filter_shows_what_it_matches_and_what_comes_to_match(clock: ManualClock) -> None:
    fake = FakeInbox(clock, [item(1, read=True), item(2), item(3, read=True)])
    async with connected(fake, clock) as (picture, _):
        await picture.look_for("is:unread")
        assert picture.ids == [2]
        fake.arrive(item(3))
        await until(lambda: picture.ids == [3, 2])


async def test_a_filter_that_is_none_leaves_all_as_it_was(clock: ManualClock) -> None:
    async with connected(FakeInbox(clock, items(3)), clock) as (picture, _):
        with pytest.raises(InvalidError):
            await picture.look_for("nope:x")
        assert picture.filter == ""
        assert picture.ids == [3, 2, 1]


async def test_what_is_being_read_stays_though_the_filter_leaves_it_out(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(3))
    async with connected(fake, clock) as (picture, watching):
        await picture.look_for("is:unread")
        picture.held = 2
        await picture.act(InboxActionRequest("read", [2]))
        await until(lambda: watching.changes and watching.changes[-1] == ({2}, None))
        assert picture.ids == [3, 2, 1]
        picture.release()
        await until(lambda: picture.ids == [3, 1])


async def test_records_are_asked_for_where_they_come_into_sight(clock: ManualClock) -> None:
    async with connected(FakeInbox(clock, items(1000)), clock) as (picture, _):
        picture.need(500, 540)
        await until(partial(known, picture, 500, 540))


async def test_memory_is_for_what_is_shown(clock: ManualClock) -> None:
    async with connected(FakeInbox(clock, items(8000)), clock) as (picture, _):
        for first in range(0, 8000, 100):
            picture.need(first, first + 40)
            await until(partial(known, picture, first, first + 40))
        assert len(picture.records) <= KEPT + 2 * WINDOW


async def test_a_lost_connection_is_said_and_mended_by_itself(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(3))
    async with connected(fake, clock) as (picture, watching):
        fake.break_off()
        await until(lambda: picture.connection == "lost")
        assert picture.ids == [3, 2, 1]
        assert picture.trouble
        fake.items[4] = item(4)
        fake.come_back()
        fake.arrive(item(5))
        await until(lambda: picture.connection == "live" and 5 in picture.ids)
        assert watching.replaced == 1
        assert fake.starts >= 2


async def test_what_changed_meanwhile_is_caught_up_with(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(3))
    async with connected(fake, clock) as (picture, _):
        fake.break_off()
        await until(lambda: picture.connection == "lost")
        fake.arrive(item(4))
        fake.come_back()
        await until(lambda: picture.ids == [4, 3, 2, 1])


async def test_what_is_too_long_ago_makes_it_ask_for_everything(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(3))
    async with connected(fake, clock) as (picture, watching):
        fake.break_off()
        await until(lambda: picture.connection == "lost")
        fake.arrive(item(4))
        fake.come_back(forgetting=True)
        await until(lambda: picture.ids == [4, 3, 2, 1])
        assert watching.replaced == 2


async def test_a_server_that_cannot_be_started_is_said(clock: ManualClock) -> None:
    fake = FakeInbox(clock, items(3))
    fake.down = True
    watching = Watching()
    picture = watching.picture = LiveInbox(fake, clock, watching)
    picture.paint(items(2), picture.counts)
    task = asyncio.create_task(picture.run(fake.ensure))
    await until(lambda: picture.connection == "lost")
    assert picture.trouble.startswith("No server answers")
    assert picture.ids == [1, 2]
    fake.come_back()
    await until(lambda: picture.connection == "live")
    assert picture.ids == [3, 2, 1]
    task.cancel()
