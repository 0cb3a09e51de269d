"""Channels as people have them: who may do what, what is kept and shown, and how this server has them ready."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from core.api.channels import Channel, ChannelChange, ChannelTesting, NewChannel
from core.api.rules import Problem
from core.api.wire import ListQuery
from core.caller import Caller, Permission
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.ready import ReadyChannels, Setup
from core.channels.service import Channels
from core.channels.trying import Trying
from core.clock import DAY, ManualClock
from core.errors import CallboardError, ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.ids import Entropy
from storage import channels as store
from storage import deliveries
from storage.audit import audit
from storage.changes import changes
from storage.database import Database
from storage.deliveries import deliveries as outbox
from storage.ids import Instant, PersonId, WorkspaceId
from tests.fakes.adapters import FakeAdapter, add_channel
from tests.fakes.failing import Failing
from tests.fakes.webhook import FakeReceiver

ENVIRONMENT = {"HOOK_TOKEN": "sesame-of-the-environment", "HIDDEN": "sesame-not-listed"}
SLACK = NewChannel("ops", "slack", {"webhookUrl": "https://hooks.slack.com/services/sesame"})


@dataclass
class Desk:
    """The channels of one server, and who asks for them."""

    database: Database
    clock: ManualClock
    entropy: Entropy
    ready: ReadyChannels = field(init=False)
    channels: Channels = field(init=False)
    rules: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ready = ReadyChannels(self.database, self.clock, ENVIRONMENT)
        self.channels = Channels(
            self.database, self.clock, self.entropy, self.ready, lambda _, name: self.rules.get(name, [])
        )

    def caller(self, *permissions: Permission, admin: bool = False) -> Caller:
        return Caller(PersonId(1), "ann", admin, frozenset(permissions), frozenset({WorkspaceId(1)}), "key:k1")

    @property
    def manager(self) -> Caller:
        return self.caller(Permission.CHANNELS_MANAGE)

    @property
    def member(self) -> Caller:
        return self.caller(Permission.AUTOMATIONS_MANAGE)

    async def names(self, filter: str = "", caller: Caller | None = None) -> list[str]:
        page = await self.channels.page(caller or self.manager, ListQuery(filter=filter))
        return [channel.name for channel in page.items]

    async def show(self, name: str = "ops") -> Channel:
        return await self.channels.show(self.manager, name)

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        statement = select(table)
        found = await self.database.read(lambda connection: connection.execute(statement).mappings().all())
        return [dict(row) for row in found]


@pytest.fixture
async def desk(database: Database, clock: ManualClock, entropy: Entropy) -> AsyncIterator[Desk]:
    desk = Desk(database, clock, entropy)
    yield desk
    await desk.ready.close()


def from_file(name: str, kind: Any = "desktop", **settings: object) -> Setup:
    place = lambda path: "config.toml:7: " + ".".join(("channels", name, *map(str, path)))  # noqa: E731
    return Setup({name: ConfiguredChannel(name, kind, settings, "file", place)}, env=frozenset({"HOOK_TOKEN"}))


@asynccontextmanager
async def hook(desk: Desk) -> AsyncIterator[FakeReceiver]:
    """A channel `hook` to a double that can be reached, with a secret in its header."""
    async with FakeReceiver().open() as double:
        await desk.ready.set_up(Setup(allow=(double.allowed,), env=frozenset({"HOOK_TOKEN"})))
        settings: dict[str, Any] = {"url": double.hook, "headers": {"Authorization": "Bearer ${HOOK_TOKEN}"}}
        await desk.channels.add(desk.manager, NewChannel("hook", "webhook", settings))
        yield double


async def test_a_channel_is_made_shown_changed_and_deleted(desk: Desk) -> None:
    made = await desk.channels.add(desk.manager, SLACK)
    assert (made.name, made.state, made.source, made.settings) == ("ops", "working", "api", {"webhookUrl": "***"})
    assert len(made.days) == 14

    changed = await desk.channels.change(
        desk.manager, "ops", ChannelChange({"webhookUrl": "***", "ratePerMinute": 6})
    )
    assert changed.settings == {"webhookUrl": "***", "ratePerMinute": 6}
    kept = (await desk.rows(store.channels))[0]["settings"]
    assert json.loads(kept) == {**SLACK.settings, "ratePerMinute": 6}
    adapter = desk.ready.adapter("ops")
    assert not isinstance(adapter, Problem)
    assert adapter.rate is not None
    assert adapter.rate.count / adapter.rate.seconds == 0.1

    await desk.channels.delete(desk.manager, "ops")
    assert await desk.names() == []
    assert isinstance(desk.ready.adapter("ops"), Problem)
    told = [row["subject"] for row in await desk.rows(changes) if row["topic"] == "channels"]
    assert told == ["ops"] * 3
    done = [(row["action"], row["outcome"]) for row in await desk.rows(audit)]
    assert done == [("channel.create", "done"), ("channel.change", "done"), ("channel.delete", "done")]


async def test_a_member_sees_channels_without_settings_and_changes_none(desk: Desk) -> None:
    await desk.channels.add(desk.manager, SLACK)
    seen = await desk.channels.show(desk.member, "ops")
    assert (seen.name, seen.state, seen.settings) == ("ops", "working", None)
    assert await desk.names(caller=desk.member) == ["ops"]
    for attempt in (
        desk.channels.add(desk.member, NewChannel("x", "desktop")),
        desk.channels.change(desk.member, "ops", ChannelChange(enabled=False)),
        desk.channels.change(desk.member, "absent", ChannelChange(enabled=False)),
        desk.channels.delete(desk.member, "ops"),
        desk.channels.test(desk.member, "ops", ChannelTesting()),
    ):
        with pytest.raises(NotAllowedError):
            await attempt
    refused = [row["action"] for row in await desk.rows(audit) if row["outcome"] == "refused"]
    assert sorted(refused) == [
        "channel.change",
        "channel.change",
        "channel.create",
        "channel.delete",
        "channel.test",
    ]


WRONG = [
    (NewChannel("a b", "desktop"), "name: A channel's name"),
    (NewChannel("", "desktop"), "name: A channel's name"),
    (NewChannel("x" * 65, "desktop"), "name: A channel's name"),
    (NewChannel("\x1b[2J", "desktop"), "name: A channel's name"),
    (NewChannel("a/../b", "desktop"), "name: A channel's name"),
    (NewChannel("x", "slack"), "settings: The channel x needs webhookUrl."),
    (NewChannel("x", "slack", {"webhookUrl": "***"}), "settings.webhookUrl: There is no webhookUrl to keep"),
    (NewChannel("x", "webhook", {"url": "file:///etc/passwd"}), "settings.url: The channel x cannot use url"),
    (
        NewChannel("x", "webhook", {"url": "https://x.example", "headers": {"A\nB": "x"}}),
        "settings.headers: ",
    ),
    (
        NewChannel("x", "slack", {"webhookUrl": "${HIDDEN}"}),
        "settings.webhookUrl: The channel x needs the var",
    ),
    (
        NewChannel("x", "slack", {"webhookUrl": "https://" + "x" * 40_000}),
        "settings: A channel's settings have",
    ),
    (
        NewChannel("x", "apprise", {"url": "file:///etc/passwd"}),
        "settings: The channel x cannot be made over",
    ),
]


async def test_what_cannot_be_used_is_refused_with_its_place(desk: Desk) -> None:
    for new, said in WRONG:
        with pytest.raises(InvalidError) as caught:
            await desk.channels.add(desk.manager, new)
        assert caught.value.sentence.startswith(said)
        assert "sesame" not in caught.value.sentence
    assert await desk.names() == []


async def test_a_name_is_taken_once(desk: Desk) -> None:
    await desk.ready.set_up(from_file("here"))
    for _ in range(2):
        with pytest.raises(ConflictError, match="already a channel here"):
            await desk.channels.add(desk.manager, NewChannel("here", "desktop"))


async def test_a_channel_that_rules_name_stays(desk: Desk) -> None:
    await desk.channels.add(desk.manager, SLACK)
    desk.rules["ops"] = [f"r{number}" for number in range(7)]
    with pytest.raises(ConflictError) as caught:
        await desk.channels.delete(desk.manager, "ops")
    assert (
        caught.value.sentence == "The rules r0, r1, r2, r3, r4 and 2 more name ops: change or delete them first."
    )
    desk.rules["ops"] = ["only"]
    with pytest.raises(ConflictError, match="The rule only names ops"):
        await desk.channels.delete(desk.manager, "ops")
    assert await desk.names() == ["ops"]


async def test_a_channel_of_a_file_is_changed_there_and_switched_here(desk: Desk) -> None:
    await desk.ready.set_up(from_file("here"))
    seen = await desk.show("here")
    assert (seen.source, seen.place) == ("file", "config.toml:7: channels.here")
    for attempt in (
        desk.channels.change(desk.manager, "here", ChannelChange(settings={})),
        desk.channels.delete(desk.manager, "here"),
    ):
        with pytest.raises(ConflictError, match=r"here is in config\.toml:7: channels\.here"):
            await attempt
    off = await desk.channels.change(desk.manager, "here", ChannelChange(enabled=False))
    assert (off.state, off.reason) == ("disabled", "ann disabled it.")
    assert await desk.names("state:disabled") == ["here"]
    await desk.ready.set_up(from_file("here"))
    assert (await desk.show("here")).state == "disabled"
    on = await desk.channels.change(desk.manager, "here", ChannelChange(enabled=True))
    assert (on.state, on.reason) == ("working", None)


async def test_one_that_the_files_name_no_longer_is_gone_until_they_do_again(desk: Desk) -> None:
    await desk.ready.set_up(from_file("here"))
    before = (await desk.rows(store.channels))[0]["id"]
    await desk.ready.set_up(Setup())
    assert await desk.names() == []
    with pytest.raises(NotFoundError):
        await desk.show("here")
    await desk.ready.set_up(from_file("here"))
    assert await desk.names() == ["here"]
    assert (await desk.rows(store.channels))[0]["id"] == before


@pytest.mark.parametrize("unusable", [frozenset({"here"}), None])
async def test_one_that_the_files_name_and_nobody_can_read_is_broken_and_not_gone(
    desk: Desk, unusable: frozenset[str] | None
) -> None:
    await desk.ready.set_up(from_file("here"))
    await desk.ready.set_up(Setup(unusable=unusable))
    assert (await desk.show("here")).state == "broken"
    await desk.ready.set_up(from_file("here"))
    assert (await desk.show("here")).state == "working"


async def test_a_name_that_the_api_has_is_a_problem_of_the_file(desk: Desk) -> None:
    await desk.channels.add(desk.manager, SLACK)
    problems = await desk.ready.set_up(from_file("ops"))
    assert [problem.place for problem in problems] == ["config.toml:7: channels.ops"]
    assert (await desk.show()).source == "api"


async def test_a_name_that_the_files_had_once_can_be_taken(desk: Desk) -> None:
    await desk.ready.set_up(from_file("ops"))
    await desk.channels.change(desk.manager, "ops", ChannelChange(enabled=False))
    await desk.ready.set_up(Setup())
    made = await desk.channels.add(desk.manager, SLACK)
    assert (made.type, made.source, made.state) == ("slack", "api", "working")


async def test_a_broken_channel_says_why_to_those_who_can_mend_it(desk: Desk) -> None:
    problems = await desk.ready.set_up(from_file("chat", "telegram", botToken="${NOPE}", chatId=1))
    assert [problem.place for problem in problems] == ["config.toml:7: channels.chat.botToken"]
    seen = await desk.show("chat")
    assert (seen.state, seen.settings) == ("broken", {"botToken": "${NOPE}", "chatId": 1})
    assert "needs the variable NOPE for botToken" in (seen.reason or "")
    others = await desk.channels.show(desk.member, "chat")
    assert others.reason == "Its settings cannot be used: whoever may manage channels sees why."
    tried = await desk.channels.test(desk.manager, "chat", ChannelTesting(send=True))
    assert (tried.ok, tried.sentence) == (False, seen.reason)
    assert await desk.names("state:broken type:telegram") == ["chat"]
    assert await desk.names("-state:broken") == []


async def test_a_variable_that_is_listed_no_longer_breaks_what_uses_it(desk: Desk) -> None:
    await desk.ready.set_up(Setup(env=frozenset({"HOOK_TOKEN"})))
    settings: dict[str, Any] = {"url": "https://x.example", "headers": {"A": "${HOOK_TOKEN}"}}
    made = await desk.channels.add(desk.manager, NewChannel("hook", "webhook", settings))
    assert (made.state, made.settings) == ("working", {"url": "***", "headers": {"A": "${HOOK_TOKEN}"}})
    await desk.ready.set_up(Setup())
    assert (await desk.show("hook")).state == "broken"
    assert isinstance(desk.ready.adapter("hook"), Problem)


async def test_a_list_goes_on_where_a_page_ended(desk: Desk) -> None:
    for name in ("b", "C", "a", "d"):
        await desk.channels.add(desk.manager, NewChannel(name, "desktop"))
    first = await desk.channels.page(desk.manager, ListQuery(limit=3))
    rest = await desk.channels.page(desk.manager, ListQuery(limit=3, cursor=first.next))
    assert [one.name for one in first.items] == ["C", "a", "b"]
    assert ([one.name for one in rest.items], rest.next) == (["d"], None)
    assert await desk.names("name:a,d source:api") == ["a", "d"]
    assert await desk.names("C") == ["C"]


async def test_how_a_channel_does_is_shown_with_what_waits_for_it(desk: Desk) -> None:
    await desk.channels.add(desk.manager, SLACK)
    row = (await desk.rows(store.channels))[0]
    today = "2026-03-02"

    def unit(connection: Any) -> None:
        deliveries.count(connection, row["id"], today, sent=3, failed=1)
        store.change(
            connection,
            row["id"],
            {"paused_until": Instant(desk.clock.now() + DAY), "pause_reason": "429", "last_state": "failed"},
        )

    await desk.database.write(unit)
    seen = await desk.show()
    assert (seen.state, seen.reason, seen.last_state) == ("paused", "429", "failed")
    assert (seen.days[-1].day, seen.days[-1].sent, seen.days[-1].failed) == (today, 3, 1)
    desk.clock.advance(2 * DAY)
    assert (await desk.show()).state == "working"
    assert [day.sent for day in (await desk.show()).days if day.day == today] == [3]


async def test_a_test_reaches_without_sending(desk: Desk) -> None:
    async with hook(desk) as double:
        tried = await desk.channels.test(desk.manager, "hook", ChannelTesting())
        assert (tried.ok, tried.sent) == (True, False)
        assert double.taken == {}


async def test_a_test_that_sends_stands_in_the_history(desk: Desk) -> None:
    async with hook(desk) as double:
        tried = await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))
        assert (tried.ok, tried.sent) == (True, True)
        (taken,) = double.taken.values()
        assert double.asked[-1].headers["Authorization"] == "Bearer sesame-of-the-environment"
    (row,) = await desk.rows(outbox)
    assert (row["state"], row["rule_id"], row["event"], row["attempt"]) == ("sent", "direct", "channel:test", 1)
    assert taken["id"] == row["id"]
    seen = await desk.show("hook")
    assert (seen.last_state, seen.days[-1].sent) == ("sent", 1)


@pytest.mark.parametrize("how", [Failing.UNKNOWN, Failing.BROKEN, Failing.RESET], ids=lambda how: how.name)
async def test_a_test_that_fails_says_why_and_no_secret(desk: Desk, how: Failing) -> None:
    async with hook(desk) as double:
        double.fails(how)
        tried = await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))
    assert (tried.ok, tried.sent) == (False, False)
    (row,) = await desk.rows(outbox)
    assert (row["state"], row["error"]) == ("failed", tried.sentence)
    seen = await desk.show("hook")
    assert (seen.last_state, seen.last_error) == ("failed", tried.sentence)
    assert "sesame" not in tried.sentence


async def test_a_test_keeps_to_a_pause(desk: Desk) -> None:
    async with hook(desk) as double:
        row = (await desk.rows(store.channels))[0]
        until = {"paused_until": Instant(desk.clock.now() + DAY)}
        await desk.database.write(lambda connection: store.change(connection, row["id"], until))
        tried = await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))
        assert not tried.ok
        assert double.asked == []


async def test_where_nothing_may_be_sent_the_line_to_add_is_named(desk: Desk) -> None:
    async with FakeReceiver().open() as double:
        await desk.channels.add(desk.manager, NewChannel("hook", "webhook", {"url": double.hook}))
        tried = await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))
        assert f'allow = ["{double.allowed}"]' in tried.sentence
        assert double.asked == []
        await desk.ready.set_up(Setup(allow=(double.allowed,)))
        assert (await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))).ok


async def test_an_adapter_lasts_until_its_settings_change(desk: Desk) -> None:
    await desk.channels.add(desk.manager, SLACK)
    first = desk.ready.adapter("ops")
    await desk.channels.change(desk.manager, "ops", ChannelChange(enabled=False))
    await desk.channels.add(desk.manager, NewChannel("other", "desktop"))
    assert desk.ready.adapter("ops") is first
    new = {"webhookUrl": "https://hooks.slack.com/services/other"}
    await desk.channels.change(desk.manager, "ops", ChannelChange(settings={**new}))
    second = desk.ready.adapter("ops")
    assert second is not first
    await desk.ready.set_up(Setup(base_urls={"slack": "http://127.0.0.1:9000"}))
    assert desk.ready.adapter("ops") is not second


async def test_what_another_server_does_with_channels_is_followed(desk: Desk) -> None:
    other = ReadyChannels(desk.database, desk.clock, ENVIRONMENT)
    await desk.channels.add(desk.manager, SLACK)
    await other.refresh()
    assert not isinstance(other.adapter("ops"), Problem)
    await desk.channels.delete(desk.manager, "ops")
    await other.refresh()
    assert isinstance(other.adapter("ops"), Problem)
    await other.close()


async def test_a_test_that_nobody_answers_may_have_arrived(desk: Desk) -> None:
    await add_channel(desk.database, "ops", desk.clock)
    row = await desk.database.read(lambda connection: store.by_name(connection, "ops"))
    assert row is not None
    adapter = FakeAdapter()
    adapter.gate.clear()
    tested = await Trying(desk.database, desk.clock, desk.entropy, seconds=0.01).send(desk.manager, row, adapter)
    assert (tested.ok, tested.sentence) == (False, "There was no answer within 0.01 seconds.")
    assert [each["outcome"] for each in await desk.rows(deliveries.delivery_attempts)] == ["ambiguous"]


async def test_nothing_that_is_kept_beside_the_settings_has_a_secret_in_it(desk: Desk) -> None:
    async with hook(desk) as double:
        double.fails(Failing.UNKNOWN)
        await desk.channels.test(desk.manager, "hook", ChannelTesting(send=True))
        await desk.channels.add(desk.manager, SLACK)
        for change in (ChannelChange({"webhookUrl": "sesame"}), ChannelChange({"url": "https://sesame.example"})):
            with pytest.raises(CallboardError):
                await desk.channels.change(desk.manager, "ops", change)
    kept = [await desk.rows(table) for table in (audit, changes, outbox, deliveries.delivery_attempts)]
    shown = await desk.channels.page(desk.manager, ListQuery())
    assert "sesame" not in repr((kept, shown, desk.ready._ready))
