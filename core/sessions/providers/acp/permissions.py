"""The permissions that an agent asks for, as questions to a person and answers to the agent."""

from typing import Any

import msgspec
from msgspec import Raw

from core.sessions.providers.acp.wire import Option, PermissionAsked
from core.sessions.turns import Choice, ChoiceKind, Question
from core.text import excerpt

_MOST_DETAIL = 4_096
_WIDEST = 200
_KINDS: dict[str, ChoiceKind] = {
    "allow_once": "allow_once",
    "allow_always": "allow_always",
    "reject_once": "reject_once",
    "reject_always": "reject_always",
}

CANCELLED: dict[str, Any] = {"outcome": {"outcome": "cancelled"}}


def question_of(asked: PermissionAsked) -> Question:
    """What is shown to whoever decides. An answer of a kind that is not known is not offered."""
    tool = asked.tool_call
    title = tool.title or tool.kind or "The agent asks for a permission"
    choices = tuple(_choice(option) for option in asked.options if option.kind in _KINDS)
    return Question(excerpt(title, _WIDEST), _detail(tool.raw_input), choices)


def selected(choice: Choice) -> dict[str, Any]:
    return {"outcome": {"outcome": "selected", "optionId": choice.id}}


def is_refusal(choice: Choice | None) -> bool:
    return choice is None or choice.kind in ("reject_once", "reject_always")


def _choice(option: Option) -> Choice:
    name = excerpt(option.name or option.option_id, _WIDEST)
    kind = _KINDS[option.kind]
    return Choice(option.option_id, f"{name} (for this agent session)" if kind == "allow_always" else name, kind)


def _detail(input: Raw) -> str:
    """What it is to be used for, as JSON that can be read; the beginning of it when it is long."""
    raw = bytes(input)
    if raw == b"null":
        return ""
    if len(raw) <= _MOST_DETAIL:
        raw = msgspec.json.format(raw, indent=2)
    return raw[: 2 * _MOST_DETAIL].decode("utf-8", "ignore")
