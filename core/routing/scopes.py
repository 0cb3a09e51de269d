"""Which rules decide over an event: its ticket's, its mission's or the home's."""

from collections.abc import Iterable
from typing import NamedTuple

from core.api.rules import RuleScope
from core.routing.rule import Rule, Scope
from core.routing.rule_set import RuleSet


class Candidate(NamedTuple):
    """A rule that hears of the event, where it lives, and what its cooldown goes by there."""

    rule: Rule
    scope: RuleScope
    key: str


class Deciding(NamedTuple):
    """The rules that decide, in the order in which they send. `scope` is the most specific one that has a say."""

    scope: RuleScope
    muted: bool
    candidates: list[Candidate]


def deciding(name: str, rules: RuleSet, ticket: Scope | None, mission: Scope | None) -> Deciding:
    """The rules of the most specific scope that has one for this name, and where it says so, of those above it. A
    scope that has none is as if it were not there. A rule stands once, as the most specific scope has it."""
    found: list[Candidate] = []
    decides: RuleScope = "global"
    specific: tuple[tuple[Scope | None, RuleScope], ...] = ((ticket, "ticket"), (mission, "mission"))
    for scope, own in specific:
        if scope is None:
            continue
        if scope.mute:
            return Deciding(decides if found else own, not found, found)
        heard = [rule for rule in scope.rules if hears(rule, name)]
        if not heard:
            continue
        decides = decides if found else own
        _add(found, heard, own, scope.key)
        if not scope.inherit:
            return Deciding(decides, False, found)
    _add(found, rules.candidates(name), "global", "")
    return Deciding(decides, False, found)


def hears(rule: Rule, name: str) -> bool:
    """Whether the rule is on and has a pattern for this name."""
    return rule.enabled and any(pattern.routes(name) for pattern in rule.patterns)


def _add(found: list[Candidate], rules: Iterable[Rule], scope: RuleScope, key: str) -> None:
    known = {candidate.rule.id for candidate in found}
    found += [Candidate(rule, scope, key) for rule in rules if rule.id not in known]
