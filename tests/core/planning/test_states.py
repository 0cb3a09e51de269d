"""The table of states: where a ticket and a mission can go, and where they cannot."""

from contextlib import suppress
from typing import get_args

import pytest

from core.api.tickets import MissionState, TicketState
from core.errors import ConflictError
from core.planning.states import BEGUN, MISSION_MOVES, OVER, TICKET_MOVES
from tests.core.planning.conftest import ROAD, Board

MAIN_ROAD: list[TicketState] = [
    *("pending", "queued", "implementation", "developer-approval"),
    *("qa-approval", "pull-request", "completed"),
]


def test_every_state_has_its_moves() -> None:
    assert set(TICKET_MOVES) == set(get_args(TicketState))
    assert set(MISSION_MOVES) == set(get_args(MissionState))
    assert {to for moves in TICKET_MOVES.values() for to in moves} == set(get_args(TicketState))
    assert set(get_args(TicketState)) >= BEGUN


@pytest.mark.parametrize("step", range(1, len(MAIN_ROAD)))
def test_a_ticket_goes_the_main_road_step_by_step(step: int) -> None:
    assert MAIN_ROAD[step] in TICKET_MOVES[MAIN_ROAD[step - 1]]


@pytest.mark.parametrize("state", [state for state in TICKET_MOVES if state not in OVER])
def test_what_is_open_can_fail_and_be_cancelled(state: TicketState) -> None:
    assert {"failed", "cancelled"} <= TICKET_MOVES[state]


@pytest.mark.parametrize("state", sorted(OVER))
def test_what_is_over_can_be_taken_up_again(state: TicketState) -> None:
    assert "implementation" in TICKET_MOVES[state]


async def test_each_move_is_made_or_refused_as_the_table_says(near: Board) -> None:
    found: dict[TicketState, set[TicketState]] = {}
    for state in TICKET_MOVES:
        found[state] = set()
        for to in set(TICKET_MOVES) - {state}:
            ticket = f"{state}-{to}"
            await near.ticket(ticket)
            if state != "pending":
                await near.bring(ticket, state)
            with suppress(ConflictError):
                await near.move(ticket, to)
                found[state].add(to)

    assert found == TICKET_MOVES
    assert set(ROAD) == set(TICKET_MOVES) - {"pending"}


async def test_a_move_to_where_it_is_already_tells_nothing(near: Board) -> None:
    await near.ticket()
    await near.move("T-1", "queued")

    again = await near.move("T-1", "queued", reason="again")

    assert (again.status, again.reason) == ("queued", "")
    assert await near.told("task:") == ["task:created", "task:transition"]


async def test_a_move_out_of_a_state_that_it_has_left_is_refused(near: Board) -> None:
    await near.ticket()
    await near.bring("T-1", "qa-approval")

    with pytest.raises(ConflictError, match="not developer-approval any more, but qa-approval"):
        await near.move("T-1", "pull-request", from_="developer-approval")
