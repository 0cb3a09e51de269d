"""The deliveries, key by key: what became of each, its views, sending again and taking back, and by hand."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from core.api.deliveries import Attempt, Sending
from core.clock import ManualClock
from core.errors import InvalidError
from tests.fakes.channels import NOW, FakeChannels, delivery
from tests.tui.making import item
from tests.tui.outgoing import outgoing
from tui.navigation import open_link
from tui.screens.delivery import DeliveryScreen
from tui.screens.sending import SendingScreen


async def test_the_list_says_what_became_of_each_and_the_text_why(clock: ManualClock, tmp_path: Path) -> None:
    fake = FakeChannels(clock)
    fake.attempts["notif_0005"] = [
        Attempt(1, NOW - timedelta(minutes=4), 10_000, "transient", "No answer within 10 seconds."),
        Attempt(2, NOW - timedelta(minutes=3), 140, "retry", "429 Too Many Requests: retry after 240"),
    ]
    fake.data["notif_0005"] = b'{"taskId":"t_1","to":"failed"}'
    async with outgoing(clock, tmp_path, "O", fake=fake, size=(120, 40)) as it:
        await it.see("○ Pending   2m   slack-alerts   in 3h: Deploy at noon")
        assert "» Dropped   4h   slack-alerts   Held back" in it.text
        assert "○ Pending   4m   oncall         again in 4m: " in it.text
        await it.at("oncall")
        await it.see("○ Pending   is tried again in 4m")
        await it.see("▲ 1  Mon  2 Mar 09:56  did not work  in 10 s")
        assert "429 Too Many Requests: retry after 240" in it.text
        assert "Next try   Mon 2 Mar 2026, 10:04 CET · in 4 minutes" in it.text
        assert '"taskId": "t_1",' in it.text
        it.fake.put(replace(it.fake.deliveries["notif_0005"], status="sent", error=None, attempts=3))
        await it.see("✓ Sent      4m   oncall")
        it.fake.put(delivery(80, "Left", status="pending", minutes=9, channel="old-hook"))
        await it.see("old-hook       waiting: Left")
        await it.at("Held back")
        await it.see("held back by the cooldown of task-failed until")
        it.fake.put(delivery(90, "Just in", status="pending", minutes=0))
        await it.see("Just in")


async def test_views_and_filters(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "O") as it:
        for view, shown in (("Pending", "Deploy"), ("Failed", "Merge"), ("Dropped", "Held"), ("Sent", "Export")):
            await it.press("greater_than_sign")
            await it.see(f"[{view}]")
            await it.see(shown)
        await it.press("less_than_sign", "slash", *"rule", "colon", *"direct", "enter")
        await it.see("Deliveries › rule:direct")
        await it.see_no("Held back")
        await it.press("slash", "end", *" bad", "colon", "x")
        await it.see("There is no field 'bad' here.")
        await it.press("escape", "escape")
        await it.see("[All]")
        await it.press("escape")
        await it.until(lambda: it.app.screen is it.app.workbench)


async def test_what_failed_is_sent_again_and_what_waits_is_taken_back(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "O") as it:
        await it.at("Export")
        assert "Send again" not in it.text.splitlines()[-1]
        await it.press("r")
        await it.says("It was sent: there is nothing to send again.")
        await it.press("c")
        await it.says("Only what is pending can be taken back.")
        await it.at("old-hook")
        assert "r Send again" in it.text.splitlines()[-1]
        await it.press("r")
        await it.says("Sends it again")
        await it.see("○ Pending   1h   old-hook")
        await it.press("g", "asterisk", "c")
        await it.says("Took 3 back")
        await it.see("■ Cancelled 2m")
        assert {one.status for one in it.fake.deliveries.values()} == {"cancelled", "dropped", "sent"}
        await it.see("taken back by dana")
        await it.press("asterisk")
        it.fake.refuse = InvalidError("That one is too old.")
        await it.press("r")
        await it.says("Sends 3 again, and not 1: That one is too old.")


async def test_a_delivery_leads_to_its_channel_and_to_where_its_event_leads(
    clock: ManualClock, tmp_path: Path
) -> None:
    failed = item(7, "Alert not sent", link="callboard:delivery/notif_0004", link_label="Open Delivery")
    fake = FakeChannels(clock, items=[failed])
    fake.data["notif_0004"] = b'{"sessionId": 12}'
    async with outgoing(clock, tmp_path, fake=fake) as it:
        await it.see("Alert not sent")
        await it.press("g", "o")
        await it.see("Delivery › notif_0004")
        await it.see("410 Gone: the address is no more.")
        await it.press("Y")
        assert it.app.clipboard == "🚨 Merge failed: feature/ledger\n\nWhat delivery 4 says."
        await it.press("y")
        assert it.app.clipboard == "callboard:delivery/notif_0004"
        await it.press("o")
        await it.see("Channel › old-hook")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, DeliveryScreen))
        await it.press("r")
        await it.see("○ Pending")
        await open_link(it.app, "callboard:delivery/notif_9999")
        await it.says("There is no such delivery.")


async def test_a_message_is_sent_by_hand_now_or_later(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "O", "S", size=(100, 30)) as it:
        form = it.app.screen
        assert isinstance(form, SendingScreen)
        await it.see("slack-alerts (slack)")
        await it.press("ctrl+s")
        await it.says("Give it a title.")
        await it.type("Deploy")
        await it.press("tab", *"at noon", "tab", "tab", *"6x")
        await it.see("This is no time")
        await it.press("ctrl+s")
        assert it.fake.made == []
        await it.press("backspace", "backspace", *"45d")
        await it.see("A message waits for at most 30 days.")
        await it.press(*["backspace"] * 3, *"5m")
        await it.see("goes out today 10:05")
        it.fake.break_off()
        await it.press("ctrl+s")
        await it.see("Not sent yet: what you typed is still here.")
        it.fake.come_back()
        await it.until(lambda: it.app.workbench.live.connection == "live")
        await it.press("ctrl+s")
        await it.says("It goes out today 10:05")
        (sent,) = it.fake.made
        assert isinstance(sent, Sending)
        assert (sent.channel, sent.title, sent.body, sent.delay_ms) == (
            "slack-alerts",
            "Deploy",
            "at noon",
            300_000,
        )
        assert sent.id
        await it.see("▌  ○ Pending   now  slack-alerts   by hand               in 5m: Deploy")
        await it.press("c")
        await it.see("■ Cancelled")


async def test_a_message_that_is_being_written_is_not_lost_by_mistake(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "C", "S") as it:
        await it.type("words")
        await it.press("escape")
        await it.see("Not sent yet. Leave?")
        await it.press("n", "tab", *"more", "ctrl+s")
        await it.says("It goes out now")
        await it.press("S")
        await it.see("desk (desktop)")
        it.fake.channels.clear()
        await it.type("more words")
        await it.press("tab", "x", "ctrl+s")
        await it.see("✖ Channel")
        await it.see("There is no channel desk.")
