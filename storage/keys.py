"""API keys as hashes, and the failed attempts that make one suspicious."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Case,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from storage.criteria import Criterion, contains
from storage.ids import Instant, KeyId, PersonId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import people

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("permissions", Text, nullable=False),  # a JSON list of permission names
    Column("prefix", String(16), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("announced_days", BigInteger),  # the smallest expiry announcement made so far; 0 is the expiry itself
    Column("revoked_at", BigInteger),
    Column("replaced_by", String(32)),
    Column("last_used_at", BigInteger),
)

auth_failures = Table(
    "auth_failures",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", String(128), nullable=False),  # "key:<prefix>" or "address:<ip>"
    Column("at", BigInteger, nullable=False),
    Index("ix_auth_failures_subject_at", "subject", "at"),
)


class KeyRow(NamedTuple):
    """A key, as stored, with its owner's name. Of the secret there is only the hash, which stays here."""

    id: KeyId
    name: str
    owner_id: PersonId
    owner: str
    permissions: str
    prefix: str
    created_at: Instant
    expires_at: Instant | None
    announced_days: int | None
    revoked_at: Instant | None
    replaced_by: KeyId | None
    last_used_at: Instant | None

    def state_at(self, now: Instant) -> str:
        """What the key is at that instant: `_state` below says it in SQL."""
        if self.revoked_at is not None:
            return "revoked"
        if self.replaced_by is not None:
            return "rotated"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "active"


_COLUMNS = [people.c.name if name == "owner" else api_keys.c[name] for name in KeyRow._fields]
_KEY = select(*_COLUMNS).join(people, people.c.id == api_keys.c.owner_id)
_BY_ID = _KEY.where(api_keys.c.id == bindparam("id"))
_BY_HASH = _KEY.where(api_keys.c.hash == bindparam("hash"))
_BY_PREFIX = _KEY.where(api_keys.c.prefix == bindparam("prefix")).order_by(api_keys.c.created_at).limit(1)
_IN_FORCE = and_(api_keys.c.revoked_at.is_(None), api_keys.c.replaced_by.is_(None))
_OF_OWNER = _KEY.where(api_keys.c.owner_id == bindparam("owner_id"), api_keys.c.revoked_at.is_(None))
_EXPIRING = (
    _KEY.where(
        _IN_FORCE,
        api_keys.c.expires_at <= bindparam("until"),
        or_(api_keys.c.announced_days.is_(None), api_keys.c.announced_days > bindparam("days")),
    )
    .order_by(api_keys.c.expires_at)
    .limit(bindparam("limit"))
)
_NEXT_EXPIRY = select(func.min(api_keys.c.expires_at)).where(_IN_FORCE, api_keys.c.expires_at > bindparam("now"))
_ANNOUNCE = (
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key"),
        or_(api_keys.c.announced_days.is_(None), api_keys.c.announced_days > bindparam("days")),
    )
    .values(announced_days=bindparam("days"))
)
_USE = update(api_keys).where(api_keys.c.id == bindparam("key")).values(last_used_at=bindparam("now"))
_REVOKE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("key"), api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_REPLACE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("key"), _IN_FORCE)
    .values(replaced_by=bindparam("by"), expires_at=bindparam("until"))
)
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((api_keys.c.name, api_keys.c.prefix), wanted.texts),
    "owner": lambda wanted: people.c.name.in_(wanted.texts),
    "permission": lambda wanted: or_(
        *(api_keys.c.permissions.contains(f'"{name}"', autoescape=True) for name in wanted.texts)
    ),
}
_RECENT = (
    select(auth_failures.c.at)
    .where(auth_failures.c.subject == bindparam("subject"), auth_failures.c.at > bindparam("after"))
    .order_by(auth_failures.c.at.desc())
    .limit(bindparam("limit"))
)
_FAIL = insert(auth_failures).returning(auth_failures.c.id)
_FORGET_OLDEST = delete(auth_failures).where(auth_failures.c.id <= bindparam("last"))
_FORGET_BEFORE = delete(auth_failures).where(
    auth_failures.c.subject == bindparam("whose"), auth_failures.c.at <= bindparam("before")
)


