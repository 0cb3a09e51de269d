from storage import keys as store
from storage.database import Connection, Database
from storage.ids import Instant, KeyId
from storage.people import add_person

NOW = Instant(1_000_000)


def _key(connection: Connection, name: str, expires_at: int | None = None) -> KeyId:
    owner = add_person(connection, name, uid=None, display_name="", admin=False, now=NOW)
    assert owner is not None
    key = KeyId(f"key_{name}")
    store.add_key(
        connection,
        key,
        name=name,
        owner=owner,
        permissions='["keys.manage"]',
        prefix=f"cbk_{name}",
        hash=name.encode().ljust(32, b"."),
        expires_at=None if expires_at is None else Instant(expires_at),
        announced_days=None,
        now=NOW,
    )
    return key


async def test_a_key_is_found_by_its_hash_with_its_owners_name(database: Database) -> None:
    await database.write(lambda connection: _key(connection, "ann"))
    row = await database.read(lambda connection: store.key_by_hash(connection, b"ann".ljust(32, b".")))
    assert row is not None
    assert (row.id, row.owner, row.state_at(NOW)) == ("key_ann", "ann", "active")
    assert await database.read(lambda connection: store.key_by_hash(connection, b"x" * 32)) is None


async def test_an_announcement_is_made_once_and_never_of_more_days(database: Database) -> None:
    def unit(connection: Connection) -> list[bool]:
        key = _key(connection, "ann", 2_000_000)
        return [store.announce(connection, key, days) for days in (14, 14, 30, 7, 0, 1)]

    assert await database.write(unit) == [True, False, False, True, True, False]


async def test_keys_in_force_expire_and_others_do_not(database: Database) -> None:
    def unit(connection: Connection) -> None:
        soon, later = _key(connection, "soon", 2_000_000), _key(connection, "later", 9_000_000)
        revoked, replaced = _key(connection, "revoked", 2_000_000), _key(connection, "replaced", 2_000_000)
        _key(connection, "never")
        store.revoke(connection, revoked, NOW)
        store.replace(connection, replaced, later, Instant(1_500_000))
        due = store.expiring(connection, Instant(3_000_000), 0, 10)
        assert [row.id for row in due] == [soon]
        assert store.next_expiry(connection, NOW) == 2_000_000
        assert store.next_expiry(connection, Instant(2_000_000)) == 9_000_000

    await database.write(unit)


async def test_failures_are_forgotten_when_they_are_old_or_too_many(database: Database) -> None:
    def unit(connection: Connection) -> tuple[list[Instant], list[Instant]]:
        store.add_failure(connection, "key:a", Instant(10), forget=Instant(0), keep=3)
        store.add_failure(connection, "key:a", Instant(20), forget=Instant(10), keep=3)
        for at in range(30, 33):
            store.add_failure(connection, "key:b", Instant(at), forget=Instant(0), keep=3)
        return (
            store.recent_failures(connection, "key:a", Instant(0), 10),
            store.recent_failures(connection, "key:b", Instant(0), 2),
        )

    assert await database.write(unit) == ([], [32, 31])
