"""The inbox in groups: what is starred stays first and apart. Then come the days, the newest first; the
severities, the worst first; or the sources, each where its newest item is."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta, tzinfo

from core.api.inbox import InboxGroup, InboxGrouping, InboxIndex
from core.caller import Caller
from core.clock import from_datetime, to_datetime
from storage import changes, inbox_groups
from storage.database import Connection
from storage.ids import Instant
from storage.inbox import Narrowing
from storage.inbox_groups import KeyedRow

SEVERITIES = ("critical", "warning", "info")

COLUMNS: dict[InboxGrouping, str] = {"day": "created_at", "source": "source", "severity": "severity"}
"""What an item is grouped by."""


def index(
    connection: Connection, *, caller: Caller, narrowing: Narrowing, now: Instant, by: InboxGrouping
) -> InboxIndex:
    """All that the page would come to, in groups."""
    seq = changes.last(connection)
    rows = inbox_groups.keyed(connection, caller.person, narrowing, now, COLUMNS[by])
    ids, starred, groups = grouped(rows, by, caller.zone)
    return InboxIndex(ids, starred, seq, groups)


def grouped(rows: Iterable[KeyedRow], by: InboxGrouping, zone: tzinfo) -> tuple[list[int], int, list[InboxGroup]]:
    """All ids in their order, how many of them are starred, and the groups of the others. The rows come starred
    first, then newest first, and so they stay within their group."""
    key_of: Callable[[int | str], str] = Days(zone) if by == "day" else str
    starred: list[int] = []
    groups: dict[str, list[int]] = {}
    for number, is_starred, value in rows:
        if is_starred:
            starred.append(number)
        else:
            groups.setdefault(key_of(value), []).append(number)
    ids = [*starred]
    found = []
    for key in _in_order(groups, by):
        ids += groups[key]
        found.append(InboxGroup(key, len(groups[key])))
    return ids, len(starred), found


class Days:
    """The day of an instant where somebody is, as `2026-03-02`. Instants come in order, so that the day of one is
    mostly the day of the one before."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._from = self._to = 0
        self._day = ""

    def __call__(self, value: int | str) -> str:
        at = int(value)
        if not self._from <= at < self._to:
            self._turn_to(Instant(at))
        return self._day

    def _turn_to(self, at: Instant) -> None:
        day = to_datetime(at).astimezone(self._zone).date()
        self._from, self._to = (
            from_datetime(datetime.combine(date, time(), self._zone)) for date in (day, day + timedelta(days=1))
        )
        self._day = day.isoformat()


def _in_order(keys: Iterable[str], by: InboxGrouping) -> list[str]:
    match by:
        case "day":
            return sorted(keys, reverse=True)
        case "severity":
            return sorted(keys, key=SEVERITIES.index)
        case _:
            return list(keys)
