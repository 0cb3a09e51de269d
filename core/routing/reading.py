"""Reads rules as they are written: in files, over the API, in the scopes of tickets and missions.

What is wrong is said with its place; a rule that is wrong does not work, and takes no other with it."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple, get_args

import msgspec

from core.api.inbox import Severity
from core.api.rules import NewRule, Problem, RuleSource
from core.channels.configuring.places import Path, Place, below, dotted
from core.routing.conditions import Condition, ConditionError, read_condition
from core.routing.patterns import Pattern
from core.routing.rule import Rule, Scope
from core.text import storable

KEYS = (
    "id",
    "name",
    "events",
    "condition",
    "channels",
    "severity",
    "cooldownMs",
    "title",
    "template",
    "enabled",
)
_ELSEWHERE = ("includeOutcomes", "outcomeFilter", "maxAttachmentSize", "actions")
"""Keys of rules as another program has them, which mean nothing here and are left alone."""

BY_HAND = "direct"
"""In the place of a rule's id, with what somebody sends without one."""

LONGEST_ID = 128
LONGEST_NAME = 200
LONGEST_TITLE = 1_000
LONGEST_TEMPLATE = 10_000
LONGEST_COOLDOWN_MS = 366 * 24 * 3600 * 1000
_LONGEST_PATTERN = 300
_LONGEST_CHANNEL = 64
_MOST_NAMED = 100
_LONGEST_RULE = 65_536


class RulesRead(NamedTuple):
    """The rules that work, what is wrong, and what is ignored and harms nothing."""

    rules: tuple[Rule, ...]
    problems: list[Problem]
    notices: list[Problem]


class ScopeRead(NamedTuple):
    scope: Scope | None
    problems: list[Problem]
    notices: list[Problem]


def read_rules(
    written: object,
    place: Place,
    channels: Collection[str] | None,
    *,
    taken: Iterable[str] = (),
    source: RuleSource = "file",
) -> RulesRead:
    """A list of rules. A rule whose id an earlier one has, or is `taken`, is wrong. A channel that is not among
    these, when they are given, is a problem, and the rule's other channels work."""
    rules: dict[str, Rule] = {}
    known = set(taken)
    problems: list[Problem] = []
    notices: list[Problem] = []
    if not isinstance(written, list):
        return RulesRead((), [Problem(place(()), "This is a list of rules, each an object.")], [])
    for index, one in enumerate(written):
        read = _Reading(below(place, (index,)), channels)
        rule = read.rule(one, source)
        if rule is not None and rule.id in known:
            read.wrong(("id",), f"Another rule has the id {rule.id!r}: give this one its own.")
        elif rule is not None:
            known.add(rule.id)
            rules[rule.id] = rule
        problems += read.problems
        notices += read.notices
    return RulesRead(tuple(rules.values()), problems, notices)


def read_rule(
    written: object, place: Place = dotted, channels: Collection[str] | None = None, *, source: RuleSource = "api"
) -> RulesRead:
    """One rule, if it works."""
    read = _Reading(place, channels)
    rule = read.rule(written, source)
    return RulesRead(() if rule is None else (rule,), read.problems, read.notices)


def read_scope(written: object, place: Place = dotted) -> ScopeRead:
    """The `notifications` of a ticket or a mission, if it has any."""
    if written is None:
        return ScopeRead(None, [], [])
    if not isinstance(written, Mapping):
        return ScopeRead(None, [Problem(place(()), "This is an object with rules, inherit or mute.")], [])
    read = _Reading(place, None)
    read.check_keys(written, ("rules", "inherit", "mute"), "The notifications of a ticket or a mission have")
    inherit, mute = read.flag(written, "inherit", False), read.flag(written, "mute", False)
    rules = read_rules(written.get("rules", []), below(place, ("rules",)), None, source="api")
    problems = [*read.problems, *rules.problems]
    return ScopeRead(Scope(rules.rules, inherit, mute), problems, [*read.notices, *rules.notices])


def in_words_of_files(new: NewRule) -> dict[str, object]:
    """A rule of the API as a file would have it, without what it leaves out."""
    decoded: dict[str, object] = msgspec.json.decode(msgspec.json.encode(new))
    return {key: decoded[key] for key in KEYS if decoded.get(key) is not None}


