"""The app on a server with sessions in memory, and a few sessions for pictures."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from core.api.approvals import Approval
from core.api.automations import Automation
from core.api.inbox import InboxItem
from core.api.sessions import FileChange, SessionDetail
from core.clock import ManualClock
from tests.fakes.sessions import (
    NOW,
    FakeSessions,
    Transcript,
    ago,
    approval,
    at_work,
    session,
    stage,
    turn,
)
from tests.tui.making import WIDE, app_on, live, screen_text, until
from tui.app import CallboardApp
from tui.keymap import AppSettings
from tui.screens.place import Place


class Hall:
    """The app, its pilot, and the server that it shows."""

    def __init__(self, app: CallboardApp, pilot: Pilot[None], fake: FakeSessions) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def said(self) -> str:
        assert isinstance(self.app.screen, Place)
        return self.app.screen.key_bar.flashed

    @property
    def copied(self) -> str:
        return self.app.clipboard

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if letter == " " else letter for letter in text))

    async def see(self, text: str) -> None:
        try:
            await until(self.pilot, lambda: text in self.text)
        except AssertionError:
            raise AssertionError(f"There is no {text!r} on\n{self.text}") from None

    async def see_no(self, text: str) -> None:
        await until(self.pilot, lambda: text not in self.text)

    async def hear(self, text: str) -> None:
        """What is said in the line at the foot."""
        await until(self.pilot, lambda: text in self.said)

    async def open(self, number: int) -> None:
        """Go to a session by its link."""
        from tui.navigation import open_link

        assert await open_link(self.app, f"callboard:session/{number}")
        await self.see(self.fake.sessions[number].title[:20] or "Session")


@asynccontextmanager
async def hall(
    clock: ManualClock,
    folder: Path,
    sessions: Sequence[SessionDetail] | None = None,
    approvals: Sequence[Approval] = (),
    *,
    size: tuple[int, int] = WIDE,
    items: Sequence[InboxItem] = (),
    automations: Sequence[Automation] = (),
    settings: AppSettings | None = None,
) -> AsyncIterator[Hall]:
    fake = FakeSessions(clock, floor() if sessions is None else sessions, approvals, items, automations)
    app = app_on(fake, clock, folder, settings)
    async with app.run_test(size=size) as pilot:
        await live(pilot, app)
        yield Hall(app, pilot, fake)


CARGO = "".join(f"   Compiling crate-{number} v0.{number}.0\n" for number in range(1, 60))


def running() -> SessionDetail:
    """One that is at its second stage, for pictures."""
    return session(
        12,
        "Export invoices as CSV",
        detail="Claude writes the tests",
        model="sonnet",
        branch="callboard/12-export-invoices",
        base="main",
        workflow="feature",
        pull_request="https://github.com/example/atelier/pull/31",
        pull_request_state="open",
        cost=0.42,
        unmetered=1,
        denied_tools=1,
        failed_tools=2,
        changes=[FileChange("src/export.py", 40, 2), FileChange("tests/test_export.py", 61, 0)],
        started_at=ago(12),
        stages=[
            stage(1, "Code Architecture", started_at=ago(12), ended_at=ago(10)),
            stage(2, "Main prompt", started_at=ago(10), ended_at=ago(4)),
            stage(3, "Update Tests", "running", started_at=ago(4)),
            stage(4, "Verification", "pending"),
        ],
        turns=[
            turn(1, "How is it built?", stage=1, purpose="architecture", text="In three layers.", cost=0.12,
                 input_tokens=12000, output_tokens=900, started_at=ago(12), ended_at=ago(10)),
            turn(2, "Export invoices as CSV.", stage=2, author="dana", text="Done: `invoices.csv`.", cost=0.30,
                 input_tokens=48000, output_tokens=3100, started_at=ago(10), ended_at=ago(4)),
            at_work(3, "Write the tests.", stage=3, purpose="tests", started_at=ago(4)),
        ],
    )  # fmt: skip


def asking() -> SessionDetail:
    return session(
        13,
        "Upgrade the toolchain",
        state="asking",
        detail="Waits for an answer: Run cargo test?",
        provider="acp",
        approvals=1,
        stages=[stage(1, "Main prompt", "running", started_at=ago(5))],
        turns=[at_work(1, "Upgrade the toolchain.", stage=1, author="dana", started_at=ago(5))],
    )


def talk() -> SessionDetail:
    return session(
        14,
        "What does the ledger do?",
        kind="chat",
        state="waiting",
        outcome="succeeded",
        cost=0.0132,
        ended_at=ago(3),
        stages=[stage(1, "Message", name="message", started_at=ago(5), ended_at=ago(3))],
        turns=[turn(1, "What does the ledger do?", stage=1, author="dana", purpose="chat",
                    text="It keeps what was paid, in three tables.", cost=0.0132)],
    )  # fmt: skip


def floor() -> list[SessionDetail]:
    """One of each state."""
    return [
        running(),
        asking(),
        talk(),
        session(15, "Clean the attic", state="queued", started_at=None, provider="shell"),
        session(9, "Move the server", state="done", outcome="succeeded", unmetered=1, provider="shell",
                updated_at=NOW - timedelta(days=2), ended_at=NOW - timedelta(days=2)),
        session(8, "Sync the ledger", state="failed", outcome="failed", detail="make test ended with 2",
                can_resume=True, updated_at=ago(90), automation=2,
                stages=[stage(1, "Sync", started_at=ago(100), ended_at=ago(95)),
                        stage(2, "Tests", "failed", kind="command", detail="make test ended with 2")]),
    ]  # fmt: skip


def printed(fake: FakeSessions) -> None:
    """What the sessions of the floor have printed."""
    fake.outputs[12, 2] = Transcript("Reading src/export.py\nWriting src/export.py\n")
    fake.outputs[12, 3] = Transcript(CARGO + "running 14 tests\n", running=True)
    fake.outputs[13, 1] = Transcript("I am going to run the tests.\n", running=True)


def question() -> Approval:
    return approval(5, 13)
