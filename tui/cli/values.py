"""Values as they are typed on a command line: data, durations and times."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.clock import SystemClock, to_datetime

if TYPE_CHECKING:
    from tui.cli.invocation import Invocation

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:\d{1,6}[smhdw])+", re.ASCII)
_LONGEST_DAYS = 36_500


def data_of(pairs: Iterable[str], option: str = "-d") -> dict[str, Any]:
    """`key=text` and `key:=json` as an object; of one key twice, the last counts."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        as_json = name.endswith(":")
        name = name.removesuffix(":")
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not key=text or key:=json.", param_hint=option)
        found[name] = _json(name, value, option) if as_json else value
    return found


def _json(name: str, text: str, option: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise click.BadParameter(
            f"what follows {name}:= is not JSON; for a text write {name}=…", param_hint=option
        ) from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def text_or_file(text: str | None) -> str | None:
    """A text, or that of a file with @ before its name."""
    if text is None or not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{text[1:]} is not UTF-8 text.") from None
    except (OSError, ValueError):
        raise click.UsageError(f"The file {text[1:]} cannot be read; @ stands before the name of one.") from None


def duration_of(text: str) -> timedelta | None:
    """`90d`, `2h30m`: how long, or nothing when this is no duration."""
    if not _DURATION.fullmatch(text):
        return None
    seconds = sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([smhdw])", text))
    return timedelta(seconds=min(seconds, _LONGEST_DAYS * 86_400))


class Duration(click.ParamType[timedelta]):
    """How long, such as `90d` or `2h30m`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = duration_of(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no duration: write it like 90d, 12h or 2h30m.", param, ctx)
        return found


class Moment(click.ParamType[datetime]):
    """A time to come: how long from now, or a date and time, in this machine's zone unless it says one."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        now = to_datetime(SystemClock().now())
        after = duration_of(text)
        try:
            moment = now + after if after is not None else datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time: write it like 2h, 3d or 2026-12-01T09:00.", param, ctx)
        if moment <= now:
            self.fail(f"{value!r} is past: choose a later time.", param, ctx)
        return moment


DURATION = Duration()
MOMENT = Moment()


def later(invocation: "Invocation", text: str, option: str = "--until") -> datetime:
    """A time to come, as `2h30m`, as a date, or as a person says it, `tomorrow`: in the zone of their profile."""
    from core.api.people import me
    from tui.moments import moment_typed
    from tui.words.times import zone_named

    now, text = to_datetime(SystemClock().now()), text.strip()
    after = duration_of(text)
    if after is not None and after:
        return now + after
    zone = zone_named(invocation.send(me()).time_zone)
    try:
        moment = _exactly(text, zone) or moment_typed(text, now, zone)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint=option) from None
    if moment <= now:
        raise click.BadParameter(f"{text!r} is past: choose a later time.", param_hint=option)
    return moment


def _exactly(text: str, zone: tzinfo) -> datetime | None:
    """A date with a time of day, if it is one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2026-12-01"):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
