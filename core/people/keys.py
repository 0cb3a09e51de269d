"""API keys: made, listed, rotated and revoked, and their expiry announced.

A key opens what its owner may open, their inbox too. So a person makes their own keys, and who manages keys makes
those of people who have no account and come by keys alone; nobody puts more into a key than they hold."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from core import filtering, paging
from core.api.people import Key, KeyCreation, KeyRotation, NewKey
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller, Permission
from core.clock import DAY, HOUR, SECOND, Clock, from_datetime, maybe_datetime, to_datetime
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.filters import KEY_FIELDS
from core.ids import Entropy, key_id
from core.people import tokens, words
from core.people.audit import Audit, HiddenError, write
from core.people.expiry import announce_expiries, stage
from core.people.revoking import revoke_key, tell
from core.people.service import require_own, visible_person
from core.people.views import key_permissions, shown_key
from storage import keys as store
from storage.database import Connection, Database
from storage.ids import Instant, KeyId, PersonId
from storage.keys import KeyRow
from storage.people import PersonRow, person_by_id
from storage.workspaces import workspaces_of

_LONGEST_NAME = 100
_USUAL_LIFE = 365 * DAY
_LONGEST_LIFE = 3660 * DAY
_LONGEST_GRACE_SECONDS = 30 * 86_400
_MOST_PER_OWNER = 100


class Keys:
    """`changed` is called after each change of what a key opens, so that the doors look again at once."""

    def __init__(
        self, database: Database, clock: Clock, entropy: Entropy, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._audit = Audit(database, clock, changed)
        self._made = asyncio.Event()

    async def page(self, caller: Caller, query: ListQuery) -> Page[Key]:
        """One's own keys, or with `keys.manage` everybody's, newest first."""
        limit, now = paging.one_more(query), self._clock.now()
        owner = None if caller.may(Permission.KEYS_MANAGE) else caller.person
        before = None if query.cursor is None else _place(query.cursor)
        criteria = filtering.parse(query.filter, KEY_FIELDS, now, caller.zone)
        rows = await self._database.read(
            lambda connection: store.keys_page(
                connection, criteria, now=now, owner=owner, limit=limit, before=before
            )
        )
        return paging.page(
            rows,
            query.limit,
            lambda some: [shown_key(row, now) for row in some],
            lambda row: f"{row.created_at}.{row.id}",
        )

    async def create(self, caller: Caller, creation: KeyCreation) -> NewKey:
        """Make a key. Its text is in this answer and nowhere else."""

        def unit(connection: Connection) -> NewKey:
            now = self._clock.now()
            owner = visible_person(connection, caller, creation.owner or caller.name)
            _require_making(connection, caller, owner)
            permissions = words.permissions(creation.permissions)
            require_own(caller, permissions)
            name = words.needed_line(creation.name, "name", _LONGEST_NAME)
            expires_at = _expiry(creation.expires_at, now)
            if _working(store.unrevoked_of(connection, owner.id), now) >= _MOST_PER_OWNER:
                raise ConflictError(
                    f"{owner.name} has {_MOST_PER_OWNER} keys that work; revoke one that nobody uses first."
                )
            key = self._add(connection, owner.id, name, sorted(permissions), expires_at, now)
            row = _by_id(connection, key.id)
            write(connection, caller, "key.create", row.id, "done", _detail(row), now)
            return key

        target = f"{creation.owner or caller.name}/{creation.name}"
        key = await self._audit.attempt(caller, "key.create", target, unit)
        self._made.set()
        return key

    async def rotate(self, caller: Caller, key: str, rotation: KeyRotation) -> NewKey:
        """Put a new key in the place of one, which goes on working for a grace time."""
        grace = rotation.grace_seconds
        if not 0 <= grace <= _LONGEST_GRACE_SECONDS:
            raise InvalidError(
                f"The grace time is 0 to {_LONGEST_GRACE_SECONDS} seconds (30 days).", "grace_seconds"
            )

        def unit(connection: Connection) -> NewKey:
            now = self._clock.now()
            row = _visible(connection, caller, key)
            owner = _owner(connection, row)
            _require_making(connection, caller, owner)
            permissions = _narrowed(caller, owner, key_permissions(row))
            life = _USUAL_LIFE if row.expires_at is None else row.expires_at - row.created_at
            made = self._add(connection, row.owner_id, row.name, sorted(permissions), Instant(now + life), now)
            ends = Instant(now + grace * SECOND)
            until = ends if row.expires_at is None else min(ends, row.expires_at)
            if not store.replace(connection, row.id, KeyId(made.id), until):
                raise ConflictError(f"The key {row.name} ({row.prefix}…) has already been revoked or replaced.")
            detail = {**_detail(row), "replacedBy": made.id, "graceSeconds": grace}
            write(connection, caller, "key.rotate", row.id, "done", detail, now)
            more = {"replacedBy": made.id, "graceUntil": to_datetime(until).isoformat(), "by": caller.name}
            tell(connection, "key:rotated", row, now=now, entropy=self._entropy, actor=caller.person, more=more)
            return made

        made = await self._audit.attempt(caller, "key.rotate", key, unit)
        self._made.set()
        return made

    async def revoke(self, caller: Caller, key: str) -> Done:
        """End a key at once."""

        def unit(connection: Connection) -> Done:
            row = _visible(connection, caller, key)
            if row.owner_id != caller.person or caller.key not in (None, row.id):
                caller.require(Permission.KEYS_MANAGE)
            if not revoke_key(connection, caller, row, "revoked", now=self._clock.now(), entropy=self._entropy):
                raise ConflictError(f"The key {row.name} ({row.prefix}…) has already been revoked.")
            return Done()

        return await self._audit.attempt(caller, "key.revoke", key, unit)

    async def announce(self) -> int:
        """Announce the expiries that are due, and say how many those were."""
        count = 0
        while True:
            more = await self._database.write(
                lambda connection: announce_expiries(connection, now=self._clock.now(), entropy=self._entropy)
            )
            if more == 0:
                return count
            count += more

    async def run(self) -> None:
        """Announce expiries each hour, and when the next key expires, until cancelled."""
        while True:
            self._made.clear()
            await self.announce()
            now = self._clock.now()
            expiry = await self._database.read(
                lambda connection: store.next_expiry(connection, self._clock.now())
            )
            wait = HOUR if expiry is None else min(HOUR, expiry - now + SECOND)
            try:
                await asyncio.wait_for(self._made.wait(), max(wait, SECOND) / SECOND)
            except TimeoutError:
                continue

    def _add(
        self,
        connection: Connection,
        owner: PersonId,
        name: str,
        permissions: list[str],
        expires_at: Instant,
        now: Instant,
    ) -> NewKey:
        token = tokens.new_token(self._entropy)
        key = KeyId(key_id(self._entropy))
        store.add_key(
            connection,
            key,
            name=name,
            owner=owner,
            permissions=msgspec.json.encode(permissions).decode(),
            prefix=token[: tokens.PREFIX_LENGTH],
            hash=tokens.hash_of(token),
            expires_at=expires_at,
            announced_days=stage(expires_at, now),
            now=now,
        )
        row = _by_id(connection, key)
        return NewKey(
            id=key,
            name=name,
            owner=row.owner,
            prefix=row.prefix,
            permissions=list(permissions),
            created_at=to_datetime(now),
            expires_at=maybe_datetime(expires_at),
            key=token,
        )


def _require_making(connection: Connection, caller: Caller, owner: PersonRow) -> None:
    """Whether the caller may have the text of a key of this owner."""
    if owner.id != caller.person or caller.key is not None:
        caller.require(Permission.KEYS_MANAGE)
    if owner.left_at is not None:
        raise ConflictError(f"{owner.name} has left; bring them back first.")
    if owner.id == caller.person:
        return
    if owner.uid is not None:
        raise NotAllowedError(
            f"{owner.name} has an account here and makes their own keys: a key would open their inbox to you."
        )
    if not all(caller.sees(workspace) for workspace in workspaces_of(connection, owner.id)):
        raise NotAllowedError(
            f"{owner.name} belongs to workspaces that are not yours; ask an admin to make this key."
        )


def _narrowed(caller: Caller, owner: PersonRow, permissions: frozenset[Permission]) -> frozenset[Permission]:
    """What the new key may do: one's own key is replaced by one with what is left of its permissions."""
    if owner.id == caller.person and caller.key is None:
        return frozenset(permission for permission in permissions if caller.may(permission))
    require_own(caller, permissions)
    return permissions


