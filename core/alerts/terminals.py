"""Which terminal this is, and which alerts it shows, by what it says of itself in the environment.

The terminal is never asked: its answer would be typed into the app as keys. What depends on a version or a
setting that cannot be seen is not `sure`, and the bell goes along with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.alerts.ways import Way

Wrapper = Literal["", "tmux", "screen"]
"""What a sequence must be wrapped in to get through the program between the app and the terminal."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A program that shows a terminal, and the best way by which it alerts."""

    name: str
    way: Way
    sure: bool = True


KITTY = Terminal("kitty", "osc99")
GHOSTTY = Terminal("Ghostty", "osc777")
WEZTERM = Terminal("WezTerm", "osc777")
FOOT = Terminal("foot", "osc777")
ITERM = Terminal("iTerm2", "osc9")
WARP = Terminal("Warp", "osc9")
WINDOWS = Terminal("Windows Terminal", "osc777", sure=False)
VSCODE = Terminal("VS Code", "osc99", sure=False)
ZED = Terminal("Zed", "osc9", sure=False)
RXVT = Terminal("rxvt-unicode", "osc777", sure=False)
APPLE = Terminal("Terminal of macOS", "bell")
ALACRITTY = Terminal("Alacritty", "bell")
KONSOLE = Terminal("Konsole", "bell")
XTERM = Terminal("xterm", "bell")
VTE = Terminal("VTE", "bell")

_VARIABLES = (("KITTY_WINDOW_ID", KITTY), ("WEZTERM_PANE", WEZTERM), ("WT_SESSION", WINDOWS))
_PROGRAMS = {
    "kitty": KITTY,
    "ghostty": GHOSTTY,
    "wezterm": WEZTERM,
    "iterm.app": ITERM,
    "iterm2": ITERM,
    "warpterminal": WARP,
    "vscode": VSCODE,
    "zed": ZED,
    "apple_terminal": APPLE,
    "foot": FOOT,
    "alacritty": ALACRITTY,
    "konsole": KONSOLE,
    "xterm": XTERM,
    "vte": VTE,
}
_TERMS = (
    ("xterm-kitty", KITTY),
    ("xterm-ghostty", GHOSTTY),
    ("ghostty", GHOSTTY),
    ("foot", FOOT),
    ("wezterm", WEZTERM),
    ("rxvt-unicode", RXVT),
    ("alacritty", ALACRITTY),
)
_FIRST_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]*", re.ASCII)
_ADVICE_TMUX = (
    "Put `set -g allow-passthrough on` into tmux.conf: then tmux lets the terminal's own alerts through."
)


@dataclass(frozen=True, slots=True)
class Tmux:
    """What tmux says of itself and of the terminal around it; nothing of what it did not say."""

    version: str = ""
    passthrough: bool = False
    focus_events: bool = False
    terminal_type: str = ""  # as the terminal named itself to tmux, such as `kitty(0.26.5)`
    terminal_name: str = ""  # its TERM


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What can be known of the place in which the app runs. `ancestors` are the programs that started it."""

    environment: Mapping[str, str]
    platform: str
    tmux: Tmux | None = None
    ancestors: frozenset[str] = frozenset()

    @property
    def remote(self) -> bool:
        """Whether the person sits elsewhere."""
        return any(self.environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))

    @property
    def has_desktop(self) -> bool:
        """Whether a desktop may be reached that the person looks at."""
        reachable = self.platform == "darwin" or bool(self.environment.get("DBUS_SESSION_BUS_ADDRESS"))
        return reachable and not self.remote


@dataclass(frozen=True, slots=True)
class Detected:
    """How the terminal is to be alerted. `key` is what a person's own choice for this place is kept under."""

    key: str
    terminal: str
    way: Way
    why: str
    wrapper: Wrapper = ""
    bell: bool = False  # goes along
    advice: str = ""


def detect(here: Surroundings) -> Detected:
    """How the terminal is alerted, by what is known of it."""
    environment = here.environment
    where = "remote" if here.remote else "local"
    if environment.get("TMUX"):
        return _in_tmux(where, here.tmux or Tmux())
    found, why = _named(environment)
    term = environment.get("TERM", "")
    name = found.name if found else term or "unknown"
    if "mosh-server" in here.ancestors:
        return Detected(f"{where}/mosh/{name}", name, "bell", "mosh lets nothing but the bell through")
    if environment.get("ZELLIJ"):
        return Detected(
            f"{where}/zellij/{name}",
            name,
            "bell",
            "which sequences zellij lets through depends on its version",
            advice="`callboard alerts test` finds out which ones reach you.",
        )
    if environment.get("STY"):
        way, bell = (found.way, not found.sure) if found else ("bell", False)
        why = f"inside screen, {why}" if found else "what is around screen does not say what it is"
        return Detected(f"{where}/screen/{name}", name, way, why, "screen" if way != "bell" else "", bell)
    if found is None:
        return Detected(f"{where}/{name}", name, "bell", f"TERM is {term or 'not set'}, which says no more")
    return Detected(f"{where}/{name}", name, found.way, why, bell=not found.sure)


def _named(environment: Mapping[str, str]) -> tuple[Terminal | None, str]:
    """The terminal that the environment names, and by what."""
    for variable, terminal in _VARIABLES:
        if environment.get(variable):
            return terminal, f"{variable} is set"
    for variable in ("TERM_PROGRAM", "LC_TERMINAL"):
        value = environment.get(variable, "")
        if (known := _PROGRAMS.get(value.lower())) is not None:
            return known, f"{variable} is {value}"
    term = environment.get("TERM", "")
    return _by_term(term), f"TERM is {term}"


def _by_term(term: str) -> Terminal | None:
    return next((terminal for begin, terminal in _TERMS if term.startswith(begin)), None)


def _in_tmux(where: str, tmux: Tmux) -> Detected:
    """The variables are of the terminal in which tmux was started, which may be gone: tmux knows the present."""
    word = _FIRST_WORD.match(tmux.terminal_type)
    found = _PROGRAMS.get(word[0].lower()) if word else None
    found = found or _by_term(tmux.terminal_name)
    name = found.name if found else tmux.terminal_name or "unknown"
    key = f"{where}/tmux/{name}"
    if not tmux.version:
        return Detected(key, name, "bell", "tmux did not say what is around it")
    if found is None or found.way == "bell":
        return Detected(key, name, "bell", f"around tmux is {name}")
    if not tmux.passthrough:
        return Detected(
            key, name, "bell", f"around tmux is {name}, but tmux lets nothing through", advice=_ADVICE_TMUX
        )
    return Detected(key, name, found.way, f"around tmux is {name}", "tmux", not found.sure)
