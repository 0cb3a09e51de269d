"""Rules that others keep for what is theirs: the notifications of tickets and missions, and the rules of quality
gates. Each is written in its owner's transaction, and works from then on."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from core.api.rules import NewRule, Problem
from core.api.tickets import ScopedNotifications
from core.errors import InvalidError
from core.routing.reading import in_words_of_files, read_rule, read_scope
from storage import changes, cooldowns, rules
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, WorkspaceId
from storage.rules import NewRuleRow, ScopeRow

ScopeKind = Literal["ticket", "mission"]


def set_scope(
    connection: Connection,
    workspace: WorkspaceId,
    kind: ScopeKind,
    subject: str,
    notifications: ScopedNotifications | None,
    *,
    mission: str | None = None,
    name: str | None = None,
) -> None:
    """What the ticket or mission says now: its own notifications, of a ticket its mission, of a mission its name.
    Raises where the notifications cannot work, and says where."""
    row = ScopeRow(workspace, kind, subject, mission, name, _written(notifications))
    if not (row.mission_id or row.name or row.written):
        rules.remove_scope(connection, workspace, kind, subject)
    elif rules.scope_of(connection, workspace, kind, subject) != row:
        rules.put_scope(connection, row)


def leave_scope(
    connection: Connection, workspace: WorkspaceId, kind: ScopeKind, subject: str, now: Instant
) -> None:
    """The ticket or mission is no more. What is told of its end still finds its rules."""
    rules.leave_scope(connection, workspace, kind, subject, now)


def add_rules(
    connection: Connection,
    owner: str,
    added: Sequence[NewRule],
    now: Instant,
    *,
    workspace: WorkspaceId | None = None,
) -> None:
    """Rules for all that happens in this workspace, which go with their owner. One whose id is there takes its
    place."""
    rows = []
    for rule in added:
        written = in_words_of_files(rule)
        read = read_rule(written, source="gate")
        _refuse(read.problems, "")
        (checked,) = read.rules
        rows.append(NewRuleRow(checked.id, "gate", owner, workspace, checked.written, None, now, now))
    rules.put(connection, rows)
    changes.append(connection, [NewChange("rules", row.id, None, workspace, now) for row in rows])


def remove_rules(connection: Connection, owner: str, now: Instant) -> None:
    """Remove the rules that go with this owner."""
    removed = rules.remove_owned(connection, owner)
    cooldowns.forget(connection, [name for name, _ in removed])
    changes.append(connection, [NewChange("rules", name, None, workspace, now) for name, workspace in removed])


def _written(notifications: ScopedNotifications | None) -> str | None:
    if notifications is None:
        return None
    written = {
        "rules": [in_words_of_files(rule) for rule in notifications.rules],
        "inherit": notifications.inherit,
        "mute": notifications.mute,
    }
    _refuse(read_scope(written).problems, "notifications.")
    return msgspec.json.encode(written).decode()


def _refuse(problems: Sequence[Problem], above: str) -> None:
    for problem in problems:
        raise InvalidError(problem.sentence, f"{above}{problem.place}")
