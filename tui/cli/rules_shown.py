"""Rules, and what they make of an event, as lines on a terminal."""

import json
from datetime import datetime

from core.api.rules import Explanation, Rule
from tui.cli.output import Cell, local, print_json, print_parts, say, when


def rule_row(rule: Rule, now: datetime) -> list[str | Cell]:
    fired = rule.cooldown.last_fired_at
    return [
        Cell(rule.id, "bold" if rule.enabled else "dim"),
        ", ".join(rule.events),
        ", ".join(rule.channels),
        rule.severity if rule.enabled else "off",
        rule.place or rule.source,
        when(fired, now) if fired else "-",
        str(rule.cooldown.dropped),
        Cell(rule.problem or "-", "red" if rule.problem else ""),
    ]


def print_rule(rule: Rule, as_json: bool) -> None:
    if as_json:
        print_json(rule)
        return
    state = rule.cooldown
    print_parts(
        [
            ("Id", Cell(rule.id, "bold")),
            ("Name", rule.name),
            ("State", "on" if rule.enabled else "off"),
            ("Events", ", ".join(rule.events)),
            ("Condition", None if rule.condition is None else json.dumps(rule.condition, ensure_ascii=False)),
            ("Channels", ", ".join(rule.channels)),
            ("Severity", rule.severity),
            ("Cooldown", f"{rule.cooldown_ms / 1000:g} s" if rule.cooldown_ms else None),
            ("Title", rule.title),
            ("Text", rule.template),
            ("Workspace", rule.workspace),
            ("From", rule.place or rule.source),
            ("Problem", None if rule.problem is None else Cell(rule.problem, "red")),
            ("Last fired", local(state.last_fired_at)),
            ("Fired", str(state.fired)),
            ("Held back", f"{state.dropped}, of them {state.dropped_since} since it last fired"),
            ("Changed", local(rule.updated_at)),
        ]
    )


def print_explanation(found: Explanation, listening: bool) -> None:
    heard = [verdict for verdict in found.verdicts if verdict.why != "pattern" or not listening]
    for verdict in heard:
        where = "" if verdict.scope == "global" else f" of the {verdict.scope}"
        say(f"{'+' if verdict.fires else '-'} {verdict.rule_id}{where}: {verdict.sentence}")
        for part in verdict.parts:
            say(f"    {'holds' if part.holds else 'does not hold'}: {part.text} (found {part.found})")
        if verdict.text is not None:
            for text in (verdict.text.title, *verdict.text.body.splitlines()):
                say(f"    | {text}")
    silent = len(found.verdicts) - len(heard)
    if silent:
        rules = "1 rule does" if silent == 1 else f"{silent} rules do"
        say(f"{rules} not listen to {found.event}.")
    if not found.verdicts:
        say("There are no rules.")
