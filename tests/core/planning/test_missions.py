"""Missions: their states, what their gates hold and tell, and how they end by themselves."""

import pytest

from core.api.tickets import NewGate, NewTicket
from core.api.wire import ListQuery
from core.errors import ConflictError, InvalidError, NotAllowedError
from tests.core.planning.conftest import Board

GATE = NewGate("integration", ["T-1", "T-2"], ["T-3"])


async def three_tickets(board: Board, **parts: object) -> None:
    """T-1 and T-2 before a gate, and T-3 behind it."""
    tasks = [NewTicket(f"Title {number}", id=f"T-{number}") for number in (1, 2, 3)]
    await board.mission(**{"quality_gates": [GATE], "tasks": tasks, **parts})  # type: ignore[arg-type]


async def test_it_begins_as_a_draft_with_its_tickets(board: Board) -> None:
    await three_tickets(board, data={"steps": [1, 2]})
    found = await board.show_mission("M-1")
    (listed,) = (await board.missions.page(board.road.callers["ann"], ListQuery())).items

    assert (found.status, found.tasks, found.data) == ("draft", {"pending": 3}, '{"steps": [1, 2]}')
    assert (listed.tasks, listed.data) == (found.tasks, None)
    assert await board.told() == ["mission:saved", *["task:created"] * 3]


async def test_the_first_ticket_that_is_begun_starts_a_draft(board: Board) -> None:
    await three_tickets(board)
    await board.move("T-1", "queued")
    before = (await board.show_mission("M-1")).status
    await board.move("T-1", "implementation")

    assert (before, (await board.show_mission("M-1")).status) == ("draft", "active")
    assert (await board.payloads("mission:executed"))[0]["taskCount"] == 3


async def test_a_gate_that_has_not_passed_holds_what_is_behind_it_and_is_named(board: Board) -> None:
    await three_tickets(board)
    await board.move("T-3", "queued")
    with pytest.raises(ConflictError, match=r"quality gate integration holds .* 2 are not over yet"):
        await board.move("T-3", "implementation")
    held = (await board.show("T-3")).blocked_by
    for ticket in ("T-1", "T-2"):
        await board.bring(ticket, "completed")
    await board.move("T-3", "implementation")

    assert held == "integration"
    assert (await board.show("T-3")).blocked_by is None


async def test_a_gate_tells_of_each_change_of_its_state_and_of_nothing_else(board: Board) -> None:
    await three_tickets(board)
    for ticket in ("T-1", "T-2"):
        await board.bring(ticket, "completed")
    await board.change("T-1", score=3.0)
    await board.change("T-2", description="looked at again")
    passed = await board.told("quality:")
    await board.move("T-2", "implementation")
    await board.move("T-2", "failed")
    await board.change("T-2", description="and again")

    assert passed == ["quality:gate:passed"]
    assert await board.told("quality:") == ["quality:gate:passed", "quality:gate:failed"]
    (failed,) = await board.payloads("quality:gate:failed")
    assert (failed["missionId"], failed["gateName"], failed["reason"]) == (
        "M-1",
        "integration",
        "Title 2 failed.",
    )
    assert (await board.show_mission("M-1")).gates[0].state == "failed"


async def test_gates_that_are_changed_are_judged_anew_and_the_others_keep_what_they_said(board: Board) -> None:
    await three_tickets(board)
    await board.bring("T-1", "completed")
    one = NewGate("one", ["T-1"])
    await board.change_mission("M-1", quality_gates=[one, GATE])
    await board.change_mission("M-1", quality_gates=[GATE, one])
    await board.change_mission("M-1", quality_gates=[one, GATE])

    assert await board.told("quality:") == ["quality:gate:passed"]
    assert [(gate.name, gate.state) for gate in (await board.show_mission("M-1")).gates] == [
        ("one", "passed"),
        ("integration", "waiting"),
    ]


async def test_it_completes_by_itself_when_all_is_done(board: Board) -> None:
    await three_tickets(board)
    for ticket in ("T-1", "T-2"):
        await board.bring(ticket, "completed")
        await board.change(ticket, score=4.0 if ticket == "T-1" else 3.0)
    await board.move("T-3", "cancelled")

    assert (await board.show_mission("M-1")).status == "completed"
    (payload,) = await board.payloads("mission:completed")
    assert payload["allPassed"] is True
    assert payload["report"] == {"avgScore": 3.5, "tasks": {"completed": 2, "cancelled": 1}}


async def test_it_does_not_complete_by_itself_with_a_failure_in_it(near: Board) -> None:
    await three_tickets(near, quality_gates=[])
    await near.bring("T-1", "completed")
    await near.move("T-2", "failed")
    await near.move("T-3", "cancelled")
    before = (await near.show_mission("M-1")).status
    await near.move_mission("M-1", "completed", reason="Good enough.")

    assert before == "active"
    (payload,) = await near.payloads("mission:completed")
    assert (payload["allPassed"], payload["reason"]) == (False, "Good enough.")


