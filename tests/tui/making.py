"""Notifications, and the app on an inbox in memory, for the tests of the app."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.containers import ScrollableContainer
from textual.pilot import Pilot
from textual.widget import Widget

from core.api.inbox import InboxItem, Severity
from core.clock import Clock
from tests.fakes.inbox import FakeInbox
from tui.app import CallboardApp
from tui.cache import Cache
from tui.keymap import AppSettings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WIDE = (120, 30)
NARROW = (80, 24)


def item(
    number: int,
    title: str = "",
    *,
    body: str = "",
    severity: Severity = "info",
    link: str | None = None,
    link_label: str | None = None,
    read: bool = False,
    starred: bool = False,
    dismissed: bool = False,
    minutes: int = 5,
    workspace: str | None = "atelier",
) -> InboxItem:
    at = NOW - timedelta(minutes=minutes)
    return InboxItem(
        id=number,
        title=title or f"Notification {number}",
        body=body,
        severity=severity,
        event="task:review",
        reason="You are the assigned developer",
        link=link,
        link_label=link_label,
        workspace=workspace,
        created_at=at,
        read_at=at if read else None,
        starred_at=at if starred else None,
        dismissed_at=at if dismissed else None,
        snoozed_until=None,
        source="task",
    )


def items(count: int) -> list[InboxItem]:
    return [item(number, minutes=count + 1 - number) for number in range(1, count + 1)]


def month() -> list[InboxItem]:
    """A few of each kind, for pictures."""
    return [
        item(
            1,
            "API key ci-deploy expires in 14 days",
            link="/keys",
            link_label="Open Keys",
            minutes=9000,
            read=True,
        ),
        item(
            2, "Budget at 80 %: atelier has spent 412.10 of 500.00", severity="warning", minutes=2900, read=True
        ),
        item(3, "Hook failed: make lint", severity="critical", minutes=1500, read=True, starred=True),
        item(4, "Automation skipped: Nightly dependency update", severity="warning", minutes=500),
        item(5, "Phở đặc biệt đã sẵn sàng 🍜 日本語のお知らせ", minutes=190, read=True, workspace=None),
        item(
            6,
            "Merge failed: feature/ledger into main",
            body="Conflicts in 2 files:\n    src/ledger.py\n    src/money.py\n\nNothing was changed.",
            severity="critical",
            link="/sessions/12",
            link_label="Open Session",
            minutes=42,
        ),
        item(
            7,
            "Ready for review: Export invoices as CSV",
            link="/sessions/9",
            link_label="Open Session",
            minutes=3,
        ),
    ]


def app_on(
    fake: FakeInbox,
    clock: Clock,
    folder: Path,
    settings: AppSettings | None = None,
    wrong: Sequence[str] = (),
) -> CallboardApp:
    return CallboardApp(
        fake,
        fake.ensure,
        cache=Cache(folder),
        settings=settings or AppSettings(),
        wrong=list(wrong),
        place="atelier-01",
        clock=clock,
    )


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until this holds."""
    for _ in range(300):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("It did not come to hold.")


async def live(pilot: Pilot[None], app: CallboardApp) -> None:
    """Let the app reach the server, and show what it answers."""
    await until(pilot, lambda: app.workbench.live.connection == "live")
    await pilot.pause()


def screen_text(app: CallboardApp) -> str:
    """What is on the screen, line by line."""
    size = app.size
    widgets = [(widget, widget.region) for widget in app.screen.walk_children(Widget) if widget.region.area]
    lines = [[" "] * size.width for _ in range(size.height)]
    for widget, region in widgets:
        if not widget.display or (widget.is_container and not _draws(widget)):
            continue
        for y in range(region.height):
            _put(lines, region.x, region.y + y, widget.render_line(y).text)
    return "\n".join("".join(line).rstrip() for line in lines)


def _draws(widget: Widget) -> bool:
    """Whether a container has lines of its own around what it contains."""
    return type(widget).render_line is not Widget.render_line and not isinstance(widget, ScrollableContainer)


def _put(lines: Sequence[list[str]], x: int, y: int, text: str) -> None:
    if 0 <= y < len(lines):
        lines[y][x : x + len(text)] = text
