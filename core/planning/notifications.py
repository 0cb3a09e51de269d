"""The notifications of tickets and missions on their way to the router: the rules that one has of its own, and
those that its gates add for the channels they name."""

from collections.abc import Iterable

import msgspec

from core.api.rules import NewRule
from core.api.tickets import ScopedNotifications
from core.errors import InvalidError
from core.planning.gates import Gate
from core.routing import scoped
from core.routing.scoped import ScopeKind
from storage import rules
from storage.database import Connection
from storage.ids import Instant, WorkspaceId
from storage.missions import MissionRow
from storage.tickets import TicketRow

_MOST_RULES = 100


def written(notifications: ScopedNotifications | None) -> str | None:
    """As they are kept, to be shown as they came."""
    if notifications is None:
        return None
    if len(notifications.rules) > _MOST_RULES:
        raise InvalidError(f"There are {_MOST_RULES} rules at most.", "notifications.rules")
    return msgspec.json.encode(notifications).decode()


def read(kept: str | None) -> ScopedNotifications | None:
    return None if kept is None else msgspec.json.decode(kept, type=ScopedNotifications)


def route_ticket(connection: Connection, row: TicketRow) -> None:
    """From now on the ticket's events go where it says. Raises where its rules cannot work."""
    own = read(row.notifications)
    scoped.set_scope(connection, row.workspace_id, "ticket", row.id, own, mission=row.mission_id)


def route_mission(connection: Connection, row: MissionRow) -> None:
    own = read(row.notifications)
    scoped.set_scope(connection, row.workspace_id, "mission", row.id, own, name=row.name)


def leave(connection: Connection, workspace: WorkspaceId, kind: ScopeKind, id: str, now: Instant) -> None:
    """The ticket or mission is no more, and neither are the rules of its gates."""
    scoped.leave_scope(connection, workspace, kind, id, now)
    if kind == "mission":
        scoped.remove_rules(connection, _owner(workspace, id), now)


def route_gates(
    connection: Connection, mission: MissionRow, slug: str, gates: Iterable[Gate], now: Instant
) -> None:
    """From now on these gates alert the channels that they name, each within its own mission."""
    owner = _owner(mission.workspace_id, mission.id)
    scoped.remove_rules(connection, owner, now)
    added = [
        _rule(connection, owner, mission, slug, gate, passed)
        for gate in gates
        if gate.channels
        for passed in (True, False)
    ]
    scoped.add_rules(connection, owner, added, now, workspace=mission.workspace_id)


def _rule(
    connection: Connection, owner: str, mission: MissionRow, slug: str, gate: Gate, passed: bool
) -> NewRule:
    called = f"qgate-{'pass' if passed else 'fail'}-{mission.id}:{gate.name}"
    there = rules.by_id(connection, called)
    if there is not None and there.owner != owner:  # a mission of another workspace may have the same id
        called = f"{called[: 127 - len(slug)]}@{slug}"
    condition = {
        "and": [
            {"field": "gateName", "op": "==", "value": gate.name},
            {"field": "missionId", "op": "==", "value": mission.id},
        ]
    }
    return NewRule(
        id=called,
        name=f"Quality gate {'passed' if passed else 'failed'}: {gate.name}",
        events=["quality:gate:passed" if passed else "quality:gate:failed"],
        condition=condition,
        channels=list(gate.channels),
        severity="info" if passed else "critical",
    )


def _owner(workspace: WorkspaceId, mission: str) -> str:
    return f"mission/{workspace}/{mission}"
