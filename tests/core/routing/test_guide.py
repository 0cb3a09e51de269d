"""The guide to rules: what it shows can be used as it stands, and what it says of patterns is so."""

import json
import re
import tomllib
from pathlib import Path

from core.channels.configuring.places import dotted
from core.routing.conditions import DEEPEST, MOST_PARTS, OPS, read_condition
from core.routing.patterns import Pattern
from core.routing.reading import KEYS, read_rules, read_scope

GUIDE = (Path(__file__).parents[3] / "docs" / "router.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.S)


def test_the_rules_of_the_guide_work() -> None:
    (toml,) = blocks("toml")
    rules, condition = blocks("json")
    written = [*tomllib.loads(toml)["notifications"]["rules"], *json.loads(rules)["rules"]]
    (scoped,) = re.findall(r"^\{\"title\".*$", GUIDE, re.M)

    read = read_rules(written, dotted, ["ops", "on-call"])

    assert (len(read.rules), read.problems, read.notices) == (2, [], [])
    assert read_condition(json.loads(condition)).holds({"to": "failed", "task": {"retries": 3}})
    assert read_scope(json.loads(scoped)["notifications"]).problems == []


def test_patterns_fit_as_the_guide_says() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (`.*`) \| (`.*`) \|$", GUIDE, re.M)

    assert len(rows) == 4
    for pattern, fits, fits_not in rows:
        assert [Pattern(pattern).covers(name) for name in re.findall("`([^`]+)`", fits)].count(False) == 0
        assert [Pattern(pattern).covers(name) for name in re.findall("`([^`]+)`", fits_not)].count(True) == 0


def test_the_guide_names_all_that_a_rule_can_say() -> None:
    table = GUIDE[GUIDE.index("| key |") : GUIDE.index("## Patterns")]

    assert all(f"`{key}`" in table for key in KEYS)
    assert all(f"`{op}`" in GUIDE for op in OPS)
    assert f"at most {DEEPEST} deep and has at\nmost {MOST_PARTS} parts" in GUIDE
