"""A channel as it is being written: the fields of its type, what is wrong with them, and the settings to send.

The fields are made from the settings that the type can be told: what it is called there, whether it is needed,
and what it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from msgspec import NODEFAULT, ValidationError, convert, inspect

from core.annotations import read_secret
from core.api.channels import Channel, ChannelType, NewChannel
from core.api.channels import Setting as Value
from core.channels.configuring.kinds import SettingsOfType, type_of
from core.channels.configuring.reading import wrong_name
from core.secret import Secret
from tui.drafts.automation import FieldSpec, Shape
from tui.drafts.automation import Value as Typed

PREFIX = "settings."
"""What the field of a setting is called before the name of that."""
KEPT = "***"
"""A secret that is there, and stays as it is."""

_TYPES: tuple[tuple[ChannelType, str], ...] = (
    ("slack", "slack: a channel of a Slack workspace"),
    ("telegram", "telegram: a chat, by a bot"),
    ("whatsapp", "whatsapp: a number, by the Cloud API or a bridge"),
    ("email", "email: by SMTP, Resend or SendGrid"),
    ("webhook", "webhook: JSON to any address"),
    ("pagerduty", "pagerduty: an incident"),
    ("desktop", "desktop: the native alert of whoever is connected"),
)
"""Those that can be made here: channels of Apprise are in the home's files alone."""

NAME = FieldSpec("name", "Name", "line", "letters, digits, - _ and dots")
TYPE = FieldSpec("type", "Type", "choice", options=_TYPES)

_SMTP_ONLY = frozenset({"host", "port", "user", "password", "tls"})
_NOT_SMTP = frozenset({"apiKey", "baseUrl"})
_DEPENDS = _SMTP_ONLY | {"apiKey", "phoneNumberId", "accessToken", "bridgeUrl"}
"""What is needed or not by what else is said."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a type of channel can be told."""

    spec: FieldSpec
    needed: bool
    kind: str  # text, secret, number, choice, flag, list, table
    about: str = ""

    @property
    def name(self) -> str:
        return self.spec.name.removeprefix(PREFIX)


_RATE = Setting(
    FieldSpec(PREFIX + "ratePerMinute", "ratePerMinute", "line", "may be left empty"),
    False,
    "number",
    "At most so many messages a minute.",
)


@lru_cache(maxsize=16)
def settings(type: ChannelType) -> tuple[Setting, ...]:
    """What a channel of this type can be told, what is needed first."""
    told = inspect.type_info(type_of(type))
    made = [_setting(one) for one in cast(inspect.StructType, told).fields]
    return (*sorted(made, key=lambda one: not one.needed), _RATE)


@dataclass
class ChannelDraft:
    """What the form says. What was typed for another type is kept, and not sent."""

    name: str = ""
    type: ChannelType = "slack"
    typed: dict[tuple[ChannelType, str], Typed] = field(default_factory=dict)
    original: Channel | None = None

    @classmethod
    def of(cls, one: Channel) -> "ChannelDraft":
        known = {(one.type, name): _written(value) for name, value in (one.settings or {}).items()}
        return cls(one.name, one.type, known, one)

    def value(self, one: Setting) -> Typed:
        blank: Typed = False if one.kind == "flag" else one.spec.options[0][0] if one.spec.options else ""
        return self.typed.get((self.type, one.name), blank)

    def put(self, name: str, value: Typed) -> None:
        """Something was typed into the field of a setting."""
        self.typed[self.type, name.removeprefix(PREFIX)] = value

    def is_kept(self, one: Setting) -> bool:
        """Whether it is a setting that is there, as it is shown."""
        before = {} if self.original is None else self.original.settings or {}
        return one.name in before and self.value(one) == _written(before[one.name])

    def asked(self) -> list[Setting]:
        """The settings that there are fields for: those of another way to send mail are not among them."""
        there = settings(self.type)
        provider = next((self.value(one) for one in there if one.name == "provider"), None)
        if provider is None:
            return list(there)
        passed_over = _NOT_SMTP if provider == "smtp" else _SMTP_ONLY
        return [one for one in there if one.name not in passed_over]

    def settings(self) -> dict[str, Value]:
        """What is said, by its name in the configuration."""
        return {one.name: value for one in self.asked() if (value := _meant(one, self.value(one))) is not None}

    def problems(self) -> dict[str, str]:
        """What is wrong, by field, as far as that is known here: what a variable holds, only the server knows."""
        found = {}
        if self.original is None and (sentence := wrong_name(self.name)):
            found[NAME.name] = sentence
        for one in self.asked():
            if not self.is_kept(one) and (sentence := _wrong(one, self.value(one))):
                found[one.spec.name] = sentence
        return {**self._refused(), **found}

    def _refused(self) -> dict[str, str]:
        """What the type itself has to say, but for what it cannot know."""
        said = self.settings()
        missing = {one.name: "" for one in self.asked() if one.needed and one.name not in said}
        try:
            read = convert({**missing, **said}, type_of(self.type), strict=False, dec_hook=read_secret)
        except ValidationError:
            return {}
        wrong = cast(SettingsOfType, read).wrong()
        if wrong is None or wrong[0] in missing:
            return {}
        name = wrong[0].partition(".")[0]
        unknown = _is_unknown(said[name]) if name in said else any(map(_is_unknown, said.values()))
        return {} if unknown else {PREFIX + name: _sentence(wrong[1])}

    def new(self) -> NewChannel:
        return NewChannel(self.name, self.type, self.settings())


