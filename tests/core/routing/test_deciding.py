"""What an event sends: order, scopes, cooldowns, and that the router never talks to itself."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events.catalogue import CATALOGUE
from core.routing.cooldown import Cooldown, Remembered, asked
from core.routing.router import Event, decide
from core.routing.rule import Scope
from core.routing.rule_set import RuleSet
from core.routing.scopes import deciding
from storage.ids import Instant, WorkspaceId
from tests.core.routing.corpus import SECOND, cases, event, rule_set, rules_of, scope, written

NEVER = {"field": "no", "op": "exists"}


def sent(found: Event, rules: RuleSet, *scopes: Scope | None, cooldowns: Remembered | None = None) -> list[str]:
    """`rule>channel` of what goes out."""
    ticket, mission = (*scopes, None, None)[:2]
    dispatches = decide(found, rules, ticket, mission, cooldowns)
    return [f"{one.rule.id}>{one.channel}" for one in dispatches if one.dropped_until is None]


def test_the_corpus_goes_where_the_reference_sends_it() -> None:
    given = cases("router-rules")
    known = set(given["channels"])
    rules = rule_set(*given["rules"])

    found = [
        [index, one.rule.id, one.channel]
        for index, each in enumerate(cases("router-events"))
        for one in decide(Event(each["event"], each["data"], Instant(0)), rules)
        if one.channel in known
    ]

    assert found == cases("router-expected")


def test_all_that_match_send_in_their_order_and_to_each_channel_once() -> None:
    rules = rule_set(
        written("a", "task:*", to="one two one"),
        written("b", "x", "task:created", to="three"),
        written("off", "**", to="one", enabled=False),
        written("not", "task:*", to="one", condition=NEVER),
        written("c", "**", "*", "task:created", to="one"),
    )

    assert sent(event("task:created"), rules) == ["a>one", "a>two", "b>three", "c>one"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["*", "a:*", "a:b", "**", "x"]),
            st.sampled_from([None, ("==", "1"), ("==", "2"), ("==", ""), (">=", 0), ("exists", 1), ("==", None)]),
            st.sampled_from([None, ("==", "1"), ("!=", "1"), ("<", 2)]),
        ),
        max_size=8,
    ),
    st.fixed_dictionaries(
        {}, optional={"f": st.sampled_from(["1", "2", 1, True, None, "", 0, [1]]), "g": st.just("1")}
    ),
)  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_looking_up_by_text_is_asking_each(parts: list[tuple[str, Any, Any]], data: dict[str, Any]) -> None:
    rules = rule_set(
        *(
            written(str(number), pattern, condition=_both(("f", first), ("g", second)))
            for number, (pattern, first, second) in enumerate(parts)
        )
    )
    found = event("a:b", **data)

    each = [rule.id for rule in rules.candidates("a:b") if rule.condition is None or rule.condition.holds(data)]

    assert [one.rule.id for one in decide(found, rules)] == each


def test_null_is_there_and_counts_as_nothing() -> None:
    rules = rule_set(written("r", "*", condition={"field": "f", "op": ">=", "value": 0}))

    assert sent(event("a", f=None), rules) == ["r>ops"]
    assert sent(event("a"), rules) == []


def _both(*needed: tuple[str, Any]) -> dict[str, Any] | None:
    parts = [{"field": field, "op": value[0], "value": value[1]} for field, value in needed if value is not None]
    return {"and": parts} if parts else None


def test_as_many_names_as_there_are_fit_in_a_bounded_memory() -> None:
    rules = rule_set(written("a", "a:*"))

    for number in range(10_000):
        assert len(rules.candidates(f"a:{number}")) == 1

    assert len(rules._known) <= 4_096


def test_a_rule_for_one_workspace_hears_of_no_other() -> None:
    (rule,) = rules_of(written("mine", "*"))
    rules = RuleSet([replace(rule, workspace=WorkspaceId(1))])

    places = (WorkspaceId(1), WorkspaceId(2), None)
    heard = [decide(Event("a", {}, Instant(0), place), rules) for place in places]

    assert [len(each) for each in heard] == [1, 0, 0]


STATES = ("none", "deaf", "hears", "inherits", "deaf and inherits", "mute")


def _scope(kind: str, state: str) -> Scope | None:
    own, other = written(kind, "task:*", to=kind), written(kind, "sla:*", to=kind)
    match state:
        case "none":
            return None
        case "deaf" | "deaf and inherits":
            return scope(kind, other, inherit=state != "deaf")
        case "hears" | "inherits":
            return scope(kind, own, inherit=state == "inherits")
    return scope(kind, own, inherit=True, mute=True)


def _expected(ticket: str, mission: str) -> list[str]:
    """By the words of the specification, asked from the inside out."""
    found: list[str] = []
    for kind, state in (("ticket", ticket), ("mission", mission)):
        if state == "mute":
            return found
        if state in ("hears", "inherits"):
            found.append(f"{kind}>{kind}")
            if state == "hears":
                return found
    return [*found, "global>home"]


@pytest.mark.parametrize(("ticket", "mission"), list(product(STATES, STATES)))
def test_the_most_specific_scope_with_a_rule_decides(ticket: str, mission: str) -> None:
    rules = rule_set(written("global", "task:*", to="home"))

    assert sent(event("task:created"), rules, _scope("ticket", ticket), _scope("mission", mission)) == _expected(
        ticket, mission
    )


def test_a_rule_whose_condition_does_not_hold_still_decides() -> None:
    rules = rule_set(written("global", "*"))

    assert sent(event("task:created"), rules, scope("t", written("own", "*", condition=NEVER))) == []


def test_rules_of_a_scope_need_no_global_one_that_listens() -> None:
    assert sent(event("own:event"), rule_set(), scope("t", written("own", "own:*"))) == ["own>ops"]


def test_a_rule_that_is_off_leaves_its_scope_as_if_it_were_not_there() -> None:
    rules = rule_set(written("global", "*"))

    assert sent(event("a"), rules, scope("t", written("own", "*", enabled=False))) == ["global>ops"]


def test_of_one_id_in_several_scopes_the_most_specific_stands_once() -> None:
    rules = rule_set(written("same", "*", to="global"), written("other", "*", to="global"))
    ticket = scope("t", written("same", "*", to="ticket"), inherit=True)
    mission = scope("m", written("same", "*", to="mission"), written("own", "*", to="mission"), inherit=True)

    assert sent(event("a"), rules, ticket, mission) == ["same>ticket", "own>mission", "other>global"]
    assert sent(event("a"), rules, None, mission) == ["same>mission", "own>mission", "other>global"]


def test_who_decides_is_said() -> None:
    rules, hears, deaf = rule_set(written("g", "*")), _scope("ticket", "hears"), _scope("ticket", "deaf")

    assert deciding("task:a", rules, hears, None).scope == "ticket"
    assert deciding("task:a", rules, deaf, _scope("mission", "inherits")).scope == "mission"
    assert deciding("task:a", rules, deaf, None).scope == "global"
    assert deciding("task:a", rules, _scope("ticket", "inherits"), _scope("mission", "hears")).scope == "ticket"
    assert deciding("task:a", rules, deaf, _scope("mission", "mute"))[:2] == ("mission", True)


@pytest.mark.parametrize(
    "pattern", ["*", "**", "*:*", "notification:*", "notification:**", "notification:failed"]
)
def test_the_router_never_talks_to_itself(pattern: str) -> None:
    """Each message that goes out is told of as sent and as failed, as often as anything comes of it."""
    rules = rule_set(written("loud", pattern, to="one two"))
    told = [event("task:created", taskId="t1")]
    rounds = 0
    while told:
        rounds += 1
        assert rounds < 5
        told = [
            event(name, ruleId=one.rule.id, channel=one.channel, event=each.name)
            for each in told
            for one in decide(each, rules)
            for name in ("notification:sent", "notification:failed")
        ]


def test_a_rule_that_names_the_routers_events_hears_of_them_once() -> None:
    rules = rule_set(written("watch", "notification:failed"))

    assert sent(event("notification:failed", event="task:created"), rules) == ["watch>ops"]
    assert sent(event("notification:failed", event="notification:failed"), rules) == []
    assert sent(event("notification:failed", event=["notification:failed"]), rules) == ["watch>ops"]
    assert sent(event("notification:failed"), rules) == ["watch>ops"]


def test_no_event_of_the_catalogue_is_unheard_by_a_rule_of_its_name() -> None:
    for name in CATALOGUE:
        assert sent(event(name), rule_set(written("own", name))) == ["own>ops"]


def cooled(*moments: float, cooldown: float = 10) -> list[bool]:
    """Which of events at these seconds go out."""
    rules, kept = rule_set(written("r", "*", cooldownMs=cooldown * 1000)), Remembered()
    return [sent(event("a", at), rules, cooldowns=kept) != [] for at in moments]


def test_a_rule_is_silent_until_exactly_its_cooldown_later() -> None:
    assert cooled(100, 100, 105, 109.999, 110, 119, 120.5) == [True, False, False, False, True, False, True]
    assert cooled(0, 0, 0, cooldown=0) == [True, True, True]


def test_what_is_held_back_does_not_make_it_longer() -> None:
    assert cooled(0, 9, 10) == [True, False, True]


def test_a_clock_that_steps_back_costs_one_cooldown_at_most() -> None:
    assert cooled(1000, 5, 14.9, 15) == [True, False, False, True]
    assert cooled(1000, 999, 1008.9, 1009) == [True, False, False, True]


def test_a_clock_that_steps_forward_ends_it() -> None:
    assert cooled(0, 1_000_000_000, 1_000_000_001) == [True, True, False]


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_however_the_clock_goes_nothing_is_uncounted(moments: list[int], cooldown: int) -> None:
    state: Cooldown | None = None
    fired = held = 0
    for at in moments:
        state, until = asked(state, cooldown * 1000, Instant(at * SECOND))
        fired, held = fired + (until is None), held + (until is not None)
        assert until is None or at * SECOND < until <= (at + cooldown) * SECOND
        assert (state.held_since is None) is (state.dropped_since == 0)

    assert state is None or (state.fired, state.dropped) == (fired, held)


def test_what_was_held_back_is_told_with_the_next() -> None:
    rules, kept = rule_set(written("r", "*", to="one two", cooldownMs=10_000)), Remembered()

    found = [decide(event("a", at), rules, cooldowns=kept) for at in (0, 3, 5, 10, 20)]

    assert [(one.dropped_until, one.held_back, one.held_since) for one in found[1]] == [
        (10 * SECOND, 0, None)
    ] * 2
    assert [(one.dropped_until, one.held_back, one.held_since) for one in found[3]] == [(None, 2, 3 * SECOND)] * 2
    assert [(one.held_back, one.held_since) for one in found[4]] == [(0, None)] * 2
    assert kept.get("r", "") == Cooldown(Instant(20 * SECOND), 3, 2)


def test_a_cooldown_outlives_whoever_keeps_it() -> None:
    rules = rule_set(written("r", "*", cooldownMs=10_000))
    before = Remembered()
    decide(event("a", 0), rules, cooldowns=before)

    after = Remembered(before)

    assert sent(event("a", 9), rules, cooldowns=after) == []
    assert sent(event("a", 10), rules, cooldowns=after) == ["r>ops"]
    assert before.get("r", "") == Cooldown(Instant(0), 1)
    assert after.get("r", "") == Cooldown(Instant(10 * SECOND), 2, 1)


def test_each_scope_has_its_own_cooldown() -> None:
    rules = rule_set(written("r", "*", cooldownMs=10_000))
    one, two = (scope(key, written("r", "*", cooldownMs=10_000)) for key in ("ticket/1", "ticket/2"))
    kept = Remembered()

    found = [sent(event("a", 1), rules, ticket, cooldowns=kept) for ticket in (one, one, two, None, None)]

    assert found == [["r>ops"], [], ["r>ops"], ["r>ops"], []]


def test_what_does_not_match_begins_no_cooldown() -> None:
    needs = {"field": "to", "op": "==", "value": "failed"}
    rules, kept = rule_set(written("r", "task:*", condition=needs, cooldownMs=10_000)), Remembered()

    decide(event("task:a", to="done"), rules, cooldowns=kept)
    decide(event("sla:met", to="failed"), rules, cooldowns=kept)

    assert kept.changed == {}
    assert sent(event("task:a", to="failed"), rules, cooldowns=kept) == ["r>ops"]
