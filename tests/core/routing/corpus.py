"""The cases of `tests/corpora`, and rules as tests write them."""

import json
from pathlib import Path
from typing import Any

from core.channels.configuring.places import dotted
from core.routing.reading import read_rules
from core.routing.router import Event
from core.routing.rule import Rule, Scope
from core.routing.rule_set import RuleSet
from storage.ids import Instant

FOLDER = Path(__file__).parents[2] / "corpora"
SECOND = 1_000_000


def cases(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def written(name: str, /, *events: str, to: str = "ops", **parts: Any) -> dict[str, Any]:
    """A rule as a file has it."""
    return {"id": name, "events": list(events), "channels": to.split(), **parts}


def rules_of(*rules: dict[str, Any]) -> tuple[Rule, ...]:
    read = read_rules(list(rules), dotted, None)
    assert not read.problems, read.problems
    return read.rules


def rule_set(*rules: dict[str, Any]) -> RuleSet:
    return RuleSet(rules_of(*rules))


def scope(key: str, *rules: dict[str, Any], inherit: bool = False, mute: bool = False) -> Scope:
    return Scope(rules_of(*rules), inherit, mute, key)


def event(name: str, /, at: float = 0, **data: Any) -> Event:
    """An event so many seconds after the beginning."""
    return Event(name, data, Instant(round(at * SECOND)))
