from typing import TypeVar

import pytest

from core.api.people import PersonChange, PersonCreation
from core.api.wire import ListQuery
from core.caller import DEFAULT_PERMISSIONS
from core.clock import DAY, HOUR, MINUTE, SECOND
from core.errors import NotAllowedError, NotAuthenticatedError
from core.people.accounts import Account, DoorPolicy, SystemAccounts
from core.people.doors import Doors
from core.people.service import People
from core.people.tokens import new_token
from storage.database import Database
from storage.engines import Dialect
from storage.work import Unit
from tests.core.people.conftest import ANN, EVE, GROUP, OWNER, Home

T = TypeVar("T")


async def test_who_founds_a_home_owns_it_and_belongs_to_its_first_workspace(home: Home) -> None:
    owner = await home.owner()
    me = await home.people.me(owner)
    assert (owner.admin, owner.via) == (True, "socket")
    assert me.workspaces == ["default"]
    assert me.permissions == sorted(me.permissions)
    assert len(me.permissions) == 9


async def test_a_home_is_founded_once(home: Home) -> None:
    first = await home.people.found(OWNER, "owner")
    assert first == await home.people.found(OWNER, "renamed")
    people = await home.people.page(await home.owner(), ListQuery())
    assert [person.name for person in people.items] == ["owner"]


async def test_a_home_restored_under_another_account_lets_that_account_in_as_admin(home: Home) -> None:
    await home.people.found(4000, "operator")
    doors = Doors(home.database, home.clock, home.entropy, DoorPolicy(4000, None, home.accounts))
    home.accounts.logins[4000] = Account("operator", frozenset({4000}))
    assert (await doors.by_peer(4000, 4000)).admin


async def test_a_member_of_the_group_becomes_a_person_on_the_first_connection(home: Home) -> None:
    ann = await home.ann()
    assert (ann.name, ann.admin, ann.permissions, ann.workspaces) == (
        "ann",
        False,
        DEFAULT_PERMISSIONS,
        frozenset(),
    )
    assert ann == await home.ann()
    assert [record.actor for record in await home.audited("action:person.join")] == ["ann"]


async def test_the_group_of_the_process_counts_as_well(home: Home) -> None:
    assert (await home.doors.by_peer(EVE, GROUP)).name == "eve"


async def test_who_is_not_in_the_group_stays_outside(home: Home) -> None:
    with pytest.raises(NotAllowedError, match="open to the group staff, which eve is not in"):
        await home.doors.by_peer(EVE, EVE)


async def test_a_private_home_is_for_its_owner_alone(home: Home) -> None:
    doors = Doors(home.database, home.clock, home.entropy, DoorPolicy(OWNER, None, home.accounts))
    assert (await doors.by_peer(OWNER, OWNER)).admin
    with pytest.raises(NotAllowedError, match=r"private to the account .* \[server\] group"):
        await doors.by_peer(ANN, ANN)


async def test_an_account_without_a_name_is_nobody(home: Home) -> None:
    with pytest.raises(NotAuthenticatedError, match="uid 4711"):
        await home.doors.by_peer(4711, 4711)


def test_the_kernels_word_for_nobody_is_no_account() -> None:
    assert SystemAccounts().find(65534) is None
    assert SystemAccounts().find(0xFFFFFFFF) is None
    assert SystemAccounts().find(-1) is None


async def test_a_person_made_beforehand_keeps_what_was_granted(home: Home) -> None:
    await home.person("ann", "keys.manage")
    ann = await home.ann()
    assert ann.permissions == {"keys.manage"}


async def test_keys_that_others_made_for_a_person_end_when_they_get_an_account(home: Home) -> None:
    await home.person("ann")
    key = await home.key(await home.owner(), owner="ann")
    await home.by_key(key)
    await home.ann()
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(key)
    assert [event["keyId"] for event in await home.events("key:revoked")] == [key.id]


async def test_an_account_that_took_over_anothers_number_is_not_them(home: Home) -> None:
    await home.ann()
    home.accounts.logins[ANN] = Account("mallory", frozenset({ANN, GROUP}))
    home.clock.advance(2 * MINUTE)
    with pytest.raises(NotAllowedError, match="belongs to ann here"):
        await home.ann()


async def test_an_account_that_took_over_anothers_name_is_not_them(home: Home) -> None:
    await home.ann()
    home.accounts.logins[2001] = Account("ann", frozenset({2001, GROUP}))
    with pytest.raises(NotAllowedError, match="has another account here"):
        await home.doors.by_peer(2001, 2001)


async def test_an_odd_login_still_has_a_name_here(home: Home) -> None:
    home.accounts.logins[2002] = Account("CORP\\Ann Lee$", frozenset({2002, GROUP}))
    assert (await home.doors.by_peer(2002, 2002)).name == "corp-ann-lee-"


async def test_who_left_cannot_connect_and_their_keys_stop(home: Home) -> None:
    ann = await home.ann()
    key = await home.key(ann)
    await home.by_key(key)
    await home.people.change(await home.owner(), "ann", PersonChange(left=True))
    with pytest.raises(NotAllowedError, match="ann has left this home; ask an admin"):
        await home.ann()
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(key)


async def test_who_comes_back_needs_new_keys(home: Home) -> None:
    ann = await home.ann()
    key = await home.key(ann)
    owner = await home.owner()
    await home.people.change(owner, "ann", PersonChange(left=True))
    await home.people.change(owner, "ann", PersonChange(left=False))
    assert (await home.ann()).name == "ann"
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(key)


