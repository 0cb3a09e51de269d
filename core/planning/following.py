"""What follows in a mission when its tickets or its gates change: gates that open and close, a threshold that is
missed, and an end that comes by itself."""

from collections import Counter
from dataclasses import dataclass
from typing import cast

import msgspec

from core.api.tickets import MissionState
from core.errors import ConflictError
from core.people.words import quoted
from core.planning.arming import carried
from core.planning.gates import Gate, judge, reaches
from core.planning.gates import shown as as_written
from core.planning.states import MISSION_MOVES, OVER
from core.planning.telling import Change, tell_deadline, tell_mission
from storage import gates as gate_store
from storage import missions as store
from storage import tickets
from storage.database import Connection
from storage.gates import GateRow
from storage.ids import WorkspaceId
from storage.missions import MissionRow
from storage.tickets import Tally, TicketRow

_FOLLOWED = ("draft", "active", "paused", "completed")
_HOLDING: dict[str, str] = {
    "paused": "is paused: resume it first",
    "failed": "has failed: resume it first",
    "cancelled": "was cancelled: take it up again first",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the tickets of a mission stand: how many in which state, and the mean score of the completed ones."""

    counts: Counter[str]
    mean: float | None

    @property
    def open(self) -> int:
        return sum(count for state, count in self.counts.items() if state not in OVER)

    @property
    def all_passed(self) -> bool:
        return not self.open and self.counts["completed"] > 0 and not self.counts["failed"]


def gate_of(row: GateRow) -> Gate:
    after, blocks, channels = (
        tuple(msgspec.json.decode(part, type=list[str])) for part in (row.after, row.blocks, row.channels)
    )
    return Gate(row.name, after, blocks, row.min_score, row.require_all, channels)


def standing(tallies: list[Tally]) -> Standing:
    counts = Counter({tally.state: tally.number for tally in tallies})
    scores = sum(tally.scores for tally in tallies if tally.state == "completed")
    weights = sum(tally.weights for tally in tallies if tally.state == "completed")
    return Standing(counts, scores / weights if weights else None)


def standing_of(connection: Connection, workspace: WorkspaceId, mission: str) -> Standing:
    return standing(tickets.tallies(connection, [workspace], [mission]))


def begin_in(change: Change, ticket: TicketRow) -> None:
    """Work on the ticket begins: refused where its mission or a gate holds it. The first one starts a draft."""
    if ticket.mission_id is None:
        return
    mission = store.by_id(change.connection, ticket.workspace_id, ticket.mission_id)
    if mission is None:
        return
    if mission.state in _HOLDING:
        raise ConflictError(f"The mission {quoted(mission.name)} {_HOLDING[mission.state]}.")
    for row in gate_store.of(change.connection, [mission.seq]).get(mission.seq, []):
        if holds(row, ticket):
            raise ConflictError(
                f"The quality gate {quoted(row.name)} holds this ticket, as it has not passed:"
                f" {row.reason or 'it waits for the tickets before it.'}"
            )
    if mission.state == "draft":
        put_state(change, mission, "active", "")


def holds(gate: GateRow, ticket: TicketRow) -> bool:
    """Whether the gate keeps the ticket from being begun."""
    if gate.state == "passed":
        return False
    return not {ticket.id, ticket.title}.isdisjoint(gate_of(gate).blocks)


def follow(change: Change, workspace: WorkspaceId, mission_id: str | None, *, ends: bool = True) -> None:
    """Something changed among the tickets or the gates of the mission, if there is one. It `ends` by itself only
    because of that, and not against the person who has just taken it up again."""
    mission = None if mission_id is None else store.by_id(change.connection, workspace, mission_id)
    if mission is None:
        return
    now = standing_of(change.connection, workspace, mission.id)
    if mission.state == "completed" and now.open:
        mission = put_state(change, mission, "active", "There is something left to do again.")
    if mission.state not in _FOLLOWED:
        return
    through = _judge_gates(change, mission)
    below = _weigh(change, mission, now)
    if ends and mission.state == "active" and now.all_passed and through and not below:
        put_state(change, mission, "completed", "")


def put_state(change: Change, row: MissionRow, to: MissionState, reason: str) -> MissionRow:
    """Bring the mission to another state, with all that is told of that."""
    state = cast(MissionState, row.state)
    if to not in MISSION_MOVES[state]:
        raise ConflictError(
            f"A mission that is {state} cannot be {to}; it can be {', '.join(sorted(MISSION_MOVES[state]))}."
        )
    now = standing_of(change.connection, row.workspace_id, row.id)
    if to == "completed" and now.open:
        raise ConflictError(
            f"{now.open} of its tickets are not over yet: finish them, cancel them or move them elsewhere first."
        )
    told, values = carried(change, row, to)
    store.change(
        change.connection,
        row.seq,
        {"state": to, "reason": reason, "updated_at": change.now, "below": row.below and not now.open, **values},
    )
    after = store.existing(change.connection, row.seq)
    _tell_state(change, after, state, now)
    if told is not None:
        tell_deadline(change, told, after)
    return after


def _tell_state(change: Change, row: MissionRow, before: str, now: Standing) -> None:
    match row.state:
        case "active" if before == "draft":
            tell_mission(change, "mission:executed", row, taskCount=now.counts.total())
        case "active":
            pending = now.counts["pending"] + now.counts["queued"]
            tell_mission(change, "mission:resumed", row, retried=0, pending=pending, reason=row.reason)
        case "completed":
            report = {"avgScore": as_written(now.mean), "tasks": dict(now.counts)}
            tell_mission(
                change,
                "mission:completed",
                row,
                allPassed=now.all_passed,
                report={name: value for name, value in report.items() if value is not None},
                reason=row.reason,
            )
        case _:
            tell_mission(change, "mission:saved", row, reason=row.reason)


def _judge_gates(change: Change, mission: MissionRow) -> bool:
    """Look at all gates, and tell of those that are not as they were; whether all have passed."""
    rows = gate_store.of(change.connection, [mission.seq]).get(mission.seq, [])
    gates = [gate_of(row) for row in rows]
    names = {name for gate in gates for name in gate.after}
    found = tickets.counted(change.connection, mission.workspace_id, mission.id, names)
    passed = True
    for row, gate in zip(rows, gates, strict=True):
        verdict = judge(gate, found)
        passed = passed and verdict.state == "passed"
        if (row.state, row.avg_score, row.reason) == (verdict.state, verdict.avg_score, verdict.reason):
            continue
        gate_store.settle(change.connection, row, verdict.state, verdict.avg_score, verdict.reason)
        if verdict.state != row.state and verdict.state != "waiting":
            tell_mission(
                change,
                f"quality:gate:{verdict.state}",
                mission,
                missionName=mission.name,
                gateName=gate.name,
                avgScore=as_written(verdict.avg_score),
                minScore=gate.min_score,
                reason=verdict.reason,
            )
    return passed


def _weigh(change: Change, mission: MissionRow, now: Standing) -> bool:
    """Whether the mission is below its threshold, now that all its tickets are over; told when that changes."""
    below = (
        mission.threshold is not None
        and not now.open
        and now.mean is not None
        and not reaches(now.mean, mission.threshold)
    )
    if below != mission.below:
        store.change(change.connection, mission.seq, {"below": below})
    if below and not mission.below:
        tell_mission(
            change,
            "quality:threshold:failed",
            mission,
            missionName=mission.name,
            avgScore=as_written(now.mean),
            threshold=mission.threshold,
        )
    return below
