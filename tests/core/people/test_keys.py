import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.api.people import KeyCreation, KeyRotation, PersonChange
from core.api.wire import ListQuery
from core.caller import Caller
from core.clock import DAY, HOUR, SECOND, to_datetime
from core.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
)
from core.people.expiry import days_left, stage
from storage.ids import Instant
from tests.core.people.conftest import Home


async def test_a_key_is_shown_once_and_recognised_by_its_prefix(home: Home) -> None:
    owner = await home.owner()
    made = await home.key(owner, "keys.manage")
    listed = (await home.keys.page(owner, ListQuery())).items[0]
    assert made.key.startswith(made.prefix)
    assert (listed.id, listed.prefix, listed.state) == (made.id, made.prefix, "active")
    assert not hasattr(listed, "key")


async def test_the_text_of_a_key_is_in_no_event_and_no_record(home: Home) -> None:
    owner = await home.owner()
    made = await home.key(owner)
    after = await home.keys.rotate(owner, made.id, KeyRotation())
    await home.keys.revoke(owner, after.id)
    told = str(await home.events("key:rotated")) + str(await home.events("key:revoked"))
    told += str(await home.audited(""))
    assert made.prefix in told
    assert made.key[12:] not in told
    assert after.key[12:] not in told


async def test_a_key_lives_a_year_when_nobody_says_otherwise(home: Home) -> None:
    made = await home.key(await home.owner())
    assert made.expires_at == made.created_at + timedelta(days=365)


@pytest.mark.parametrize(
    "expires_at",
    [
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1),  # noqa: DTZ001
        datetime(9999, 1, 1, tzinfo=UTC),
    ],
)
async def test_an_expiry_that_makes_no_sense_is_refused(home: Home, expires_at: datetime) -> None:
    with pytest.raises(InvalidError, match="expires_at"):
        await home.keys.create(await home.owner(), KeyCreation("ci", expires_at=expires_at))


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
async def test_a_key_has_a_name(home: Home, name: str) -> None:
    with pytest.raises(InvalidError, match="name"):
        await home.keys.create(await home.owner(), KeyCreation(name))


async def test_an_unknown_permission_is_named_with_its_place(home: Home) -> None:
    with pytest.raises(InvalidError, match=r"permissions\[1\]: There is no such permission"):
        await home.key(await home.owner(), "keys.manage", "keys.eat")


async def test_anybody_makes_keys_of_their_own_with_no_more_than_they_hold(home: Home) -> None:
    ann = await home.ann()
    made = await home.key(ann, "automations.manage")
    assert made.owner == "ann"
    with pytest.raises(NotAllowedError, match=r"cannot grant keys\.manage"):
        await home.key(ann, "keys.manage")


async def test_nobody_makes_a_key_that_would_open_anothers_inbox(home: Home) -> None:
    await home.ann()
    with pytest.raises(NotAllowedError, match="makes their own keys"):
        await home.key(await home.owner(), owner="ann")


async def test_who_manages_keys_makes_them_for_people_without_an_account(home: Home) -> None:
    await home.person("robot", "automations.manage")
    made = await home.key(await home.owner(), "automations.manage", owner="robot")
    assert (await home.by_key(made)).name == "robot"


async def test_a_key_manager_cannot_reach_workspaces_by_anothers_key(home: Home) -> None:
    await home.person("robot")
    await home.workspace("secret", "robot")
    await home.workspace("shared", "robot", (await home.ann()).name)
    await home.people.change(await home.owner(), "ann", PersonChange(permissions=["keys.manage"]))
    with pytest.raises(NotAllowedError, match="workspaces that are not yours"):
        await home.key(await home.ann(), owner="robot")


async def test_a_key_makes_no_keys_unless_it_manages_keys(home: Home) -> None:
    plain = await home.by_key(await home.key(await home.owner()))
    managing = await home.by_key(await home.key(await home.owner(), "keys.manage"))
    with pytest.raises(NotAllowedError, match=r"keys\.manage"):
        await home.key(plain)
    assert (await home.key(managing)).owner == "owner"
    with pytest.raises(NotAllowedError, match=r"people\.manage"):
        await home.key(managing, "people.manage")


