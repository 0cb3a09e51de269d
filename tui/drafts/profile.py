"""A person's profile and the app's settings as they are being written: what is wrong with them, what is changed.

The screen shows a draft; it decides nothing itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from msgspec import UNSET

from core.alerts.ways import CHOICES, NAMES, Choice
from core.api.people import AlertWords, DesktopAlerts, Me, ProfileChange
from core.errors import InvalidError
from core.people.words import line, quiet_hours, time_zone
from tui.drafts.automation import FieldSpec, Value

_QUIET = re.compile(r"\s*(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)\s*", re.ASCII)
_LONGEST_NAME = 200

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("display_name", "Name", "line", "what others read"),
    FieldSpec("time_zone", "Time zone", "line", "such as Europe/Berlin"),
    FieldSpec(
        "desktop_alerts",
        "Alert me",
        "choice",
        options=(
            ("never", "never"),
            ("away", "away: while I look at something else"),
            ("always", "always: even while I look at the app"),
        ),
    ),
    FieldSpec("quiet", "Quiet hours", "line", "such as 22:00-07:00; empty: none"),
    FieldSpec(
        "alert_words",
        "Alerts say",
        "choice",
        options=(
            ("full", "full: the title and the text"),
            ("title", "title: the title alone"),
            ("count", "count: how many there are, and no words"),
        ),
    ),
    FieldSpec(
        "way",
        "They come by",
        "choice",
        options=tuple((way, "auto: what is found out" if way == "auto" else NAMES[way]) for way in CHOICES),
    ),
    FieldSpec("theme", "Theme", "choice"),
    FieldSpec(
        "layout",
        "Layout",
        "choice",
        options=(
            ("auto", "auto: side by side where there is room"),
            ("wide", "wide: the list and the text side by side"),
            ("narrow", "narrow: the one or the other"),
        ),
    ),
)


@dataclass
class ProfileDraft:
    """What the form says, and what there was before."""

    me: Me
    values: dict[str, Value]
    before: dict[str, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, me: Me, theme: str, layout: str) -> "ProfileDraft":
        values: dict[str, Value] = {
            "display_name": me.display_name,
            "time_zone": me.time_zone,
            "desktop_alerts": me.desktop_alerts,
            "quiet": f"{me.quiet_from}-{me.quiet_to}" if me.quiet_from else "",
            "alert_words": me.alert_words,
            "way": "auto",
            "theme": theme,
            "layout": layout,
        }
        return cls(me, values, dict(values))

    def text(self, name: str) -> str:
        return str(self.values[name]).strip()

    def is_changed(self, *names: str) -> bool:
        """Whether one of these is not what it was; of all where none is named."""
        return any(self.values[name] != self.before[name] for name in names or self.values)

    def learned(self, name: str, value: Value) -> None:
        """What it was is known only now; what somebody chose meanwhile stays."""
        if not self.is_changed(name):
            self.values[name] = value
        self.before[name] = value

    @property
    def way(self) -> Choice:
        return cast(Choice, self.text("way"))

    def problems(self) -> dict[str, str]:
        """What is wrong, by field."""
        checks: dict[str, Callable[[], object]] = {
            "display_name": lambda: line(self.text("display_name"), "", _LONGEST_NAME),
            "time_zone": lambda: time_zone(self.text("time_zone")),
            "quiet": self._quiet,
        }
        found = {name: _complaint(check) for name, check in checks.items() if self.is_changed(name)}
        return {name: sentence for name, sentence in found.items() if sentence}

    def change(self) -> ProfileChange | None:
        """What the server is to be told, if anything."""
        if not self.is_changed("display_name", "time_zone", "desktop_alerts", "quiet", "alert_words"):
            return None
        begin, end = self._quiet() if self.is_changed("quiet") else (UNSET, UNSET)
        return ProfileChange(
            display_name=self.text("display_name") if self.is_changed("display_name") else UNSET,
            time_zone=self.text("time_zone") if self.is_changed("time_zone") else UNSET,
            desktop_alerts=cast(DesktopAlerts, self.text("desktop_alerts"))
            if self.is_changed("desktop_alerts")
            else UNSET,
            quiet_from=begin,
            quiet_to=end,
            alert_words=cast(AlertWords, self.text("alert_words")) if self.is_changed("alert_words") else UNSET,
        )

    def _quiet(self) -> tuple[str, str] | tuple[None, None]:
        text = self.text("quiet")
        if not text:
            return None, None
        found = _QUIET.fullmatch(text)
        if found is None:
            raise InvalidError("Say from when to when, such as 22:00-07:00, or leave it empty.")
        return quiet_hours(found[1].zfill(5), found[2].zfill(5))


def _complaint(check: Callable[[], object]) -> str:
    try:
        check()
    except InvalidError as error:
        return error.sentence.removeprefix(f"{error.place}: ")
    return ""


_FIELD_OF = {"quiet_from": "quiet", "quiet_to": "quiet"}


def field_of(sentence: str) -> tuple[str, str]:
    """The field that a refusal of the server is about, and what it says of it; no field where it names none."""
    place, colon, said = sentence.partition(": ")
    place = place.removeprefix("body.")
    name = _FIELD_OF.get(place, place)
    known = any(spec.name == name for spec in FIELDS)
    return (name, said) if colon and known else ("", sentence)
