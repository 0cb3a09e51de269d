"""The providers of a running server, and whether they can be used. What was found stays true for a minute, and a
program that takes long to answer keeps nobody waiting."""

import asyncio
import os
from collections.abc import Callable, Mapping

from core.api import providers as api
from core.api.wire import Page
from core.clock import Clock
from core.errors import InvalidError, NotFoundError
from core.provider_settings import ProviderSettings
from core.sessions.providers.registry import Known, Providers
from core.sessions.turns import Probe

_KEPT_SECONDS = 60.0
_PATIENCE_SECONDS = 3.0
_AT_ONCE = 2


class ProvidersOfServer:
    """`settings` are those of the configuration as it is now: it may be read again at any time."""

    def __init__(
        self,
        settings: Callable[[], Mapping[str, ProviderSettings]],
        clock: Clock,
        outside: Mapping[str, str] = os.environ,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._outside = outside
        self._of: Mapping[str, ProviderSettings] | None = None
        self._providers: Providers
        self._found: dict[str, tuple[float, Probe]] = {}
        self._probing: dict[str, asyncio.Task[Probe]] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)

    def current(self) -> Providers:
        settings = self._settings()
        if settings is not self._of:
            self._of = settings
            self._providers = Providers(settings, self._outside)
            self._found.clear()
        return self._providers

    async def run(self) -> None:
        """Ends what is still being looked at when the server ends."""
        try:
            await asyncio.Event().wait()
        finally:
            for task in self._probing.values():
                task.cancel()
            await asyncio.gather(*self._probing.values(), return_exceptions=True)

    async def page(self) -> Page[api.Provider]:
        """All of them; of what does not answer soon, that it is being looked at."""
        providers = self.current()
        known = [providers.get(name) for name in providers.names()]
        looked = [self._probe(each) for each in known if not self._is_fresh(each.name)]
        if looked:
            await asyncio.wait(looked, timeout=_PATIENCE_SECONDS)
        return Page([self._view(each) for each in known])

    async def test(self, name: str) -> api.Provider:
        """One of them, looked at now and for as long as it takes."""
        try:
            provider = self.current().get(name)
        except InvalidError as error:
            raise NotFoundError(error.sentence) from None
        await asyncio.shield(self._probe(provider))
        return self._view(provider)

    def _is_fresh(self, name: str) -> bool:
        found = self._found.get(name)
        return found is not None and self._clock.monotonic() - found[0] < _KEPT_SECONDS

    def _probe(self, provider: Known) -> "asyncio.Task[Probe]":
        """One look at a time, for all who wait for it."""
        task = self._probing.get(provider.name)
        if task is None:
            task = self._probing[provider.name] = asyncio.create_task(self._look(provider))
            task.add_done_callback(lambda _: self._probing.pop(provider.name, None))
        return task

    async def _look(self, provider: Known) -> Probe:
        async with self._turn:
            probe = await provider.probe()
        self._found[provider.name] = (self._clock.monotonic(), probe)
        return probe

    def _view(self, provider: Known) -> api.Provider:
        _, probe = self._found.get(provider.name, (0.0, None))
        settings = provider.settings
        return api.Provider(
            name=provider.name,
            kind="acp" if settings.kind == "acp" else "command",
            parser=None if settings.kind == "acp" else settings.parser or "text",
            models=list(provider.models),
            can_resume=provider.can_resume,
            ready=probe.ready if probe else None,
            detail=probe.detail if probe else "It is still being looked at: ask again in a moment.",
        )