async def test_it_cannot_be_completed_with_open_tickets(near: Board) -> None:
    await three_tickets(near)
    await near.move_mission("M-1", "active")

    with pytest.raises(ConflictError, match="3 of its tickets are not over yet"):
        await near.move_mission("M-1", "completed")


async def test_a_completed_one_goes_on_when_there_is_something_to_do_again(near: Board) -> None:
    await three_tickets(near, quality_gates=[])
    for number in (1, 2, 3):
        await near.bring(f"T-{number}", "completed")
    done = (await near.show_mission("M-1")).status
    await near.ticket("T-4", mission_id="M-1")

    assert (done, (await near.show_mission("M-1")).status) == ("completed", "active")
    assert await near.told("mission:") == [
        *("mission:saved", "mission:executed", "mission:completed", "mission:resumed")
    ]


async def test_one_that_a_person_takes_up_again_stays_so_until_something_changes(near: Board) -> None:
    await three_tickets(near, quality_gates=[])
    for number in (1, 2, 3):
        await near.bring(f"T-{number}", "completed")
    resumed = await near.move_mission("M-1", "active")
    renamed = await near.change_mission("M-1", name="Another round")
    await near.change("T-1", score=4.0)

    assert (resumed.status, renamed.status) == ("active", "active")
    assert (await near.show_mission("M-1")).status == "completed"


async def test_below_its_threshold_is_told_once_and_keeps_it_open(board: Board) -> None:
    await three_tickets(board, quality_gates=[], quality_threshold=3.5)
    for number, score in ((1, 5.0), (2, 2.0), (3, 2.0)):
        await board.move(f"T-{number}", "implementation")
        await board.move(f"T-{number}", "completed", score=score)
    await board.change("T-3", score=2.5)
    below = await board.show_mission("M-1")
    await board.change("T-1", weight=10.0)

    assert (below.status, below.avg_score) == ("active", 3.17)
    assert await board.told("quality:") == ["quality:threshold:failed"]
    assert (await board.show_mission("M-1")).status == "completed"


async def test_a_score_that_comes_late_is_looked_at_all_the_same(near: Board) -> None:
    await three_tickets(near, quality_gates=[], quality_threshold=3.5)
    for number in (1, 2, 3):
        await near.bring(f"T-{number}", "completed")
    await near.change("T-3", score=2.0)

    assert await near.told("quality:") == ["quality:threshold:failed"]


async def test_nothing_of_a_paused_one_is_begun(near: Board) -> None:
    await three_tickets(near)
    await near.move_mission("M-1", "active")
    await near.move_mission("M-1", "paused")
    with pytest.raises(ConflictError, match="is paused: resume it first"):
        await near.move("T-1", "implementation")
    await near.move_mission("M-1", "active")
    await near.move("T-1", "implementation")

    assert await near.told("mission:resumed") == ["mission:resumed"]


async def test_its_maker_deletes_it_with_its_tickets(board: Board) -> None:
    await three_tickets(board)
    with pytest.raises(NotAllowedError):
        await board.missions.delete(board.road.callers["ben"], "shop", "M-1")
    await board.missions.delete(board.road.callers["ann"], "shop", "M-1")

    assert (await board.tickets.page(board.road.callers["ann"], ListQuery())).items == []
    assert (await board.payloads("mission:deleted"))[0]["deletedTasks"] == 3


async def test_the_same_id_with_the_same_content_makes_it_once(board: Board) -> None:
    await three_tickets(board)
    await three_tickets(board)

    assert await board.told("mission:") == ["mission:saved"]
    with pytest.raises(ConflictError, match="already a mission M-1"):
        await board.mission(name="Another")


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"name": ""}, "name"),
        ({"id": "x" * 65}, "id"),
        ({"quality_threshold": 0.0}, "qualityThreshold"),
        ({"quality_gates": [NewGate("", ["a"])]}, "qualityGates[0].name"),
        ({"quality_gates": [NewGate("a", ["a"]), NewGate("a", ["a"])]}, "qualityGates[1].name"),
        ({"quality_gates": [NewGate("a", [])]}, "qualityGates[0].afterTasks"),
        ({"quality_gates": [NewGate("a", ["a"], min_score=6)]}, "qualityGates[0].minScore"),
        ({"tasks": [NewTicket("a"), NewTicket("")]}, "tasks[1].title"),
        ({"tasks": [NewTicket("a", mission_id="M-2")]}, "tasks[0].missionId"),
        ({"tasks": [NewTicket("a", qa_reviewer="max")]}, "tasks[0].qaReviewer"),
    ],
)
async def test_what_is_wrong_is_refused_with_its_place_and_leaves_nothing(
    near: Board, parts: dict[str, object], place: str
) -> None:
    wish = {"id": "M-1", **parts}

    with pytest.raises(InvalidError) as refused:
        await near.mission(**wish)  # type: ignore[arg-type]

    assert refused.value.place == place
    assert await near.told() == []
