"""A ticket on its way from state to state, with all that is told of it and all that follows."""

from typing import cast

from core.api.tickets import TicketState
from core.errors import ConflictError
from core.planning.arming import carried
from core.planning.following import begin_in, follow
from core.planning.states import BEGUN, TICKET_MOVES
from core.planning.telling import Change, tell_deadline, tell_ticket
from storage import tickets as store
from storage.tickets import TicketRow

_ASKS: dict[str, str] = {"developer-approval": "task:review", "qa-approval": "task:qa"}
"""In these states somebody has to look at it, and alone is told."""


def move(
    change: Change,
    row: TicketRow,
    to: TicketState,
    reason: str = "",
    summary: str = "",
    score: float | None = None,
) -> TicketRow:
    """Bring the ticket to another state. One that is there already stays as it is."""
    state = cast(TicketState, row.state)
    if state == to:
        return row
    if to not in TICKET_MOVES[state]:
        raise ConflictError(
            f"A ticket cannot go from {state} to {to}; from there it can go to "
            f"{', '.join(sorted(TICKET_MOVES[state]))}."
        )
    if to in BEGUN and state not in BEGUN:
        begin_in(change, row)
    told, values = carried(change, row, to)
    if score is not None:
        values["score"] = score
    columns = {"state": to, "reason": reason, "updated_at": change.now, **values}
    store.change(change.connection, row.seq, columns)
    after = store.existing(change.connection, row.seq)
    tell_ticket(change, "task:transition", after, from_=state, to=to, reason=reason, summary=summary)
    if to in _ASKS:
        tell_ticket(change, _ASKS[to], after, previousStatus=state, reason=reason, summary=summary)
    if told is not None:
        tell_deadline(change, told, after)
    follow(change, row.workspace_id, row.mission_id)
    return after
