"""Whether a provider can be used here, found out without a call that costs."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from core.errors import CallboardError
from core.provider_settings import ProviderSettings
from core.sessions.providers.answering import Answer, answer_of
from core.sessions.turns import Probe
from core.text import excerpt

_SECONDS = 20.0
_ANYWHERE = Path("/")
_WIDEST = 120


def missing(name: str, settings: ProviderSettings, env: Mapping[str, str]) -> Probe | None:
    """What to do where the program is not there."""
    program = (settings.argv or ("",))[0]
    if shutil.which(program, path=env.get("PATH")) is not None:
        return None
    return Probe(False, f"{program} is not installed, or not on the server's PATH: see [providers.{name}].")


async def probe_command(name: str, settings: ProviderSettings, env: Mapping[str, str]) -> Probe:
    """Is it there, and does it say its version? A program whose way to say it is not known is only looked for: to
    start it could cost."""
    if absent := missing(name, settings, env):
        return absent
    program = (settings.argv or ("",))[0]
    if not settings.version:
        return Probe(True, program)
    try:
        answer = await answer_of((program, *settings.version), env, _ANYWHERE, _SECONDS)
    except CallboardError as error:
        return Probe(False, error.sentence)
    if answer.ended != "exit":
        return Probe(False, f"{program} did not say its version within {_SECONDS:.0f} seconds.")
    said = _first_line(answer)
    if answer.code != 0:
        return Probe(False, f"{program} does not start: {said or f'exit code {answer.code}'}")
    return Probe(True, said)


def _first_line(answer: Answer) -> str:
    lines = [line.strip() for line in (answer.out + "\n" + answer.err).splitlines() if line.strip()]
    return excerpt(lines[0], _WIDEST) if lines else ""
