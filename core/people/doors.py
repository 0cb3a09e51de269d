"""The doors: who a connection is, by its account on the socket and by its API key on TCP.

What was found is kept for a second, and thrown away at once when this server changes anything about people: a
request costs no look into the database, and a withdrawn permission none of its effect. Another server on the same
database hears of it within that second."""

import asyncio
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.caller import DEFAULT_PERMISSIONS, Caller
from core.clock import MINUTE, Clock, to_datetime
from core.errors import NotAllowedError, NotAuthenticatedError
from core.ids import Entropy
from core.people import tokens, words
from core.people.accounts import Account, DoorPolicy
from core.people.audit import SERVER, write
from core.people.changes import people_changed
from core.people.failures import Failures
from core.people.revoking import revoke_all_of
from core.people.standing import by_key, in_person, standing_of
from core.people.views import key_permissions
from storage import keys as key_store
from storage import people as store
from storage.database import Connection, Database
from storage.ids import Instant, KeyId, PersonId
from storage.keys import KeyRow

K = TypeVar("K")
V = TypeVar("V")

_UNKNOWN = "This API key is not valid; check it, or ask its owner for a new one."
_KEPT_SECONDS = 1.0
_ACCOUNT_KEPT_SECONDS = 60.0
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    """What a key has been found to be."""

    row: KeyRow
    caller: Caller | None


