"""The channels, key by key: what is said of each, its test, its switch, and the form that it is made in."""

from pathlib import Path

from msgspec.structs import replace

from core.api.channels import ChannelChange, ChannelTest, Setting
from core.clock import SECOND, ManualClock
from core.errors import ConflictError, InvalidError
from tests.fakes.channels import NOW, FakeChannels, channel, days
from tests.tui.making import NARROW
from tests.tui.outgoing import outgoing
from tui.navigation import open_link
from tui.screens.channel import ChannelScreen
from tui.screens.channel_form import ChannelFormScreen
from tui.screens.channels import ChannelsScreen
from tui.screens.deliveries import DeliveriesScreen
from tui.screens.sending import SendingScreen
from tui.widgets.controls import LineControl
from tui.widgets.fields import Field


async def test_the_list_says_how_each_channel_does(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C") as it:
        await it.see("● Working   slack-alerts")
        assert "✖ Broken    mail-ops         2" in it.text
        assert "‖ Paused    oncall           31       ✖ 5m     ···········▄✖▁" in it.text
        await it.at("oncall")
        await it.see("Paused     until Mon 2 Mar 2026, 10:04 CET")
        await it.see("Last error 429 Too Many Requests: retry after 240")
        assert "···········▄✖▁  14 sent, 2 failed, 40 dropped" in it.text
        assert "Yesterday           9 sent, 2 failed" in it.text
        assert "botToken        ***" in it.text
        it.fake.put(replace(it.fake.channels["oncall"], state="working", pending=0, reason=None))
        await it.see("● Working   oncall")
        await it.see("Pending    nothing")
        over = replace(channel("over"), state="paused", paused_until=NOW)
        it.fake.put(over)
        await it.see("‖ Paused    over")
        it.fake.channels["over"] = replace(over, state="working")
        clock.advance(SECOND)
        assert isinstance(it.app.screen, ChannelsScreen)
        it.app.screen.refresh_ages()
        await it.see("● Working   over")
        await it.press("slash", *"state", "colon", *"disabled", "enter")
        await it.see_no("slack-alerts")
        await it.see("■ Disabled  old-hook")


async def test_a_channel_is_opened_by_its_key_and_by_its_link(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C", size=NARROW) as it:
        await it.at("slack-alerts")
        await it.press("enter")
        await it.see("Channel › slack-alerts")
        await it.see("${SLACK_WEBHOOK_URL}")
        await it.press("y")
        assert it.app.clipboard == "callboard:channel/slack-alerts"
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, ChannelsScreen))
        await it.press("escape")
        await open_link(it.app, "callboard:channel/slack-alerts")
        await it.until(lambda: isinstance(it.app.screen, ChannelScreen))
        await it.press("o")
        await it.see("Deliveries › channel:slack-alerts")
        await it.see("Held back")
        assert "Merge failed" not in it.text
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, ChannelScreen))
        await open_link(it.app, "callboard:channel/nowhere")
        await it.says("There is no channel nowhere.")


