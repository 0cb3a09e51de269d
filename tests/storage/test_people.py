from storage import people as store
from storage.database import Connection, Database
from storage.ids import Instant, PersonId
from storage.workspaces import add_membership, add_workspace, members_of, remove_membership

NOW = Instant(1_000_000)


def _person(connection: Connection, name: str, *, admin: bool = False, uid: int | None = None) -> PersonId:
    person = store.add_person(connection, name, uid=uid, display_name="", admin=admin, now=NOW)
    assert person is not None
    return person


async def test_a_name_and_an_account_are_given_once(database: Database) -> None:
    def unit(connection: Connection) -> list[PersonId | None]:
        return [
            store.add_person(connection, name, uid=uid, display_name="", admin=False, now=NOW)
            for name, uid in (("ann", 1), ("ann", 2), ("bob", 1), ("bob", None), ("cid", None))
        ]

    given = await database.write(unit)
    assert [person is not None for person in given] == [True, False, False, True, True]


async def test_a_workspace_is_heard_by_its_members_and_the_admins_who_are_here(database: Database) -> None:
    def unit(connection: Connection) -> dict[str, list[PersonId]]:
        boss, ann, bob, gone = (
            _person(connection, "boss", admin=True),
            _person(connection, "ann"),
            _person(connection, "bob"),
            _person(connection, "gone", admin=True),
        )
        shop = add_workspace(connection, "shop", "Shop", NOW)
        assert shop is not None
        for member in (ann, gone):
            add_membership(connection, shop, member, NOW)
        store.set_grants(connection, bob, ["keys.manage"])
        store.set_grants(connection, gone, ["keys.manage"])
        store.change_person(connection, gone, {"left_at": NOW})
        assert store.names(connection, [ann, gone]) == {ann: "ann", gone: "gone"}
        assert store.present(connection, [ann, gone, PersonId(99)]) == {ann}
        assert members_of(connection, [shop]) == {shop: ["ann"]}
        assert store.members_and_admins(connection, shop) == [boss, ann]
        assert store.holders(connection, "keys.manage") == [boss, bob]
        assert store.admins(connection) == [boss]
        assert store.able_admins(connection) == []
        return {}

    await database.write(unit)


async def test_a_membership_begins_and_ends_once(database: Database) -> None:
    def unit(connection: Connection) -> list[bool]:
        ann = _person(connection, "ann")
        shop = add_workspace(connection, "shop", "Shop", NOW)
        assert shop is not None
        assert add_workspace(connection, "shop", "Other", NOW) is None
        return [
            add_membership(connection, shop, ann, NOW),
            add_membership(connection, shop, ann, NOW),
            remove_membership(connection, shop, ann),
            remove_membership(connection, shop, ann),
        ]

    assert await database.write(unit) == [True, False, True, False]


async def test_what_no_name_can_be_is_nobodys(database: Database) -> None:
    def unit(connection: Connection) -> list[object]:
        names = ("a\0b", "\udcff", "é")
        found: list[object] = [store.person_by_name(connection, name) for name in names]
        return found + [store.workspace_by_slug(connection, name) for name in names]

    assert await database.read(unit) == [None] * 6
