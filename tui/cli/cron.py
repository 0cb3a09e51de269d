"""`callboard cron`: when an expression runs, and what it means. No server is needed.

As a filter, `cron next -` answers each line on its own: a bad one has an error as its answer and ends nothing."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click

from core.automations.cron import Expression, in_words, notes, parse, runs, zone
from core.automations.cron.errors import quoted
from core.automations.cron.zones import changes_within_a_year, zone_names
from core.clock import SECOND, SystemClock, from_datetime, to_datetime
from core.errors import CallboardError, InvalidError
from storage.ids import Instant
from tui.cli.commands import Command, group, json_option
from tui.cli.output import Cell, Column, exact, print_json, print_table, say
from tui.words.times import absolute

_MOST_RUNS = 1000
_LONGEST_LINE = 64 * 1024
_FIRST_YEAR = 1000
_LIKE_THIS = "Write it like 2026-03-29T00:00:00Z."
_FIXED = (
    "Fixed times: what a clock change skips runs once, right after it; what comes twice runs the first time; what"
    " a change of three hours or more skips is lost."
)
_REAL = "Follows real time: nothing runs while the clock skips, and what comes twice runs twice."


@dataclass(frozen=True, slots=True)
class Question:
    """When does it run: of an expression, in a zone, after an instant, how often."""

    expression: Expression
    zone: ZoneInfo
    after: Instant
    n: int

    @property
    def runs(self) -> list[Instant]:
        return runs(self.expression, self.zone, self.after, self.n)


class _WithExpression(Command):
    """Takes `-1 * * * *` for an expression that is wrong, and not for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        dashed = [arg for arg in args if arg.startswith("-") and not arg.startswith("--") and " " in arg]
        if dashed and "--" not in args:
            args = [*(arg for arg in args if arg not in dashed), "--", *dashed]
        return super().parse_args(ctx, args)


def _a_zone(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in sorted(zone_names()) if name.lower().startswith(incomplete.lower())]


def _asking(function: Callable[..., None]) -> Callable[..., None]:
    tz = click.option(
        "--tz",
        metavar="ZONE",
        default="UTC",
        show_default=True,
        help="The time zone that it is in.",
        shell_complete=_a_zone,
    )
    after = click.option(
        "--after", metavar="INSTANT", help="Runs after this, in UTC unless it says a zone.  [now]"
    )
    return click.argument("expr")(tz(after(json_option(function))))


@group("cron")
def command() -> None:
    """Say when a cron expression runs, and what it means."""


@command.command("next", cls=_WithExpression)
@_asking
@click.option("-n", type=click.IntRange(1, _MOST_RUNS), default=5, show_default=True, help="So many runs.")
def next_(expr: str, tz: str, after: str | None, n: int, as_json: bool) -> None:
    """Show the next runs of EXPR, five fields in quotes.

    With - for EXPR, lines of JSON are read from standard input, each {"expr", "tz", "after", "n"}, and each is
    answered by a line {"runs"} or {"error"}.
    """
    if expr == "-":
        _answer_lines(sys.stdin.buffer, {"tz": tz, "after": after, "n": n})
        return
    question = _question(expr, tz, after, n)
    if as_json:
        print_json({"runs": _exact(question.runs)})
        return
    _show(question)


@command.command("explain", cls=_WithExpression)
@_asking
def explain(expr: str, tz: str, after: str | None, as_json: bool) -> None:
    """Say EXPR in words, with its next runs and what changes of the clock do to them."""
    question = _question(expr, tz, after, 5)
    expression = question.expression
    found = notes(expression, question.zone, question.after, question.n)
    if as_json:
        print_json(
            {
                "expression": expression.text,
                "zone": question.zone.key,
                "words": in_words(expression),
                "runs": _exact(question.runs),
                "notes": [{"at": _exact([note.instant])[0], "sentence": note.sentence} for note in found],
            }
        )
        return
    _show(question)
    say()
    say(_about_changes(question) if not found else _REAL if expression.follows_real_time else _FIXED)


def _about_changes(question: Question) -> str:
    if changes_within_a_year(question.zone, question.after // SECOND):
        return "No change of the clock touches these runs within a year."
    return f"The clock of {question.zone.key} does not change within a year."


def _question(expr: str, tz: str, after: str | None, n: int) -> Question:
    return Question(parse(expr), zone(tz), _instant(after), n)


def _instant(text: str | None) -> Instant:
    if text is None:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidError(f"{quoted(text)} is not a time. {_LIKE_THIS}", "after") from None
    if moment.year < _FIRST_YEAR:
        raise InvalidError(f"{quoted(text)} is too long ago. {_LIKE_THIS}", "after")
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _exact(instants: list[Instant]) -> list[str]:
    return [exact(to_datetime(instant)) for instant in instants]


def _show(question: Question) -> None:
    say(f"{in_words(question.expression)}.")
    say()
    print_table(
        [Column(str(question.zone.key).upper()), Column("YOUR TIME"), Column("UTC")],
        [
            [Cell(absolute(moment, question.zone), "bold"), absolute(moment, _here(moment)), exact(moment)]
            for moment in map(to_datetime, question.runs)
        ],
        empty="It never runs again.",
    )
    found = notes(question.expression, question.zone, question.after, question.n)
    if found:
        say()
    for note in found:
        say(f"{note.sentence}.")


def _here(moment: datetime) -> tzinfo:
    return moment.astimezone().tzinfo or UTC


def _answer_lines(source: BinaryIO, defaults: dict[str, object]) -> None:
    for line in _lines(source):
        sys.stdout.write(json.dumps(_answer(line, defaults)) + "\n")
        sys.stdout.flush()


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines; nothing in the place of one that is too long."""
    while line := source.readline(_LONGEST_LINE):
        too_long = len(line) == _LONGEST_LINE and not line.endswith(b"\n")
        while too_long and line and not line.endswith(b"\n"):
            line = source.readline(_LONGEST_LINE)
        yield None if too_long else line


def _answer(line: bytes | None, defaults: dict[str, object]) -> dict[str, object]:
    try:
        return {"runs": _exact(_question_of(line, defaults).runs)}
    except CallboardError as error:
        return {"error": error.sentence}


def _question_of(line: bytes | None, defaults: dict[str, object]) -> Question:
    if line is None:
        raise InvalidError(f"The line is longer than {_LONGEST_LINE} bytes.")
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidError("The line is not JSON.") from None
    if not isinstance(asked, dict):
        raise InvalidError('The line is not a JSON object. Write {"expr": "0 9 * * *", "tz": "UTC"}.')
    given = {**defaults, **{name: value for name, value in asked.items() if value is not None}}
    expr, tz, after, n = (given.get(name) for name in ("expr", "tz", "after", "n"))
    if not isinstance(expr, str):
        raise InvalidError("Give the expression as a text.", "expr")
    if not isinstance(tz, str):
        raise InvalidError("Give the time zone as a text.", "tz")
    if after is not None and not isinstance(after, str):
        raise InvalidError("Give the instant as a text such as 2026-03-29T00:00:00Z.", "after")
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= _MOST_RUNS:
        raise InvalidError(f"Give a number from 1 to {_MOST_RUNS}.", "n")
    return _question(expr, tz, after, n)
