"""What fits what: which fields an automation of a type and a kind has. Fields that do not fit are refused when
they are given, and are nothing when it is shown."""

from typing import Final

from core.api.automations import AutomationType
from core.api.sessions import SessionKind

_COMPLETING = frozenset({"auto_complete", "only_if_unchanged"})

TYPES: Final[dict[AutomationType, frozenset[str]]] = {
    "manual": _COMPLETING,
    "one-time": _COMPLETING | {"run_missed", "at", "tz"},
    "recurring": _COMPLETING | {"run_missed", "cron", "tz"},
    "loop": _COMPLETING,
    "http": frozenset({"signature", "signature_secret"}),
}
KINDS: Final[dict[SessionKind, frozenset[str]]] = {
    "develop": frozenset({"prompt", "workflow", "modes", "only_if_unchanged"}),
    "chat": frozenset({"prompt"}),
    "bot": frozenset({"prompt", "bot"}),
}
_OF_TYPES: Final = frozenset[str]().union(*TYPES.values())
_OF_KINDS: Final = frozenset[str]().union(*KINDS.values())


def misfit(field: str, type: AutomationType, kind: SessionKind) -> str | None:
    """Why an automation of this type and kind does not have the field, in a sentence; nothing where it has it."""
    if field in _OF_TYPES and field not in TYPES[type]:
        return f"This does not apply to {_WORDS[type]}; leave it out."
    if field in _OF_KINDS and field not in KINDS[kind]:
        return f"This does not apply to {_WORDS[kind]}; leave it out."
    return None


def fits(field: str, type: AutomationType, kind: SessionKind) -> bool:
    return misfit(field, type, kind) is None


_WORDS: Final[dict[AutomationType | SessionKind, str]] = {
    "manual": "a manual automation",
    "one-time": "a one-time automation",
    "recurring": "a recurring automation",
    "loop": "a loop",
    "http": "an automation that a webhook triggers",
    "develop": "a Develop session",
    "chat": "a Chat",
    "bot": "a session of a bot",
}