class _Reading:
    """Reads one rule, and gathers all that is wrong with it."""

    def __init__(self, place: Place, channels: Collection[str] | None) -> None:
        self._place = place
        self._channels = channels
        self._works = True
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []

    def wrong(self, path: Path, sentence: str) -> None:
        """This does not work."""
        self._works = False
        self.problems.append(Problem(self._place(path), sentence))

    def rule(self, written: object, source: RuleSource) -> Rule | None:
        if not isinstance(written, Mapping):
            self.wrong((), "A rule is an object with id, events and channels.")
            return None
        self.check_keys(written, KEYS, "A rule has")
        name = self._id(written)
        rule = Rule(
            id=name,
            name=self._text(written, "name", LONGEST_NAME) or name,
            patterns=tuple(Pattern(text) for text in self._patterns(written)),
            channels=self._named(written),
            condition=self._condition(written),
            severity=self._severity(written),
            cooldown_ms=self._cooldown(written),
            title=self._text(written, "title", LONGEST_TITLE),
            template=self._text(written, "template", LONGEST_TEMPLATE),
            enabled=self.flag(written, "enabled", True),
            source=source,
            place=self._place(()) or None,
            written=self._encoded(written),
        )
        return rule if self._works else None

    def check_keys(self, written: Mapping[str, object], known: tuple[str, ...], what: str) -> None:
        for key in written:
            if key in known:
                continue
            if key in _ELSEWHERE:
                self.notices.append(
                    Problem(self._place((str(key),)), f"{key} is ignored: there is no such thing here.")
                )
                continue
            near = get_close_matches(str(key), known, 1, 0.5)
            meant = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}."
            self.wrong((str(key),), f"{what} no {str(key)[:100]!r}: {meant}")

    def flag(self, written: Mapping[str, object], key: str, otherwise: bool) -> bool:
        value = written.get(key)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            self.wrong((key,), "This is true or false.")
            return otherwise
        return value

    def _id(self, written: Mapping[str, object]) -> str:
        if written.get("id") is None:
            self.wrong(("id",), "A rule needs an id of its own, such as failed-tickets.")
            return ""
        found = self._text(written, "id", LONGEST_ID) or ""
        if isinstance(written["id"], str) and (not found.strip() or not found.isprintable()):
            self.wrong(("id",), "An id is a text without line breaks, such as failed-tickets.")
        if found == BY_HAND:
            self.wrong(("id",), f"{BY_HAND} stands for what is sent by hand: choose another.")
        return found

    def _text(self, written: Mapping[str, object], key: str, longest: int) -> str | None:
        value = written.get(key)
        return None if value is None else self._checked(value, (key,), longest)

    def _checked(self, value: object, path: Path, longest: int) -> str:
        if not isinstance(value, str):
            self.wrong(path, "This is a text.")
            return ""
        if len(value) > longest:
            self.wrong(path, f"This has at most {longest} characters.")
        elif storable(value) != value:
            self.wrong(path, "This has a character that no text has, such as NUL.")
        return value

    def _texts(self, written: Mapping[str, object], key: str, longest: int, needed: str) -> dict[str, Path]:
        """The texts of a list, each once, and where it is."""
        value = written.get(key)
        if value is None or value == []:
            self.wrong((key,), needed)
            return {}
        if not isinstance(value, list):
            self.wrong((key,), f"This is a list. {needed}")
            return {}
        if len(value) > _MOST_NAMED:
            self.wrong((key,), f"This has at most {_MOST_NAMED} entries.")
            return {}
        found: dict[str, Path] = {}
        for index, text in enumerate(value):
            found.setdefault(self._checked(text, (key, index), longest), (key, index))
        return found

    def _patterns(self, written: Mapping[str, object]) -> list[str]:
        needed = 'A rule needs events, such as ["task:*", "sla:violated"].'
        found = self._texts(written, "events", _LONGEST_PATTERN, needed)
        for text, path in found.items():
            if not text and self._works:
                self.notices.append(Problem(self._place(path), "An empty pattern fits no event."))
        return list(found)

    def _named(self, written: Mapping[str, object]) -> tuple[str, ...]:
        needed = 'A rule needs channels, such as ["slack-alerts"].'
        found = self._texts(written, "channels", _LONGEST_CHANNEL, needed)
        for name, path in found.items():
            if self._works and self._channels is not None and name not in self._channels:
                self.problems.append(Problem(self._place(path), self._unknown(name)))
        return tuple(found)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, list(self._channels or ()), 1, 0.6)
        return f"There is no channel {name!r}" + (f": did you mean {near[0]}?" if near else ".")

    def _condition(self, written: Mapping[str, object]) -> Condition | None:
        condition = written.get("condition")
        if condition is None:
            return None
        try:
            return read_condition(condition)
        except ConditionError as error:
            self.wrong(error.path, error.said)
            return None

    def _severity(self, written: Mapping[str, object]) -> Severity:
        match written.get("severity"):
            case None:
                return "info"
            case "info" | "warning" | "critical" as severity:
                return severity
        self.wrong(("severity",), f"A severity is one of {', '.join(get_args(Severity))}.")
        return "info"

    def _cooldown(self, written: Mapping[str, object]) -> int:
        value = written.get("cooldownMs")
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            self.wrong(("cooldownMs",), "A cooldown is a whole number of milliseconds.")
            return 0
        if not 0 <= value <= LONGEST_COOLDOWN_MS:
            self.wrong(("cooldownMs",), f"A cooldown has 0 to {LONGEST_COOLDOWN_MS} milliseconds.")
            return 0
        return int(value)

    def _encoded(self, written: Mapping[str, object]) -> str:
        """The rule as JSON, of its own keys, in one order."""
        if not self._works:
            return ""
        encoded = msgspec.json.encode({key: written[key] for key in KEYS if written.get(key) is not None})
        if len(encoded) > _LONGEST_RULE:
            self.wrong((), f"A rule has at most {_LONGEST_RULE} bytes.")
        return encoded.decode()