async def test_a_test_asks_whether_to_send_and_its_result_stays(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C") as it:
        await it.at("slack-alerts")
        await it.press("t")
        await it.see("Test “slack-alerts”?")
        await it.press("escape")
        assert it.fake.tests == []
        await it.press("t", "r")
        await it.see("✓ Test: Slack answered ok. (120 ms)")
        it.fake.result = ChannelTest("", False, "Slack says no_team: the webhook is gone.")
        await it.press("t", "s")
        await it.see("✖ Test: Slack says no_team: the webhook is")
        assert it.fake.tests == [("slack-alerts", False), ("slack-alerts", True)]
        await it.press("g")
        await it.see_no("✖ Test")
        it.fake.refuse = InvalidError("Whoever may manage channels can test them.")
        await it.press("t", "r")
        await it.see("✖ Test: Whoever may manage channels can test them.")


async def test_a_channel_is_switched_off_and_on_and_deleted_after_a_question(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with outgoing(clock, tmp_path, "C") as it:
        await it.at("slack-alerts")
        await it.press("s")
        await it.see("■ Disabled  slack-alerts")
        await it.press("s")
        await it.see("● Working   slack-alerts")
        assert it.fake.made == [ChannelChange(enabled=False), ChannelChange(enabled=True)]
        it.fake.refuse = ConflictError("The rules task-failed and nightly name this channel: change them first.")
        await it.press("d", "y")
        await it.see("The rules task-failed and nightly name this channel")
        await it.press("n", "d", "n")
        assert "slack-alerts" in it.fake.channels
        await it.press("d", "y")
        await it.says("Deleted slack-alerts")
        await it.see_no("● Working   slack-alerts")


async def test_a_form_has_the_fields_of_its_type_and_hides_what_is_secret(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with outgoing(clock, tmp_path, "C", "n") as it:
        form = it.app.screen
        assert isinstance(form, ChannelFormScreen)
        await it.type("ops room")
        await it.see("A channel's name has 1 to 64 letters, digits, - _ and dots.")
        await it.press(*["backspace"] * 5, "tab", "tab", *"98765")
        secret = form.fields["settings.webhookUrl"].widget
        assert isinstance(secret, LineControl)
        assert "98765" not in it.text
        await it.see("This is the whole address")
        await it.press("shift+tab", "t")
        await it.see("botToken")
        assert "webhookUrl" not in it.text
        await it.press("tab", "dollar_sign", "left_curly_bracket", *"TOKEN", "right_curly_bracket")
        await it.see("${TOKEN}")
        await it.press("ctrl+s")
        await it.says("This one is needed.")
        assert it.fake.made == []
        await it.type("-1001")
        await it.press("escape", "n")
        it.fake.refuse = InvalidError("The channel ops needs the variable TOKEN.", "body.settings.botToken")
        await it.press("ctrl+s")
        await it.see("✖ botToken")
        await it.type("x")
        await it.press("backspace", "ctrl+s")
        await it.says("Saved ops")
        assert len(it.fake.made) == 1
        assert it.fake.channels["ops"].type == "telegram"
        assert it.fake.channels["ops"].settings == {"botToken": "${TOKEN}", "chatId": "-1001"}
        await it.see("▌● Working   ops")


async def test_several_letters_choose_a_type_as_one_does(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C", "n") as it:
        await it.press("tab", *"web")
        await it.see("webhook: ")
        await it.press("w")
        await it.see("whatsapp: ")
        await it.press("w")
        await it.see("webhook: ")


async def test_an_edit_keeps_the_secrets_that_nobody_typed_anew(clock: ManualClock, tmp_path: Path) -> None:
    known: dict[str, Setting] = {
        "provider": "smtp",
        "to": ["a@example.com"],
        "from": "b@example.com",
        "host": "mx",
        "port": 25,
        "user": "b",
        "password": "***",
    }
    fake = FakeChannels(clock, [channel("mail", type="email", settings=known), channel("set", source="file")])
    async with outgoing(clock, tmp_path, "C", "e", fake=fake) as it:
        await it.see("Edit › mail")
        form = it.app.screen
        assert isinstance(form, ChannelFormScreen)
        assert "settings.apiKey" not in form.fields
        form.fields["settings.provider"].widget.focus()
        await it.press("s")
        await it.see("apiKey")
        assert "host" not in it.text
        await it.press("s")
        await it.see("password")
        assert list(form.fields) == [field.key for field in form.form.query(Field)]
        form.fields["settings.to"].widget.focus()
        await it.type(", c@example.com")
        form.fields["settings.port"].widget.focus()
        await it.type("x")
        await it.see("This is a number.")
        await it.press("backspace")
        form.fields["settings.password"].widget.focus()
        await it.type("x")
        await it.see("Type the whole secret, or leave ***")
        await it.press("backspace", "ctrl+s")
        await it.says("Saved mail")
        assert it.fake.made == [ChannelChange(settings={**known, "to": ["a@example.com", "c@example.com"]})]
        await it.at("set")
        await it.press("e")
        await it.says("set is in a file of the home: change it there.")


async def test_what_was_typed_survives_a_refusal_and_a_server_that_is_away(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with outgoing(clock, tmp_path, "C", "n") as it:
        await it.type("desk2")
        await it.press("tab", "d")
        await it.see("desktop: the native alert")
        it.fake.break_off()
        await it.press("ctrl+s")
        await it.see("Not saved yet: what you typed is still here.")
        it.fake.come_back()
        await it.until(lambda: it.app.workbench.live.connection == "live")
        await it.press("escape")
        await it.see("Not saved yet. Leave?")
        await it.press("n", "ctrl+s")
        await it.says("Saved desk2")


async def test_who_may_not_see_settings_is_told_who_can_change_them(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeChannels(clock, [channel("ops", settings=None, days=days((1, 0, 0)))])
    async with outgoing(clock, tmp_path, "C", fake=fake) as it:
        await it.see("Last 14 days")
        assert "Settings" not in it.text
        await it.press("e")
        await it.says("Whoever may manage channels can change it")
        await it.press("S")
        await it.until(lambda: isinstance(it.app.screen, SendingScreen))


async def test_where_there_is_none_the_first_step_is_said(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C", fake=FakeChannels(clock, [], [])) as it:
        await it.see("There is no channel yet")
        for key in "tesdoy":
            await it.press(key)
            await it.says("There is no channel here.")
            it.place.key_bar.clear_flash()
        await it.press("O")
        await it.until(lambda: isinstance(it.app.screen, DeliveriesScreen))
        await it.see("Nothing has gone out yet")
        await it.press("r", "c", "L", "o", "y", "Y")
        await it.says("There is no delivery here.")
