"""What becomes of the deadline of a ticket or a mission when it is set, moved, or reaches another state."""

from core.planning import deadlines
from core.planning.deadlines import Told
from core.planning.states import OVER
from core.planning.telling import Change
from storage.ids import Instant
from storage.missions import MissionRow
from storage.tickets import TicketRow

Columns = dict[str, object]


def set_now(change: Change, deadline: Instant | None) -> Columns:
    """A deadline that is set now: its time counts from here on."""
    if deadline is None:
        return {"deadline": None, "deadline_set_at": None, "deadline_state": "none", "deadline_check_at": None}
    return {
        "deadline": deadline,
        "deadline_set_at": change.now,
        "deadline_state": "open",
        "deadline_check_at": deadlines.armed("open", change.now, deadline, change.share),
    }


def moved(change: Change, row: TicketRow | MissionRow, deadline: Instant | None) -> Columns:
    """Another deadline arms it again; the same one changes nothing. What is over is not watched."""
    if deadline == row.deadline:
        return {}
    columns = set_now(change, deadline)
    return {**columns, "deadline_check_at": None} if row.state in OVER else columns


def carried(change: Change, row: TicketRow | MissionRow, to: str) -> tuple[Told | None, Columns]:
    """What is to be told of the deadline of a thing that comes to another state, and what becomes of it."""
    deadline, set_at = row.deadline, row.deadline_set_at
    if deadline is None or set_at is None:
        return None, {}
    if to == "completed":
        found = deadlines.finished(row.deadline_state, deadline, change.now)
        return found.told, {"deadline_state": found.state, "deadline_check_at": None}
    if to in OVER:
        return None, {"deadline_check_at": None}
    if row.state not in OVER:
        return None, {}
    state = deadlines.taken_up(row.deadline_state, set_at, deadline, change.now, change.share)
    then = deadlines.armed(state, set_at, deadline, change.share)
    return None, {"deadline_state": state, "deadline_check_at": then}
