"""What becomes known of an API key, and its end. No event ever carries the text of a key."""

from collections.abc import Mapping
from typing import Literal

from core.clock import to_datetime
from core.events.record import NewEvent, record
from core.ids import Entropy
from core.people.audit import SERVER, Actor, write
from core.people.changes import keys_changed
from storage.database import Connection
from storage.ids import Instant, PersonId
from storage.keys import KeyRow, revoke, unrevoked_of
from storage.people import PersonRow

KeyHappening = Literal["key:expiring", "key:expired", "key:revoked", "key:rotated", "key:suspicious"]


def tell(
    connection: Connection,
    happened: KeyHappening,
    row: KeyRow,
    *,
    now: Instant,
    entropy: Entropy,
    actor: PersonId | None = None,
    more: Mapping[str, object] | None = None,
) -> None:
    """Record what happened to the key, and let its owner's screens look again."""
    payload: dict[str, object] = {"keyId": row.id, "name": row.name, "prefix": row.prefix, "owner": row.owner}
    if row.expires_at is not None:
        payload["expiresAt"] = to_datetime(row.expires_at).isoformat(timespec="seconds").replace("+00:00", "Z")
    payload.update(more or {})
    record(connection, NewEvent(happened, payload, actor=actor), now=now, entropy=entropy)
    keys_changed(connection, row.id, row.owner_id, now)


def revoke_key(
    connection: Connection, by: Actor, row: KeyRow, reason: str, *, now: Instant, entropy: Entropy
) -> bool:
    """Whether this revoked the key, and nobody had before."""
    if not revoke(connection, row.id, now):
        return False
    detail = {"name": row.name, "owner": row.owner, "prefix": row.prefix, "reason": reason}
    write(connection, by, "key.revoke", row.id, "done", detail, now)
    if by == SERVER:
        tell(connection, "key:revoked", row, now=now, entropy=entropy)
    else:
        tell(connection, "key:revoked", row, now=now, entropy=entropy, actor=by.person, more={"by": by.name})
    return True


def revoke_all_of(
    connection: Connection, by: Actor, owner: PersonRow, reason: str, *, now: Instant, entropy: Entropy
) -> None:
    for row in unrevoked_of(connection, owner.id):
        revoke_key(connection, by, row, reason, now=now, entropy=entropy)
