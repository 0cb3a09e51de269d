"""A new session, written key by key."""

from pathlib import Path

from core.api.sessions import SessionCreation
from core.clock import ManualClock
from core.errors import InvalidError
from tests.tui.agents import hall

TALL = (120, 40)


async def test_a_chat_is_begun(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "n")
        await it.see("Chat: talk to an agent")
        it.app.screen.query_one("TextControl").focus()
        await it.type("Hello")
        await it.press("ctrl+s")
        await it.see("Session › Hello")
        assert it.fake.begun == [SessionCreation("atelier", "chat", "Hello")]


async def test_a_workflow_asks_for_its_parameters(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, size=TALL) as it:
        await it.press("E", "n", "right")
        await it.see("Code Architecture")
        await it.press("tab", "tab", "right")
        await it.see("branch")
        await it.press("tab", "tab")
        await it.type("main")
        await it.press("ctrl+s")
        await it.see("Session › ledger-sync")
        assert it.fake.begun == [
            SessionCreation("atelier", "develop", workflow="ledger-sync", parameters={"branch": "main"})
        ]


async def test_what_is_missing_is_said_beside_the_field(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "n", "ctrl+s")
        await it.see("Say what is to be done.")
        assert it.fake.begun == []


async def test_a_refusal_is_said_beside_its_field_and_loses_nothing(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "n")
        await it.see("Chat: talk to an agent")
        it.app.screen.query_one("TextControl").focus()
        await it.type("Hello")
        it.fake.refuse = InvalidError("There is no such model.", "model")
        await it.press("ctrl+s")
        await it.see("✖ Model")
        await it.see("There is no such model.")
        await it.see("Hello")


async def test_leaving_asks_where_something_would_be_lost(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await it.press("E", "n")
        await it.see("Chat: talk to an agent")
        it.app.screen.query_one("TextControl").focus()
        await it.type("Hello")
        await it.press("escape")
        await it.see("Leave without beginning it?")
        await it.press("n", "escape", "y")
        await it.see("[Active]")
