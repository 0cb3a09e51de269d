"""A sparkline of deliveries: a cell for each of the last days, as high as much was sent. A day on which something
failed has a sign of its own, so that it is seen without colours."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from core.api.channels import DAYS, Day

LEVELS = "▁▂▃▄▅▆▇█"
NOTHING, FAILED = "·", "✖"


class Stretch(NamedTuple):
    """Neighbouring days of which something failed, or nothing did."""

    text: str
    failed: bool


def last_days(days: Sequence[Day], today: date) -> list[Day]:
    """The last fourteen days, today last; of a day that is not told of nothing is known to have been sent."""
    known = {day.day: day for day in days}
    dates = [(today - timedelta(days=before)).isoformat() for before in reversed(range(DAYS))]
    return [known.get(name) or Day(name, 0, 0, 0) for name in dates]


def sparkline(days: Sequence[Day], today: date) -> list[Stretch]:
    """What is drawn, in the fewest pieces that each have one ink."""
    shown = last_days(days, today)
    most = max(day.sent for day in shown)
    made: list[Stretch] = []
    for day in shown:
        failed = day.failed > 0
        sign = FAILED if failed else _level(day.sent, most)
        if made and made[-1].failed is failed:
            sign = made.pop().text + sign
        made.append(Stretch(sign, failed))
    return made


def _level(sent: int, most: int) -> str:
    """The most is a whole cell, and the least that is anything the lowest bar."""
    return LEVELS[-(-sent * len(LEVELS) // most) - 1] if sent else NOTHING
