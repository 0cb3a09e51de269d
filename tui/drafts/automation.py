"""An automation as it is being written: which fields it has, what is wrong with them, what the server is asked.

The screen shows a draft and keeps it up to date; it decides nothing itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from msgspec import UNSET, to_builtins
from msgspec.structs import asdict

from core.api.automations import Automation, AutomationChange, AutomationCreation, AutomationType
from core.api.sessions import KINDS, MODES, SessionKind
from core.api.workflows import Parameter
from core.automations.fitting import fits
from core.sessions.placeholders import names

Shape = Literal["line", "text", "choice", "flag", "flags", "secret"]
Value = str | bool | tuple[str, ...]

GIVEN = ("scheduled_for", "missed_count")
"""What a run fills in by itself."""

PARAMETER = "parameters."
"""What the field of a parameter is called before the name of that."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the form. Its options are known here or asked for."""

    name: str
    label: str
    shape: Shape
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()


_KINDS = tuple(KINDS.items())
_TYPES = (
    ("recurring", "recurring: by a schedule"),
    ("one-time", "one-time: once, at a date and time"),
    ("loop", "loop: again after each run"),
    ("http", "http: when a webhook is called"),
    ("manual", "manual: only on Run Now"),
)
_SIGNATURES = (
    ("", "none"),
    ("github", "GitHub"),
    ("gitlab", "GitLab"),
    ("standard", "Standard Webhooks"),
)

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("name", "Name", "line"),
    FieldSpec("type", "Type", "choice", options=_TYPES),
    FieldSpec("kind", "Session", "choice", options=_KINDS),
    FieldSpec("workspace", "Workspace", "choice"),
    FieldSpec("cron", "Cron", "line", "minute hour day month weekday, such as 30 6 * * 1-5"),
    FieldSpec("at", "At", "line", "such as 2026-12-01T09:00"),
    FieldSpec("tz", "Time zone", "line", "such as Europe/Berlin"),
    FieldSpec("bot", "Bot", "choice"),
    FieldSpec("by", "By", "choice", options=(("prompt", "a prompt"), ("workflow", "a workflow"))),
    FieldSpec("workflow", "Workflow", "choice"),
    FieldSpec("prompt", "Prompt", "text"),
    FieldSpec("provider", "Provider", "choice"),
    FieldSpec("model", "Model", "line", "empty: the provider's own"),
    FieldSpec("modes", "Modes", "flags", options=tuple(MODES.items())),
    FieldSpec("ticket", "Ticket", "line"),
    FieldSpec("auto_complete", "When it ends", "flag", "complete the session by itself"),
    FieldSpec("only_if_unchanged", "", "flag", "only when no file has changed"),
    FieldSpec("run_missed", "Missed runs", "flag", "run the latest one at start"),
    FieldSpec("parallel", "Parallel", "flag", "allow sessions side by side"),
    FieldSpec("signature", "Signature", "choice", options=_SIGNATURES),
    FieldSpec("signature_secret", "Secret", "secret", "what the sender signs with; empty: as it is"),
)

BY_NAME = {spec.name: spec for spec in FIELDS}


