"""The app, in a real terminal, on a home full of hostile text: it shows it all, harmlessly, and lives."""

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from core.api import events
from core.api.events import NoticeRequest
from core.text import width
from tests.hostile.flooded import SENDABLE, WORKSPACE, Flooded, tag
from tests.terminal import Terminal, clean_environment, without_sequences
from tui.steady_signs import SteadySigns

WIDE, NARROW = (120, 30), (60, 20)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x30", "60x20"])
BORDER = "▕"
NOTICES = "event:system:notice"
ROW = re.compile(r".[● ] [·▲✖■] ")
STILL_ASKED_FOR = re.compile(r"^.    …", re.MULTILINE)
PASTED = "[/x]\x1b]52;c;aGk=\x07\x9b31;66m\u202e[@click=app.quit]{x}%s\x00"


@contextmanager
def app(home: Flooded, size: tuple[int, int], **environment: str) -> Iterator[Terminal]:
    """The app, with its list drawn; whatever a test does to it, nothing foreign may have been written."""
    with Terminal(
        ["callboard"], columns=size[0], rows=size[1], environment=home.environment(**environment)
    ) as terminal:
        terminal.wait_for("Live")
        terminal.settle()
        yield terminal
        assert terminal.running, terminal.screen
        terminal.press("ctrl+q")
        assert terminal.wait_closed() == 0
        assert terminal.foreign() == []


def typing(terminal: Terminal) -> None:
    """Open the line of the filter."""
    terminal.press("/")
    terminal.wait_for("sev:critical")


def filtered(terminal: Terminal, words: str) -> None:
    typing(terminal)
    terminal.press(words, "enter")
    terminal.wait_for("esc clears")
    terminal.settle()
    terminal.press("pageup", "pageup", "pageup")
    terminal.settle()


def to_the_foot(terminal: Terminal) -> None:
    """The cursor from the first row to the last of the first page: from there on each page is a new one."""
    terminal.wait_until(lambda screen: cursor_row(screen) == 0, "the cursor to be at the top")
    terminal.press("pagedown")
    terminal.wait_until(
        lambda screen: cursor_row(screen) == len(rows(screen)) - 1, "the cursor to be at the foot"
    )


def cursor_row(screen: str) -> int:
    drawn = [line for line in screen.splitlines() if ROW.match(line)]
    return next((row for row, line in enumerate(drawn) if line.startswith("▌")), -1)


def page_down(terminal: Terminal) -> None:
    """To the next page, and until it is drawn to its end: it begins with the last row of the page before."""
    before = rows(terminal.screen)
    terminal.press("pagedown")
    terminal.wait_until(lambda screen: follows(rows(screen), before, screen), "the next page")


def follows(page: list[str], before: list[str], screen: str) -> bool:
    begins = page[:1] == before[-1:] or tag(0) in screen
    return begins and page[-3:] != before[-3:] and not STILL_ASKED_FOR.search(screen)


def border(terminal: Terminal, column: int) -> set[str]:
    """What is drawn between the list and the text."""
    return {row[column].data for row in terminal.cells[1:-1]}


def rows(screen: str) -> list[str]:
    """The rows of the list, without the cursor's bar and without their ages."""
    return [line[1:30] for line in screen.splitlines() if ROW.match(line)]


def drawn(text: str) -> str:
    """As the app draws it: signs that terminals do not agree on are text."""
    return "".join(segment.text for segment in SteadySigns().apply([Segment(text)], Color(0, 0, 0)))


def leave_filter(terminal: Terminal) -> None:
    terminal.press("escape")
    terminal.press("escape")
    terminal.wait_gone("\n  / ")


WITHOUT_CLEANING = """
import sys, core.text
core.text.clean = lambda text, multiline=False: text.replace("\\n", " ")
from tui.cli.main import main
sys.exit(main([]))
"""


def test_an_app_that_does_not_clean_would_be_noticed(home: Flooded) -> None:
    command = [sys.executable, "-c", WITHOUT_CLEANING]
    with Terminal(command, columns=120, rows=30, environment=home.environment()) as terminal:
        terminal.wait_for("Live")
        terminal.settle()
        for key in ("G", "pageup", "pageup", "pageup"):
            terminal.press(key)
            terminal.settle()
        assert len(terminal.foreign()) > 10


def test_every_page_of_the_list_and_the_text_beside_it(home: Flooded) -> None:
    with app(home, WIDE) as terminal:
        filtered(terminal, "is:all since:1d")  # what other tests have read or dismissed, too
        column = terminal.lines[1].index(BORDER)
        to_the_foot(terminal)
        while tag(0) not in terminal.screen:
            page_down(terminal)
            terminal.wait_until(lambda _: border(terminal, column) == {BORDER}, "the text to stay on its side")
        written = without_sequences(terminal.written)
    assert [name for name in home.tags if name not in written] == []


def test_ordinary_text_is_seen_as_it_is(home: Flooded) -> None:
    titles = [
        f"{tag(number)} {drawn(sample.visible)}" for number, sample in enumerate(SENDABLE) if sample.visible
    ]
    recent = [title for title in titles[-120:] if width(title) <= 40]
    with app(home, NARROW) as terminal:
        filtered(terminal, NOTICES)
        terminal.wait_gone("A hook failed")
        to_the_foot(terminal)
        while recent[0] not in terminal.screen:
            page_down(terminal)
        written = without_sequences(terminal.written)
    assert [title for title in recent if title not in written] == []


