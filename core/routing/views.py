"""Rules as they are shown, with what has become of them, and narrowed as a filter says."""

from collections.abc import Collection, Sequence

from core.api.rules import Rule as ShownRule
from core.api.rules import RuleCooldown
from core.clock import maybe_datetime, to_datetime
from core.routing.cooldown import Cooldown, ready_at
from core.routing.rule import Rule
from storage.cooldowns import CooldownRow
from storage.criterion import Criterion
from storage.ids import Instant
from storage.rules import RuleRow


def shown(
    rule: Rule, row: RuleRow | None, cooldown: CooldownRow | None, channels: Collection[str], now: Instant
) -> ShownRule:
    """The rule; `row` is that of one that was added."""
    condition = rule.condition
    return ShownRule(
        id=rule.id,
        name=rule.name,
        events=[pattern.text for pattern in rule.patterns],
        channels=list(rule.channels),
        condition=None if condition is None else condition.written,
        severity=rule.severity,
        cooldown_ms=rule.cooldown_ms,
        title=rule.title,
        template=rule.template,
        enabled=rule.enabled,
        source=rule.source,
        place=rule.place if row is None else None,
        workspace=None if row is None else row.workspace,
        problem=_problem(rule, channels),
        cooldown=_cooldown(rule, cooldown, now),
        created_at=None if row is None else to_datetime(row.created_at),
        updated_at=None if row is None else to_datetime(row.updated_at),
    )


def meets(rule: Rule, workspace: str | None, criteria: Sequence[Criterion]) -> bool:
    """Whether the rule is what the filter asks for. `workspace` is the slug of its workspace, if it has one."""
    return all(_is(rule, workspace, one) is not one.negated for one in criteria)


def _is(rule: Rule, workspace: str | None, criterion: Criterion) -> bool:
    values = [str(value) for value in criterion.values]
    match criterion.what:
        case "id":
            return rule.id in values
        case "is":
            return ("on" if rule.enabled else "off") in values
        case "source":
            return rule.source in values
        case "severity":
            return rule.severity in values
        case "workspace":
            return workspace in values
        case "channel":
            return any(name in values for name in rule.channels)
        case "event":
            return any(
                pattern.text == value or pattern.routes(value) for pattern in rule.patterns for value in values
            )
        case "text":
            said = f"{rule.id}\n{rule.name}\n{rule.written}".casefold()
            return any(value.casefold() in said for value in values)
    raise KeyError(criterion.what)


def _problem(rule: Rule, channels: Collection[str]) -> str | None:
    unknown = [name for name in rule.channels if name not in channels]
    if not unknown:
        return None
    more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"There is no channel {unknown[0]!r}{more}."


def _cooldown(rule: Rule, row: CooldownRow | None, now: Instant) -> RuleCooldown:
    if row is None:
        return RuleCooldown()
    state = Cooldown(row.fired_at, row.fired, row.dropped, row.dropped_since, row.held_since)
    until = ready_at(state, rule.cooldown_ms)
    return RuleCooldown(
        last_fired_at=to_datetime(row.fired_at),
        fired=row.fired,
        dropped=row.dropped,
        dropped_since=row.dropped_since,
        ready_at=maybe_datetime(until) if until is not None and until > now else None,
    )
