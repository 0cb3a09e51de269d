"""A provider that runs its program once for each turn."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from core.errors import CallboardError
from core.provider_settings import ProviderSettings, placeholders
from core.sessions.providers.arguments import filled
from core.sessions.providers.environment import base_environment, turn_environment, with_identity
from core.sessions.providers.parsers import PARSERS
from core.sessions.providers.parsers.events import Parser
from core.sessions.providers.pricing import price_of, priced
from core.sessions.providers.probing import probe_command
from core.sessions.supervision.command import Command, Exit, Limits
from core.sessions.supervision.running import supervise
from core.sessions.turns import Outcome, Probe, Stand, Turn, TurnResult
from core.text import storable

_PROMPT_FILE = "prompt"
_CANNOT_HOLD = b"This provider cannot be kept from changing files: what it changes will be seen afterwards.\n"
_NO_RESUME = "{} cannot continue a conversation: start a new one, or give it `resume` in the configuration."


class CommandProvider:
    """`settings` are whole: the preset's, with what was configured."""

    kind = "command"

    def __init__(self, name: str, settings: ProviderSettings, outside: Mapping[str, str] = os.environ) -> None:
        self.name = name
        self.settings = settings
        self.limits = limits_of(settings)
        self.models = settings.models or ()
        self.ignore = settings.ignore or ()
        self._outside = outside
        self._argv = settings.argv or ()
        self._resume = settings.resume or ()

    @property
    def can_resume(self) -> bool:
        return bool(self._resume)

    async def probe(self) -> Probe:
        return await probe_command(self.name, self.settings, base_environment(self.settings, self._outside))

    async def run(self, turn: Turn, stand: Stand) -> TurnResult:
        if turn.resume_id is not None and not self.can_resume:
            return TurnResult(Outcome.FAILED, _NO_RESUME.format(self.name))
        parser = PARSERS[self.settings.parser or "text"]()
        try:
            ended = await self._supervise(turn, stand, parser)
        except CallboardError as error:
            return TurnResult(Outcome.FAILED, error.sentence)
        except OSError as error:
            return TurnResult(Outcome.FAILED, f"The prompt could not be handed over: {error.strerror}.")
        if rest := parser.close():
            stand.record(rest)
        result = parser.result(ended)
        usage = priced(result.usage, price_of(turn.model or next(iter(self.models), None), self.settings.price))
        return replace(result, usage=usage, resume_id=result.resume_id if self.can_resume else None)

    async def _supervise(self, turn: Turn, stand: Stand, parser: Parser) -> Exit:
        env = turn_environment(base_environment(self.settings, self._outside), turn.env)
        command = self._command(turn, await with_identity(env, turn.workdir))
        if turn.read_only and not self._holds(command):
            stand.record(_CANNOT_HOLD)

        def show(shown: bytes) -> None:
            if shown:
                stand.record(shown)

        return await supervise(
            command,
            turn.limits or self.limits,
            out=lambda chunk: show(parser.out(chunk)),
            err=lambda chunk: show(parser.err(chunk)),
            started=stand.started,
            stale=stand.stale,
            stop=stand.stop,
        )

    def _command(self, turn: Turn, env: Mapping[str, str]) -> Command:
        prompt = storable(prompt_of(turn, script=bool(self.settings.script)))
        by = self.settings.prompt or "stdin"
        values = {
            "model": turn.model or next(iter(self.models), ""),
            "workdir": str(turn.workdir),
            "resume_id": turn.resume_id or "",
            "access": self._access(turn),
            "prompt": prompt if by == "arg" else "",
            "prompt_file": str(_written(prompt, turn.private)) if by == "file" else "",
        }
        argv = filled(self._argv if turn.resume_id is None else self._resume, values)
        return Command(argv, turn.workdir, env, turn.mark, prompt.encode() if by == "stdin" else b"")

    def _access(self, turn: Turn) -> str:
        access = self.settings.read_access if turn.read_only else self.settings.write_access
        return access or self.settings.write_access or ""

    def _holds(self, command: Command) -> bool:
        """Whether its arguments keep it from changing files."""
        access = self.settings.read_access
        return access is not None and "access" in placeholders(self._argv)


def limits_of(settings: ProviderSettings) -> Limits:
    """0 in the configuration is none."""
    usual = Limits()
    total, silence = settings.timeout_s, settings.idle_timeout_s
    return Limits(
        usual.total if total is None else total or None, usual.silence if silence is None else silence or None
    )


def prompt_of(turn: Turn, *, script: bool = False) -> str:
    """The prompt, after the instructions of the bot: but words put before a script would be run."""
    return f"{turn.instructions}\n\n{turn.prompt}" if turn.instructions and not script else turn.prompt


def _written(prompt: str, folder: Path) -> Path:
    """The prompt in a file that nobody else can read, and that no link leads away from."""
    path = folder / _PROMPT_FILE
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(prompt.encode())
    return path
