"""Why a rule fires or does not: said of each, and always what the router does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.api.rules import RuleVerdict
from core.routing.cooldown import Remembered
from core.routing.explaining import explain
from core.routing.router import decide
from core.routing.rule import Scope
from tests.core.routing.corpus import event, rule_set, scope, written

FAILED = {"field": "to", "op": "==", "value": "failed"}


def said(verdict: RuleVerdict) -> tuple[str, str, str]:
    return verdict.rule_id, verdict.why, verdict.sentence


def test_each_rule_says_why() -> None:
    rules = rule_set(
        written("sends", "task:*", to="ops mail"),
        written("waits", "task:*", cooldownMs=60_000),
        written("unmet", "task:*", condition={"and": [{"field": "taskId", "op": "exists"}, FAILED]}),
        written("either", "task:*", condition={"or": [FAILED, {"field": "x", "op": "exists"}]}),
        written("off", "task:*", enabled=False),
        written("deaf", "sla:*", "mission:*", "plan:*", "a:*", "b:*"),
    )
    kept = Remembered()
    decide(event("task:created"), rules, cooldowns=kept)

    found = explain(event("task:transition", 1, taskId="t1", to="done"), rules, cooldowns=kept)

    assert [said(verdict) for verdict in found.verdicts] == [
        ("sends", "fires", "It sends to ops and mail."),
        ("waits", "cooldown", "Its cooldown holds it back until 1970-01-01T00:01:00Z."),
        ("unmet", "condition", 'Its condition does not hold: to == "failed", and here it is "done".'),
        ("either", "condition", "Its condition does not hold."),
        ("off", "off", "It is switched off."),
        ("deaf", "pattern", "It does not listen to task:transition, but to sla:*, mission:*, plan:*, 2 more."),
    ]
    assert [part.place for part in found.verdicts[3].parts] == ["condition.or[0]", "condition.or[1]"]
    assert [verdict.text is not None for verdict in found.verdicts] == [True, True, False, False, False, False]
    assert (found.scope, found.muted, found.data) == ("global", False, {"taskId": "t1", "to": "done"})


def test_asking_begins_no_cooldown() -> None:
    rules, kept = rule_set(written("r", "*", cooldownMs=60_000)), Remembered()

    whys = [explain(event("a", at), rules, cooldowns=kept).verdicts[0].why for at in (0, 1)]

    assert whys == ["fires", "fires"]
    assert kept.changed == {}


def test_the_scope_that_decides_says_so() -> None:
    rules = rule_set(written("same", "*"), written("global", "*"))
    ticket = scope("t", written("same", "task:*"))

    found = explain(event("task:created"), rules, ticket)

    assert found.scope == "ticket"
    assert [(verdict.rule_id, verdict.scope, verdict.why) for verdict in found.verdicts] == [
        ("same", "ticket", "fires"),
        ("same", "global", "scope"),
        ("global", "global", "scope"),
    ]
    assert [verdict.sentence for verdict in found.verdicts[1:]] == [
        "The ticket has a rule of the same id, which stands for it.",
        "The ticket has rules of its own for this event, which decide.",
    ]


def test_what_is_muted_says_so() -> None:
    found = explain(event("a"), rule_set(written("r", "*")), None, scope("m", mute=True))

    assert (found.scope, found.muted) == ("mission", True)
    assert said(found.verdicts[0]) == ("r", "scope", "The mission is muted.")


def test_what_the_router_does_not_hear_of_itself_says_so() -> None:
    rules = rule_set(written("star", "*"), written("named", "notification:*"))

    first = explain(event("notification:failed", event="task:created"), rules)
    second = explain(event("notification:failed", event="notification:failed"), rules)

    assert [verdict.why for verdict in first.verdicts] == ["router", "fires"]
    assert [verdict.why for verdict in second.verdicts] == ["router", "router"]


RULES = st.lists(
    st.builds(
        lambda name, pattern, holds, enabled, cooldown: written(
            name, pattern, enabled=enabled, cooldownMs=cooldown, condition=FAILED if holds is False else None
        ),
        st.sampled_from("abc"),
        st.sampled_from(["*", "task:*", "sla:*", "notification:*"]),
        st.sampled_from([None, False]),
        st.booleans(),
        st.sampled_from([0, 5_000]),
    ),
    max_size=3,
    unique_by=lambda rule: rule["id"],
)
SCOPES = st.none() | st.builds(
    lambda rules, inherit, mute: scope("s", *rules, inherit=inherit, mute=mute),
    RULES,
    st.booleans(),
    st.booleans(),
)


@given(RULES, SCOPES, SCOPES, st.sampled_from(["task:created", "notification:sent", "x"]))
@settings(max_examples=150, deadline=None)
def test_it_says_fires_of_what_is_sent_and_of_nothing_else(
    rules: list[dict[str, object]], ticket: Scope | None, mission: Scope | None, name: str
) -> None:
    found = rule_set(*rules)
    kept = Remembered()
    decide(event(name, 0), found, ticket, mission, kept)

    verdicts = explain(event(name, 3), found, ticket, mission, kept).verdicts
    dispatches = decide(event(name, 3), found, ticket, mission, kept)

    answered = [(one.scope, one.rule.id, "cooldown" if one.dropped_until else "fires") for one in dispatches]
    assert [(v.scope, v.rule_id, v.why) for v in verdicts if v.why in ("fires", "cooldown")] == answered
    asked = [*(ticket.rules if ticket else ()), *(mission.rules if mission else ()), *found.rules]
    assert [verdict.rule_id for verdict in verdicts] == [rule.id for rule in asked]
    assert all(verdict.sentence.endswith(".") for verdict in verdicts)


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "a\nb"])
def test_what_came_from_outside_is_said_as_data(hostile: str) -> None:
    rules = rule_set(written("r", "*", condition=FAILED))

    (verdict,) = explain(event("a", to=hostile), rules).verdicts

    assert verdict.parts[0].found.startswith('"')
    assert "\n" not in verdict.sentence
    assert "\x1b" not in verdict.sentence
