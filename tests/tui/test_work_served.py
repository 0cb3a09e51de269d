"""My Work on a real server: from a session that ends to the row that shows it, hides it and brings it back."""

from pathlib import Path

from core.api import sessions
from core.api.sessions import Message, SessionCreation
from tests.servers import here, home_in
from tests.tui.making import screen_text, until
from tests.tui.test_automations_served import app_on_server

SIZE = (100, 30)


async def test_a_session_shows_is_hidden_and_comes_back_when_it_fails(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as served:
        app = app_on_server(served, tmp_path)
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.workbench.live.connection == "live")
            creation = SessionCreation("default", "chat", "true", provider="shell", title="Sign-in page")
            begun = await served.client.send(sessions.create_session(creation))
            await until(pilot, lambda: "● Waiting   Sign-in page" in screen_text(app))
            await pilot.press("g", "d")
            await until(pilot, lambda: "Hid 1 · z undoes it" in screen_text(app))
            await pilot.press("z")
            await until(pilot, lambda: "● Waiting   Sign-in page" in screen_text(app))
            await pilot.press("g", "d")
            await until(pilot, lambda: "Sign-in page" not in screen_text(app))
            await served.client.send(sessions.say(begun.id, Message("exit 3")))
            await until(pilot, lambda: "✖ Failed    Sign-in page" in screen_text(app))
            await pilot.press("0", "greater_than_sign")
            await until(pilot, lambda: "[Needs you]" in screen_text(app))
            await until(pilot, lambda: "Session      ✖ Failed     Sign-in page" in screen_text(app))
            await pilot.press("S", "t")
            await until(pilot, lambda: "type ↑" in screen_text(app))
            await until(pilot, lambda: "▌  Session " in screen_text(app))  # as in the sidebar, not from below
            await pilot.press("slash", *"type", "colon", *"session", "enter", "y")
            await until(pilot, lambda: app.clipboard == "callboard:work?filter=type%3Asession")
