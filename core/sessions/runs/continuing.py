"""How a conversation goes on: by its id where the provider can, and otherwise told again."""

from collections.abc import Sequence
from typing import NamedTuple

from storage.turns import TurnRow

FRESH = "This provider cannot continue a conversation: it was told again what was said before."
FORGOTTEN = "This provider cannot continue a conversation: it knows nothing of what was said before."

_LONGEST = 40_000
_OPENING = (
    "This goes on with a conversation that you had before and do not remember. It was, with the latest last:"
)
_NOW = "That is what was said before. What is wanted now:"


class Continued(NamedTuple):
    """What the provider is told, which conversation it resumes, and what to say of that to people."""

    prompt: str
    resume_id: str | None
    detail: str = ""


def continued(
    prompt: str, resume_id: str | None, earlier: Sequence[TurnRow], *, can_resume: bool, script: bool
) -> Continued:
    """The next prompt of a conversation of which these turns are what has been. A script is never added to."""
    said = [turn for turn in earlier if turn.text]
    if can_resume and resume_id is not None:
        return Continued(prompt, resume_id)
    if not said:
        return Continued(prompt, None)
    if script:
        return Continued(prompt, None, FORGOTTEN)
    return Continued(f"{_OPENING}\n\n{_retold(said)}\n\n{_NOW}\n\n{prompt}", None, FRESH)


def _retold(said: Sequence[TurnRow]) -> str:
    """The end of the conversation, in whole turns as far as they fit."""
    parts: list[str] = []
    left = _LONGEST
    for turn in reversed(said):
        part = f"<person>\n{turn.prompt}\n</person>\n<you>\n{turn.text}\n</you>"
        if len(part) > left:
            if not parts:
                parts.append(part[-left:])
            break
        parts.append(part)
        left -= len(part)
    return "\n".join(reversed(parts))
