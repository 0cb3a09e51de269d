"""Tickets and missions as the wire shows them, a page at a time."""

from collections.abc import Iterable, Sequence
from typing import cast

from core.api.tickets import (
    DeadlineState,
    GateState,
    Mission,
    MissionState,
    Ticket,
    TicketState,
)
from core.api.tickets import Gate as GateShown
from core.clock import maybe_datetime, to_datetime
from core.planning.following import gate_of, holds, standing
from core.planning.gates import shown as as_written
from core.planning.notifications import read
from core.planning.states import BEGUN, OVER
from storage import gates, missions, people, tickets
from storage.database import Connection
from storage.gates import GateRow
from storage.ids import WorkspaceId
from storage.missions import MissionRow
from storage.tickets import TicketRow

_MissionKey = tuple[WorkspaceId, str]


def shown_tickets(connection: Connection, rows: Sequence[TicketRow]) -> list[Ticket]:
    slugs = people.slugs(connection, {row.workspace_id for row in rows})
    roles = tickets.people_of(connection, [row.seq for row in rows])
    holding = _gates_above(connection, rows)
    return [
        Ticket(
            id=row.id,
            title=row.title,
            description=row.description,
            status=cast(TicketState, row.state),
            workspace=slugs[row.workspace_id],
            mission_id=row.mission_id,
            creator=roles.get(row.seq, {}).get("creator"),
            assign_to=roles.get(row.seq, {}).get("developer") or row.agent,
            qa_reviewer=roles.get(row.seq, {}).get("qa"),
            score=row.score,
            weight=row.weight,
            reason=row.reason,
            deadline=maybe_datetime(row.deadline),
            deadline_state=cast(DeadlineState, row.deadline_state),
            blocked_by=_held_by(row, holding.get((row.workspace_id, row.mission_id or ""), ())),
            notifications=read(row.notifications),
            created_at=to_datetime(row.created_at),
            updated_at=to_datetime(row.updated_at),
        )
        for row in rows
    ]


def shown_missions(connection: Connection, rows: Sequence[MissionRow]) -> list[Mission]:
    slugs = people.slugs(connection, {row.workspace_id for row in rows})
    names = people.names(connection, {row.creator_id for row in rows if row.creator_id is not None})
    of = gates.of(connection, [row.seq for row in rows])
    tallies = tickets.tallies(connection, {row.workspace_id for row in rows}, {row.id for row in rows})
    found = []
    for row in rows:
        now = standing(
            [tally for tally in tallies if (tally.workspace_id, tally.mission_id) == (row.workspace_id, row.id)]
        )
        found.append(
            Mission(
                id=row.id,
                name=row.name,
                status=cast(MissionState, row.state),
                workspace=slugs[row.workspace_id],
                data=row.plan,
                creator=None if row.creator_id is None else names.get(row.creator_id),
                reason=row.reason,
                deadline=maybe_datetime(row.deadline),
                deadline_state=cast(DeadlineState, row.deadline_state),
                quality_threshold=row.threshold,
                avg_score=as_written(now.mean),
                tasks=dict(now.counts),
                gates=[_gate(gate) for gate in of.get(row.seq, ())],
                notifications=read(row.notifications),
                created_at=to_datetime(row.created_at),
                updated_at=to_datetime(row.updated_at),
            )
        )
    return found


def _gate(row: GateRow) -> GateShown:
    gate = gate_of(row)
    return GateShown(
        name=gate.name,
        state=cast(GateState, row.state),
        after_tasks=list(gate.after),
        blocks_tasks=list(gate.blocks),
        min_score=gate.min_score,
        require_all_passed=gate.require_all,
        notify_channels=list(gate.channels),
        avg_score=as_written(row.avg_score),
        reason=row.reason,
    )


def _gates_above(connection: Connection, rows: Iterable[TicketRow]) -> dict[_MissionKey, list[GateRow]]:
    """The gates of the missions that these tickets belong to."""
    keys = {(row.workspace_id, row.mission_id) for row in rows if row.mission_id is not None}
    seqs = missions.seqs(connection, keys)
    of = gates.of(connection, list(seqs.values()))
    return {key: of[seq] for key, seq in seqs.items() if seq in of}


def _held_by(row: TicketRow, above: Iterable[GateRow]) -> str | None:
    if row.state in BEGUN or row.state in OVER:
        return None
    return next((gate.name for gate in above if holds(gate, row)), None)