@SIZES
def test_opening_one_notification_after_the_other(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        filtered(terminal, NOTICES)
        terminal.press("enter")
        terminal.settle()
        for _ in range(10):
            terminal.press("n" * 31)
            terminal.settle(0.05)
        assert "system:notice" in terminal.screen


@SIZES
def test_help_palette_themes_and_views(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        filtered(terminal, "owned")
        for key in ("?", "ctrl+p", "T", "b", "m", "f"):
            terminal.press(key)
            terminal.settle()
            terminal.press("a", "down", "pagedown", "escape")
        terminal.press("escape")
        for key in (*"szdzrUv", "down", *"dHRI", *"SB><!Hp", *"tttt][.", "ctrl+l"):
            terminal.press(key)
            terminal.settle(0.03)
        terminal.resize(size[1] * 3, size[0] // 4)
        terminal.settle()


@SIZES
def test_the_screens_of_automations(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        terminal.press("A")
        terminal.wait_for("automation")
        terminal.settle()
        for _ in range(3):
            for key in ("enter", "e", "H", "D"):
                terminal.press(key)
                terminal.wait_gone("Callboard  Automations" if key != "D" else "q Quit")
                terminal.settle(0.05)
                terminal.press("escape")
                terminal.wait_for("Callboard  Automations")
            terminal.press("pagedown")
            terminal.settle()
        terminal.press("L")
        terminal.wait_for("Callboard  History")
        terminal.press("escape", "t")
        terminal.wait_for("Callboard  Time line")


@SIZES
def test_a_filter_of_hostile_text_is_text(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        for words in ("[/x]", "bad:[@click=app.quit]x", '"open'):
            typing(terminal)
            terminal.press(words)
            terminal.wait_for(words)
            terminal.press("enter")
            terminal.settle()
            assert words in terminal.screen
            leave_filter(terminal)
        for pasted, shown in (("[/x]\x9b31;66m\u202e\x07{x}", "[/x]�31;66m�␇{x}"), (PASTED, "{x}%s")):
            typing(terminal)
            terminal.paste(pasted)
            terminal.wait_for(shown)
            terminal.press("enter")
            terminal.settle()
            leave_filter(terminal)


def test_what_arrives_while_somebody_looks(home: Flooded) -> None:
    with app(home, NARROW) as terminal:
        for number, text in enumerate(
            (PASTED.replace("\0", ""), "[/]", "\x1b[?1049l", "\u202eevil", "\r\n\x1bc")
        ):
            arrived = f"just now {number}"
            home.client.send(
                events.notify(
                    NoticeRequest(home.person, f"{arrived} {text}", text, "critical", workspace=WORKSPACE)
                )
            )
            terminal.wait_written(arrived)
            terminal.settle()


def test_what_is_copied_is_clean(home: Flooded) -> None:
    body = "first\x1b]52;c;aGk=\x07\r\nsecond\x9b31;66m\u202e"
    with Terminal(["callboard"], environment=home.environment()) as terminal:
        terminal.wait_for("Live")
        home.client.send(events.notify(NoticeRequest(home.person, "to copy \x1b[8m", body, workspace=WORKSPACE)))
        terminal.wait_for("to copy")
        filtered(terminal, '"to copy"')
        terminal.press("Y")
        terminal.settle()
        copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", terminal.written)
        assert len(copied) == 1
        text = base64.b64decode(copied[0]).decode()
        assert "first" in text
        assert text.replace("\n", "").isprintable()
        assert [found.what for found in terminal.foreign() if "\\x1b]52;c;" not in found.what] == []


def test_a_configuration_full_of_escapes_is_complained_about_harmlessly(home: Flooded, tmp_path: Path) -> None:
    (tmp_path / "callboard").mkdir()
    (tmp_path / "callboard" / "app.toml").write_text(
        '"\\u001b]0;x\\u0007[/b]" = 1\ntheme = "\\u009b31;66m[/x]"\n'
        '[keymap]\n"\\u202e[/]" = "x"\nopen = "\\u001b[2J"\n'
    )
    with app(home, NARROW, XDG_CONFIG_HOME=str(tmp_path)) as terminal:
        assert "✖" in without_sequences(terminal.written)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a home whose very name is an attack."""
    environment = clean_environment(HOME=str(tmp_path), CALLBOARD_HOME=str(tmp_path / "h\x1b]0;x\x07[b]\u202e"))
    yield environment
    subprocess.run(["callboard", "down"], env=environment, check=True, capture_output=True)


def test_a_home_of_a_hostile_name(elsewhere: dict[str, str]) -> None:
    with Terminal(["callboard"], columns=80, rows=20, environment=elsewhere) as terminal:
        terminal.wait_for("Live")
        terminal.settle()
        terminal.press("q")
        assert terminal.wait_closed() == 0
        assert "h␛]0;x␇[b]" in without_sequences(terminal.written)
        assert terminal.foreign() == []


BROKEN = """
import sys, tui.widgets.title_bar as bar
def fail(*_): raise RuntimeError("\\x1b]0;owned\\x07" + "local secret")
bar.TitleBar.draw = fail
from tui.cli.main import main
sys.exit(main([]))
"""


def test_an_app_that_breaks_says_one_harmless_line(elsewhere: dict[str, str]) -> None:
    with Terminal([sys.executable, "-c", BROKEN], columns=200, rows=20, environment=elsewhere) as terminal:
        assert terminal.wait_closed() == 1
        assert "The app ended by an error of its own" in terminal.screen
        assert "Traceback" not in without_sequences(terminal.written)
        assert "local secret" not in without_sequences(terminal.written)
        assert terminal.foreign() == []
