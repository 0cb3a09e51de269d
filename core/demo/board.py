"""The sample board: what has become of the tickets of the month, and the missions that they belong to."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from core.api.tickets import TicketState
from core.clock import DAY, HOUR
from core.demo.cast import COLLEAGUES, MISSIONS, TICKETS, Ticket
from core.demo.parts import SampleSession
from core.demo.rows import Known, Row, holds
from core.demo.sessions import WORK
from core.demo.work import Work
from core.planning.deadlines import WARNED_AT, armed, look
from core.planning.gates import Gate, judge
from storage.ids import Instant
from storage.samples import SampleTable
from storage.tickets import CountedTicket

BACKLOG: Final = (
    Ticket("storefront", "SF-142", "Say why a coupon no longer counts"),
    Ticket("storefront", "SF-143", "Open the new checkout to everybody"),
    Ticket("billing", "BIL-60", "Send the first invoices by the new template"),
    Ticket("billing", "BIL-61", "Archive the invoices of closed accounts"),
    Ticket("platform", "OPS-93", "Roll the new base image out"),
    Ticket("platform", "OPS-94", "Measure a week of deploys"),
)
"""What nobody has begun."""

_STATES: Final[Mapping[str, TicketState]] = {
    "done": "completed",
    "waiting": "developer-approval",
    "failed": "failed",
    "cancelled": "cancelled",
}
_SCORES = (4.5, 3.5, 4.0, 5.0, 3.0)
_GATES: Final = {
    "storefront": Gate("checkout is whole", ("SF-121", "SF-127", "SF-136"), ("SF-143",), 3.0),
    "billing": Gate("invoices are right", ("BIL-42", "BIL-51"), ("BIL-60", "BIL-61"), 3.5),
    "platform": Gate("deploys are safe", ("OPS-80", "OPS-83", "OPS-77"), ("OPS-93",), 3.0),
}
_DEADLINES: Final = {
    "storefront": (9 * DAY, 4 * DAY),
    "billing": (20 * DAY, 2 * DAY),
    "platform": (12 * DAY, 10 * DAY),
}
"""How long before the end of the month it was set, and how long after that it is due."""


def board_rows(work: Work, known: Known) -> dict[SampleTable, Sequence[Row]]:
    """The rows of all that is on the board."""
    of = {session.ticket: session for session in WORK}
    tickets: list[Row] = []
    roles: list[Row] = []
    for number, ticket in enumerate((*TICKETS, *BACKLOG)):
        session = of.get(ticket.id)
        tickets.append(_ticket(work, known, number, ticket, session))
        roles += _roles(work, known, ticket, work.you if session is None else work.who(session.owner))
    missions: list[Row] = []
    gates: list[Row] = []
    for number, (slug, called) in enumerate(MISSIONS.items(), 1):
        missions.append(_mission(work, known, number, slug, *called))
        gates.append(_gate(number, _GATES[slug], tickets))
    return {"missions": missions, "tickets": tickets, "gates": gates, "responsibilities": roles}


def _ticket(work: Work, known: Known, number: int, ticket: Ticket, session: SampleSession | None) -> Row:
    state: TicketState = "pending" if session is None else _STATES[session.state]
    made = Instant(work.end - (2 * DAY if session is None else session.ago) - DAY)
    return {
        "workspace_id": known.workspaces[ticket.workspace],
        "id": ticket.id,
        "mission_id": MISSIONS[ticket.workspace][0],
        "title": ticket.title,
        "state": state,
        "reason": session.detail if session is not None and state == "failed" else "",
        "score": _SCORES[number % len(_SCORES)] if state == "completed" else None,
        "weight": 1.0,
        "created_at": made,
        "updated_at": made if session is None else Instant(work.end - session.ago + HOUR),
    }


def _roles(work: Work, known: Known, ticket: Ticket, developer: str) -> list[Row]:
    here = [each.name for each in COLLEAGUES if ticket.workspace in each.workspaces and each.name != developer]
    held = {"creator": work.you, "developer": developer, "qa": here[0]}
    workspace = known.workspaces[ticket.workspace]
    return [holds(workspace, "ticket", ticket.id, role, known.people[name]) for role, name in held.items()]


def _mission(work: Work, known: Known, number: int, slug: str, id: str, name: str) -> Row:
    return {
        "seq": number,
        "workspace_id": known.workspaces[slug],
        "id": id,
        "name": name,
        "plan": "Mend what hurts most, open it to everybody, and look back after a week.",
        "state": "active",
        "creator_id": known.people[work.you],
        "threshold": 3.5,
        "below": False,
        **_deadline(work.end, *_DEADLINES[slug]),
        "created_at": Instant(work.end - _DEADLINES[slug][0]),
        "updated_at": work.end,
    }


def _deadline(end: Instant, before: int, after: int) -> Row:
    set_at, deadline = Instant(end - before), Instant(end + after)
    now = look("open", set_at, deadline, end, WARNED_AT)
    return {
        "deadline": deadline,
        "deadline_set_at": set_at,
        "deadline_state": now.state,
        "deadline_check_at": armed(now.state, set_at, deadline, WARNED_AT),
    }


def _gate(mission: int, gate: Gate, its: Sequence[Row]) -> Row:
    found = judge(
        gate, [msgspec.convert([row[name] for name in CountedTicket._fields], CountedTicket) for row in its]
    )
    return {
        "mission_seq": mission,
        "place": 0,
        "name": gate.name,
        "after": json.dumps(gate.after),
        "blocks": json.dumps(gate.blocks),
        "channels": "[]",
        "min_score": gate.min_score,
        "require_all": gate.require_all,
        "state": found.state,
        "avg_score": found.avg_score,
        "reason": found.reason,
    }
