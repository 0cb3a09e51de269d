"""The app's own configuration, `app.toml`: keys, theme, mouse, layout. Everything wrong in it is found before it
takes effect, and said in sentences; what is right in it counts all the same."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from tui.actions import ACTIONS, BY_ID, CHAINS, Scope

Mouse = Literal["auto", "on", "off"]
Layout = Literal["auto", "wide", "narrow"]
_SETTINGS = ("theme", "mouse", "layout", "keymap")
UNBOUND = "none"
_NO_KEY = "unbound"  # no terminal sends it: Textual's keymap has no other way to take a key away

_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_SAME_AS = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape"}
_TAKEN = {
    "ctrl+c": "it interrupts programs",
    "ctrl+z": "it suspends programs",
}


class AppSettings(Struct, frozen=True):
    """What a person set for the app."""

    theme: str = ""
    mouse: Mouse = "auto"
    layout: Layout = "auto"
    keymap: dict[str, tuple[str, ...]] = {}

    def textual_keymap(self) -> dict[str, str]:
        return {action_id: ",".join(keys) or _NO_KEY for action_id, keys in self.keymap.items()}

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, as set or as they come."""
        return self.keymap.get(action_id, BY_ID[action_id].keys)


def settings_path(environment: Mapping[str, str] = os.environ) -> Path:
    base = environment.get("XDG_CONFIG_HOME") or ""
    folder = Path(base) if os.path.isabs(base) else Path(environment.get("HOME") or Path.home()) / ".config"
    return folder / "callboard" / "app.toml"


def check(path: Path) -> list[str]:
    """What is wrong with the file, one sentence each."""
    return load(path)[1]


def load(path: Path) -> tuple[AppSettings, list[str]]:
    """What is right in the file, and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return AppSettings(), []
    except (OSError, UnicodeDecodeError) as error:
        return AppSettings(), [f"{path} cannot be read: {error}."]
    import tomllib

    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return AppSettings(), [f"{path}: {error}."]
    reader = _Reader(path, text)
    settings = AppSettings(
        theme=reader.theme(content.pop("theme", "")),
        mouse=reader.mouse(content.pop("mouse", "auto")),
        layout=reader.layout(content.pop("layout", "auto")),
        keymap=reader.keymap(content.pop("keymap", {})),
    )
    for unknown in content:
        reader.say(str(unknown), f"there is no such setting{_nearest(str(unknown), _SETTINGS)}")
    return settings, reader.wrong


class _Reader:
    """Takes the values one by one and remembers what was wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self.wrong: list[str] = []

    def say(self, place: str, what: str) -> None:
        from core.toml import line_of

        keys = tuple(place.split("."))
        where = f"[{keys[0]}] {keys[1]}" if len(keys) > 1 else place
        self.wrong.append(f"{self._path}:{line_of(self._text, keys)}: {where}: {what}.")

    def theme(self, value: object) -> str:
        if isinstance(value, str):
            return value
        self.say("theme", "it must be the name of a theme")
        return ""

    def mouse(self, value: object) -> Mouse:
        if value in get_args(Mouse):
            return value  # type: ignore[return-value]
        self.say("mouse", 'it must be "auto", "on" or "off"')
        return "auto"

    def layout(self, value: object) -> Layout:
        if value in get_args(Layout):
            return value  # type: ignore[return-value]
        self.say("layout", 'it must be "auto", "wide" or "narrow"')
        return "auto"

    def keymap(self, value: object) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            self.say("keymap", "it must be a table of actions and their keys")
            return {}
        chosen: dict[str, tuple[str, ...]] = {}
        for action_id, given in value.items():
            keys = self._keys(str(action_id), given)
            if keys is not None:
                chosen[str(action_id)] = keys
        for action_id in self._clashes(chosen):
            chosen.pop(action_id, None)
        if "quit" in chosen and not chosen["quit"]:
            self.say("keymap.quit", "there must be a way out: give it a key")
            del chosen["quit"]
        return chosen

    def _keys(self, action_id: str, given: object) -> tuple[str, ...] | None:
        place = f"keymap.{action_id}"
        if action_id not in BY_ID:
            self.say(place, f"there is no such action{_nearest(action_id, BY_ID)}")
            return None
        if isinstance(given, str):
            given = [] if given == UNBOUND else given.split(",")
        if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
            self.say(place, 'it must be a key, a list of keys, or "none"')
            return None
        keys = tuple(key_named(key.strip()) for key in given)
        for key, name in zip(keys, given, strict=True):
            if (what := _wrong_with(key)) is not None:
                self.say(place, f'"{name}" {what}')
                return None
        return keys

    def _clashes(self, chosen: Mapping[str, tuple[str, ...]]) -> set[str]:
        """The chosen actions that take a key which another action has where they are looked for."""
        refused: set[str] = set()
        for chain in CHAINS:
            owners: dict[str, tuple[str, Scope]] = {}
            for action in sorted(ACTIONS, key=lambda action: action.id in chosen):
                if action.scope not in chain or action.id in refused:
                    continue
                for key in chosen.get(action.id, action.keys):
                    owner, _ = owners.setdefault(key, (action.id, action.scope))
                    if owner != action.id and action.id in chosen:
                        refused.add(action.id)
                        self.say(
                            f"keymap.{action.id}",
                            f'"{key}" is already the key of "{owner}": give that one another key, too',
                        )
        return refused


_NAMED = {
    **{name: name for name in KEY_NAME_REPLACEMENTS.values()},
    "/": "slash",
    "?": "question_mark",
    ":": "colon",
    "*": "asterisk",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    " ": "space",
    ";": "semicolon",
    ".": "full_stop",
    "-": "minus",
    "+": "plus",
    "=": "equals_sign",
    "_": "underscore",
    "!": "exclamation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "@": "at",
    "~": "tilde",
    "'": "apostrophe",
    '"': "quotation_mark",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "\\": "backslash",
    "|": "vertical_line",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    "^": "circumflex_accent",
    "`": "grave_accent",
}
_KNOWN = {key.value for key in Keys} | set(_NAMED.values()) | {"space", "comma"} | {f"f{n}" for n in range(1, 25)}


def key_named(text: str) -> str:
    """The name that Textual has for a key as a person writes it."""
    *modifiers, name = text.split("+") if text != "+" else [text]
    if not name and modifiers:  # "ctrl++"
        modifiers, name = modifiers[:-1], "+"
    modifiers = [modifier.lower() for modifier in modifiers]
    if len(name) == 1 and name.isalpha() and modifiers:
        if modifiers == ["shift"]:
            return name.upper()
        name = name.lower()
    return "+".join([*modifiers, _NAMED.get(name, name)])


def _wrong_with(key: str) -> str | None:
    *modifiers, name = key.split("+")
    if key in _TAKEN:
        return f"cannot be used: {_TAKEN[key]}"
    if key in _SAME_AS:
        return f'is the same as "{_SAME_AS[key]}" in most terminals'
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return "is no key: modifiers are ctrl, alt, shift and super"
    if (len(name) == 1 and name.isprintable()) or name in _KNOWN or name.lower() in _KNOWN:
        return None
    return f"is no key that a terminal sends{_nearest(name, _KNOWN)}"


def _nearest(word: str, known: "Mapping[str, object] | tuple[str, ...] | set[str]") -> str:
    from difflib import get_close_matches

    found = get_close_matches(word, list(known), n=1)
    return f' (did you mean "{found[0]}"?)' if found else ""