async def test_a_key_may_end_itself_and_no_other(home: Home) -> None:
    made, other = await home.key(await home.owner()), await home.key(await home.owner())
    caller = await home.by_key(made)
    with pytest.raises(NotAllowedError):
        await home.keys.revoke(caller, other.id)
    await home.keys.revoke(caller, made.id)
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(made)


async def test_an_owner_has_so_many_keys_and_no_more(home: Home) -> None:
    ann = await home.ann()
    for _ in range(100):
        await home.key(ann)
    with pytest.raises(ConflictError, match="100 keys that work"):
        await home.key(ann)


async def test_a_rotated_key_works_until_its_grace_ends(home: Home) -> None:
    owner = await home.owner()
    old = await home.key(owner, "keys.manage")
    new = await home.keys.rotate(owner, old.id, KeyRotation(3600))
    assert (new.name, new.permissions) == (old.name, old.permissions)
    assert {key.id: key.state for key in (await home.keys.page(owner, ListQuery())).items} == {
        old.id: "rotated",
        new.id: "active",
    }
    home.clock.advance(HOUR - SECOND)
    assert (await home.by_key(old)).key == old.id
    assert (await home.by_key(new)).key == new.id
    home.clock.advance(SECOND)
    with pytest.raises(NotAuthenticatedError, match="replaced and stopped working on 2026-03-02 at 10:00"):
        await home.by_key(old)
    assert (await home.by_key(new)).key == new.id


async def test_a_rotation_without_grace_stops_the_old_key_at_once(home: Home) -> None:
    owner = await home.owner()
    old = await home.key(owner)
    await home.by_key(old)
    await home.keys.rotate(owner, old.id, KeyRotation(0))
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(old)


async def test_a_rotation_does_not_lengthen_the_old_keys_life(home: Home) -> None:
    owner = await home.owner()
    soon = to_datetime(home.clock.now()) + timedelta(minutes=1)
    old = await home.keys.create(owner, KeyCreation("ci", expires_at=soon))
    await home.keys.rotate(owner, old.id, KeyRotation(3600))
    listed = {key.id: key.expires_at for key in (await home.keys.page(owner, ListQuery())).items}
    assert listed[old.id] == soon


@pytest.mark.parametrize("grace", [-1, 30 * 86_400 + 1])
async def test_a_grace_time_is_bounded(home: Home, grace: int) -> None:
    old = await home.key(await home.owner())
    with pytest.raises(InvalidError, match="grace_seconds"):
        await home.keys.rotate(await home.owner(), old.id, KeyRotation(grace))


async def test_a_key_is_rotated_once_and_revoked_once(home: Home) -> None:
    owner = await home.owner()
    old = await home.key(owner)
    await home.keys.rotate(owner, old.id, KeyRotation())
    with pytest.raises(ConflictError):
        await home.keys.rotate(owner, old.id, KeyRotation())
    await home.keys.revoke(owner, old.id)
    with pytest.raises(ConflictError):
        await home.keys.revoke(owner, old.id)
    assert len(await home.events("key:rotated")) == 1
    assert len(await home.events("key:revoked")) == 1


async def test_ones_own_key_is_replaced_by_one_with_what_is_left(home: Home) -> None:
    await home.ann()
    old = await home.key(await home.ann(), "automations.manage", "automations.view_own")
    await home.people.change(await home.owner(), "ann", PersonChange(permissions=["automations.view_own"]))
    new = await home.keys.rotate(await home.ann(), old.id, KeyRotation())
    assert new.permissions == ["automations.view_own"]


async def test_others_keys_do_not_exist_for_who_manages_none(home: Home) -> None:
    theirs = await home.key(await home.owner())
    ann = await home.ann()
    await home.key(ann)
    assert [key.owner for key in (await home.keys.page(ann, ListQuery())).items] == ["ann"]
    with pytest.raises(NotFoundError):
        await home.keys.revoke(ann, theirs.id)
    with pytest.raises(NotFoundError):
        await home.keys.rotate(ann, theirs.id, KeyRotation())


@pytest.mark.parametrize(
    ("left", "announced"),
    [(31, None), (30, 30), (15, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 0), (-5, 0)],
)
def test_the_stage_of_an_expiry(left: int, announced: int | None) -> None:
    now = Instant(10_000 * DAY)
    assert stage(Instant(now + left * DAY), now) == announced


