"""The channels of a server, ready to send: those of its home's files and those that were made over the API, each
with the adapter that its settings make, for as long as these stay the same."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, cast

import msgspec

from core import log
from core.api.channels import ChannelType
from core.api.rules import Problem
from core.channels.adapter import Adapter
from core.channels.building import Make, build
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.places import dotted
from core.channels.configuring.secrets import Variables
from core.channels.configuring.settings import ChannelRead, read_settings
from core.channels.outbound.http_client import LIMIT, HttpClient
from core.channels.outbound.policy import OutboundPolicy
from core.clock import Clock
from storage import changes
from storage import channels as store
from storage.changes import NewChange
from storage.channels import ChannelRow
from storage.database import Connection, Database
from storage.ids import Instant

_POLL_SECONDS = 1.0
_TAKEN = "A channel of this name was made over the API: rename one of them."
_FAREWELL_SECONDS = 2 * LIMIT  # an attempt that is under way may still use what is closed then


@dataclass(frozen=True, slots=True)
class Setup:
    """What the files say of channels: them, where services are, what may be reached, and which variables channels
    of the API may refer to. What waits for the `unusable` ones, which the files name and nobody can read, waits
    until they are mended; None where it is not known which these are."""

    channels: Mapping[str, ConfiguredChannel] = field(default_factory=dict)
    base_urls: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()
    env: frozenset[str] = frozenset()
    unusable: frozenset[str] | None = frozenset()


class Configured(NamedTuple):
    """How a channel is configured, and why it cannot be used so."""

    channel: ConfiguredChannel | None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Ready:
    """A channel, its settings as they were read, and its adapter once somebody has asked for it."""

    channel: ConfiguredChannel
    read: ChannelRead
    adapter: Adapter | None = None


class _Stored(NamedTuple):
    """The channels that there are, and what changes with those of the API."""

    stamp: tuple[int, Instant]
    rows: list[ChannelRow]


class ReadyChannels:
    """Everything is at hand without asking the database: `refresh` and `set_up` keep it so."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        environment: Mapping[str, str] = os.environ,
        *,
        here: Mapping[ChannelType, Make] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._environment = environment
        self._here = here
        self._setup = Setup()
        self._client = HttpClient(OutboundPolicy.of(()), clock)
        self._ready: dict[str, _Ready] = {}
        self._stamp: tuple[int, Instant] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    def adapter(self, name: str) -> Adapter | Problem:
        """The channel of this name as it is configured now, or why it cannot be used."""
        ready = self._ready.get(name)
        if ready is None:
            return _unknown(name)
        read = ready.read
        if read.settings is None:
            return read.problems[0]
        if ready.adapter is None:
            base_urls, rate = self._setup.base_urls, read.rate_per_minute
            ready.adapter = build(ready.channel.type, read.settings, self._client, base_urls, rate, self._here)
        return ready.adapter

    def of(self, row: ChannelRow) -> Configured:
        """A stored channel as this server has it."""
        ready = self._ready.get(row.name)
        channel = of_row(row) if row.source == "api" else None if ready is None else ready.channel
        if channel is None:
            return Configured(None, (_unknown(row.name),))
        if ready is not None and _same(channel, ready.channel):
            return Configured(ready.channel, ready.read.problems)
        return Configured(channel, self.read(channel).problems)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._ready)

    def read(self, channel: ConfiguredChannel) -> ChannelRead:
        """The settings of a channel, with the variables that one like it may refer to."""
        allowed = self._setup.env if channel.source == "api" else None
        return read_settings(channel, Variables(self._environment, allowed))

    async def set_up(self, setup: Setup) -> list[Problem]:
        """Use what the files say from now on; what is wrong with their channels is answered."""
        now, before = self._clock.now(), self._setup.channels
        changed = {name for name, one in setup.channels.items() if not _same(one, before.get(name))}
        if self._stamp is None:  # at the start nobody has seen them otherwise
            changed = set()
        async with self._one_at_a_time:
            taken, stored = await self._database.write(lambda connection: _name(connection, setup, changed, now))
            if setup.allow != self._setup.allow:
                self._retire_later(self._client)
                self._client = HttpClient(OutboundPolicy.of(setup.allow), self._clock)
            if (setup.allow, setup.base_urls, setup.env) != (
                self._setup.allow,
                self._setup.base_urls,
                self._setup.env,
            ):
                self._forget(list(self._ready))
            self._setup = setup
            self._hold(stored)
        problems = [Problem(setup.channels[name].place(()), _TAKEN) for name in taken]
        for name in setup.channels:
            if name not in taken:
                problems += self._ready[name].read.problems
        return problems

    async def refresh(self) -> None:
        """Look again at what was made over the API."""
        async with self._one_at_a_time:
            self._hold(await self._database.read(_stored))

    async def run(self) -> None:
        """Follow what other servers of the same database do with channels. On SQLite there is no other."""
        while self._database.engine != "sqlite":
            await asyncio.sleep(_POLL_SECONDS)
            if await self._database.read(store.stamp) != self._stamp:
                await self.refresh()

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for ready in self._ready.values():
            if ready.adapter is not None:
                await ready.adapter.close()
        self._ready.clear()
        await self._client.close()

    def _hold(self, stored: "_Stored") -> None:
        """Have exactly these ready. What could not be used is read again, for its place may be another now."""
        self._stamp = stored.stamp
        of_files = self._setup.channels
        held: dict[str, ConfiguredChannel] = {}
        for row in stored.rows:
            if row.source == "api":
                held[row.name] = of_row(row)
            elif row.name in of_files:
                held[row.name] = of_files[row.name]
        self._forget([name for name, ready in self._ready.items() if not _lasts(ready, held.get(name))])
        for name, channel in held.items():
            if name in self._ready:
                self._ready[name].channel = channel
            else:
                read = self.read(channel)
                log.hide(read.secrets)
                self._ready[name] = _Ready(channel, read)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            adapter = self._ready.pop(name).adapter
            if adapter is not None:
                self._retire_later(adapter)

    def _retire_later(self, used: Adapter | HttpClient) -> None:
        task = asyncio.create_task(_retire(used))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def of_row(row: ChannelRow) -> ConfiguredChannel:
    """A channel that was made over the API, as it would be in a file."""
    settings = msgspec.json.decode(row.settings, type=dict[str, object])
    return of_api(row.name, cast(ChannelType, row.type), settings)


