"""Rules on the wire: when an event goes out, and to where. The words of a rule are those of the configuration."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from msgspec import UNSET, Struct, UnsetType, field

from core.api.inbox import Severity
from core.api.wire import Call, Done, Page

RuleSource = Literal["file", "api", "deadline", "gate"]
"""Where a rule comes from: the home's files, somebody who added it, the watch over deadlines, a quality gate."""
RuleScope = Literal["global", "mission", "ticket"]
Why = Literal["fires", "off", "pattern", "condition", "scope", "cooldown", "router", "workspace"]
"""Why a rule fires or does not. `router` is an event of the router's own, which a pattern must name to match."""


class RuleCooldown(Struct, frozen=True, rename="camel"):
    """When a rule last fired, and what its cooldown has held back."""

    last_fired_at: datetime | None = None
    fired: int = 0
    dropped: int = 0
    dropped_since: int = 0  # since it last fired
    ready_at: datetime | None = None  # until then it holds back


class Rule(Struct, frozen=True, rename="camel"):
    """A rule and what has become of it. `condition` is the JSON of the configuration."""

    id: str
    name: str
    events: list[str]
    channels: list[str]
    condition: Any = None
    severity: Severity = "info"
    cooldown_ms: int = 0
    title: str | None = None
    template: str | None = None
    enabled: bool = True
    source: RuleSource = "api"
    place: str | None = None  # of one from a file: which file and where
    workspace: str | None = None  # of one that is for one workspace alone
    problem: str | None = None  # why it does not work, as when it names a channel that is gone
    cooldown: RuleCooldown = RuleCooldown()
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Problem(Struct, frozen=True):
    """Something wrong in a configuration: where, and what to do."""

    place: str  # notifications.json: rules[2].condition.and[0].op
    sentence: str


class NewRule(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A rule as somebody writes it. Without an id it gets one."""

    events: list[str]
    channels: list[str]
    id: str | None = None
    name: str = ""
    condition: Any = None
    severity: Severity = "info"
    cooldown_ms: int = 0
    title: str | None = None
    template: str | None = None
    enabled: bool = True
    workspace: str | None = None


class RuleChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    events: list[str] | UnsetType = UNSET
    channels: list[str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    condition: Any = UNSET
    severity: Severity | UnsetType = UNSET
    cooldown_ms: int | UnsetType = UNSET
    title: str | UnsetType | None = UNSET
    template: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET


class Rendered(Struct, frozen=True):
    """What would be sent."""

    title: str
    body: str
    severity: Severity


class ConditionPart(Struct, frozen=True):
    """One comparison of a condition, and the value that it met."""

    place: str  # condition.and[0]
    text: str  # to == "failed"
    holds: bool
    found: str  # the value of the field, as JSON; `missing` where there is none


class RuleVerdict(Struct, frozen=True, rename="camel"):
    """What one rule makes of one event, and why."""

    rule_id: str
    name: str
    scope: RuleScope
    why: Why
    sentence: str
    channels: list[str]
    parts: list[ConditionPart] = []
    text: Rendered | None = None

    @property
    def fires(self) -> bool:
        return self.why == "fires"


class Explanation(Struct, frozen=True):
    """What the rules make of one event, in the order in which they are asked."""

    event: str
    data: dict[str, Any]
    scope: RuleScope  # which one decided
    muted: bool
    verdicts: list[RuleVerdict]
    event_id: str | None = field(default=None, name="eventId")  # of one that was recorded
    workspace: str | None = None
    recorded_at: datetime | None = field(default=None, name="recordedAt")


class Explaining(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An event to explain: one that was recorded, by its id or by the asker's notification of it, or one as it
    might be."""

    event_id: str | None = None
    notification: int | None = None
    event: str | None = None
    data: Any = None
    workspace: str | None = None
    task_id: str | None = None
    mission_id: str | None = None


class Previewing(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A rule that is being written, to be tried on the latest events that its writer may see."""

    rule: NewRule
    events: int = 100


class Preview(Struct, frozen=True, rename="camel"):
    """How often it would have fired, and on what."""

    seen: int
    matched: int  # the pattern
    fired: int
    held_back: int  # by its cooldown
    latest: list[Rendered]
    names: dict[str, int]  # how often on which event
    example: str | None = None  # the payload of the latest event that its pattern matches, as JSON


class RuleImport(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Rules of a configuration to be added. `replace` puts those of the same id in the place of what is there."""

    rules: list[NewRule]
    replace: bool = False
    dry_run: bool = False


class RuleImported(Struct, frozen=True):
    added: list[str]
    replaced: list[str]
    problems: list[Problem] = []


class RuleProblems(Struct, frozen=True):
    """What is wrong in the home's files. What is named here does not work; everything else does."""

    problems: list[Problem]


def rules(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Rule]]:
    return Call("GET", "/rules", Page[Rule], {"limit": limit, "cursor": cursor, "filter": filter})


def rule(id: str) -> Call[Rule]:
    return Call("GET", f"/rules/{quote(id, safe='')}", Rule)


def add_rule(new: NewRule) -> Call[Rule]:
    return Call("POST", "/rules", Rule, body=new)


def change_rule(id: str, change: RuleChange) -> Call[Rule]:
    return Call("PATCH", f"/rules/{quote(id, safe='')}", Rule, body=change)


def delete_rule(id: str) -> Call[Done]:
    return Call("DELETE", f"/rules/{quote(id, safe='')}", Done)


def import_rules(rules: Sequence[NewRule], *, replace: bool = False, dry_run: bool = False) -> Call[RuleImported]:
    return Call("POST", "/rules/import", RuleImported, body=RuleImport(list(rules), replace, dry_run))


def rule_problems() -> Call[RuleProblems]:
    return Call("GET", "/rules/problems", RuleProblems)


def reload() -> Call[RuleProblems]:
    return Call("POST", "/rules/reload", RuleProblems)


def explain(explaining: Explaining) -> Call[Explanation]:
    return Call("POST", "/rules/explain", Explanation, body=explaining)


def preview(previewing: Previewing) -> Call[Preview]:
    return Call("POST", "/rules/preview", Preview, body=previewing)
