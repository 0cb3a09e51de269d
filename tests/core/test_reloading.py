"""Notifications of a server that runs: its files are read at the start and whenever somebody asks, and no secret
that is in them or in its environment is in anything that it writes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import log
from core.api import channels, deliveries, people, rules
from core.api.channels import ChannelChange, NewChannel
from core.api.people import KeyCreation
from core.errors import CallboardError, ConflictError
from core.home import Home
from tests.servers import here, home_in

EXAMPLE = json.loads(Path("tests/corpora/notifications.json").read_text())
SECRETS = {"TELEGRAM_BOT_TOKEN": "12345678:sesame-telegram", "PD_TOKEN": "sesame-pagerduty"}
NOWHERE = "https://127.0.0.1:1/sesame/slack"
CONFIG = '[outbound]\nallow = ["127.0.0.1/32"]\n'


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.01)


def write(file: Path, said: object) -> None:
    file.write_text(said if isinstance(said, str) else json.dumps(said))
    file.chmod(0o600)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    home = home_in(tmp_path)
    home.create()
    write(home.config, CONFIG)
    return home


async def test_files_are_read_at_the_start_at_a_reload_and_when_somebody_asks(home: Home) -> None:
    write(home.notifications, EXAMPLE)
    async with here(home) as desk:
        client = desk.client

        async def problems() -> list[str]:
            return [problem.place for problem in (await client.send(rules.rule_problems())).problems]

        async def names() -> list[str]:
            return [channel.name for channel in (await client.send(channels.channels())).items]

        async def is_here() -> bool:
            return await names() == ["here"]

        assert await problems() == []
        assert await names() == ["ops-email", "slack-alerts", "telegram-oncall", "webhook-pagerduty"]
        assert [rule.id for rule in (await client.send(rules.rules())).items] == ["failed-tasks", "sla-warnings"]

        write(home.notifications, {"channels": {"here": {"type": "desktop"}}, "rules": [{"id": "r"}]})
        desk.server.reload()
        await until(is_here)
        assert await problems() == [f"notifications.json: rules[0].{key}" for key in ("events", "channels")]

        write(home.notifications, {"channels": {"there": {"type": "desktop"}}})
        assert (await client.send(rules.reload())).problems == []
        assert await names() == ["there"]

        write(home.notifications, "{")
        assert [one.place for one in (await client.send(rules.reload())).problems] == ["notifications.json:1"]
        assert await names() == ["there"]

        write(home.config, "[server]\nhtp = 1")
        with pytest.raises(ConflictError, match=r"config\.toml:2: \[server\] htp"):
            await client.send(rules.reload())
        write(home.config, CONFIG)
        home.notifications.chmod(0o666)
        with pytest.raises(ConflictError, match="chmod go-w"):
            await client.send(rules.reload())
        assert await names() == ["there"]


async def test_no_secret_is_in_anything_that_a_server_writes(home: Home) -> None:
    told: dict[str, Any] = EXAMPLE["settings"]["notifications"]
    listed = {**told["channels"], "slack-alerts": {"type": "slack", "webhookUrl": NOWHERE}}
    listed["broken"] = {"type": "telegram", "botToken": "sesame", "chatId": "sesame sesame"}
    rule = {
        "id": "keys",
        "events": ["key:*"],
        "channels": ["slack-alerts", "telegram-oncall", "webhook-pagerduty"],
    }
    write(
        home.notifications, {"channels": listed, "rules": [rule], "baseUrls": {"telegram": "http://127.0.0.1:1"}}
    )
    made: dict[str, Any] = {"url": "https://127.0.0.1:1/sesame", "headers": {"X-Key": "sesame"}}
    said: list[object] = []
    log.configure(home.logs, "debug")
    async with here(home) as desk:
        client = desk.client

        async def ask(call: Any) -> Any:
            try:
                answer = await client.send(call)
            except CallboardError as error:
                said.append(error.sentence)
                return None
            said.append(msgspec.json.encode(answer).decode())
            return answer

        await ask(channels.add_channel(NewChannel("made", "webhook", made)))
        for wrong in (
            NewChannel("made", "webhook", made),
            NewChannel("sesame sesame", "webhook", made),
            NewChannel("x", "webhook", {"url": "sesame", "sekret": "sesame"}),
            NewChannel("x", "webhook", {**made, "headers": {"X-Key": "${PD_TOKEN}"}}),
            NewChannel("x", "telegram", {"botToken": "sesame sesame", "chatId": "1"}),
        ):
            await ask(channels.add_channel(wrong))
        await ask(channels.change_channel("made", ChannelChange({**made, "secret": "sesame"})))
        await ask(channels.change_channel("made", ChannelChange({"url": "***", "headers": {"Y": "***"}})))
        for channel in (await ask(channels.channels())).items:
            await ask(channels.channel(channel.name))
            await ask(channels.try_channel(channel.name))
            await ask(channels.try_channel(channel.name, send=channel.name != "ops-email"))
        key = await client.send(people.create_key(KeyCreation("a key")))
        await client.send(people.revoke_key(key.id))

        async def attempted() -> bool:
            found = (await client.send(deliveries.deliveries(filter="rule:keys"))).items
            return len(found) == 3 and all(one.attempts for one in found)

        await until(attempted)
        for delivery in (await ask(deliveries.deliveries())).items:
            await ask(deliveries.delivery(delivery.id))
        await ask(rules.reload())
        await ask(people.audit())
    log.close()
    said += [file.read_text() for file in home.logs.iterdir()]

    lines = [
        line for text in said for line in str(text).replace("sesame sesame", "").splitlines() if "sesame" in line
    ]
    assert lines == []
    assert "slack-alerts" in "".join(map(str, said))
