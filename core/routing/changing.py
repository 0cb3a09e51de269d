"""Adding, changing, deleting and importing rules: each refuses, or does all of it in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from core.api.rules import NewRule, Problem, RuleChange, RuleImport, RuleImported
from core.api.rules import Rule as ShownRule
from core.api.wire import Done
from core.caller import Caller, Permission
from core.channels.configuring.places import Place, below, dotted
from core.errors import ConflictError, InvalidError, NotFoundError
from core.ids import Entropy, rule_id
from core.people.audit import HiddenError, write
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.routing.reading import RulesRead, in_words_of_files, read_rule
from core.routing.rule import Rule
from core.routing.views import shown
from storage import changes, channels, cooldowns, rules
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, WorkspaceId
from storage.rules import NewRuleRow, RuleRow

MOST = 5_000
MOST_IMPORTED = 1_000

_OWNERS = {
    "gate": "It belongs to a quality gate, and goes with the gate's mission: change the gate.",
}
_PATHS = frozenset({"import", "problems", "reload", "explain", "preview", ".", ".."})
"""What stands for something else where a rule's id stands in a path: such a rule could never be asked for."""


@dataclass(frozen=True, slots=True)
class Changing:
    """One change of rules, by somebody, in one transaction. `configured` are the rules of the home's files."""

    connection: Connection
    caller: Caller
    now: Instant
    entropy: Entropy
    configured: Sequence[Rule]

    def add(self, new: NewRule) -> ShownRule:
        """Add a rule, which works from the next event on."""
        self._check_may()
        rule = _only(self._read(new, dotted))
        workspace = self._workspace(new.workspace)
        if self._configured(rule.id) is not None or rules.by_id(self.connection, rule.id) is not None:
            raise ConflictError(
                f"There is a rule {quoted(rule.id)} already: choose another id, or change that one."
            )
        self._check_room(1)
        return self._put(rule, workspace, "rule.add")

    def change(self, name: str, change: RuleChange) -> ShownRule:
        self._check_may()
        row = self._own(name)
        changed: dict[str, object] = msgspec.json.decode(msgspec.json.encode(change))
        known = self._channels() if "channels" in changed else None  # one that is gone must not stand in the way
        read = read_rule({**_decoded(row), **changed}, dotted, known)
        return self._put(_only(read), row.workspace_id, "rule.change")

    def delete(self, name: str) -> Done:
        self._check_may()
        row = self._own(name)
        rules.remove(self.connection, row.id)
        cooldowns.forget(self.connection, [row.id])
        self._tell("rule.delete", row.id, row.workspace_id, _decoded(row))
        return Done()

    def import_(self, wanted: RuleImport) -> RuleImported:
        """Add those that work, and say what is wrong with the others."""
        self._check_may()
        if len(wanted.rules) > MOST_IMPORTED:
            raise InvalidError(f"At most {MOST_IMPORTED} rules are imported at once.", "rules")
        there = {row.id: row for row in rules.of_ids(self.connection, [new.id or "" for new in wanted.rules])}
        added: dict[str, tuple[Rule, WorkspaceId | None]] = {}
        problems: list[Problem] = []
        for number, new in enumerate(wanted.rules):
            place = below(dotted, ("rules", number))
            read = self._read(new, place)
            problems += read.problems
            for rule in read.rules:
                wrong = self._taken(rule.id, there.get(rule.id), added, wanted.replace)
                if wrong is not None:
                    problems.append(Problem(place(("id",)), wrong))
                else:
                    added[rule.id] = rule, self._workspace(new.workspace)
        self._check_room(sum(name not in there for name in added))
        if not wanted.dry_run:
            for name, (rule, workspace) in added.items():
                self._put(rule, workspace, "rule.change" if name in there else "rule.add")
        return RuleImported(
            [name for name in added if name not in there], [name for name in added if name in there], problems
        )

    def _check_may(self) -> None:
        self.caller.require(Permission.CHANNELS_MANAGE)

    def _check_room(self, more: int) -> None:
        if rules.count(self.connection) + more > MOST:
            raise ConflictError(f"There can be {MOST} added rules: delete some first.")

    def _read(self, new: NewRule, place: Place) -> RulesRead:
        written = in_words_of_files(new)
        if new.id is None:
            written["id"] = rule_id(self.entropy)
        elif new.id in _PATHS:
            return RulesRead(
                (), [Problem(place(("id",)), f"{new.id} stands for something else: choose another.")], []
            )
        return read_rule(written, place, self._channels())

    def _channels(self) -> Collection[str]:
        return {row.name for row in channels.present(self.connection)}

    def _configured(self, name: str) -> Rule | None:
        return next((rule for rule in self.configured if rule.id == name), None)

    def _workspace(self, slug: str | None) -> WorkspaceId | None:
        return None if slug is None else visible_workspace(self.connection, self.caller, slug).id

    def _own(self, name: str) -> RuleRow:
        """The added rule of this id, if it is one that can be changed here."""
        row = rules.by_id(self.connection, name)
        configured = self._configured(name)
        if row is None and configured is not None:
            raise ConflictError(f"This rule is in a file: change it there, at {configured.place}.")
        if row is None:
            raise NotFoundError(f"There is no rule {quoted(name)}.")
        if row.workspace_id is not None and not self.caller.sees(row.workspace_id):
            raise HiddenError(f"There is no rule {quoted(name)}.")
        if row.source in _OWNERS:
            raise ConflictError(_OWNERS[row.source])
        return row

    def _taken(self, name: str, row: RuleRow | None, added: Collection[str], replace: bool) -> str | None:
        """Why no rule of this id can be imported, if none can."""
        if name in added:
            return f"Another rule has the id {name!r}: give this one its own."
        if self._configured(name) is not None:
            return f"The configuration has a rule {name!r}: change it there."
        if row is None:
            return None
        if row.source in _OWNERS or (row.workspace_id is not None and not self.caller.sees(row.workspace_id)):
            return f"The id {name!r} is taken."
        return None if replace else f"There is a rule {name!r} already: ask to replace it, or choose another id."

    def _put(self, rule: Rule, workspace: WorkspaceId | None, action: str) -> ShownRule:
        row = NewRuleRow(rule.id, "api", None, workspace, rule.written, self.caller.person, self.now, self.now)
        rules.put(self.connection, [row])
        self._tell(action, rule.id, workspace, msgspec.json.decode(rule.written))
        cooldown = next((one for one in cooldowns.of_rules(self.connection, [rule.id]) if not one.scope), None)
        return shown(rule, rules.by_id(self.connection, rule.id), cooldown, self._channels(), self.now)

    def _tell(self, action: str, name: str, workspace: WorkspaceId | None, written: object) -> None:
        write(self.connection, self.caller, action, name, "done", {"rule": written}, self.now)
        changes.append(self.connection, [NewChange("rules", name, None, workspace, self.now)])


def _only(read: RulesRead) -> Rule:
    """The rule, where nothing is wrong with it."""
    for problem in read.problems:
        raise InvalidError(problem.sentence, problem.place)
    (rule,) = read.rules
    return rule


def _decoded(row: RuleRow) -> dict[str, object]:
    try:
        return msgspec.json.decode(row.written, type=dict[str, object])
    except msgspec.DecodeError:
        return {}
