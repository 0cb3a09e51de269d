"""My Work, its page, its menus and its commands, on a home full of hostile text."""

import json
import re
import subprocess

import pytest

from core.alerts.sequences import sequence
from core.alerts.ways import WAYS
from core.alerts.words import News, alert_of
from core.text import clean
from tests.hostile.corpus import CORPUS
from tests.hostile.flooded import WORKSPACE, Flooded
from tests.hostile.test_screens import SIZES, app
from tests.terminal import Manner, Terminal, foreign
from tui.cli.main import main

COMMANDS = (
    "work -n 200",
    "work list -n 700 -f type:session",
    "work open session/40",
    "inbox list --group source -n 1000",
    "inbox tidy --dry-run",
    "mutes list -n 200",
    "filters list",
    "alerts status",
)
REFUSED = (
    ("work", "hide", "TEXT"),
    ("work", "open", "TEXT"),
    ("work", "list", "-f", "TEXT"),
    ("work", "list", "-f", "@TEXT"),
    ("filters", "rename", "TEXT", "y"),
    ("filters", "save", "y", "is:TEXT"),
    ("mutes", "add", "task", "--event", "TEXT"),
    ("mutes", "add", "task", "--until", "TEXT"),
    ("inbox", "snooze", "1", "--until", "TEXT"),
    ("inbox", "list", "--group", "TEXT"),
    ("alerts", "use", "TEXT"),
    ("me", "set", "--quiet", "TEXT"),
)
SOME = [sample for sample in CORPUS if sample.text and "\0" not in sample.text and len(sample.text) < 1_000][::9]


@pytest.fixture
def at_home(home: Flooded, monkeypatch: pytest.MonkeyPatch) -> Flooded:
    monkeypatch.setenv("CALLBOARD_HOME", str(home.home))
    monkeypatch.setenv("CALLBOARD_WORKSPACE", WORKSPACE)
    return home


def test_what_the_commands_print_is_harmless(at_home: Flooded, capfd: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        assert main(command.split()) == 0, command
        written = capfd.readouterr()
        assert foreign(written.out.encode(), Manner.PIPE) == [], command
        assert len(written.out) > 40, command
        assert main([*command.split(), "--json"]) == 0, command
        written = capfd.readouterr()
        assert written.out.isascii(), command
        assert json.loads(written.out), command


def test_what_the_commands_draw_on_a_terminal_is_harmless(home: Flooded) -> None:
    script = ["sh", "-c", "set -e; " + "; ".join(f"callboard {command}" for command in COMMANDS)]
    with Terminal(script, environment=home.environment(), columns=200) as terminal:
        assert terminal.wait_closed() == 0
        assert foreign(terminal.written, Manner.TTY) == []


def test_what_the_commands_complain_about_is_said_harmlessly(
    at_home: Flooded, capfd: pytest.CaptureFixture[str]
) -> None:
    for arguments in REFUSED:
        for sample in SOME:
            code = main([part.replace("TEXT", sample.text) for part in arguments])
            written = capfd.readouterr()
            assert code in (0, 1, 2), (arguments, sample.id)
            assert foreign(f"{written.out}{written.err}".encode(), Manner.PIPE) == [], (arguments, sample.id)
            assert "Traceback" not in written.err, (arguments, sample.id)


def test_the_shell_is_offered_only_names_that_it_takes_as_they_are(home: Flooded) -> None:
    offered = {}
    for words, place in (("callboard filters remove ", "3"), ("callboard mutes remove ", "3")):
        asked = {"_CALLBOARD_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": place}
        done = subprocess.run(["callboard"], env=home.environment(**asked), capture_output=True)
        assert foreign(done.stdout, Manner.PIPE) == [], words
        offered[words] = done.stdout.decode().split()
    names, numbers = offered.values()
    assert names == ["plain,plain"]
    assert len(numbers) > 20
    assert all(re.fullmatch(r"plain,\d+", number) for number in numbers)


def test_the_order_of_keys_in_the_sidebar_meets_only_text(home: Flooded) -> None:
    with app(home, (120, 60)) as terminal:
        terminal.press("g")
        terminal.wait_for("… ")
        terminal.press(*"jjjjxx", "enter")
        terminal.wait_for("Session ›")
        terminal.press("escape")
        terminal.wait_for("▾ Sessions")
        terminal.press("F", "F", "ctrl+o")
        terminal.settle()
        terminal.press("escape")


@SIZES
def test_the_page_and_its_completion(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        terminal.press("0")
        terminal.wait_for("[Open]")
        terminal.press("/")
        terminal.wait_for("type:")
        terminal.press("type:session ticket:")
        terminal.settle()
        terminal.press("down", "enter")
        terminal.settle()
        terminal.press("escape")
        terminal.settle()
        terminal.press("/")
        terminal.press("type:session", "enter")
        terminal.wait_for("esc clears")
        for _ in range(8):
            terminal.press("pagedown")
            terminal.settle(0.05)
        terminal.press("S")
        terminal.wait_for("Sort by what?")
        terminal.press("escape", *"xdz")
        terminal.settle()


@SIZES
def test_the_menus_and_the_settings(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        terminal.press("f")
        terminal.wait_for("Saved filters")
        terminal.press(*["j"] * 12, "r")
        terminal.settle()
        terminal.press("escape", "escape")
        terminal.wait_gone("Saved filters")
        terminal.press("m")
        terminal.wait_for("Muted sources")
        terminal.press("3")
        terminal.settle()
        terminal.press(*["j"] * 12, "escape", "escape")
        terminal.wait_gone("esc leaves")
        terminal.press(",")
        terminal.wait_for("Settings")
        terminal.press("tab", "x", "escape", "y")
        terminal.settle()


def test_an_alert_is_one_line_of_clean_text_whatever_it_is_about() -> None:
    for number, sample in enumerate(CORPUS):
        news = [News(number, sample.text, sample.text, "info"), News(number + 1, "and", sample.text, "warning")]
        for told in (news[:1], news):
            alert = alert_of(told, "full")
            assert (clean(alert.title), clean(alert.body)) == (alert.title, alert.body), sample.id
            assert foreign(f"{alert.title}\n{alert.body}\n".encode("utf-8", "surrogatepass"), Manner.PIPE) == []
            for way in WAYS:
                written = sequence(alert, way, wrapper="tmux").encode()
                assert written.count(b"\x07") == (written == b"\x07"), sample.id
