"""The terminal of the tests is a terminal: size, keys, drawing, hanging up."""

import sys

import pytest

from core.text import width
from tests.terminal import Manner, Terminal, clean_environment, foreign

SHELL = ["/bin/sh", "-c"]


def test_a_program_has_a_terminal_of_the_size_asked_for() -> None:
    with Terminal([*SHELL, "stty size; echo $TERM; test -t 1 && echo tty"], columns=61, rows=17) as terminal:
        assert terminal.wait_closed() == 0
        assert terminal.lines[:3] == ["17 61", "xterm-256color", "tty"]


def test_keys_arrive_and_what_is_drawn_is_seen() -> None:
    with Terminal([*SHELL, "read line; printf '\\033[5;3Hgot %s' \"$line\"; exit 3"]) as terminal:
        terminal.press("hello", "enter")
        terminal.wait_for("got hello")
        assert terminal.lines[4] == "  got hello"
        assert terminal.wait_closed() == 3
        assert terminal.received == len(terminal.written) > 10


def test_a_resize_is_told_to_the_program() -> None:
    script = "trap 'stty size' WINCH; echo ready; while :; do read line || exit 0; done"
    with Terminal([*SHELL, script]) as terminal:
        terminal.wait_for("ready")
        terminal.resize(50, 10)
        terminal.press("enter")
        terminal.wait_for("10 50")


def test_a_joined_emoji_takes_the_cells_that_the_app_counted() -> None:
    england = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    joined = ["👨‍👩‍👧", "❤️", "🏳️‍🌈", "🇻🇳🇩🇪", "1️⃣", "क्षि", "é", england]
    with Terminal([sys.executable, "-c", f"for text in {joined!r}: print(text + '|')"]) as terminal:
        terminal.wait_closed()
        ends = [[cell.data for cell in row].index("|") for row in terminal.cells[: len(joined)]]
    assert ends == [width(text) for text in joined]


def test_waiting_in_vain_shows_the_screen() -> None:
    with (
        Terminal([*SHELL, "echo what there is"]) as terminal,
        pytest.raises(AssertionError, match="what there is"),
    ):
        terminal.wait_for("something else", patience=5)


def test_a_hung_up_program_is_gone() -> None:
    terminal = Terminal([*SHELL, "echo ready; exec sleep 100"])
    terminal.wait_for("ready")
    terminal.close()
    assert not terminal.running


def test_a_leaked_clipboard_command_of_a_real_program_is_found() -> None:
    with Terminal([*SHELL, "printf 'title \\033]52;c;aGk=\\007\\n'"]) as terminal:
        terminal.wait_closed()
        assert [found.what for found in foreign(terminal.written, Manner.TTY)] == [
            "a foreign sequence '\\x1b]52;c;aGk=\\x07'"
        ]


def test_the_environment_is_that_of_a_fresh_login() -> None:
    assert set(clean_environment()) == {"PATH", "HOME", "LANG", "TERM"}
