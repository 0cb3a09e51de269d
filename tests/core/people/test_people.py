import pytest
from msgspec import UNSET

from core.api.people import PersonChange, PersonCreation, ProfileChange
from core.api.wire import ListQuery
from core.caller import Caller
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.filtering import FilterError
from tests.core.people.conftest import Home


@pytest.mark.parametrize(
    "name", ["", "Ann", "1ann", "ann lee", "ann/..", "a" * 65, "änn", "server", "-x", "ann\n"]
)
async def test_a_person_is_named_like_an_account(home: Home, name: str) -> None:
    with pytest.raises(InvalidError, match="name"):
        await home.people.add(await home.owner(), PersonCreation(name))


async def test_a_name_is_taken_once(home: Home) -> None:
    await home.person("ann")
    with pytest.raises(ConflictError, match="There is already a person called ann"):
        await home.person("ann")


async def test_the_last_admin_who_can_connect_stays(home: Home) -> None:
    owner = await home.owner()
    await home.people.add(owner, PersonCreation("ghost", admin=True))
    for change in (PersonChange(admin=False), PersonChange(left=True)):
        with pytest.raises(ConflictError, match="owner is the last admin who can connect"):
            await home.people.change(owner, "owner", change)
    assert (await home.owner()).admin


async def test_an_admin_goes_when_there_is_another(home: Home) -> None:
    await home.ann()
    await home.people.change(await home.owner(), "ann", PersonChange(admin=True))
    await home.people.change(await home.owner(), "owner", PersonChange(admin=False))
    assert not (await home.owner()).admin
    assert (await home.ann()).admin


async def test_nobody_grants_what_they_do_not_hold(home: Home) -> None:
    await home.person("bob", "people.manage")
    await home.person("cid", "keys.manage")
    bob = await home.bob()
    with pytest.raises(NotAllowedError, match=r"cannot grant keys\.manage"):
        await home.people.add(bob, PersonCreation("dan", permissions=["keys.manage"]))
    with pytest.raises(NotAllowedError, match=r"cannot grant channels\.manage"):
        await home.people.change(bob, "cid", PersonChange(permissions=["keys.manage", "channels.manage"]))
    changed = await home.people.change(bob, "cid", PersonChange(permissions=["people.manage", "keys.manage"]))
    assert changed.permissions == ["keys.manage", "people.manage"]


async def test_only_an_admin_in_person_makes_or_changes_an_admin(home: Home) -> None:
    await home.person("bob", "people.manage")
    key = await home.by_key(await home.key(await home.owner(), "people.manage"))
    for caller in (await home.bob(), key):
        with pytest.raises(NotAllowedError, match="Only an admin in person"):
            await home.people.change(caller, "owner", PersonChange(display_name="Fool"))
        with pytest.raises(NotAllowedError, match="Only an admin in person"):
            await home.people.change(caller, "bob", PersonChange(admin=True))
        with pytest.raises(NotAllowedError, match="Only an admin in person"):
            await home.people.add(caller, PersonCreation("dan", admin=True))


async def test_a_change_is_recorded_with_what_was_and_is(home: Home) -> None:
    await home.person("ann", "keys.manage")
    await home.people.change(await home.owner(), "ann", PersonChange(permissions=["people.manage"]))
    await home.people.change(await home.owner(), "ann", PersonChange(permissions=["people.manage"]))
    records = await home.audited("action:person.change target:ann")
    assert [record.detail for record in records] == [{"permissions": [["keys.manage"], ["people.manage"]]}]


async def test_people_see_those_they_share_a_workspace_with(home: Home) -> None:
    ann, bob = await home.ann(), await home.bob()
    await home.person("cid")
    await home.workspace("shop", "ann", "bob")
    await home.workspace("lab", "bob")
    ann = await home.ann()
    assert await _names(home, ann) == ["ann", "bob", "owner"]
    seen = await home.people.show(ann, "bob")
    assert (seen.workspaces, seen.permissions, seen.uid) == (["shop"], [], None)
    assert await _names(home, await home.owner()) == ["ann", "bob", "cid", "owner"]
    for name in ("cid", "nobody"):
        with pytest.raises(NotFoundError, match=f"There is no person {name} here, or none that you may see"):
            await home.people.show(ann, name)
    await home.people.change(await home.owner(), "bob", PersonChange(left=True))
    assert await _names(home, ann) == ["ann", "owner"]
    assert bob.name == "bob"


