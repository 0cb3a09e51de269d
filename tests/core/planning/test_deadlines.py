"""When a deadline nears and passes, and that each is told once."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from core.clock import DAY, HOUR, ManualClock, to_datetime
from core.ids import Entropy
from core.planning.deadlines import look, used, warning_at
from core.planning.watch import Watch, tell_due
from storage import tickets
from storage.database import Connection, Database
from storage.engines import Dialect
from storage.ids import Instant
from tests.core.planning.conftest import Board, board_of
from tests.road import open_road

SET, DUE = Instant(0), Instant(100)
LOOKS = {
    "long before": ("open", 79, None, "open", 80),
    "exactly at the share": ("open", 80, "warning", "warned", 101),
    "exactly at the deadline, unwarned": ("open", 100, "warning", "warned", 101),
    "warned, and at the deadline": ("warned", 100, None, "warned", 101),
    "one microsecond late": ("warned", 101, "violated", "violated", None),
    "late, and never warned of": ("open", 500, "violated", "violated", None),
    "told already": ("violated", 500, None, "violated", None),
    "kept already": ("met", 500, None, "met", None),
}


@pytest.mark.parametrize("case", LOOKS)
def test_a_look_at_a_deadline(case: str) -> None:
    state, now, told, after, then = LOOKS[case]

    assert look(state, SET, DUE, Instant(now), 0.8) == (told, after, then)


def test_a_deadline_without_any_time_is_used_up() -> None:
    assert used(DUE, DUE, DUE) == 1.0
    assert used(DUE, SET, DUE) == 1.0
    assert warning_at(DUE, SET, 0.8) == DUE
    assert look("open", DUE, SET, DUE, 0.8).told == "violated"


async def due_in(board: Board, days: int, ticket: str = "T-1") -> None:
    moment = to_datetime(board.road.clock.now()) + timedelta(days=days)
    await board.ticket(ticket, deadline=moment)


async def test_it_is_told_once_that_it_nears_and_once_that_it_has_passed(board: Board) -> None:
    await due_in(board, 10)
    told = []
    for _ in range(12 * 4):
        board.road.clock.advance(6 * HOUR)
        await board.watch.tick()
        told.append(len(await board.told("sla:")))

    assert await board.told("sla:") == ["sla:warning", "sla:violated"]
    assert (told.index(1) + 1, told.index(2) + 1) == (8 * 4, 10 * 4 + 1)
    warning, violated = await board.payloads("sla:warning"), await board.payloads("sla:violated")
    assert warning[0] == {
        "entityId": "T-1",
        "entityType": "task",
        "taskId": "T-1",
        "name": "Title of T-1",
        "deadline": "2026-03-12T09:00:00Z",
        "percentUsed": 0.8,
        "agentName": "ben",
        "elapsed": 8 * DAY // 1000,
        "remaining": 2 * DAY // 1000,
        "task": {
            "id": "T-1",
            "title": "Title of T-1",
            "status": "pending",
            "assignTo": "ben",
            "qaReviewer": "eva",
        },
    }
    assert violated[0]["overdueMs"] == 6 * HOUR // 1000
    assert (await board.show("T-1")).deadline_state == "violated"


async def test_another_watch_after_a_restart_tells_nothing_again(board: Board) -> None:
    await due_in(board, 10)
    board.road.clock.advance(9 * DAY)
    await board.watch.tick()

    await board_of(board.road).watch.tick()
    board.road.clock.advance(2 * DAY)
    await board_of(board.road).watch.tick()
    await board_of(board.road).watch.tick()

    assert await board.told("sla:") == ["sla:warning", "sla:violated"]


async def test_one_that_is_killed_before_its_commit_is_followed_by_one_that_tells(board: Board) -> None:
    await due_in(board, 10)
    board.road.clock.advance(9 * DAY)
    tell = partial(tell_due, now=board.road.clock.now(), entropy=board.road.entropy, share=0.8)

    def killed(connection: Connection) -> None:
        tell(connection)
        raise KeyError("killed")

    with pytest.raises(KeyError):
        await board.road.database.write(killed)
    assert await board.told("sla:") == []
    await board.watch.tick()

    assert await board.told("sla:") == ["sla:warning"]


async def test_of_two_servers_one_tells_of_each(dialect: Dialect, clock: ManualClock, entropy: Entropy) -> None:
    one, other = Database(dialect), Database(dialect)
    board = board_of(await open_road(one, clock, entropy))
    for number in range(60):
        await due_in(board, 10, f"T-{number}")
    clock.advance(9 * DAY)

    await asyncio.gather(board.watch.tick(), Watch(other, clock, entropy).tick())
    told = await board.told("sla:")
    await one.close()
    await other.close()

    assert told == ["sla:warning"] * 60


async def test_when_the_server_was_off_all_the_time_only_the_passing_is_told(near: Board) -> None:
    await due_in(near, 10)
    near.road.clock.advance(11 * DAY)
    await near.watch.tick()

    assert await near.told("sla:") == ["sla:violated"]


async def test_moving_it_arms_it_again_and_its_time_counts_anew(board: Board) -> None:
    await due_in(board, 10)
    board.road.clock.advance(11 * DAY)
    await board.watch.tick()
    later = to_datetime(board.road.clock.now()) + timedelta(days=10)

    moved = await board.change("T-1", deadline=later)
    await board.change("T-1", deadline=later, title="The same deadline")
    board.road.clock.advance(7 * DAY)
    await board.watch.tick()
    early = await board.told("sla:")
    board.road.clock.advance(4 * DAY)
    await board.watch.tick()

    assert moved.deadline_state == "open"
    assert early == ["sla:violated"]
    assert await board.told("sla:") == ["sla:violated", "sla:violated"]


async def test_without_its_deadline_it_is_silent(near: Board) -> None:
    await due_in(near, 10)
    cleared = await near.change("T-1", deadline=None)
    near.road.clock.advance(20 * DAY)
    await near.watch.tick()

    assert (cleared.deadline, cleared.deadline_state) == (None, "none")
    assert await near.told("sla:") == []


@pytest.mark.parametrize("state", ["cancelled", "failed"])
async def test_what_is_over_is_silent_until_it_is_taken_up_again(near: Board, state: str) -> None:
    await due_in(near, 10)
    await near.bring("T-1", state)  # type: ignore[arg-type]
    near.road.clock.advance(11 * DAY)
    await near.watch.tick()
    silent = await near.told("sla:")
    await near.move("T-1", "queued")
    await near.watch.tick()

    assert silent == []
    assert await near.told("sla:") == ["sla:violated"]


async def test_completion_in_time_is_told(near: Board) -> None:
    await due_in(near, 10)
    near.road.clock.advance(10 * DAY)
    await near.bring("T-1", "completed")
    near.road.clock.advance(DAY)
    await near.watch.tick()

    assert await near.told("sla:") == ["sla:met"]
    assert (await near.payloads("sla:met"))[0]["marginMs"] == 0
    assert (await near.show("T-1")).deadline_state == "met"


async def test_completion_too_late_is_told_once_as_that(near: Board) -> None:
    await due_in(near, 10)
    near.road.clock.advance(10 * DAY + 1)
    await near.bring("T-1", "completed")
    await near.watch.tick()

    assert await near.told("sla:") == ["sla:violated"]


async def test_what_was_kept_and_is_taken_up_again_can_be_missed(near: Board) -> None:
    await due_in(near, 10)
    near.road.clock.advance(9 * DAY)
    await near.watch.tick()
    await near.bring("T-1", "completed")
    await near.move("T-1", "implementation")
    await near.watch.tick()
    near.road.clock.advance(2 * DAY)
    await near.watch.tick()

    assert await near.told("sla:") == ["sla:warning", "sla:met", "sla:violated"]


async def test_a_mission_has_a_deadline_as_a_ticket_has(board: Board) -> None:
    moment = to_datetime(board.road.clock.now()) + timedelta(hours=10)
    await board.mission(deadline=moment)
    await board.move_mission("M-1", "active")
    board.road.clock.advance(8 * HOUR)
    await board.watch.tick()
    await board.move_mission("M-1", "completed")
    board.road.clock.advance(DAY)
    await board.watch.tick()

    assert await board.told("sla:") == ["sla:warning", "sla:met"]
    assert (await board.payloads("sla:warning"))[0]["entityType"] == "mission"


async def test_another_share_arms_what_is_there_anew(board: Board) -> None:
    await due_in(board, 10)
    board.road.clock.advance(6 * DAY)
    await board.watch.tick()
    before = await board.told("sla:")
    early = Watch(board.road.database, board.road.clock, board.road.entropy, lambda: 0.5)
    await early.tick()

    assert (before, await board.told("sla:")) == ([], ["sla:warning"])


async def test_the_watch_sleeps_until_the_next_one(near: Board) -> None:
    nothing = await near.watch.tick()
    moment = to_datetime(near.road.clock.now()) + timedelta(seconds=10)
    await near.ticket(deadline=moment)
    soon = await near.watch.tick()

    assert (nothing, soon) == (30.0, 8.0)


async def test_what_is_due_is_found_by_an_index(board: Board) -> None:
    await due_in(board, 10)

    def plan(connection: Connection) -> str:
        asked = "SELECT min(deadline_check_at) FROM tickets WHERE deadline_check_at IS NOT NULL"
        if connection.dialect.name == "sqlite":
            return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all())
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(connection.exec_driver_sql(f"EXPLAIN {asked}").all())

    assert "ix_tickets_due" in await board.road.database.read(plan)
    assert await board.road.database.read(tickets.deadlines.next_due) == board.road.clock.now() + 8 * DAY
