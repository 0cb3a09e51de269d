"""What a quality gate makes of the tickets before it. It is pure: the same tickets, the same answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from core.api.tickets import GateState
from core.people.words import quoted
from core.planning.states import OVER
from storage.tickets import CountedTicket

_NEARLY = 1e-9  # means are computed in binary, and written in decimals


@dataclass(frozen=True, slots=True)
class Gate:
    """What is asked of the tickets before it, which it names by id or title."""

    name: str
    after: tuple[str, ...]
    blocks: tuple[str, ...] = ()
    min_score: float | None = None
    require_all: bool = True
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a gate stands, and why it did not pass."""

    state: GateState
    avg_score: float | None = None
    reason: str = ""


def judge(gate: Gate, tickets: Sequence[CountedTicket]) -> Verdict:
    """It is decided when every ticket before it is over, and waits until then. A name is the id of a ticket, or
    else the title of all that have it."""
    by_id = {ticket.id: ticket for ticket in tickets}
    by_title: dict[str, list[CountedTicket]] = {}
    for ticket in tickets:
        by_title.setdefault(ticket.title, []).append(ticket)
    found: dict[str, CountedTicket] = {}
    for name in gate.after:
        there = [by_id[name]] if name in by_id else by_title.get(name)
        if not there:
            return Verdict("waiting", reason=f"Its mission has no ticket {quoted(name)} yet.")
        found |= {ticket.id: ticket for ticket in there}
    before = list(found.values())
    mean = mean_score(before)
    to_do = sum(ticket.state not in OVER for ticket in before)
    if to_do:
        return Verdict("waiting", mean, f"Of {len(before)} tickets before it, {to_do} are not over yet.")
    reason = _unmet(gate, before, mean)
    return Verdict("failed" if reason else "passed", mean, reason)


def mean_score(tickets: Iterable[CountedTicket]) -> float | None:
    """The mean of the scores that there are."""
    scores = [ticket.score for ticket in tickets if ticket.score is not None]
    return fsum(scores) / len(scores) if scores else None


def reaches(mean: float, wanted: float) -> bool:
    return mean >= wanted - _NEARLY


def shown(mean: float | None) -> float | None:
    """A mean as it is written."""
    return None if mean is None else round(mean, 2)


def _unmet(gate: Gate, before: Sequence[CountedTicket], mean: float | None) -> str:
    """What of its demands is not met."""
    if gate.require_all:
        failing = [ticket for ticket in before if ticket.state != "completed"]
        if failing:
            more = f", and {len(failing) - 1} more" if len(failing) > 1 else ""
            how = "was cancelled" if failing[0].state == "cancelled" else "failed"
            return f"{quoted(failing[0].title)} {how}{more}."
    if gate.min_score is None:
        return ""
    if mean is None:
        return f"No ticket before it has a score, and their mean must be {gate.min_score:g} at least."
    if reaches(mean, gate.min_score):
        return ""
    return f"The mean score is {shown(mean):g}, and must be {gate.min_score:g} at least."
