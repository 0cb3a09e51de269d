"""When the expiry of an API key is announced: 30, 14, 7 and 1 days before and when it comes, each once.

A stage that passed while no server ran is not made up for: the one that holds now is announced."""

from core.clock import DAY
from core.ids import Entropy
from core.people.audit import SERVER, write
from core.people.revoking import tell
from storage.database import Connection
from storage.ids import Instant
from storage.keys import KeyRow, announce, expiring

STAGES = (0, 1, 7, 14, 30)
_LARGEST_BATCH = 100


def days_left(expires_at: Instant, now: Instant) -> int:
    """Days until the expiry, begun ones counted as whole; none when it has come."""
    return max(0, -((now - expires_at) // DAY))


def stage(expires_at: Instant | None, now: Instant) -> int | None:
    """The announcement that holds now: the least of the stages that is not yet passed."""
    if expires_at is None:
        return None
    left = days_left(expires_at, now)
    return next((days for days in STAGES if left <= days), None)


def announce_expiries(connection: Connection, *, now: Instant, entropy: Entropy) -> int:
    """Announce what is to be announced, at most a batch for each stage, and say how many that were."""
    count = 0
    for days in STAGES:
        for row in expiring(connection, Instant(now + days * DAY), days, _LARGEST_BATCH):
            count += _announce(connection, row, days, now, entropy)
    return count


def _announce(connection: Connection, row: KeyRow, days: int, now: Instant, entropy: Entropy) -> bool:
    if row.expires_at is None or not announce(connection, row.id, days):
        return False
    if days > 0:
        left = days_left(row.expires_at, now)
        tell(connection, "key:expiring", row, now=now, entropy=entropy, more={"days": left})
    else:
        detail = {"name": row.name, "owner": row.owner, "prefix": row.prefix}
        write(connection, SERVER, "key.expire", row.id, "done", detail, now)
        tell(connection, "key:expired", row, now=now, entropy=entropy)
    return True
