"""Money out of tokens, where a price is configured. What is not known stays unknown, and is never nothing."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from core.provider_settings import Price
from core.sessions.turns import Usage


def priced(usage: Usage, price: Price | None) -> Usage:
    """With its cost in millionths of a dollar, in the scope of its tokens. A cost that was reported stays."""
    counted = usage.tokens
    if usage.cost is not None or price is None or counted.input is None or counted.output is None:
        return usage
    cached = min(counted.cached or 0, counted.input)
    for_cached = price.input if price.cached is None else price.cached
    cost = (  # so many dollars for a million are as many millionths for one
        (counted.input - cached) * _exact(price.input)
        + cached * _exact(for_cached)
        + counted.output * _exact(price.output)
    )
    return replace(usage, cost=int(cost.to_integral_value(ROUND_HALF_UP)), cost_scope=usage.tokens_scope)


def price_of(model: str | None, prices: Mapping[str, Price] | None) -> Price | None:
    return (prices or {}).get(model) if model else None


def _exact(dollars: float) -> Decimal:
    return Decimal(repr(dollars))
