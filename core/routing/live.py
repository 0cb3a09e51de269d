"""The rules that one server routes by: those of its files, those that were added, and those of tickets and
missions. They are memory; two numbers in the database say whether they are still the latest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import msgspec

from core.api.rules import Problem, RuleSource
from core.routing.belonging import about
from core.routing.configuration import Configuration
from core.routing.reading import read_rule, read_scope
from core.routing.router import Event
from core.routing.rule import Rule, Scope
from core.routing.rule_set import RuleSet
from storage import rules
from storage.database import Connection
from storage.ids import WorkspaceId
from storage.rules import RuleRow, ScopeRow, Versions

_MOST_SCOPES = 4_096
_EMPTY = Configuration()

_log = logging.getLogger("callboard.routing")


class Scopes:
    """What tickets and missions say of their notifications, each asked for once. Where none says anything, none
    is asked."""

    def __init__(self, any_there: bool) -> None:
        self.any_there = any_there
        self._rows: dict[tuple[WorkspaceId, str, str], ScopeRow | None] = {}
        self._read: dict[str, Scope] = {}

    def of(self, connection: Connection, event: Event) -> tuple[Scope | None, Scope | None]:
        """The scopes of the event's ticket and of its mission."""
        workspace = event.workspace
        if not self.any_there or workspace is None:
            return None, None
        named = about(event)
        ticket = None if named.ticket is None else self._row(connection, workspace, "ticket", named.ticket)
        mission = (ticket.mission_id if ticket is not None else None) or named.mission
        if mission is not None:
            return self._scope(ticket), self._scope(self._row(connection, workspace, "mission", mission))
        if named.group is not None:
            return self._scope(ticket), self._scope(self._row(connection, workspace, "called", named.group))
        return self._scope(ticket), None

    def _row(self, connection: Connection, workspace: WorkspaceId, kind: str, subject: str) -> ScopeRow | None:
        key = (workspace, kind, subject)
        if key in self._rows:
            return self._rows[key]
        if kind == "called":
            row = rules.mission_called(connection, workspace, subject)
        else:
            row = rules.scope_of(connection, workspace, kind, subject)
        if len(self._rows) >= _MOST_SCOPES:
            self._rows = {}  # a new one: other threads may be reading the old
        self._rows[key] = row
        return row

    def _scope(self, row: ScopeRow | None) -> Scope | None:
        if row is None or row.written is None:
            return None
        key = f"{row.kind}/{row.workspace_id}/{row.subject_id}"
        scope = self._read.get(key)
        if scope is None:
            scope = _scope_of(row, row.written, key)
            if len(self._read) >= _MOST_SCOPES:
                self._read = {}
            self._read[key] = scope
        return scope


@dataclass(frozen=True, slots=True)
class Live:
    """The rules as they were at one moment. `problems` are those of rules that were added and do not work."""

    versions: Versions
    configuration: Configuration
    rules: RuleSet
    scopes: Scopes
    problems: tuple[Problem, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing can ever go out."""
        return not self.rules.rules and not self.scopes.any_there


class LiveRules:
    """The latest rules, for whoever routes, explains or lists. What was read once is kept from one time to the
    next."""

    def __init__(self, configuration: Callable[[], Configuration] = lambda: _EMPTY) -> None:
        self._configuration = configuration
        self._live: Live | None = None
        self._read: dict[tuple[str, WorkspaceId | None, str], Rule | None] = {}

    def current(self, connection: Connection) -> Live:
        """The rules as this transaction sees them."""
        live, versions, configuration = self._live, rules.versions(connection), self._configuration()
        if live is not None and live.versions == versions and live.configuration is configuration:
            return live
        if live is None or live.versions.rules != versions.rules or live.configuration is not configuration:
            found, problems = self._global(connection, configuration)
        else:
            found, problems = live.rules, live.problems
        scopes = Scopes(rules.any_scope(connection))
        self._live = live = Live(versions, configuration, found, scopes, problems)
        return live

    def naming(self, connection: Connection, channel: str) -> list[str]:
        """The ids of the rules that send to this channel."""
        return [rule.id for rule in self.current(connection).rules.rules if channel in rule.channels]

    def forget(self) -> None:
        """What was read may never have been committed: read it again."""
        self._live = None

    def _global(
        self, connection: Connection, configuration: Configuration
    ) -> tuple[RuleSet, tuple[Problem, ...]]:
        """Those of the files, then those that were added, in the order in which they were."""
        found = {rule.id: rule for rule in configuration.rules}
        problems: list[Problem] = []
        read: dict[tuple[str, WorkspaceId | None, str], Rule | None] = {}
        for row in rules.every(connection):
            key = (row.source, row.workspace_id, row.written)
            rule = read[key] = self._read[key] if key in self._read else _rule_of(row)
            if rule is None:
                problems.append(Problem(row.id, "This rule cannot be read: delete it, and add it again."))
            elif rule.id in found:
                problems.append(Problem(row.id, "The configuration has a rule of this id, which stands for it."))
            else:
                found[rule.id] = rule
        self._read = read
        known = () if self._live is None else self._live.problems
        for problem in problems:
            if problem not in known:
                _log.warning("The rule %s does not work: %s", problem.place, problem.sentence)
        return RuleSet(found.values()), tuple(problems)


def _rule_of(row: RuleRow) -> Rule | None:
    for rule in read_rule(_decoded(row.written), source=cast(RuleSource, row.source)).rules:
        return replace(rule, workspace=row.workspace_id)
    return None


def _scope_of(row: ScopeRow, written: str, key: str) -> Scope:
    """Rules in it that do not work any more are left out."""
    read = read_scope(_decoded(written))
    for problem in read.problems:
        _log.warning("A rule of %s %s does not work: %s", row.kind, row.subject_id, problem.sentence)
    return replace(read.scope or Scope(), key=key)


def _decoded(written: str) -> object:
    try:
        return msgspec.json.decode(written)
    except msgspec.DecodeError:
        return None