@dataclass
class Draft:
    """What the form says. What does not apply is kept, and not sent."""

    values: dict[str, Value]
    parameters: dict[str, str] = field(default_factory=dict)
    original: Automation | None = None

    @classmethod
    def empty(cls, workspace: str, zone: str) -> "Draft":
        return cls(
            {
                **{spec.name: _blank(spec) for spec in FIELDS},
                "type": "recurring",
                "kind": "develop",
                "by": "prompt",
                "workspace": workspace,
                "tz": zone,
            }
        )

    @classmethod
    def of(cls, one: Automation, zone: str) -> "Draft":
        """What is, as a form says it. A time to come is told by the clock of its zone."""
        known = asdict(one)
        values: dict[str, Value] = {}
        for spec in FIELDS:
            value = known.get(spec.name)
            values[spec.name] = tuple(value) if isinstance(value, list) else value or _blank(spec)
        values["by"] = "workflow" if one.workflow else "prompt"
        values["tz"] = one.tz or zone
        values["at"] = "" if one.at is None else _wall_time(one, one.tz or zone)
        parameters = {str(name): written(value) for name, value in to_builtins(one.parameters).items()}
        return cls(values, parameters, one)

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def applies(self, name: str) -> bool:
        """Whether an automation of this type and kind has the field."""
        if not fits(name, cast(AutomationType, self.text("type")), cast(SessionKind, self.text("kind"))):
            return False
        extra = _APPLIES.get(name)
        return extra is None or extra(self)

    def wanted(self, parameters: Sequence[Parameter]) -> Sequence[Parameter]:
        """What may be filled in: the workflow's parameters, or what the prompt leaves open."""
        return parameters if self.applies("workflow") else placeholders(self.text("prompt"))

    def problems(self) -> dict[str, str]:
        """What is wrong, as far as that can be said here, by field."""
        return {
            name: sentence for name, sentence in _NEEDED.items() if self.applies(name) and not self.text(name)
        }

    def creation(self) -> AutomationCreation:
        return AutomationCreation(
            name=self.text("name"),
            workspace=self.text("workspace"),
            type=cast(AutomationType, self.text("type")),
            **{name: self._sent(name) for name in _SENT if self.applies(name) and self._sent(name) is not None},
            parameters=self._parameters(),
        )

    def change(self, before: Automation) -> AutomationChange:
        """What is different from what was. What applies no longer is nothing from now on."""
        was = asdict(before)
        changed: dict[str, Any] = {}
        for name in ("name", "type", *_SENT):
            now = self._sent(name) if self.applies(name) else _NOTHING.get(name)
            if name == "at" and now is not None:
                same = self.text("tz") == before.tz and self.text("at") == Draft.of(before, "UTC").text("at")
            elif name == "signature_secret":
                same = now is None
            else:
                same = (now or None) == (was.get(name) or None)
            if not same:
                changed[name] = now
        parameters = self._parameters()
        return AutomationChange(
            revision=before.revision,
            parameters=parameters if parameters != to_builtins(before.parameters) else UNSET,
            **changed,
        )

    def _sent(self, name: str) -> Any:
        value = self.values[name]
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, bool):
            return value
        return (value if name == "prompt" else value.strip()) or None

    def _parameters(self) -> dict[str, Any]:
        before = {} if self.original is None else to_builtins(self.original.parameters)
        return {
            name: before[name] if name in before and written(before[name]) == text else text
            for name, text in self.parameters.items()
            if text
        }


_SENT = tuple(spec.name for spec in FIELDS if spec.name not in ("name", "type", "workspace", "by"))
_NOTHING: Mapping[str, Any] = {"modes": []}

_APPLIES: Mapping[str, Callable[[Draft], bool]] = {
    "workspace": lambda draft: draft.original is None,
    "by": lambda draft: draft.text("kind") == "develop",
    "workflow": lambda draft: draft.text("by") == "workflow",
    "prompt": lambda draft: draft.text("by") == "prompt" or draft.text("kind") != "develop",
    "only_if_unchanged": lambda draft: draft.values["auto_complete"] is True,
    "signature_secret": lambda draft: bool(draft.text("signature")),
}

_NEEDED = {
    "name": "Give it a name.",
    "workspace": "Say in which workspace.",
    "cron": "Say when it runs: minute hour day month weekday.",
    "at": "Say when it runs, as in 2026-12-01T09:00.",
    "prompt": "Say what is to be done.",
    "workflow": "Choose a workflow.",
    "bot": "Choose a bot.",
}


def placeholders(prompt: str) -> list[Parameter]:
    """What a prompt leaves open, other than what a run fills in by itself."""
    return [Parameter(name, False, None, None, "") for name in names(prompt) if name not in GIVEN]


def written(value: object) -> str:
    """A value as it is typed: itself where it is text, and JSON otherwise."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def field_of(sentence: str) -> tuple[str, str]:
    """The field that a refusal names, and what it says of it; no field where it names none."""
    place, colon, said = sentence.partition(": ")
    place = place.removeprefix("body.")
    known = place in BY_NAME or place.startswith(PARAMETER)
    return (place, said) if colon and known else ("", sentence)


def _blank(spec: FieldSpec) -> Value:
    blanks: dict[Shape, Value] = {"flag": False, "flags": ()}
    return blanks.get(spec.shape, "")


def _wall_time(one: Automation, zone: str) -> str:
    from tui.words.times import zone_named

    return "" if one.at is None else f"{one.at.astimezone(zone_named(zone)):%Y-%m-%dT%H:%M}"
