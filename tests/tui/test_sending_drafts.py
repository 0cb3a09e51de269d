"""A channel and a message as they are being written: what is wrong with them, and what is sent."""

from datetime import UTC, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from core.api.channels import ChannelType
from core.channels.configuring.kinds import keys_of
from tests.fakes.channels import NOW, channel
from tui.drafts.automation import Value
from tui.drafts.channel import TYPE, ChannelDraft, settings
from tui.drafts.sending import SendingDraft

RATE = "ratePerMinute"


def written(type: ChannelType, **typed: Value) -> ChannelDraft:
    return ChannelDraft("ops", type, {(type, name): value for name, value in typed.items()})


@pytest.mark.parametrize("type", get_args(ChannelType))
def test_a_form_has_a_field_for_all_that_a_type_can_be_told(type: ChannelType) -> None:
    assert {one.name for one in settings(type)} == {*keys_of(type), RATE}
    assert (type in dict(TYPE.options)) is (type != "apprise")
    assert [one.name for one in settings(type) if one.needed] == [
        key.name for key in keys_of(type).values() if key.needed
    ]


def test_what_is_typed_becomes_settings_of_the_shapes_that_they_have() -> None:
    draft = written("webhook", url=" https://example.org/x ", headers="Authorization: Bearer a:b\n\nX-Two: 2")
    assert draft.new().settings == {
        "url": "https://example.org/x",
        "headers": {"Authorization": "Bearer a:b", "X-Two": "2"},
    }
    assert draft.problems() == {}
    mail = written("email", provider="smtp", to="a@x.org, b@x.org", host="mx", port="25", apiKey="typed before")
    assert mail.settings() == {"provider": "smtp", "to": ["a@x.org", "b@x.org"], "host": "mx", "port": 25}


@pytest.mark.parametrize(
    ("draft", "wrong"),
    [
        (written("slack"), {"settings.webhookUrl": "This one is needed."}),
        (written("slack", webhookUrl="hooks"), {"settings.webhookUrl": "This is the whole address"}),
        (written("slack", webhookUrl="${HOOK}"), {}),
        (written("slack", webhookUrl="***"), {}),
        (written("slack", webhookUrl="***x"), {"settings.webhookUrl": "Type the whole secret"}),
        (written("telegram", chatId="room"), {"settings.botToken": "This one is needed."}),
        (written("email", to="me", apiKey="k"), {"settings.to": "This is not an address of mail"}),
        (written("webhook", url="https://x.org", headers="none"), {"settings.headers": "Write each in a line"}),
        (written("desktop", ratePerMinute="many"), {"settings.ratePerMinute": "This is a number."}),
        (ChannelDraft("a b", "desktop"), {"name": "A channel's name has 1 to 64"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(draft: ChannelDraft, wrong: dict[str, str]) -> None:
    found = draft.problems()
    assert found.keys() == wrong.keys()
    assert all(found[name].startswith(sentence) for name, sentence in wrong.items())


def test_a_channel_that_is_there_is_typed_as_it_is() -> None:
    known = {"url": "***/${NAME}", "secret": "Bearer ***", "headers": {"X-A": "***"}, "ratePerMinute": 30}
    draft = ChannelDraft.of(channel("hook", type="webhook", settings=known))
    assert draft.settings() == known
    assert draft.problems() == {}


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "delay", "said"),
    [
        ("", 0, "now, unless"),
        ("0", 0, "now, unless"),
        ("5m", 300_000, "goes out today 10:05"),
        ("tomorrow 9:00", 23 * 3_600_000, "goes out tomorrow 09:00"),
        ("30d", 30 * 86_400_000, "goes out Wed 1 Apr, 11:00"),
    ],
)
def test_when_a_message_goes_out(typed: str, delay: int, said: str) -> None:
    draft = SendingDraft(
        {**SendingDraft.empty("ops", "atelier").values, "title": "T", "body": "B", "when": typed}
    )
    assert draft.problems(NOW, BERLIN) == {}
    assert draft.sending(NOW, BERLIN, "notif_1").delay_ms == delay
    assert draft.goes_out(NOW, BERLIN).startswith(said)


@pytest.mark.parametrize("typed", ["31d", "soon", "25:00", "9999w", "2026-01-01", "\x1b[2J"])
def test_a_time_that_is_none_is_said_to_be(typed: str) -> None:
    draft = SendingDraft.empty("ops", "atelier")
    draft.values["when"] = typed
    assert draft.problems(NOW, UTC)["when"].endswith(".")
    assert draft.problems(NOW + timedelta(days=1), UTC).keys() == {"title", "body", "when"}