def _visible(connection: Connection, caller: Caller, key: str) -> KeyRow:
    row = store.key_by_id(connection, key)
    sentence = f"There is no API key {words.quoted(key)}, or none that you may see."
    if row is None:
        raise NotFoundError(sentence)
    if row.owner_id != caller.person and not caller.may(Permission.KEYS_MANAGE):
        raise HiddenError(sentence)
    return row


def _owner(connection: Connection, row: KeyRow) -> PersonRow:
    owner = person_by_id(connection, row.owner_id)
    if owner is None:
        raise NotFoundError(f"The owner of the API key {row.name} is gone.")
    return owner


def _by_id(connection: Connection, key: str) -> KeyRow:
    row = store.key_by_id(connection, key)
    if row is None:
        raise NotFoundError(f"There is no API key {key}, or none that you may see.")
    return row


def _working(rows: list[KeyRow], now: Instant) -> int:
    return sum(row.expires_at is None or row.expires_at > now for row in rows)


def _expiry(wanted: datetime | None, now: Instant) -> Instant:
    if wanted is None:
        return Instant(now + _USUAL_LIFE)
    if wanted.tzinfo is None:
        raise InvalidError("Say in which time zone, as in 2027-01-31T12:00:00Z.", "expires_at")
    instant = from_datetime(wanted)
    if instant <= now:
        raise InvalidError("This time is past; name one in the future.", "expires_at")
    if instant > now + _LONGEST_LIFE:
        raise InvalidError("A key lasts ten years at most.", "expires_at")
    return instant


def _place(cursor: str) -> tuple[Instant, KeyId]:
    at, _, key = paging.name(cursor).partition(".")
    return Instant(paging.number(at)), KeyId(key)


def _detail(row: KeyRow) -> dict[str, object]:
    return {
        "name": row.name,
        "owner": row.owner,
        "prefix": row.prefix,
        "permissions": sorted(key_permissions(row)),
    }
