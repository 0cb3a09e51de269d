"""The terminal is known by what it says of itself, and never asked."""

from collections.abc import Mapping

import pytest

from core.alerts.choosing import choose
from core.alerts.terminals import Surroundings, Tmux, detect
from core.alerts.ways import Way

SSH = {"SSH_CONNECTION": "10.0.0.9 50112 10.0.0.1 22"}
BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"}


@pytest.mark.parametrize(
    ("environment", "terminal", "way", "bell"),
    [
        ({"KITTY_WINDOW_ID": "1", "TERM": "xterm-256color"}, "kitty", "osc99", False),
        ({"WEZTERM_PANE": "0"}, "WezTerm", "osc777", False),
        ({"WT_SESSION": "9e2b"}, "Windows Terminal", "osc777", True),
        ({"TERM_PROGRAM": "iTerm.app"}, "iTerm2", "osc9", False),
        ({"TERM_PROGRAM": "WezTerm"}, "WezTerm", "osc777", False),
        ({"TERM_PROGRAM": "ghostty"}, "Ghostty", "osc777", False),
        ({"TERM_PROGRAM": "WarpTerminal"}, "Warp", "osc9", False),
        ({"TERM_PROGRAM": "vscode"}, "VS Code", "osc99", True),
        ({"TERM_PROGRAM": "zed"}, "Zed", "osc9", True),
        ({"TERM_PROGRAM": "Apple_Terminal", "TERM": "xterm-256color"}, "Terminal of macOS", "bell", False),
        ({"LC_TERMINAL": "iTerm2", "TERM": "xterm-256color"}, "iTerm2", "osc9", False),
        ({"TERM": "xterm-kitty"}, "kitty", "osc99", False),
        ({"TERM": "xterm-ghostty"}, "Ghostty", "osc777", False),
        ({"TERM": "foot"}, "foot", "osc777", False),
        ({"TERM": "foot-extra"}, "foot", "osc777", False),
        ({"TERM": "wezterm"}, "WezTerm", "osc777", False),
        ({"TERM": "rxvt-unicode-256color"}, "rxvt-unicode", "osc777", True),
        ({"TERM": "alacritty"}, "Alacritty", "bell", False),
        ({"TERM": "xterm-256color"}, "xterm-256color", "bell", False),
        ({"TERM": "linux"}, "linux", "bell", False),
        ({}, "unknown", "bell", False),
    ],
)
def test_each_terminal_is_alerted_as_it_can_be(
    environment: Mapping[str, str], terminal: str, way: Way, bell: bool
) -> None:
    found = detect(Surroundings(environment, "linux"))
    assert (found.terminal, found.way, found.bell, found.wrapper) == (terminal, way, bell, "")


@pytest.mark.parametrize(
    ("environment", "terminal"),
    [
        ({"KITTY_WINDOW_ID": "1", "WEZTERM_PANE": "0"}, "kitty"),
        ({"WEZTERM_PANE": "0", "WT_SESSION": "9e2b"}, "WezTerm"),
        ({"WT_SESSION": "9e2b", "TERM_PROGRAM": "vscode"}, "Windows Terminal"),
        ({"TERM_PROGRAM": "vscode", "LC_TERMINAL": "iTerm2"}, "VS Code"),
        ({"LC_TERMINAL": "iTerm2", "TERM": "xterm-kitty"}, "iTerm2"),
        ({"TERM_PROGRAM": "unheard-of", "TERM": "xterm-kitty"}, "kitty"),
    ],
)
def test_what_says_more_counts_before_what_says_less(environment: Mapping[str, str], terminal: str) -> None:
    assert detect(Surroundings(environment, "linux")).terminal == terminal


