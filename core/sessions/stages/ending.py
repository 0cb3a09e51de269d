"""How a stage ends, from how its turn or its command ended."""

import shlex
from collections.abc import Sequence
from typing import Final

from core.api.sessions import StageState
from core.sessions.stages.work import CommandEnd, StageEnd
from core.sessions.turns import Outcome, TurnResult
from core.text import first_of

_STATES: Final[dict[Outcome, StageState]] = {
    Outcome.SUCCEEDED: "passed",
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "failed",
    Outcome.CANCELLED: "cancelled",
    Outcome.INTERRUPTED: "interrupted",
}
LONGEST_DETAIL = 2_000


def after_turn(result: TurnResult) -> StageEnd:
    return StageEnd(_STATES[result.outcome], shortened(result.detail))


def succeeded(result: TurnResult) -> bool:
    return result.outcome is Outcome.SUCCEEDED


def said_of(argv: Sequence[str], end: CommandEnd) -> str:
    """How a command that did not succeed ended, in a sentence."""
    how = end.detail or f"It ended with exit code {end.code}."
    return shortened(f"{shlex.join(argv)}: {how}")


def shortened(text: str, longest: int = LONGEST_DETAIL) -> str:
    return first_of(text, longest)


def last_of(text: str, longest: int) -> str:
    """The end of a text."""
    return text if len(text) <= longest else "…" + text[1 - longest :]
