"""For how long notifications are kept: when one leaves by itself, and how many would, now and later."""

from collections.abc import Sequence
from typing import Protocol

from core.api.inbox import Leaving
from core.clock import DAY, maybe_datetime
from storage import retention
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.inbox import ItemRow

HORIZONS = (0, 7, 30)
"""In how many days, for which it is said what would go."""


class Figures(Protocol):
    """How many days things are kept."""

    @property
    def read_days(self) -> int: ...
    @property
    def unread_days(self) -> int: ...
    @property
    def event_days(self) -> int: ...
    @property
    def delivery_days(self) -> int: ...


def leaves_at(row: ItemRow, figures: Figures) -> Instant | None:
    """When the notification goes if nothing happens to it: a starred one, never."""
    if row.starred_at is not None:
        return None
    return Instant(row.created_at + _days(figures, read=row.read_at is not None) * DAY)


def limits(figures: Figures, now: Instant) -> tuple[Instant, Instant]:
    """What was created before goes: of those that were read, and of the others."""
    read, unread = (Instant(now - _days(figures, read=was_read) * DAY) for was_read in (True, False))
    return read, unread


def leaving(connection: Connection, *, person: PersonId | None, figures: Figures, now: Instant) -> list[Leaving]:
    """How many notifications would go, and when: one person's, or everybody's."""
    whens: Sequence[Instant] = [Instant(now + days * DAY) for days in HORIZONS]
    found = retention.leaving(connection, [limits(figures, when) for when in whens], person)
    return [
        Leaving(days, row.read, row.unread, maybe_datetime(row.oldest))
        for days, row in zip(HORIZONS, found, strict=True)
    ]


def _days(figures: Figures, *, read: bool) -> int:
    return min(figures.read_days, figures.unread_days) if read else figures.unread_days