TMUX = {"TMUX": "/tmp/tmux-1000/default,12,0", "TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}


@pytest.mark.parametrize(
    ("around", "terminal", "way"),
    [
        (("kitty(0.26.5)", "xterm-kitty"), "kitty", "osc99"),
        (("WezTerm 20240203-110809", "xterm-256color"), "WezTerm", "osc777"),
        (("ghostty 1.2.0", "xterm-ghostty"), "Ghostty", "osc777"),
        (("iTerm2 3.5.4", "xterm-256color"), "iTerm2", "osc9"),
        (("foot(1.16.2)", "foot"), "foot", "osc777"),
        (("XTerm(379)", "xterm"), "xterm", "bell"),
        (("", "xterm-kitty"), "kitty", "osc99"),
        (("", "xterm-256color"), "xterm-256color", "bell"),
    ],
)
def test_inside_tmux_it_is_the_terminal_around_it_that_counts(
    around: tuple[str, str], terminal: str, way: Way
) -> None:
    stale = {**TMUX, "KITTY_WINDOW_ID": "1"}
    found = detect(Surroundings(stale, "linux", Tmux("3.4", True, True, *around)))
    assert (found.terminal, found.way) == (terminal, way)
    assert found.wrapper == ("" if way == "bell" else "tmux")


def test_tmux_that_lets_nothing_through_leaves_the_bell_and_says_what_to_do() -> None:
    found = detect(Surroundings(TMUX, "linux", Tmux("3.4", False, True, "kitty(0.36.0)", "xterm-kitty")))
    assert (found.way, found.wrapper) == ("bell", "")
    assert "set -g allow-passthrough on" in found.advice


def test_tmux_that_does_not_answer_leaves_the_bell() -> None:
    assert detect(Surroundings({**TMUX, "KITTY_WINDOW_ID": "1"}, "linux")).way == "bell"


def test_screen_is_gone_through() -> None:
    found = detect(Surroundings({"STY": "12.pts-0", "KITTY_WINDOW_ID": "1", "TERM": "screen"}, "linux"))
    assert (found.way, found.wrapper) == ("osc99", "screen")
    assert detect(Surroundings({"STY": "12.pts-0", "TERM": "screen"}, "linux")).way == "bell"


def test_zellij_and_mosh_are_trusted_with_the_bell_alone() -> None:
    zellij = detect(Surroundings({"ZELLIJ": "0", "KITTY_WINDOW_ID": "1"}, "linux"))
    mosh = detect(Surroundings({"TERM": "xterm-kitty"}, "linux", ancestors=frozenset({"bash", "mosh-server"})))
    assert (zellij.way, mosh.way) == ("bell", "bell")
    assert "callboard alerts test" in zellij.advice


@pytest.mark.parametrize(
    ("environment", "platform", "way"),
    [
        ({**BUS, "TERM": "xterm-kitty"}, "linux", "desktop"),
        ({**BUS, **SSH, "TERM": "xterm-kitty"}, "linux", "osc99"),
        ({"TERM": "xterm-kitty"}, "linux", "osc99"),
        ({"TERM": "xterm-256color"}, "darwin", "desktop"),
        ({"TERM": "xterm-256color", "SSH_TTY": "/dev/ttys001"}, "darwin", "bell"),
    ],
)
def test_a_desktop_is_where_the_person_sits(environment: Mapping[str, str], platform: str, way: Way) -> None:
    assert choose(Surroundings(environment, platform), {}).way == way


def test_the_terminal_is_there_when_the_desktop_fails() -> None:
    plan = choose(Surroundings({**BUS, "WT_SESSION": "1"}, "linux"), {})
    assert (plan.way, plan.fallback, plan.bell) == ("desktop", "osc777", True)


def test_a_persons_choice_counts_before_all_else_and_only_where_it_was_made() -> None:
    chosen: dict[str, Way] = {"remote/xterm-256color": "osc777"}
    there = choose(Surroundings({**SSH, "TERM": "xterm-256color"}, "linux"), chosen)
    here = choose(Surroundings({**BUS, "TERM": "xterm-256color"}, "linux"), chosen)
    assert (there.way, there.fallback, there.bell, there.chosen) == ("osc777", "osc777", False, True)
    assert (here.way, here.chosen) == ("desktop", False)


def test_what_was_chosen_goes_through_tmux_too() -> None:
    here = Surroundings({**SSH, **TMUX}, "linux", Tmux("3.4", True, True, "", "xterm-256color"))
    plan = choose(here, {"remote/tmux/xterm-256color": "osc777"})
    assert (plan.way, plan.wrapper) == ("osc777", "tmux")
