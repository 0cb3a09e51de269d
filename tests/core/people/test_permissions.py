"""Who may do what: every way into people, workspaces, keys and the audit record, for everybody who might ask.

The admin has everything; the holder manages people and keys; the member belongs to the workspace and holds
nothing; the outsider belongs to none. `key` is the admin through a key that holds nothing, `managing` through one
that manages people and keys."""

from collections.abc import Awaitable, Callable

import pytest

from core.api.people import (
    KeyCreation,
    KeyRotation,
    PersonChange,
    PersonCreation,
    ProfileChange,
    WorkspaceCreation,
)
from core.api.wire import ListQuery
from core.caller import Caller
from core.errors import CallboardError
from core.people.accounts import Account
from tests.core.people.conftest import GROUP, Home

Attempt = Callable[[Home, Caller], Awaitable[object]]

ASKERS = ("admin", "holder", "member", "outsider", "key", "managing")
MANAGE = ["keys.manage", "people.manage"]
UIDS = {"holder": 3001, "member": 3002, "outsider": 3003}

MATRIX: dict[str, tuple[Attempt, str]] = {
    #                                        admin holder member outsider key managing
    "me": (lambda h, c: h.people.me(c), "yes yes yes yes yes yes"),
    "change_me": (lambda h, c: h.people.change_me(c, ProfileChange("X")), "yes yes yes yes yes yes"),
    "people": (lambda h, c: h.people.page(c, ListQuery()), "yes yes yes yes yes yes"),
    "show member": (lambda h, c: h.people.show(c, "member"), "yes yes yes 404 yes yes"),
    "show outsider": (lambda h, c: h.people.show(c, "outsider"), "yes yes 404 yes 404 yes"),
    "add": (lambda h, c: h.people.add(c, PersonCreation("new")), "yes yes 403 403 403 yes"),
    "add admin": (lambda h, c: h.people.add(c, PersonCreation("new", admin=True)), "yes 403 403 403 403 403"),
    "change member": (
        lambda h, c: h.people.change(c, "member", PersonChange(permissions=["keys.manage"])),
        "yes yes 403 404 403 yes",
    ),
    "change admin": (
        lambda h, c: h.people.change(c, "owner", PersonChange(display_name="X")),
        "yes 403 403 404 403 403",
    ),
    "make admin": (
        lambda h, c: h.people.change(c, "member", PersonChange(admin=True)),
        "yes 403 403 404 403 403",
    ),
    "let go": (lambda h, c: h.people.change(c, "member", PersonChange(left=True)), "yes yes 403 404 403 yes"),
    "workspaces": (lambda h, c: h.workspaces.page(c, ListQuery()), "yes yes yes yes yes yes"),
    "show shop": (lambda h, c: h.workspaces.show(c, "shop"), "yes yes yes 404 yes yes"),
    "show lab": (lambda h, c: h.workspaces.show(c, "lab"), "yes 404 404 404 404 yes"),
    "add workspace": (
        lambda h, c: h.workspaces.add(c, WorkspaceCreation("new")),
        "yes yes 403 403 403 yes",
    ),
    "add member": (
        lambda h, c: h.workspaces.add_member(c, "shop", "outsider"),
        "yes yes 403 404 403 yes",
    ),
    "add to lab": (lambda h, c: h.workspaces.add_member(c, "lab", "member"), "yes 404 404 404 404 yes"),
    "remove member": (
        lambda h, c: h.workspaces.remove_member(c, "shop", "member"),
        "yes yes 403 404 403 yes",
    ),
    "keys": (lambda h, c: h.keys.page(c, ListQuery()), "yes yes yes yes yes yes"),
    "create own key": (lambda h, c: h.keys.create(c, KeyCreation("x")), "yes yes yes yes 403 yes"),
    "create robot's key": (
        lambda h, c: h.keys.create(c, KeyCreation("x", owner="robot")),
        "yes yes 403 404 403 yes",
    ),
    "create member's key": (
        lambda h, c: h.keys.create(c, KeyCreation("x", owner="member")),
        "403 403 yes 404 403 403",
    ),
    "rotate robot's key": (
        lambda h, c: _of(h, "robot", lambda key: h.keys.rotate(c, key, KeyRotation())),
        "yes yes 404 404 404 yes",
    ),
    "rotate member's key": (
        lambda h, c: _of(h, "member", lambda key: h.keys.rotate(c, key, KeyRotation())),
        "403 403 yes 404 404 403",
    ),
    "revoke member's key": (
        lambda h, c: _of(h, "member", lambda key: h.keys.revoke(c, key)),
        "yes yes yes 404 404 yes",
    ),
    "audit": (lambda h, c: h.audit.page(c, ListQuery()), "yes yes 403 403 403 yes"),
}


@pytest.fixture
async def askers(home: Home) -> dict[str, Caller]:
    """Everybody who asks, in a home with a shop that the outsider is not in and a lab that only admins see."""
    for name, uid in UIDS.items():
        home.accounts.logins[uid] = Account(name, frozenset({uid, GROUP}))
        await home.person(name, *(MANAGE if name == "holder" else []))
        await home.doors.by_peer(uid, uid)
    await home.person("robot")
    await home.workspace("shop", "holder", "member", "robot")
    await home.workspace("lab")
    owner = await home.owner()
    await home.workspaces.remove_member(owner, "lab", "owner")
    await home.key(owner, owner="robot")
    callers = {name: await home.doors.by_peer(uid, uid) for name, uid in UIDS.items()}
    await home.key(callers["member"])
    callers["admin"] = await home.owner()
    callers["key"] = await home.by_key(await home.key(owner))
    callers["managing"] = await home.by_key(await home.key(owner, *MANAGE))
    return callers


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", MATRIX)
@pytest.mark.parametrize("asker", ASKERS)
async def test_everybody_may_do_what_the_table_says(
    home: Home, askers: dict[str, Caller], what: str, asker: str
) -> None:
    attempt, allowed = MATRIX[what]
    expected = dict(zip(ASKERS, allowed.split(), strict=True))[asker]
    assert await _outcome(attempt(home, askers[asker])) == expected


async def test_refusals_are_in_the_record_with_their_reason(home: Home, askers: dict[str, Caller]) -> None:
    await _outcome(MATRIX["add"][0](home, askers["member"]))
    await _outcome(MATRIX["show lab"][0](home, askers["member"]))
    await _outcome(MATRIX["add to lab"][0](home, askers["member"]))
    refused = await home.audited("outcome:refused actor:member")
    assert [(record.action, record.target) for record in refused] == [
        ("member.add", "lab/member"),
        ("person.create", "new"),
    ]
    assert refused[1].detail == {"reason": "You need the permission people.manage for this; ask an admin for it."}


async def _outcome(attempt: Awaitable[object]) -> str:
    try:
        await attempt
    except CallboardError as error:
        return {"not_found": "404", "not_allowed": "403"}.get(error.code, error.sentence)
    return "yes"


async def _of(home: Home, owner: str, act: Callable[[str], Awaitable[object]]) -> object:
    """Do it to the key of this owner."""
    page = await home.keys.page(await home.owner(), ListQuery(filter=f"owner:{owner}"))
    return await act(page.items[0].id)