async def test_a_changed_permission_counts_at_once(home: Home) -> None:
    await home.ann()
    await home.people.change(await home.owner(), "ann", PersonChange(permissions=["keys.manage"]))
    assert (await home.ann()).permissions == {"keys.manage"}


async def test_a_new_membership_counts_at_once(home: Home) -> None:
    await home.ann()
    await home.workspace("shop", "ann")
    assert len((await home.ann()).workspaces) == 1


async def test_a_request_asks_the_database_nothing_while_the_answer_is_fresh(
    home: Home, dialect: Dialect
) -> None:
    key = await home.key(await home.owner())
    database = WatchedDatabase(dialect)
    doors = Doors(database, home.clock, home.entropy, DoorPolicy(OWNER, GROUP, home.accounts))
    await doors.by_peer(OWNER, OWNER)
    await doors.by_key(key.key, "203.0.113.7")
    asked = database.asked
    await doors.by_peer(OWNER, OWNER)
    await doors.by_key(key.key, "203.0.113.7")
    await database.close()
    assert database.asked == asked


async def test_what_another_server_changed_is_known_within_a_second(home: Home) -> None:
    await home.ann()
    elsewhere = People(home.database, home.clock, home.entropy)
    await elsewhere.change(await home.owner(), "ann", PersonChange(permissions=[]))
    home.clock.advance(SECOND)
    assert (await home.ann()).permissions == frozenset()


async def test_the_accounts_of_the_machine_are_asked_once_in_a_while(home: Home) -> None:
    await home.ann()
    asked = home.accounts.asked
    home.clock.advance(30 * SECOND)
    await home.ann()
    assert home.accounts.asked == asked
    home.clock.advance(MINUTE)
    await home.ann()
    assert home.accounts.asked == asked + 1


async def test_a_key_is_its_owner_with_no_more_than_its_permissions(home: Home) -> None:
    await home.workspace("shop")
    key = await home.key(await home.owner(), "keys.manage")
    caller = await home.by_key(key)
    assert (caller.name, caller.admin, caller.via, caller.key) == ("owner", False, f"key:{key.id}", key.id)
    assert caller.permissions == {"keys.manage"}
    assert caller.workspaces == (await home.owner()).workspaces


async def test_an_admins_key_sees_all_workspaces_only_when_it_manages_people(home: Home) -> None:
    await home.person("ann")
    await home.people.add(await home.owner(), PersonCreation("root2", admin=True))
    await home.workspace("shop", "ann")
    owner = await home.owner()
    plain = await home.by_key(await home.key(owner, owner="root2"))
    managing = await home.by_key(await home.key(owner, "people.manage", owner="root2"))
    assert len(plain.workspaces) == 0
    assert len(managing.workspaces) == 2


async def test_a_key_loses_what_its_owner_loses(home: Home) -> None:
    await home.ann()
    owner = await home.owner()
    await home.people.change(owner, "ann", PersonChange(permissions=["channels.manage"]))
    key = await home.key(await home.ann(), "channels.manage")
    assert (await home.by_key(key)).permissions == {"channels.manage"}
    await home.people.change(owner, "ann", PersonChange(permissions=[]))
    assert (await home.by_key(key)).permissions == frozenset()


async def test_an_expired_key_says_so_to_who_holds_it(home: Home) -> None:
    key = await home.key(await home.owner())
    home.clock.advance(365 * DAY)
    with pytest.raises(
        NotAuthenticatedError,
        match="This API key expired on 2027-03-02 at 09:00 UTC; ask its owner for a new one",
    ):
        await home.by_key(key)


async def test_a_key_expires_even_while_it_is_remembered(home: Home) -> None:
    key = await home.key(await home.owner())
    home.clock.advance(365 * DAY - SECOND // 2)
    await home.by_key(key)
    home.clock.advance(SECOND // 2)
    with pytest.raises(NotAuthenticatedError, match="expired"):
        await home.by_key(key)


async def test_a_wrong_a_malformed_and_a_revoked_key_are_told_the_same(home: Home) -> None:
    revoked = await home.key(await home.owner())
    await home.keys.revoke(await home.owner(), revoked.id)
    sentences = set()
    for text in ("nonsense", "cbk_" + "A" * 49, _unknown(home), revoked.key):
        with pytest.raises(NotAuthenticatedError) as refused:
            await home.by_key(text)
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1


async def test_a_key_says_when_it_was_last_used_to_the_minute(home: Home) -> None:
    owner = await home.owner()
    key = await home.key(owner)
    await home.by_key(key)
    home.clock.advance(30 * SECOND)
    await home.by_key(key)
    first = (await home.keys.page(owner, ListQuery())).items[0].last_used_at
    home.clock.advance(HOUR)
    await home.by_key(key)
    second = (await home.keys.page(owner, ListQuery())).items[0].last_used_at
    assert str(first) == "2026-03-02 09:00:00+00:00"
    assert str(second) == "2026-03-02 10:00:30+00:00"


def _unknown(home: Home) -> str:
    return new_token(home.entropy)


class WatchedDatabase(Database):
    """A database that counts what it is asked."""

    asked = 0

    async def read(self, unit: Unit[T]) -> T:
        self.asked += 1
        return await super().read(unit)

    async def write(self, unit: Unit[T]) -> T:
        self.asked += 1
        return await super().write(unit)
