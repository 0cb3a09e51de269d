"""Commands of a workspace, a workflow or a person, run as a turn is: watched, kept, and never through a shell."""

import os
from collections.abc import Mapping
from pathlib import Path

from core.provider_settings import ProviderSettings
from core.sessions.providers.environment import base_environment, turn_environment
from core.sessions.runs.attending import Running
from core.sessions.supervision.command import Command, Exit, Limits
from core.sessions.supervision.running import supervise
from core.sessions.turns import Outcome, TurnResult

_TAIL = 8_192
_OUTCOMES = {"stopped": Outcome.CANCELLED, "timeout": Outcome.TIMED_OUT, "silent": Outcome.TIMED_OUT}


async def run_command(
    running: Running,
    argv: tuple[str, ...],
    folder: Path,
    env: Mapping[str, str],
    seconds: float | None,
    outside: Mapping[str, str] = os.environ,
) -> TurnResult:
    """Run it to its end. The text of the result is the end of what it printed."""
    tail = bytearray()

    def heard(data: bytes) -> None:
        running.stand.record(data)
        tail.extend(data[-_TAIL:])
        del tail[:-_TAIL]

    whole = turn_environment(base_environment(ProviderSettings(), outside), env)
    ended = await supervise(
        Command(argv, folder, whole, running.row.mark),
        Limits(seconds, None),
        out=heard,
        err=heard,
        started=running.stand.started,
        stale=running.stand.stale,
        stop=running.stand.stop,
    )
    return _result(ended, tail.decode("utf-8", "replace"))


def _result(ended: Exit, tail: str) -> TurnResult:
    outcome = _OUTCOMES.get(ended.ended)
    if outcome is None:
        outcome = Outcome.SUCCEEDED if ended.code == 0 else Outcome.FAILED
    detail = ended.detail
    if not detail and outcome is Outcome.FAILED:
        detail = f"It ended with exit code {ended.code}."
    return TurnResult(outcome, detail, tail, ended.code)
