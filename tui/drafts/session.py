"""A session as it is being written: which fields it has, what is missing, what the server is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from core.api.sessions import SessionCreation, SessionKind
from core.api.workflows import Parameter
from tui.drafts.automation import BY_NAME, FieldSpec, Value

_KINDS = (
    ("chat", "Chat: talk to an agent"),
    ("develop", "Develop: work on a branch of its own"),
    ("bot", "Bot: talk to a bot"),
)

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("kind", "Session", "choice", options=_KINDS),
    BY_NAME["workspace"],
    BY_NAME["bot"],
    BY_NAME["by"],
    BY_NAME["workflow"],
    BY_NAME["prompt"],
    FieldSpec("provider", "Provider", "choice"),
    BY_NAME["model"],
    FieldSpec("title", "Title", "line", "empty: the beginning of the prompt"),
    BY_NAME["modes"],
    BY_NAME["ticket"],
    BY_NAME["auto_complete"],
    BY_NAME["only_if_unchanged"],
    FieldSpec("notify", "Tell me", "flag", "put into my inbox how it ended"),
)

_BLANK: Mapping[str, Value] = {"flag": False, "flags": ()}


@dataclass
class SessionDraft:
    """What the form says. What does not apply is kept, and not sent."""

    values: dict[str, Value]
    parameters: dict[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, workspace: str) -> "SessionDraft":
        blank = {spec.name: _BLANK.get(spec.shape, "") for spec in FIELDS}
        return cls({**blank, "kind": "chat", "by": "prompt", "workspace": workspace})

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def applies(self, name: str) -> bool:
        """Whether a session of this kind has the field."""
        applies = _APPLIES.get(name)
        return applies is None or applies(self)

    def wanted(self, parameters: Sequence[Parameter]) -> Sequence[Parameter]:
        """The parameters of the workflow that may be filled in."""
        return parameters if self.applies("workflow") else ()

    def problems(self) -> dict[str, str]:
        """What is missing, by field."""
        return {
            name: sentence for name, sentence in _NEEDED.items() if self.applies(name) and not self.text(name)
        }

    def creation(self) -> SessionCreation:
        sent = {name: self._sent(name) for name in _SENT if self.applies(name)}
        given = {name: value for name, value in sent.items() if value not in (None, "")}
        return SessionCreation(
            self.text("workspace"),
            cast(SessionKind, self.text("kind")),
            **given,
            parameters={name: text for name, text in self.parameters.items() if text}
            if self.applies("workflow")
            else {},
        )

    def _sent(self, name: str) -> Any:
        value = self.values[name]
        if isinstance(value, tuple):
            return list(value)
        return value.strip() if isinstance(value, str) and name != "prompt" else value


def _develops(draft: SessionDraft) -> bool:
    return draft.text("kind") == "develop"


_APPLIES: Mapping[str, Callable[[SessionDraft], bool]] = {
    "bot": lambda draft: draft.text("kind") == "bot",
    "by": _develops,
    "workflow": lambda draft: _develops(draft) and draft.text("by") == "workflow",
    "prompt": lambda draft: not _develops(draft) or draft.text("by") == "prompt",
    "provider": lambda draft: draft.text("kind") != "bot",
    "model": lambda draft: draft.text("kind") != "bot",
    "modes": _develops,
    "only_if_unchanged": lambda draft: _develops(draft) and draft.values["auto_complete"] is True,
}

_NEEDED = {
    "workspace": "Say in which workspace.",
    "bot": "Choose a bot.",
    "workflow": "Choose a workflow.",
    "prompt": "Say what is to be done.",
}

_SENT = tuple(spec.name for spec in FIELDS if spec.name not in ("kind", "workspace", "by"))
