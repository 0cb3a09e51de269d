"""Decides what an event sends, and where: the one code that dispatches, explains and replays."""

from collections.abc import Mapping
from typing import NamedTuple

from core.api.rules import RuleScope
from core.routing.cooldown import Cooldowns, asked
from core.routing.patterns import ROUTER
from core.routing.rule import Rule, Scope
from core.routing.rule_set import RuleSet
from core.routing.scopes import Candidate, deciding
from storage.ids import Instant, WorkspaceId


class Event(NamedTuple):
    """What is routed: an event with its payload, as it was recorded or as it might be."""

    name: str
    data: Mapping[str, object]
    at: Instant
    workspace: WorkspaceId | None = None
    ticket: str | None = None
    mission: str | None = None


class Dispatch(NamedTuple):
    """One message to one channel. Of one that a cooldown holds back, `dropped_until` says until when; of one that
    goes out, `held_back` how many events the rule held back before it, and `held_since` since when."""

    rule: Rule
    channel: str
    scope: RuleScope = "global"
    dropped_until: Instant | None = None
    held_back: int = 0
    held_since: Instant | None = None


class Answer(NamedTuple):
    """What a rule that would fire does: it sends, or its cooldown holds it back."""

    candidate: Candidate
    dropped_until: Instant | None = None
    held_back: int = 0
    held_since: Instant | None = None


def decide(
    event: Event,
    rules: RuleSet,
    ticket: Scope | None = None,
    mission: Scope | None = None,
    cooldowns: Cooldowns | None = None,
) -> list[Dispatch]:
    """What this event sends, in order, with what is held back. Without cooldowns, nothing is."""
    return [
        Dispatch(
            answer.candidate.rule,
            channel,
            answer.candidate.scope,
            answer.dropped_until,
            answer.held_back,
            answer.held_since,
        )
        for answer in answers(event, rules, ticket, mission, cooldowns)
        for channel in answer.candidate.rule.channels
    ]


def answers(
    event: Event, rules: RuleSet, ticket: Scope | None, mission: Scope | None, cooldowns: Cooldowns | None
) -> list[Answer]:
    """The rules that would fire, in order, and what becomes of each."""
    if tells_of_router(event):
        return []
    if ticket is None and mission is None:
        firing = [Candidate(rule, "global", "") for rule in rules.firing(event.name, event.data)]
    else:
        candidates = deciding(event.name, rules, ticket, mission).candidates
        firing = [candidate for candidate in candidates if holds(candidate.rule, event)]
    return [_answer(candidate, event.at, cooldowns) for candidate in firing if is_for(candidate.rule, event)]


def holds(rule: Rule, event: Event) -> bool:
    """Whether the rule's condition holds, if it has one."""
    return rule.condition is None or rule.condition.holds(event.data)


def tells_of_router(event: Event) -> bool:
    """Whether the event tells what became of a message that told of the router itself: that ends here."""
    if not event.name.startswith(ROUTER):
        return False
    cause = event.data.get("event")
    return isinstance(cause, str) and cause.startswith(ROUTER)


def is_for(rule: Rule, event: Event) -> bool:
    """Whether the rule is for the event's workspace."""
    return rule.workspace is None or rule.workspace == event.workspace


def _answer(candidate: Candidate, at: Instant, cooldowns: Cooldowns | None) -> Answer:
    if cooldowns is None:
        return Answer(candidate)
    rule, key = candidate.rule, candidate.key
    before = cooldowns.get(rule.id, key)
    after, until = asked(before, rule.cooldown_ms, at)
    cooldowns.put(rule.id, key, after)
    if until is not None or before is None:
        return Answer(candidate, until)
    return Answer(candidate, None, before.dropped_since, before.held_since)