def add_key(
    connection: Connection,
    key: KeyId,
    *,
    name: str,
    owner: PersonId,
    permissions: str,
    prefix: str,
    hash: bytes,
    expires_at: Instant | None,
    announced_days: int | None,
    now: Instant,
) -> None:
    connection.execute(
        insert(api_keys),
        {
            "id": key,
            "name": name,
            "owner_id": owner,
            "permissions": permissions,
            "prefix": prefix,
            "hash": hash,
            "created_at": now,
            "expires_at": expires_at,
            "announced_days": announced_days,
        },
    )


def key_by_id(connection: Connection, key: str) -> KeyRow | None:
    if not key.isascii() or "\0" in key:
        return None
    return _key(connection.execute(_BY_ID, {"id": key}).one_or_none())


def key_by_hash(connection: Connection, hash: bytes) -> KeyRow | None:
    return _key(connection.execute(_BY_HASH, {"hash": hash}).one_or_none())


def key_by_prefix(connection: Connection, prefix: str) -> KeyRow | None:
    return _key(connection.execute(_BY_PREFIX, {"prefix": prefix}).one_or_none())


def unrevoked_of(connection: Connection, owner: PersonId) -> list[KeyRow]:
    """The owner's keys that nobody has revoked, expired ones included."""
    return [KeyRow._make(row) for row in connection.execute(_OF_OWNER, {"owner_id": owner})]


def expiring(connection: Connection, until: Instant, days: int, limit: int) -> list[KeyRow]:
    """Keys in force that expire by `until`, where neither this announcement nor a later one has been made."""
    parameters = {"until": until, "days": days, "limit": limit}
    return [KeyRow._make(row) for row in connection.execute(_EXPIRING, parameters)]


def next_expiry(connection: Connection, now: Instant) -> Instant | None:
    """When the next key in force expires."""
    return connection.execute(_NEXT_EXPIRY, {"now": now}).scalar_one_or_none()


def announce(connection: Connection, key: KeyId, days: int) -> bool:
    """Whether this announcement is to be made: neither it nor one of fewer days has been before."""
    return connection.execute(_ANNOUNCE, {"key": key, "days": days}).rowcount == 1


def use(connection: Connection, key: KeyId, now: Instant) -> None:
    connection.execute(_USE, {"key": key, "now": now})


def revoke(connection: Connection, key: KeyId, now: Instant) -> bool:
    """Whether this revoked the key, and nobody had before."""
    return connection.execute(_REVOKE, {"key": key, "now": now}).rowcount == 1


def replace(connection: Connection, key: KeyId, by: KeyId, until: Instant) -> bool:
    """Whether this put another key in the place of one in force, which goes on working until then."""
    return connection.execute(_REPLACE, {"key": key, "by": by, "until": until}).rowcount == 1


def keys_page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    now: Instant,
    owner: PersonId | None,
    limit: int,
    before: tuple[Instant, KeyId] | None,
) -> list[KeyRow]:
    """Keys, newest first: everybody's, or one owner's."""
    matches = {**_MATCHES, "state": lambda wanted: _state(now).in_(wanted.texts)}
    statement = _KEY.where(*conditions(matches, criteria))
    if owner is not None:
        statement = statement.where(api_keys.c.owner_id == owner)
    if before is not None:
        statement = statement.where(tuple_(api_keys.c.created_at, api_keys.c.id) < before)
    statement = statement.order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc()).limit(limit)
    return [KeyRow._make(row) for row in connection.execute(statement)]


def recent_failures(connection: Connection, subject: str, after: Instant, limit: int) -> list[Instant]:
    """When the subject failed since then, latest first."""
    parameters = {"subject": subject, "after": after, "limit": limit}
    return list(connection.execute(_RECENT, parameters).scalars())


def add_failure(connection: Connection, subject: str, now: Instant, *, forget: Instant, keep: int) -> None:
    """Note a failure, and forget the subject's old ones and all but the latest `keep` of everybody's."""
    connection.execute(_FORGET_BEFORE, {"whose": subject, "before": forget})
    latest = connection.execute(_FAIL, {"subject": subject, "at": now}).scalar_one()
    connection.execute(_FORGET_OLDEST, {"last": latest - keep})


def _key(row: Row[tuple[object, ...]] | None) -> KeyRow | None:
    return None if row is None else KeyRow._make(row)


def _state(now: Instant) -> Case[str]:
    """What a key is at that instant. The first that applies is what it is called."""
    return case(
        (api_keys.c.revoked_at.is_not(None), "revoked"),
        (api_keys.c.replaced_by.is_not(None), "rotated"),
        (api_keys.c.expires_at <= now, "expired"),
        else_="active",
    )
