"""The settings of a channel, as each type's adapter declares them: read with what is wrong in them, and shown
without what is secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, cast, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from core.annotations import alternatives, bare, read_secret
from core.api.rules import Problem
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.kinds import Key, SettingsOfType, keys_of, type_of, within
from core.channels.configuring.places import Path, dotted
from core.channels.configuring.secrets import VariableError, Variables
from core.channels.outbound.scrubbing import Scrubber
from core.secret import Secret

RATE = "ratePerMinute"
"""Every channel can be told how much it may send, besides what its service takes."""
_HIGHEST_RATE = 60_000
_ELSEWHERE: Mapping[str, frozenset[str]] = {"slack": frozenset({"apiKey"}), "whatsapp": frozenset({"profileDir"})}
"""Settings that the same configuration has elsewhere, and that mean nothing here."""
_FROM_FILES_ALONE: Mapping[str, str] = {
    "apprise": "cannot be made over the API, as Apprise connects by itself, past [outbound]: write it into"
    " config.toml or notifications.json in the home"
}


@dataclass(frozen=True, slots=True)
class ChannelRead:
    """A channel's settings, unless there are problems; `secrets` are all that must never be shown."""

    settings: Struct | None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    secrets: tuple[Secret, ...] = ()
    rate_per_minute: int | None = None


def read_settings(channel: ConfiguredChannel, variables: Variables) -> ChannelRead:
    """The settings with the values of the variables that they refer to."""
    reading = _Reading(channel, variables)
    settings = reading.settings()
    return ChannelRead(
        None if reading.problems else settings,
        tuple(reading.problems),
        tuple(reading.notices),
        tuple(reading.secrets),
        reading.rate,
    )


class _Reading:
    """Reads the settings of one channel, and gathers all that is wrong with them."""

    def __init__(self, channel: ConfiguredChannel, variables: Variables) -> None:
        self._channel = channel
        self._variables = variables
        self._keys = keys_of(channel.type)
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []
        self.secrets: list[Secret] = []
        self.rate: int | None = None
        self._meant: set[str] = set()  # by a name that is nearly right

    def settings(self) -> Struct | None:
        if self._channel.source == "api" and (why := _FROM_FILES_ALONE.get(self._channel.type)):
            self._wrong((), why)
        values: dict[str, object] = {}
        for name, written in self._channel.settings.items():
            if name == RATE:
                self.rate = self._value(_RATE_KEY, written)
            elif name in self._keys:
                values[self._keys[name].attribute] = self._value(self._keys[name], written)
            else:
                self._unknown(name)
        for key in self._keys.values():
            if key.needed and key.name not in self._channel.settings and key.name not in self._meant:
                self._wrong((), f"needs {key.name}")
        if self.problems:
            return None
        settings = type_of(self._channel.type)(**values)
        if wrong := cast(SettingsOfType, settings).wrong():
            name, why = wrong
            first = name.partition(".")[0]
            self._wrong((first,) if first in self._channel.settings else (), f"cannot use {name}: {why}")
        return settings

    def _value(self, key: Key, written: object) -> Any:
        before = len(self.problems)
        value = self._filled(written, key.secret, (key.name,))
        if len(self.problems) > before:
            return None
        try:
            return msgspec.convert(
                _as_text(value, key.kind), key.kind, strict=value == written, dec_hook=read_secret
            )
        except msgspec.ValidationError as error:
            self._wrong((key.name,), f"cannot use {key.name}: {_said(str(error), key.kind)}")
            return None

    def _filled(self, written: object, secret: bool, path: Path) -> object:
        """What was written, with the values of variables in it wherever there are texts in it."""
        if isinstance(written, list):
            return [self._filled(entry, secret, (*path, at)) for at, entry in enumerate(written)]
        if isinstance(written, dict):
            return {name: self._filled(entry, secret, (*path, name)) for name, entry in written.items()}
        if not isinstance(written, str):
            return written
        try:
            value = self._variables.filled(written)
        except VariableError as error:
            self._wrong(path, f"needs the variable {error.name} for {dotted(path)}, {error.why}")
            return written
        if secret or value != written:
            self.secrets.append(Secret(value))
        return value

    def _unknown(self, name: str) -> None:
        if name in _ELSEWHERE.get(self._channel.type, ()):
            place = self._channel.place((name,))
            self.notices.append(Problem(place, f"{name} is ignored: there is no such thing here."))
            return
        near = get_close_matches(name, [*self._keys, RATE], 1, 0.5)
        self._meant.update(near)
        known = f"there are {', '.join(self._keys)}" if self._keys else "its type has none"
        self._wrong(
            (name,),
            f"has a setting {name[:64]!r} that there is not; " + (f"did you mean {near[0]}?" if near else known),
        )

    def _wrong(self, path: Path, why: str) -> None:
        hide = Scrubber(self.secrets)
        sentence = hide(f"The channel {self._channel.name} {why}")
        end = "" if sentence.endswith((".", "?")) else "."
        self.problems.append(Problem(self._channel.place(path), sentence + end))


_RATE_KEY = Key(RATE, "rate_per_minute", Annotated[int, Meta(ge=1, le=_HIGHEST_RATE)], needed=False)


def _as_text(value: object, kind: Any) -> object:
    """A number where a text is wanted, as the id of a chat often is one."""
    taken = [bare(choice) for choice in alternatives(kind)]
    wanted = (str in taken or Secret in taken) and int not in taken
    return str(value) if wanted and isinstance(value, int) and not isinstance(value, bool) else value


def _said(message: str, kind: Any) -> str:
    """What the library says of a value, in words, and without the value."""
    literal = next((choice for choice in within(kind) if get_origin(choice) is Literal), None)
    if literal is not None:
        return f"choose one of {', '.join(map(str, get_args(literal)))}"
    said = message.split(" - at `")[0].replace("`", "").replace(" | null", "")
    words = {
        "str": "a text",
        "int": "a whole number",
        "array": "a list",
        "object": "a table",
        "bool": "true or false",
    }
    for word, plain in words.items():
        said = said.replace(f"Expected {word}", f"it is {plain}").replace(f"got {word}", f"and not {plain}")
    said = said[:1].lower() + said[1:]
    return f"of each entry, {said}" if " - at `$[" in message else said
