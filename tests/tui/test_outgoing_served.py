"""Channels and deliveries on a real server: from a form to a message that arrives, and to one that does not."""

from pathlib import Path

from tests.fakes.failing import Failing
from tests.fakes.webhook import FakeReceiver
from tests.servers import here, home_in
from tests.tui.making import screen_text, until
from tests.tui.test_automations_served import app_on_server


async def test_a_channel_is_made_sends_and_is_gone(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.path.mkdir(mode=0o700, parents=True)
    async with FakeReceiver().open() as receiver:
        config = home.path / "config.toml"
        config.write_text(f'[outbound]\nallow = ["{receiver.allowed}"]\n')
        config.chmod(0o600)
        async with here(home) as served:
            app = app_on_server(served, tmp_path)
            async with app.run_test(size=(120, 40)) as pilot:

                async def see(text: str) -> None:
                    await until(pilot, lambda: text in screen_text(app))

                await until(pilot, lambda: app.workbench.live.connection == "live")
                await pilot.press("C", "n", *"hook", "tab", "w", "w", "tab", *receiver.url)
                await pilot.press("ctrl+s")
                await see("● Working   hook")
                await pilot.press("t", "s")
                await see("✓ Test: A test message was sent.")
                await see("·············█")
                await pilot.press("S")
                await see("hook (webhook)")
                await pilot.press(*"Deploy", "tab", *"soon", "tab", "tab", *"10m", "ctrl+s")
                await see("hook             1")
                receiver.fails(Failing.GONE)
                await pilot.press("O")
                await see("○ Pending   now  hook")
                await pilot.press("r")
                await see("✖ Failed    now  hook")
                await see("channel gone")
                assert len(receiver.asked) == 2
                await pilot.press("W")
                await see("Could not be sent to hook")
                await see("Channel disabled: hook")
                await pilot.press("g", "j", "o")
                await see("Delivery › notif_")
                await pilot.press("o")
                await see("■ Disabled")
