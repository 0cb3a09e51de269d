"""What the world learns of tickets, missions, gates and deadlines: their events, with what they are about filled
in, and the change feed, in the transaction of the change."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.clock import to_datetime
from core.events.record import NewEvent, record
from core.ids import Entropy
from core.planning.deadlines import Told, used
from storage import missions, tickets
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.missions import MissionRow
from storage.tickets import TicketRow

_MS = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change and all that it needs: its transaction, when it is made, and by whom. `share` is the part of the
    time to a deadline after which a warning is due."""

    connection: Connection
    now: Instant
    entropy: Entropy
    share: float
    actor: PersonId | None = None


def tell_ticket(change: Change, event: str, row: TicketRow, **more: object) -> None:
    """Record an event of a ticket. Fields without a value are left out."""
    about = about_ticket(change.connection, row)
    payload = {**about, **{name.rstrip("_"): value for name, value in more.items() if value not in (None, "")}}
    told = NewEvent(
        event,
        payload,
        workspace=row.workspace_id,
        ticket=row.id,
        mission=row.mission_id,
        actor=change.actor,
    )
    feed = [NewChange("tasks", row.id, None, row.workspace_id, change.now)]
    if row.mission_id is not None:
        feed.append(NewChange("missions", row.mission_id, None, row.workspace_id, change.now))
    record(change.connection, told, now=change.now, entropy=change.entropy, also=feed)


def tell_mission(change: Change, event: str, row: MissionRow, **more: object) -> None:
    """Record an event of a mission, or of one of its gates."""
    payload = {
        "missionId": row.id,
        "name": row.name,
        "group": row.name,
        "status": row.state,
        **{name: value for name, value in more.items() if value not in (None, "")},
    }
    told = NewEvent(event, payload, workspace=row.workspace_id, mission=row.id, actor=change.actor)
    feed = [NewChange("missions", row.id, None, row.workspace_id, change.now)]
    record(change.connection, told, now=change.now, entropy=change.entropy, also=feed)


def tell_deadline(change: Change, told: Told, row: TicketRow | MissionRow) -> None:
    """Record that a deadline nears, has passed or was kept."""
    deadline, set_at = row.deadline, row.deadline_set_at
    if deadline is None or set_at is None:
        return
    about: dict[str, object] = {
        "entityId": row.id,
        "deadline": to_datetime(deadline).isoformat().replace("+00:00", "Z"),
        "elapsed": max(0, change.now - set_at) // _MS,
        "remaining": max(0, deadline - change.now) // _MS,
        "percentUsed": round(used(set_at, deadline, change.now), 4),
    }
    if told == "violated":
        about["overdueMs"] = (change.now - deadline) // _MS
    if told == "met":
        about["marginMs"] = (deadline - change.now) // _MS
    if isinstance(row, MissionRow):
        tell_mission(change, f"sla:{told}", row, entityType="mission", **about)
    else:
        tell_ticket(change, f"sla:{told}", row, entityType="task", name=row.title, **about)


def about_ticket(connection: Connection, row: TicketRow) -> Mapping[str, object]:
    """A ticket, as its events name it."""
    roles = tickets.people_of(connection, [row.seq]).get(row.seq, {})
    mission = None
    if row.mission_id is not None:
        mission = missions.by_id(connection, row.workspace_id, row.mission_id)
    works = roles.get("developer") or row.agent
    task = {
        "id": row.id,
        "title": row.title,
        "status": row.state,
        "missionId": row.mission_id,
        "group": None if mission is None else mission.name,
        "assignTo": works,
        "qaReviewer": roles.get("qa"),
        "score": row.score,
    }
    about = {
        "taskId": row.id,
        "task": {name: value for name, value in task.items() if value is not None},
        "agentName": works,
    }
    return {name: value for name, value in about.items() if value is not None}