def test_a_begun_day_counts_as_a_day() -> None:
    now = Instant(10_000 * DAY)
    assert days_left(Instant(now + DAY + 1), now) == 2
    assert days_left(Instant(now + 1), now) == 1
    assert days_left(now, now) == 0


async def test_an_expiry_is_announced_at_each_stage_and_each_once(home: Home) -> None:
    made = await home.key(await home.owner())
    for _ in range(370):
        home.clock.advance(DAY)
        await home.keys.announce()
        await home.keys.announce()
    expiring = await home.events("key:expiring")
    assert [event["days"] for event in expiring] == [30, 14, 7, 1]
    assert [event["keyId"] for event in await home.events("key:expired")] == [made.id]
    assert expiring[0] == {
        "keyId": made.id,
        "name": "ci",
        "prefix": made.prefix,
        "owner": "owner",
        "expiresAt": "2027-03-02T09:00:00Z",
        "days": 30,
    }


async def test_stages_that_passed_while_nobody_looked_are_not_made_up_for(home: Home) -> None:
    await home.key(await home.owner())
    home.clock.advance(360 * DAY)
    await home.keys.announce()
    assert [event["days"] for event in await home.events("key:expiring")] == [5]
    home.clock.advance(30 * DAY)
    await home.keys.announce()
    assert len(await home.events("key:expiring")) == 1
    assert len(await home.events("key:expired")) == 1


async def test_a_short_life_is_not_announced_when_it_begins(home: Home) -> None:
    soon = to_datetime(home.clock.now()) + timedelta(days=5)
    await home.keys.create(await home.owner(), KeyCreation("ci", expires_at=soon))
    assert await home.keys.announce() == 0
    home.clock.advance(4 * DAY)
    assert await home.keys.announce() == 1


async def test_the_end_of_a_revoked_or_rotated_key_is_announced_no_more(home: Home) -> None:
    owner = await home.owner()
    revoked, rotated = await home.key(owner), await home.key(owner)
    await home.keys.revoke(owner, revoked.id)
    await home.keys.rotate(owner, rotated.id, KeyRotation())
    home.clock.advance(2 * DAY)
    assert await home.keys.announce() == 0


async def test_keys_are_listed_by_state_owner_and_page(home: Home) -> None:
    owner = await home.owner()
    await home.key(await home.ann())
    made = []
    for _ in range(5):
        home.clock.advance(SECOND)
        made.append((await home.key(owner)).id)
    await home.keys.revoke(owner, made[0])
    assert await _ids(home, owner, "state:revoked") == made[:1]
    assert await _ids(home, owner, "state:active owner:owner") == made[:0:-1]
    assert await _ids(home, owner, "-owner:ann ci") == made[::-1]
    first = await home.keys.page(owner, ListQuery(3))
    second = await home.keys.page(owner, ListQuery(3, first.next))
    assert [key.id for key in first.items + second.items][:5] == made[::-1]
    assert second.next is None


@pytest.mark.parametrize("cursor", ["", "x", "٣.key", "-1.k", "9" * 30 + ".k"])
async def test_a_cursor_of_another_list_is_refused(home: Home, cursor: str) -> None:
    with pytest.raises(InvalidError, match="cursor: This cursor is not one of this list"):
        await home.keys.page(await home.owner(), ListQuery(cursor=cursor))


async def _ids(home: Home, caller: Caller, filter: str) -> list[str]:
    return [key.id for key in (await home.keys.page(caller, ListQuery(filter=filter))).items]


async def test_the_announcer_wakes_for_a_key_that_ends_soon(home: Home) -> None:
    announced = asyncio.Event()
    home.database.on_commit(announced.set)
    announcing = asyncio.create_task(home.keys.run())
    soon = to_datetime(home.clock.now()) + timedelta(hours=30)
    await home.keys.create(await home.owner(), KeyCreation("ci", expires_at=soon))
    home.clock.advance(DAY)
    await home.key(await home.owner())
    async with asyncio.timeout(10):
        while not await home.events("key:expiring"):
            announced.clear()
            await announced.wait()
    announcing.cancel()
    assert [event["days"] for event in await home.events("key:expiring")] == [1]