def _setting(one: inspect.Field) -> Setting:
    told: inspect.Type = one.type
    extra: dict[str, Any] = {}
    while isinstance(told, inspect.Metadata):
        extra = {**(told.extra_json_schema or {}), **extra}
        told = told.type
    needed = one.required
    kind, options = _kind(told, None if one.default is NODEFAULT else one.default)
    shapes: Mapping[str, Shape] = {"secret": "secret", "choice": "choice", "flag": "flag", "table": "text"}
    example = next((f"such as {_written(each)}" for each in extra.get("examples", ())), "")
    usual = f"{one.default} unless told otherwise" if isinstance(one.default, str) else "may be left empty"
    hint = example or ("" if needed or one.encode_name in _DEPENDS else usual)
    spec = FieldSpec(PREFIX + one.encode_name, one.encode_name, shapes.get(kind, "line"), hint, options)
    return Setting(spec, needed, kind, " ".join(_about(kind, extra)))


def _kind(told: inspect.Type, default: object) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts = told.types if isinstance(told, inspect.UnionType) else (told,)
    absent = any(isinstance(part, inspect.NoneType) for part in parts)
    for part in parts:
        match part:
            case inspect.LiteralType():
                values = sorted(map(str, part.values), key=lambda value: value != default)
                return "choice", (
                    *((("", "what is usual"),) if absent else ()),
                    *((each, each) for each in values),
                )
            case inspect.DictType():
                return "table", ()
            case inspect.ListType():
                return "list", ()
            case inspect.BoolType():
                return "flag", ()
            case inspect.CustomType() if part.cls is Secret:
                return "secret", ()
    numbers = all(isinstance(part, inspect.IntType | inspect.NoneType) for part in parts)
    return ("number" if numbers else "text"), ()


def _about(kind: str, extra: Mapping[str, Any]) -> Iterator[str]:
    """What is said below a field."""
    if description := extra.get("description"):
        yield str(description).replace("`", "")
    if kind == "list":
        yield "Several with commas between them."
    if kind == "table":
        yield "One in a line, as Name: value."


def _written(value: object) -> Typed:
    """A setting as it is typed."""
    match value:
        case bool():
            return value
        case list():
            return ", ".join(map(str, value))
        case dict():
            return "\n".join(f"{name}: {each}" for name, each in value.items())
        case _:
            return str(value)


def _meant(one: Setting, typed: Typed) -> Value | None:
    """What is sent for what was typed; nothing where nothing was."""
    if isinstance(typed, bool):
        return typed or None
    text = str(typed).strip()
    if not text:
        return None
    match one.kind:
        case "number" if text.lstrip("-").isdecimal():
            return int(text)
        case "list":
            return [part for part in map(str.strip, text.split(",")) if part]
        case "table":
            pairs = (line.partition(":") for line in text.splitlines() if line.strip())
            return {name.strip(): value.strip() for name, _, value in pairs}
        case _:
            return text


def _wrong(one: Setting, typed: Typed) -> str:
    text = str(typed).strip()
    if not text:
        return "This one is needed." if one.needed else ""
    if one.kind == "secret" and KEPT in text and text != KEPT:
        return "Type the whole secret, or leave *** for the one that is there."
    if _is_unknown(text):
        return ""
    if one.kind == "number" and not (text.lstrip("-").isdecimal() and text.isascii()):
        return "This is a number."
    if one.kind == "table" and not all(":" in line for line in text.splitlines() if line.strip()):
        return "Write each in a line of its own, as Name: value."
    return ""


def _is_unknown(value: object) -> bool:
    """Whether there is a variable's value in it, or a secret's that only the server has."""
    text = str(value) if isinstance(value, str | list | dict) else ""
    return "${" in text or KEPT in text


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?")) else ".")