def of_api(name: str, kind: ChannelType, settings: Mapping[str, object]) -> ConfiguredChannel:
    return ConfiguredChannel(name, kind, settings, "api", lambda path: dotted(("settings", *path)))


def _stored(connection: Connection) -> _Stored:
    return _Stored(store.stamp(connection), store.present(connection))


def _name(connection: Connection, setup: Setup, changed: set[str], now: Instant) -> tuple[list[str], _Stored]:
    """Let the files' channels be stored; which of their names are taken, and what there is then."""
    before = {row.name: row.source for row in store.present(connection)}
    named = {one.name: one.type for one in setup.channels.values()}
    kept = before if setup.unusable is None else setup.unusable
    taken = store.name_from_files(connection, named, now, kept)
    stored = _stored(connection)
    after = {row.name: row.source for row in stored.rows}
    moved = changed | {name for name in {*before, *after} if before.get(name) != after.get(name)}
    changes.append(connection, [NewChange("channels", name, None, None, now) for name in sorted(moved)])
    return taken, stored


def _unknown(name: str) -> Problem:
    return Problem(name, f"There is no channel {name!r} in the configuration of this server.")


def _same(one: ConfiguredChannel, other: ConfiguredChannel | None) -> bool:
    return other is not None and (one.type, one.settings, one.source) == (
        other.type,
        other.settings,
        other.source,
    )


def _lasts(ready: _Ready, channel: ConfiguredChannel | None) -> bool:
    return not ready.read.problems and _same(ready.channel, channel)


async def _retire(used: Adapter | HttpClient) -> None:
    """Close it once nobody can be in the middle of using it, or at once where the server ends."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(_FAREWELL_SECONDS)
    await used.close()
