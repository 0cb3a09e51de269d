"""A provider that drives any agent which speaks the Agent Client Protocol over its standard streams."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Raw

from core.errors import CallboardError
from core.provider_settings import ProviderSettings, placeholders
from core.sessions.providers.acp.link import Link
from core.sessions.providers.acp.opening import greet
from core.sessions.providers.acp.turn import AcpTurn, Prompt
from core.sessions.providers.acp.wire import Capabilities, Initialized
from core.sessions.providers.answering import new_mark, not_kept, not_told
from core.sessions.providers.arguments import filled
from core.sessions.providers.command import limits_of, prompt_of
from core.sessions.providers.environment import base_environment, turn_environment, with_identity
from core.sessions.providers.parsers.findings import Tail, last_line
from core.sessions.providers.pricing import price_of, priced
from core.sessions.providers.probing import missing
from core.sessions.supervision.command import Command, Limits
from core.sessions.supervision.running import converse
from core.sessions.turns import Outcome, Probe, Stand, Turn, TurnResult
from core.text import excerpt, storable

_PROBE_SECONDS = 30.0


class AcpProvider:
    """`settings` are whole: the preset's, with what was configured."""

    kind = "acp"

    def __init__(self, name: str, settings: ProviderSettings, outside: Mapping[str, str] = os.environ) -> None:
        self.name = name
        self.settings = settings
        self.limits = limits_of(settings)
        self.models = settings.models or ()
        self.ignore = settings.ignore or ()
        self._outside = outside
        self._argv = settings.argv or ()
        self._can: Capabilities | None = None

    @property
    def can_resume(self) -> bool:
        """As the agent said when it was last met; until then it is worth a try."""
        return self._can is None or self._can.can_resume

    async def probe(self) -> Probe:
        """Meets it, and asks nothing of it."""
        env = base_environment(self.settings, self._outside)
        if absent := missing(self.name, self.settings, env):
            return absent
        words = Tail(2048)
        try:
            with TemporaryDirectory(prefix="callboard-") as empty:  # nothing to look through
                greeted = await self._meet(Path(empty), env, words)
        except CallboardError as error:
            why = last_line(words)
            return Probe(False, f"{error.sentence} {why}" if why else error.sentence)
        self._can = greeted.agent_capabilities or Capabilities()
        return Probe(True, _about(greeted))

    async def _meet(self, folder: Path, env: Mapping[str, str], words: Tail) -> Initialized:
        argv = self._filled(folder, next(iter(self.models), ""))
        async with converse(
            Command(argv, folder, env, new_mark()),
            Limits(_PROBE_SECONDS, None),
            err=words.add,
            started=not_kept,
            stale=not_told,
            stop=asyncio.Event(),
        ) as talk:
            link = Link(talk, _hear_nothing, _answer_nothing)
            reading = asyncio.create_task(link.read())
            try:
                return await greet(link)
            finally:
                reading.cancel()

    async def run(self, turn: Turn, stand: Stand) -> TurnResult:
        model = turn.model or next(iter(self.models), None)
        by_argument = "model" in placeholders(self._argv)
        prompt = Prompt(
            storable(prompt_of(turn)),
            turn.resume_id,
            None if by_argument else model,
            self.settings.read_access if turn.read_only else None,
            turn.read_only,
        )
        env = turn_environment(base_environment(self.settings, self._outside), turn.env)
        try:
            command = Command(
                self._filled(turn.workdir, model or ""),
                turn.workdir,
                await with_identity(env, turn.workdir),
                turn.mark,
            )
            running = AcpTurn(command, turn.limits or self.limits, prompt, stand)
            result = await running.run()
        except CallboardError as error:
            outcome = Outcome.CANCELLED if stand.stop.is_set() else Outcome.FAILED
            return TurnResult(outcome, error.sentence)
        self._can = running.can or self._can
        return replace(result, usage=priced(result.usage, price_of(model, self.settings.price)))

    def _filled(self, workdir: Path, model: str) -> tuple[str, ...]:
        return filled(self._argv, {"model": model, "workdir": str(workdir)})


def _hear_nothing(_: str, __: Raw) -> None:
    """It is only met."""


async def _answer_nothing(_: Raw, __: str, ___: Raw) -> None:
    """It is only met."""


def _about(greeted: Initialized) -> str:
    about = greeted.agent_info
    named = f"{about.title or about.name} {about.version or ''}".strip() if about else ""
    return excerpt(named or f"speaks version {greeted.protocol_version} of the protocol", 120)
