"""The screens of automations on a real server."""

from pathlib import Path

from core.api import automations
from core.clock import SystemClock
from tests.servers import Here, here, home_in
from tests.tui.making import screen_text, until
from tui.app import CallboardApp
from tui.cache import Cache
from tui.keymap import AppSettings
from tui.screens.editor import EditorScreen

TALL = (150, 50)


def app_on_server(served: Here, folder: Path) -> CallboardApp:
    return CallboardApp(
        served.client,
        lambda: None,
        cache=Cache(folder),
        settings=AppSettings(),
        wrong=[],
        place="here",
        clock=SystemClock(),
    )


async def test_one_is_made_run_and_found_in_the_history(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as served:
        app = app_on_server(served, tmp_path)
        async with app.run_test(size=TALL) as pilot:
            await until(pilot, lambda: app.workbench.live.connection == "live")
            await pilot.press("A")
            await until(pilot, lambda: "Nothing runs by itself yet" in screen_text(app))
            await pilot.press("n", *"Sweep")
            screen = app.screen
            assert isinstance(screen, EditorScreen)
            screen.fields["cron"].widget.focus()
            await pilot.press(*["space" if key == " " else key for key in "0 2 * * 7x"])
            await until(pilot, lambda: "✖ Cron" in screen_text(app))
            await pilot.press("backspace")
            await until(pilot, lambda: "02:00" in screen_text(app))
            screen.fields["provider"].widget.focus()
            await until(pilot, lambda: "1/" in screen_text(app))
            await pilot.press("s")
            screen.fields["prompt"].widget.focus()
            await pilot.press(*"true", "ctrl+s")
            await until(pilot, lambda: "Saved “Sweep”" in screen_text(app))
            await until(pilot, lambda: "● Sweep" in screen_text(app))
            await pilot.press("r")
            await until(pilot, lambda: "It runs: session" in screen_text(app))
            await pilot.press("H")
            await until(pilot, lambda: "✓ succeeded" in screen_text(app))
            await pilot.press("escape", "t")
            await until(pilot, lambda: "Sweep: in" in screen_text(app))
        (made,) = (await served.client.send(automations.automations())).items
        assert (made.name, made.provider, made.cron) == ("Sweep", "shell", "0 2 * * 7")
