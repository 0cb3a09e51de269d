"""What sessions cost, in words. What nobody reported is unknown, and never nothing."""

from core.api.sessions import Session

IN_FLIGHT = frozenset({"queued", "running", "asking"})


def money(dollars: float) -> str:
    return f"${dollars:.2f}" if dollars >= 0.995 or not dollars else f"${dollars:.4f}".rstrip("0")


def cost(one: Session) -> str:
    """What it has cost as far as that is known. What nobody reported is unknown, never nothing."""
    if one.cost is None:
        return "unknown" if one.unmetered or one.state not in IN_FLIGHT else "none yet"
    if one.unmetered:
        return f"{money(one.cost)} + {plural(one.unmetered, 'turn')} unknown"
    return money(one.cost)


def short_cost(one: Session) -> str:
    """The same in a column."""
    if one.cost is None:
        return cost(one)
    return money(one.cost) + ("+?" if one.unmetered else "")


def plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
