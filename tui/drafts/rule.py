"""A rule as it is being written: its fields, what is wrong with them, and what the server is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from msgspec import to_builtins

from core.api.inbox import Severity
from core.api.rules import NewRule, Rule, RuleChange
from core.routing.patterns import Pattern
from core.routing.reading import LONGEST_COOLDOWN_MS, read_rule
from tui.drafts.automation import FieldSpec, Value
from tui.drafts.condition import JOINED, JSON, WAYS, ConditionDraft
from tui.words.rules import lasting

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("events", "Events", "line", "such as task:*, sla:violated"),
    FieldSpec("channels", "Channels", "flags"),
    FieldSpec("condition", "Only when", "choice", options=WAYS),
    FieldSpec("joined", "Holds when", "choice", options=JOINED),
    FieldSpec(JSON, "Condition", "text"),
    FieldSpec(
        "severity",
        "Severity",
        "choice",
        options=(("info", "info"), ("warning", "warning"), ("critical", "critical")),
    ),
    FieldSpec("cooldown", "Cooldown", "line", "such as 30s, 5m, 1h30m; empty: none"),
    FieldSpec("title", "Title", "line", "empty: the event's own"),
    FieldSpec("template", "Text", "text"),
    FieldSpec("name", "Name", "line", "empty: the same as its id"),
    FieldSpec("id", "Id", "line", "empty: a made-up one"),
    FieldSpec("workspace", "Only in", "choice", options=(("", "every workspace"),)),
)
BY_NAME = {spec.name: spec for spec in FIELDS}
ONLY_NEW = ("id", "workspace")
"""What a rule keeps for as long as it is there."""

_COOLDOWN = re.compile(r"(?:\d{1,9}(?:ms|[smhd]))+", re.ASCII)
_PARTS = re.compile(r"(\d+)(ms|[smhd])", re.ASCII)
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_UNNAMED = "the-new-rule"
_PLACES = {"cooldownMs": "cooldown"}


@dataclass
class RuleDraft:
    """What the form says."""

    values: dict[str, Value] = field(default_factory=dict)
    condition: ConditionDraft = field(default_factory=ConditionDraft)
    original: Rule | None = None

    @classmethod
    def empty(cls) -> "RuleDraft":
        blank: dict[str, Value] = {spec.name: "" for spec in FIELDS}
        return cls({**blank, "channels": (), "severity": "info"})

    @classmethod
    def of(cls, one: Rule, *, copies: bool = False) -> "RuleDraft":
        """What is; or a new one that says the same, under an id of its own."""
        made = cls.empty()
        made.values |= {
            "events": ", ".join(one.events),
            "channels": tuple(one.channels),
            "severity": one.severity,
            "cooldown": lasting(one.cooldown_ms),
            "title": one.title or "",
            "template": one.template or "",
            "name": one.name if one.name != one.id else "",
            "id": f"{one.id}-copy" if copies else one.id,
            "workspace": one.workspace or "",
        }
        made.condition = ConditionDraft.of(one.condition)
        made.original = None if copies else one
        return made

    def text(self, name: str) -> str:
        return str(self.values[name]).strip()

    @property
    def patterns(self) -> list[str]:
        """What it listens to, each once."""
        said = (part.strip() for part in str(self.values["events"]).split(","))
        return list(dict.fromkeys(part for part in said if part))

    @property
    def channels(self) -> list[str]:
        return list(cast(tuple[str, ...], self.values["channels"]))

    def applies(self, name: str) -> bool:
        """Whether there is such a field now."""
        match name:
            case "joined":
                return self.condition.way == "rows"
            case _ if name == JSON:
                return self.condition.way == "json"
            case _:
                return name not in ONLY_NEW or self.original is None

    def problems(self) -> dict[str, str]:
        """What is wrong, by field, as far as that is known here."""
        found: dict[str, str] = {}
        if _milliseconds(self.text("cooldown")) is None:
            found["cooldown"] = "Write how long, such as 30s, 5m or 1h30m."
        elif (_milliseconds(self.text("cooldown")) or 0) > LONGEST_COOLDOWN_MS:
            found["cooldown"] = "A cooldown is at most 366 days long."
        for problem in read_rule(self._as_json()).problems:
            name = field_named(problem.place)
            found.setdefault(name, _sentence(name, problem.sentence))
        return {**found, **self.condition.problems()}

    def new(self) -> NewRule:
        """The rule as it is sent, or tried. Raises a ConditionError."""
        return NewRule(
            self.patterns,
            self.channels,
            id=self.text("id") or None,
            name=self.text("name"),
            condition=self.condition.written(),
            severity=cast(Severity, self.text("severity")),
            cooldown_ms=_milliseconds(self.text("cooldown")) or 0,
            title=self.text("title") or None,
            template=str(self.values["template"]).rstrip() or None,
            workspace=self.text("workspace") or None,
        )

    def change(self) -> RuleChange:
        new = self.new()
        return RuleChange(
            events=new.events,
            channels=new.channels,
            name=new.name,
            condition=new.condition,
            severity=new.severity,
            cooldown_ms=new.cooldown_ms,
            title=new.title,
            template=new.template,
        )

    def state(self) -> object:
        """What a person would lose."""
        draft = self.condition
        rows = [row for row in draft.rows if not row.blank]
        return dict(self.values), draft.way, draft.joined, rows, draft.text

    def _as_json(self) -> dict[str, Any]:
        """As a file would have it, without its condition, which is looked at apart."""
        said = {
            "id": self.text("id") or _UNNAMED,
            "name": self.text("name"),
            "events": self.patterns,
            "channels": self.channels,
            "severity": self.text("severity"),
            "title": self.text("title"),
            "template": str(self.values["template"]),
        }
        return {key: value for key, value in said.items() if value not in ("", None)}


def field_named(place: str) -> str:
    """The field that a place means: `events[0]`, `condition.and[1].op`."""
    name = re.split(r"[.\[]", place.removeprefix("body.").removeprefix("rule."), maxsplit=1)[0]
    return _PLACES.get(name, name)


def fits(pattern: str, names: Mapping[str, object]) -> int:
    """How many of these names a pattern fits."""
    made = Pattern(pattern)
    return sum(made.routes(name) for name in names)


def as_written(one: Rule) -> dict[str, object]:
    """A rule in the words of the configuration, without what it leaves out."""
    said: dict[str, object] = {
        "id": one.id,
        "name": one.name,
        "events": one.events,
        "condition": to_builtins(one.condition),
        "channels": one.channels,
        "severity": one.severity,
        "cooldownMs": one.cooldown_ms,
        "title": one.title,
        "template": one.template,
    }
    written = {key: value for key, value in said.items() if value not in (None, 0, "")}
    return written if one.enabled else {**written, "enabled": False}


def _milliseconds(text: str) -> int | None:
    """`5m`, `1h30m`, as a number of milliseconds; nothing where it is no such text."""
    text = text.replace(" ", "").lower()
    if text in ("", "0"):
        return 0
    if not _COOLDOWN.fullmatch(text):
        return None
    return sum(int(count) * _UNITS[unit] for count, unit in _PARTS.findall(text))


def _sentence(name: str, said: str) -> str:
    """What is missing, as a form says it."""
    if name == "events" and said.startswith("A rule needs events"):
        return "Say which events, such as task:* or sla:violated."
    if name == "channels" and said.startswith("A rule needs channels"):
        return "Choose a channel."
    return said