class _Kept(Generic[K, V]):
    """Answers for a time, unless something changed while they were being found."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._answers: dict[K, tuple[float, V]] = {}
        self.generation = 0

    def get(self, key: K) -> V | None:
        found = self._answers.get(key)
        if found is None or self._clock.monotonic() - found[0] >= self._seconds:
            return None
        return found[1]

    def keep(self, key: K, answer: V, generation: int) -> None:
        if generation == self.generation:
            if len(self._answers) >= _MOST_KEPT:
                self._answers.clear()
            self._answers[key] = self._clock.monotonic(), answer

    def forget(self) -> None:
        self.generation += 1
        self._answers.clear()


class Doors:
    """Hand `forget` to the services that change who may do what."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, policy: DoorPolicy) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._policy = policy
        self._failures = Failures(database, clock, entropy)
        self._people: _Kept[int, Caller] = _Kept(clock, _KEPT_SECONDS)
        self._keys: _Kept[bytes, _Known] = _Kept(clock, _KEPT_SECONDS)
        self._accounts: _Kept[tuple[int, int], Account] = _Kept(clock, _ACCOUNT_KEPT_SECONDS)
        self._used: dict[KeyId, Instant] = {}

    def forget(self) -> None:
        """Look again from now on."""
        self._people.forget()
        self._keys.forget()

    async def by_peer(self, uid: int, gid: int) -> Caller:
        """The person of this account. A member of the socket's group becomes one on the first connection."""
        account = await self._account(uid, gid)
        caller = self._people.get(uid)
        if caller is None:
            generation = self._people.generation
            caller = await self._database.read(lambda connection: self._person(connection, uid, account))
            if caller is None:
                caller = await self._database.write(lambda connection: self._join(connection, uid, account))
                self.forget()
            else:
                self._people.keep(uid, caller, generation)
        return caller

    async def by_key(self, text: str, address: str) -> Caller:
        """The owner of this key, with what the key may do. `address` is where the attempt came from."""
        if not tokens.well_formed(text):
            await self._failures.count(tokens.prefix_of(text), address)
            raise NotAuthenticatedError(_UNKNOWN)
        known = await self._known(tokens.hash_of(text))
        now = self._clock.now()
        if known is None or known.caller is None or known.row.revoked_at is not None:
            await self._failures.count(tokens.prefix_of(text), address)
            raise NotAuthenticatedError(_UNKNOWN)
        if known.row.expires_at is not None and known.row.expires_at <= now:
            await self._failures.count(tokens.prefix_of(text), address)
            raise NotAuthenticatedError(_ended(known.row, known.row.expires_at))
        await self._note_use(known.row, now)
        return known.caller

    async def _account(self, uid: int, gid: int) -> Account:
        account = self._accounts.get((uid, gid))
        if account is not None:
            return account
        account = await asyncio.to_thread(self._policy.accounts.find, uid)
        if account is None:
            raise NotAuthenticatedError(
                f"Your account (uid {uid}) has no name on this machine; connect with another."
            )
        group = self._policy.group
        if uid != self._policy.owner_uid and (group is None or group not in account.groups | {gid}):
            raise NotAllowedError(await asyncio.to_thread(self._closed, account.login))
        self._accounts.keep((uid, gid), account, self._accounts.generation)
        return account

    def _closed(self, login: str) -> str:
        if self._policy.group is None:
            return (
                f"This home is private to the account that runs its server, and you are {login}; "
                "its owner can open it to a group with [server] group."
            )
        group = self._policy.accounts.group(self._policy.group)
        return f"This home is open to the group {group}, which {login} is not in; ask whoever runs it."

    def _person(self, connection: Connection, uid: int, account: Account) -> Caller | None:
        """The person of this account, or nothing when they come for the first time."""
        row = store.person_by_uid(connection, uid)
        if row is None:
            return None
        if uid != self._policy.owner_uid and row.name != words.name_of_login(account.login):
            raise NotAllowedError(
                f"Your account (uid {uid}, {account.login}) belongs to {row.name} here; "
                "ask an admin, who can let the other go."
            )
        return _present(connection, row.id)

    def _join(self, connection: Connection, uid: int, account: Account) -> Caller:
        """Make a person of an account, or give it to the person who was made for it."""
        found = self._person(connection, uid, account)
        if found is not None:
            return found
        name, now = words.name_of_login(account.login), self._clock.now()
        namesake = store.person_by_name(connection, name)
        if namesake is None:
            person = store.add_person(connection, name, uid=uid, display_name="", admin=False, now=now)
            if person is None:  # another server was quicker
                return _expect(self._person(connection, uid, account), name)
            store.set_grants(connection, person, DEFAULT_PERMISSIONS)
        else:
            person = self._take(connection, uid, namesake, now)
        people_changed(connection, person, now)
        caller = _present(connection, person)
        write(connection, caller, "person.join", name, "done", {"uid": uid}, now)
        return caller

    def _take(self, connection: Connection, uid: int, namesake: store.PersonRow, now: Instant) -> PersonId:
        """From now on the person has an account: keys that others made for them would open their inbox."""
        if namesake.left_at is not None:
            raise NotAllowedError(_left(namesake.name))
        if namesake.uid is not None:
            raise NotAllowedError(
                f"{namesake.name} has another account here (uid {namesake.uid}, yours is {uid}); ask an admin."
            )
        store.change_person(connection, namesake.id, {"uid": uid})
        revoke_all_of(
            connection, SERVER, namesake, "its owner has an account now", now=now, entropy=self._entropy
        )
        return namesake.id

    async def _known(self, hash: bytes) -> _Known | None:
        known = self._keys.get(hash)
        if known is None:
            generation = self._keys.generation
            known = await self._database.read(lambda connection: _look_up(connection, hash))
            if known is not None:
                self._keys.keep(hash, known, generation)
        return known

    async def _note_use(self, row: KeyRow, now: Instant) -> None:
        """At most once in a minute: it is for people to read."""
        latest = max(row.last_used_at or 0, self._used.get(row.id, 0))
        if now - latest >= MINUTE:
            self._used[row.id] = now
            await self._database.write(lambda connection: key_store.use(connection, row.id, now))


def _look_up(connection: Connection, hash: bytes) -> _Known | None:
    row = key_store.key_by_hash(connection, hash)
    return None if row is None else _Known(row, _caller_of(connection, row))


def _caller_of(connection: Connection, row: KeyRow) -> Caller | None:
    standing = standing_of(connection, row.owner_id)
    if standing is None or standing.person.left_at is not None:
        return None
    return by_key(connection, standing, row.id, key_permissions(row))


def _present(connection: Connection, person: PersonId) -> Caller:
    standing = standing_of(connection, person)
    if standing is None or standing.person.left_at is not None:
        name = "This account's person" if standing is None else standing.person.name
        raise NotAllowedError(_left(name))
    return in_person(standing)


def _expect(caller: Caller | None, name: str) -> Caller:
    if caller is None:
        raise NotAllowedError(f"The name {name} has just been taken by another account; ask an admin.")
    return caller


def _left(name: str) -> str:
    return f"{name} has left this home; ask an admin to bring you back."


def _ended(row: KeyRow, ended: Instant) -> str:
    day = to_datetime(ended).strftime("%Y-%m-%d at %H:%M UTC")
    if row.replaced_by is not None:
        return f"This API key was replaced and stopped working on {day}; use the one that replaced it."
    return f"This API key expired on {day}; ask its owner for a new one."
