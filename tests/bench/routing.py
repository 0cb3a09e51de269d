"""Events per second of CPU that `callboard rules replay` routes, reading and start included, beside a router that
tries a regular expression for each pattern of each rule."""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.routing.conditions import read_condition
from core.routing.given_events import read_events
from core.routing.given_rules import rules_in
from core.routing.replaying import replay
from tests.bench.figures import Figure, median
from tests.bench.serving import ROOT

EVENTS = 20_000
GOALS = {10: 20_000, 100: 15_000, 1_000: 10_000}
_SAMPLE = 1_000  # of the events, for the yardstick
_CORPORA = Path(__file__).parents[1] / "corpora"
_REPLAY = [sys.executable, "-m", "tui.cli.main", "rules", "replay", "--json", "--no-cooldown"]


def measure(rounds: int = 3) -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.jsonl"
        given = _events()
        events.write_text("".join(json.dumps(event) + "\n" for event in given))
        for count, goal in GOALS.items():
            rules = _rules(count)
            file = Path(folder) / "rules.json"
            file.write_text(json.dumps({"rules": rules}))
            used = median([_cpu(file, events) for _ in range(rounds)])
            rate, plain = EVENTS / used, _plain_rate(rules, given[:_SAMPLE])
            share = _matching(file, events) / used
            yield Figure(
                f"routed events/s of CPU, {count:,} rules, {share:.0%} of it matching",
                f"{rate:,.0f}/s",
                f"a regex per rule {plain:,.0f}/s",
                rate / plain,
                f">= {goal:,}/s",
                rate >= goal,
            )


def _events() -> list[dict[str, Any]]:
    chosen = random.Random(1)
    return chosen.choices(json.loads((_CORPORA / "router-events.json").read_text()), k=EVENTS)


def _rules(count: int) -> list[dict[str, Any]]:
    chosen = random.Random(2)
    rules = chosen.choices(json.loads((_CORPORA / "router-rules.json").read_text())["rules"], k=count)
    return [{**rule, "id": f"rule-{number}"} for number, rule in enumerate(rules)]


def _cpu(rules: Path, events: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [*_REPLAY, "--rules", str(rules), "--events", str(events)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _matching(rules: Path, events: Path) -> float:
    """The seconds of CPU that deciding takes, of rules and events that have been read."""
    given = rules_in(rules.read_text(), rules.name).rules
    with events.open("rb") as file:
        read = list(read_events(file, events.name))
    begun = time.process_time()
    for _ in replay(read, given):
        pass
    return time.process_time() - begun


def _plain_rate(rules: list[dict[str, Any]], events: list[dict[str, Any]]) -> float:
    """Events per second of CPU where each rule is tried on each event, with nothing kept from one to the next but
    what was compiled."""
    compiled = [
        (
            [_regex(pattern) for pattern in rule["events"]],
            read_condition(rule["condition"]) if "condition" in rule else None,
        )
        for rule in rules
    ]
    begun = time.process_time()
    sent = 0
    for event in events:
        for patterns, condition in compiled:
            if any(pattern.fullmatch(event["event"]) for pattern in patterns) and (
                condition is None or condition.holds(event["data"])
            ):
                sent += 1
    return len(events) / (time.process_time() - begun)


def _regex(pattern: str) -> re.Pattern[str]:
    if pattern == "*":
        return re.compile(".*")
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"**": ".*", "*": "[^:]*"}.get(part, re.escape(part)) for part in parts))
