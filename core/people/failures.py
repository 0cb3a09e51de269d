"""Failed attempts with API keys: counted for each key and each address, in the database, so that a restart does
not forget them.

Ten within five minutes are suspicious, which is told once an hour, and slow that asker down: until one of the ten
is five minutes old, further failures are refused without a look or a trace. A key that is right is never slowed,
since it may share an address with whoever is guessing. So a flood of bad keys costs ten short rows."""

import ipaddress
from collections import OrderedDict

from core.clock import HOUR, MINUTE, SECOND, Clock
from core.errors import SlowDownError
from core.events.record import NewEvent, record
from core.ids import Entropy
from core.people.audit import SERVER, write
from core.people.revoking import tell
from storage.database import Connection, Database
from storage.ids import Instant
from storage.keys import add_failure, key_by_prefix, recent_failures
from storage.order import take_turn

MOST = 10
WINDOW = 5 * MINUTE
_QUIET = HOUR
_MOST_TOLD = 20
"""Announcements in an hour: an attack from everywhere must not become one on the admins' inboxes."""
_MOST_ROWS = 20_000
_MOST_SLOWED = 10_000


class Failures:
    def __init__(self, database: Database, clock: Clock, entropy: Entropy) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._slowed: OrderedDict[str, Instant] = OrderedDict()

    def refuse_if_slowed(self, prefix: str | None, address: str) -> None:
        """Refuse an asker who failed too often of late, and count nothing."""
        now = self._clock.now()
        until = max((self._slowed.get(subject, 0) for subject in _subjects(prefix, address)), default=0)
        if until > now:
            _refuse(min(until - now, WINDOW))

    async def count(self, prefix: str | None, address: str) -> None:
        """Note a failure, unless there were so many that the asker is to slow down."""
        self.refuse_if_slowed(prefix, address)
        now = self._clock.now()
        slowed, counted = await self._database.write(
            lambda connection: self._count(connection, prefix, address, now)
        )
        for subject, until in slowed.items():
            self._slowed[subject] = until
            self._slowed.move_to_end(subject)
        while len(self._slowed) > _MOST_SLOWED:
            self._slowed.popitem(last=False)
        if not counted:
            self.refuse_if_slowed(prefix, address)

    def _count(
        self, connection: Connection, prefix: str | None, address: str, now: Instant
    ) -> tuple[dict[str, Instant], bool]:
        """Until when which subjects are slowed down, and whether this failure was counted: it is not when one of
        them was slowed down already."""
        since = Instant(now - WINDOW)
        subjects = _subjects(prefix, address)
        recent = {subject: recent_failures(connection, subject, since, MOST) for subject in subjects}
        full = {subject: Instant(min(times) + WINDOW) for subject, times in recent.items() if len(times) == MOST}
        if full:
            return full, False
        reached = [subject for subject in subjects if len(recent[subject]) == MOST - 1]
        for subject in subjects:
            add_failure(connection, subject, now, forget=since, keep=_MOST_ROWS)
        if reached:
            self._suspect(connection, reached, prefix, address, now)
        return {subject: Instant(min(now, *recent[subject]) + WINDOW) for subject in reached}, True

    def _suspect(
        self, connection: Connection, reached: list[str], prefix: str | None, address: str, now: Instant
    ) -> None:
        """Tell of it, unless that was done in the last hour: once for the key and the address together."""
        take_turn(connection)
        row = key_by_prefix(connection, prefix) if prefix and f"key:{prefix}" in reached else None
        subjects = [subject for subject in reached if row is not None or not subject.startswith("key:")]
        hour = Instant(now - _QUIET)
        new = [subject for subject in subjects if not recent_failures(connection, f"told:{subject}", hour, 1)]
        if not new or len(recent_failures(connection, "told", hour, _MOST_TOLD)) == _MOST_TOLD:
            return
        for subject in [*(f"told:{subject}" for subject in new), "told"]:
            add_failure(connection, subject, now, forget=hour, keep=_MOST_ROWS)
        payload = {"attempts": MOST, "address": _network(address)}
        write(connection, SERVER, "key.suspicious", ", ".join(new), "done", payload, now)
        if row is not None:
            tell(connection, "key:suspicious", row, now=now, entropy=self._entropy, more=payload)
        else:
            record(connection, NewEvent("key:suspicious", payload), now=now, entropy=self._entropy)


def _subjects(prefix: str | None, address: str) -> list[str]:
    by_address = f"address:{_network(address)}"
    return [by_address] if prefix is None else [f"key:{prefix}", by_address]


def _network(address: str) -> str:
    """The address, or for IPv6 the network of one customer, who has more addresses than can be counted."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    if found.is_loopback:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


def _refuse(wait: int) -> None:
    seconds = max(1, -(-wait // SECOND))
    raise SlowDownError(f"Too many failed attempts; try again in {seconds} seconds.", seconds)
