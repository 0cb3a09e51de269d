"""A rule as the router uses it: read and checked, whether it came from a file, the API or a scope."""

from dataclasses import dataclass, field

from core.api.inbox import Severity
from core.api.rules import RuleSource
from core.routing.conditions import Condition
from core.routing.patterns import Pattern
from storage.ids import WorkspaceId


@dataclass(frozen=True, slots=True)
class Rule:
    """`written` is the rule as JSON, in the words of the configuration, by which two rules are compared."""

    id: str
    name: str
    patterns: tuple[Pattern, ...]
    channels: tuple[str, ...]  # each once, in the order of the rule
    condition: Condition | None = None
    severity: Severity = "info"
    cooldown_ms: int = 0
    title: str | None = None
    template: str | None = None
    enabled: bool = True
    source: RuleSource = "file"
    place: str | None = None  # which file, and where
    workspace: WorkspaceId | None = None  # of a rule for one workspace alone
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules of one ticket or mission. `key` is what their cooldowns go by."""

    rules: tuple[Rule, ...] = ()
    inherit: bool = False
    mute: bool = False
    key: str = ""