async def test_people_are_listed_by_page_and_filter(home: Home) -> None:
    owner = await home.owner()
    for number in range(7):
        await home.person(f"p{number}", *(["keys.manage"] if number % 2 else []))
    await home.people.change(owner, "p6", PersonChange(left=True))
    first = await home.people.page(owner, ListQuery(5))
    second = await home.people.page(owner, ListQuery(5, first.next))
    assert [person.name for person in first.items + second.items] == ["owner", *(f"p{n}" for n in range(7))]
    assert second.next is None
    assert await _names(home, owner, "is:admin") == ["owner"]
    assert await _names(home, owner, "is:left") == ["p6"]
    assert await _names(home, owner, "permission:keys.manage -name:p1") == ["p3", "p5"]
    assert await _names(home, owner, "workspace:default") == ["owner"]
    assert await _names(home, owner, "P3") == ["p3"]


async def test_what_one_may_not_see_one_cannot_filter_by(home: Home) -> None:
    with pytest.raises(FilterError):
        await home.people.page(await home.ann(), ListQuery(filter="permission:keys.manage"))


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_page_is_bounded(home: Home, limit: int) -> None:
    with pytest.raises(InvalidError, match="limit"):
        await home.people.page(await home.owner(), ListQuery(limit))


async def test_a_person_changes_their_profile(home: Home) -> None:
    ann = await home.ann()
    change = ProfileChange("Ann\udcff Lee", "Europe/Berlin", "away", "22:00", "07:00")
    me = await home.people.change_me(ann, change)
    assert (me.display_name, me.time_zone, me.desktop_alerts) == ("Ann� Lee", "Europe/Berlin", "away")
    assert (me.quiet_from, me.quiet_to) == ("22:00", "07:00")
    me = await home.people.change_me(ann, ProfileChange(quiet_from=None, quiet_to=None))
    assert (me.quiet_from, me.quiet_to, me.time_zone) == (None, None, "Europe/Berlin")


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Nowhere/Land",
        "America",
        "/etc/passwd",
        "../UTC",
        "A" * 300,
        "Europe/Berlin\0",
        "Europe/\udcff",
        "é",
        ".",
    ],
)
async def test_a_zone_that_is_none_is_refused(home: Home, zone: str) -> None:
    with pytest.raises(InvalidError, match="time_zone: This is not a time zone"):
        await home.people.change_me(await home.ann(), ProfileChange(time_zone=zone))


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("22:00", UNSET),
        (UNSET, "07:00"),
        ("22:00", None),
        ("24:00", "07:00"),
        ("9:00", "10:00"),
        ("09:00", "09:00"),
    ],
)
async def test_quiet_hours_are_two_different_hours_or_none(home: Home, begin: str, end: str) -> None:
    with pytest.raises(InvalidError, match="quiet_"):
        await home.people.change_me(await home.ann(), ProfileChange(quiet_from=begin, quiet_to=end))


async def test_through_a_key_one_is_told_what_the_key_may_do(home: Home) -> None:
    key = await home.key(await home.owner(), "keys.manage")
    me = await home.people.me(await home.by_key(key))
    assert (me.name, me.admin, me.permissions, me.via) == ("owner", False, ["keys.manage"], f"key:{key.id}")


async def _names(home: Home, caller: Caller, filter: str = "") -> list[str]:
    return [person.name for person in (await home.people.page(caller, ListQuery(filter=filter))).items]


@pytest.mark.parametrize("name", ["a\0b", "\udcff", "ann\x1b[2J", "é", "x" * 10_000, ""])
async def test_a_hostile_name_is_just_nobody(home: Home, name: str) -> None:
    owner = await home.owner()
    attempts = (
        home.people.show(owner, name),
        home.people.change(owner, name, PersonChange(left=True)),
        home.workspaces.show(owner, name),
        home.workspaces.add_member(owner, name, "owner"),
        home.workspaces.remove_member(owner, "default", name),
        home.keys.revoke(owner, name),
    )
    for attempt in attempts:
        with pytest.raises(NotFoundError) as refused:
            await attempt
        assert refused.value.sentence.isprintable()
        assert len(refused.value.sentence) < 200


@pytest.mark.parametrize("cursor", ["\0", "é", "x" * 65, "\udcff", "\n"])
async def test_a_cursor_that_is_no_name_is_refused(home: Home, cursor: str) -> None:
    owner = await home.owner()
    for attempt in (home.people.page, home.workspaces.page):
        with pytest.raises(InvalidError, match="cursor"):
            await attempt(owner, ListQuery(cursor=cursor))


@pytest.mark.parametrize("filter", ["a%_\\b", "'; --", "é"])
async def test_a_hostile_filter_finds_nothing(home: Home, filter: str) -> None:
    owner = await home.owner()
    found = [
        *(await home.people.page(owner, ListQuery(filter=filter))).items,
        *(await home.workspaces.page(owner, ListQuery(filter=filter))).items,
        *(await home.keys.page(owner, ListQuery(filter=filter))).items,
        *(await home.audit.page(owner, ListQuery(filter=filter))).items,
    ]
    assert found == []
