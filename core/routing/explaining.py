"""Says of each rule whether it fires on an event, and if not, why not. The answer itself is the router's."""

from collections.abc import Sequence

from core.api.rules import ConditionPart, Explanation, RuleScope, RuleVerdict, Why
from core.clock import written
from core.routing.cooldown import Cooldowns, Remembered
from core.routing.router import Answer, Event, answers, is_for, tells_of_router
from core.routing.rule import Rule, Scope
from core.routing.rule_set import RuleSet
from core.routing.scopes import Deciding, deciding, hears
from core.routing.wording import worded

_MOST_NAMED = 3


def explain(
    event: Event,
    rules: RuleSet,
    ticket: Scope | None = None,
    mission: Scope | None = None,
    cooldowns: Cooldowns | None = None,
) -> Explanation:
    """What every rule makes of the event, in the order in which they are asked; no cooldown is begun by it."""
    asked = Remembered(cooldowns)
    given = {
        (answer.candidate.scope, answer.candidate.rule.id): answer
        for answer in answers(event, rules, ticket, mission, asked)
    }
    decided = deciding(event.name, rules, ticket, mission)
    asked_rules: list[tuple[RuleScope, Rule]] = [
        *(("ticket", rule) for rule in _rules_of(ticket)),
        *(("mission", rule) for rule in _rules_of(mission)),
        *(("global", rule) for rule in rules.rules),
    ]
    verdicts = [_verdict(rule, scope, event, decided, given.get((scope, rule.id))) for scope, rule in asked_rules]
    return Explanation(event.name, dict(event.data), decided.scope, decided.muted, verdicts)


def _rules_of(scope: Scope | None) -> Sequence[Rule]:
    return () if scope is None else scope.rules


def _verdict(rule: Rule, scope: RuleScope, event: Event, decided: Deciding, answer: Answer | None) -> RuleVerdict:
    parts = rule.condition.parts(event.data) if rule.condition is not None and hears(rule, event.name) else []
    why, sentence = _fired(rule, answer) if answer is not None else _silent(rule, scope, event, decided, parts)
    text = None if answer is None else worded(rule, event)
    return RuleVerdict(rule.id, rule.name, scope, why, sentence, list(rule.channels), parts, text)


def _fired(rule: Rule, answer: Answer) -> tuple[Why, str]:
    if answer.dropped_until is not None:
        return "cooldown", f"Its cooldown holds it back until {written(answer.dropped_until)}."
    return "fires", f"It sends to {' and '.join(_some(rule.channels))}."


def _silent(
    rule: Rule, scope: RuleScope, event: Event, decided: Deciding, parts: list[ConditionPart]
) -> tuple[Why, str]:
    if tells_of_router(event):
        return "router", "The event tells of a message about the router itself: nothing more is sent of that."
    if not rule.enabled:
        return "off", "It is switched off."
    if not any(pattern.routes(event.name) for pattern in rule.patterns):
        if any(pattern.covers(event.name) for pattern in rule.patterns):
            return "router", "Only a pattern that begins with notification: hears of the router's own events."
        hears = ", ".join(_some([pattern.text for pattern in rule.patterns]))
        return "pattern", f"It does not listen to {event.name}, but to {hears}."
    if all(candidate.rule is not rule or candidate.scope != scope for candidate in decided.candidates):
        return "scope", _outdone(rule, decided)
    if not is_for(rule, event):
        return "workspace", "It is for another workspace."
    return "condition", _unmet(parts)


def _outdone(rule: Rule, decided: Deciding) -> str:
    if decided.muted:
        return f"The {decided.scope} is muted."
    same = next((one for one in decided.candidates if one.rule.id == rule.id), None)
    if same is not None:
        return f"The {same.scope} has a rule of the same id, which stands for it."
    return f"The {decided.scope} has rules of its own for this event, which decide."


def _unmet(parts: list[ConditionPart]) -> str:
    """Why a condition does not hold, where one comparison alone can say so."""
    for part in parts:
        ways = part.place.removeprefix("condition")
        if not part.holds and ".or" not in ways and ".not" not in ways:
            return f"Its condition does not hold: {part.text}, and here it is {part.found}."
    return "Its condition does not hold."


def _some(names: Sequence[str]) -> list[str]:
    more = len(names) - _MOST_NAMED
    return list(names) if more <= 0 else [*names[:_MOST_NAMED], f"{more} more"]
