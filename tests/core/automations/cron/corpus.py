"""The cases of `tests/corpora`, and instants as they are written there."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.automations.cron import Expression, next_run, parse, runs, zone
from core.clock import from_datetime, to_datetime
from storage.ids import Instant

_FOLDER = Path(__file__).parents[3] / "corpora"


@dataclass(frozen=True)
class Case:
    """What runs when: the next five after an instant."""

    id: str
    expr: str
    tz: str
    after: str
    expected: list[str]


def cases() -> list[Case]:
    found = json.loads((_FOLDER / "cron.json").read_text())["cases"]
    return [Case(row["id"], row["expr"], row["tz"], row["after"], row["expected"]) for row in found]


def judged() -> list[tuple[str, bool]]:
    """Expressions, and whether they are accepted."""
    rows = json.loads((_FOLDER / "cron-validation.json").read_text())
    return [(row["expr"], row["accept"]) for row in rows]


def at(text: str) -> Instant:
    """The instant of `2026-03-29T01:00:00Z`."""
    return from_datetime(datetime.fromisoformat(text))


def written(instant: Instant) -> str:
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_of(expression: str, name: str, after: str, n: int = 1) -> list[str]:
    return [written(run) for run in runs(parse(expression), zone(name), at(after), n)]


def following(expression: Expression, name: str, after: Instant) -> str:
    run = next_run(expression, zone(name), after)
    return written(run) if run is not None else "never"
