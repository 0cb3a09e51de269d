"""Channels as people have them. Everybody sees which there are and how they do; who may manage channels sees
their settings, makes and changes them, and tries them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import msgspec
from msgspec import UNSET

from core import filtering, paging
from core.api.channels import Channel, ChannelChange, ChannelTest, ChannelTesting, NewChannel, Setting
from core.api.rules import Problem
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller, Permission
from core.channels import views
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.reading import wrong_name
from core.channels.configuring.showing import kept_settings
from core.channels.ready import ReadyChannels, of_api, of_row
from core.channels.trying import Trying
from core.clock import Clock
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filters import CHANNEL_FIELDS
from core.ids import Entropy
from core.people import words
from core.people.audit import Audit, Detail, write
from core.text import storable
from storage import changes
from storage import channels as store
from storage.changes import NewChange
from storage.channels import ChannelRow
from storage.criterion import Criterion
from storage.database import Connection, Database
from storage.ids import Instant

MOST = 1_000
_LARGEST = 32_768
_FEW = 5

_SENDING: Mapping[str, object] = {"paused_until": None, "pause_reason": None}
RulesOf = Callable[[Connection, str], Sequence[str]]
"""The ids of the rules that name a channel."""


class Channels:
    """Decides who may do what with them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        ready: ReadyChannels,
        rules_of: RulesOf = lambda connection, name: (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._ready = ready
        self._rules_of = rules_of
        self._audit = Audit(database, clock)
        self._trying = Trying(database, clock, entropy)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Channel]:
        """The channels in the order of their names."""
        limit, after, now = paging.one_more(query), paging.name(query.cursor), self._clock.now()
        criteria = filtering.parse(query.filter, CHANNEL_FIELDS, now, caller.zone)

        def unit(connection: Connection) -> list[ChannelRow]:
            rows = [row for row in store.present(connection) if row.name > after]
            return [row for row in rows if all(self._meets(row, each, now) for each in criteria)][:limit]

        rows = await self._database.read(unit)
        shown = await self._database.read(lambda connection: self._shown(connection, caller, rows, now))
        return paging.page(shown, query.limit, list, lambda channel: channel.name)

    async def show(self, caller: Caller, name: str) -> Channel:
        return await self._database.read(lambda connection: self._one(connection, caller, name))

    async def add(self, caller: Caller, new: NewChannel) -> Channel:
        """Make a channel. Its settings are tried first, and kept as they were written."""

        def unit(connection: Connection) -> Channel:
            caller.require(Permission.CHANNELS_MANAGE)
            if sentence := wrong_name(new.name):
                raise InvalidError(sentence, "name")
            now = self._clock.now()
            settings = self._checked(of_api(new.name, new.type, kept_settings(new.type, {}, new.settings)))
            if len(store.present(connection)) >= MOST:
                raise ConflictError(f"There are {MOST} channels already: delete some first.")
            if store.add(connection, new.name, new.type, settings, now) is None:
                raise ConflictError(f"There is already a channel {new.name}; take another name.")
            self._note(connection, caller, "channel.create", new.name, {"type": new.type}, now)
            return self._one(connection, caller, new.name)

        made = await self._audit.attempt(caller, "channel.create", words.quoted(new.name), unit)
        await self._ready.refresh()
        return made

    async def change(self, caller: Caller, name: str, change: ChannelChange) -> Channel:
        """Change its settings, or whether it sends. Those of a channel from a file are changed there."""

        def unit(connection: Connection) -> Channel:
            caller.require(Permission.CHANNELS_MANAGE)
            row = _existing(connection, name)
            now = self._clock.now()
            values: dict[str, object] = {"updated_at": now}
            detail: dict[str, object] = {}
            if change.settings is not UNSET:
                values |= {"settings": self._changed(row, change.settings), **_SENDING}
                detail["settings"] = sorted(change.settings)
            if change.enabled is not UNSET:
                values |= _switched(row, change.enabled, caller, now)
                detail["enabled"] = change.enabled
            store.change(connection, row.id, values)
            self._note(connection, caller, "channel.change", name, detail, now)
            return self._one(connection, caller, name)

        changed = await self._audit.attempt(caller, "channel.change", words.quoted(name), unit)
        await self._ready.refresh()
        return changed

    async def delete(self, caller: Caller, name: str) -> Done:
        """Delete a channel that no rule names any more. What waits for it fails."""

        def unit(connection: Connection) -> Done:
            caller.require(Permission.CHANNELS_MANAGE)
            row = _existing(connection, name)
            if row.source == "file":
                raise ConflictError(f"{name} is in {self._place(row)}: take it out there, and reload.")
            if used := self._rules_of(connection, name):
                raise ConflictError(f"{_rules(used)} {name}: change or delete them first.")
            store.remove(connection, row.id)
            self._note(connection, caller, "channel.delete", name, {"type": row.type}, self._clock.now())
            return Done()

        done = await self._audit.attempt(caller, "channel.delete", words.quoted(name), unit)
        await self._ready.refresh()
        return done

    async def test(self, caller: Caller, name: str, testing: ChannelTesting) -> ChannelTest:
        """Whether it can be reached, or delivers."""

        def unit(connection: Connection) -> ChannelRow:
            caller.require(Permission.CHANNELS_MANAGE)
            row = _existing(connection, name)
            detail = {"send": testing.send}
            write(connection, caller, "channel.test", name, "done", detail, self._clock.now())
            return row

        row = await self._audit.attempt(caller, "channel.test", words.quoted(name), unit)
        adapter = self._ready.adapter(name)
        if isinstance(adapter, Problem):
            return ChannelTest(name, False, adapter.sentence)
        if testing.send:
            return await self._trying.send(caller, row, adapter)
        return await self._trying.reach(row, adapter)

    def _meets(self, row: ChannelRow, wanted: Criterion, now: Instant) -> bool:
        match wanted.what:
            case "state":
                found = views.state_of(row, self._ready.of(row).problems, now) in wanted.values
            case "text":
                found = all(text.lower() in row.name.lower() for text in wanted.texts)
            case what:
                found = getattr(row, what) in wanted.values
        return found != wanted.negated

    def _shown(
        self, connection: Connection, caller: Caller, rows: Collection[ChannelRow], now: Instant
    ) -> list[Channel]:
        ids = [row.id for row in rows]
        pending = store.pending(connection, ids)
        days = store.days(connection, ids, views.first_day(now))
        return [
            views.shown(
                row,
                self._ready.of(row),
                now,
                manages=caller.may(Permission.CHANNELS_MANAGE),
                pending=pending.get(row.id, 0),
                days=[day for day in days if day.channel_id == row.id],
            )
            for row in rows
        ]

    def _one(self, connection: Connection, caller: Caller, name: str) -> Channel:
        return self._shown(connection, caller, [_existing(connection, name)], self._clock.now())[0]

    def _changed(self, row: ChannelRow, after: Mapping[str, Setting]) -> str:
        """The new settings as they are kept."""
        if row.source == "file":
            raise ConflictError(f"{row.name} is in {self._place(row)}: change its settings there, and reload.")
        before = of_row(row)
        settings = kept_settings(before.type, before.settings, after)
        return self._checked(replace(before, settings=settings))

    def _checked(self, channel: ConfiguredChannel) -> str:
        """The settings as they are kept, if they can be used."""
        written = msgspec.json.encode(channel.settings).decode()
        if len(written) > _LARGEST:
            raise InvalidError(f"A channel's settings have at most {_LARGEST:,} characters.", "settings")
        for problem in self._ready.read(channel).problems:
            raise InvalidError(problem.sentence, problem.place)
        return written

    def _place(self, row: ChannelRow) -> str:
        channel = self._ready.of(row).channel
        return "a file of the home" if channel is None else channel.place(())

    def _note(
        self, connection: Connection, caller: Caller, action: str, name: str, detail: Detail, now: Instant
    ) -> None:
        write(connection, caller, action, name, "done", detail, now)
        changes.append(connection, [NewChange("channels", name, None, None, now)])


def _existing(connection: Connection, name: str) -> ChannelRow:
    row = store.by_name(connection, storable(name))
    if row is None:
        raise NotFoundError(f"There is no channel {words.quoted(name)}.")
    return row


def _switched(row: ChannelRow, enabled: bool, caller: Caller, now: Instant) -> Mapping[str, object]:
    if enabled:
        return {"disabled_at": None, "disabled_reason": None, **_SENDING}
    if row.disabled_at is not None:
        return {}
    return {"disabled_at": now, "disabled_reason": f"{caller.name} disabled it."}


def _rules(ids: Sequence[str]) -> str:
    """`The rules a, b and 3 more name`"""
    shown = [words.quoted(rule) for rule in ids[:_FEW]]
    more = len(ids) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    return f"The rule {listed} names" if len(ids) == 1 else f"The rules {listed} name"
