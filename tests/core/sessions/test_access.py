"""Who sees a session and who may do something to it, and how the list is narrowed."""

from dataclasses import replace

import pytest

from core.api.sessions import CommandCreation, SessionCreation
from core.api.wire import ListQuery
from core.caller import Caller, Permission
from core.errors import InvalidError, NotAllowedError, NotFoundError
from storage.ids import KeyId
from tests.core.sessions.studio import Studio


async def listed(studio: Studio, caller: Caller, filter: str = "") -> list[str]:
    page = await studio.sessions.page(caller, ListQuery(filter=filter))
    return [session.title for session in page.items]


async def test_one_sees_ones_own_and_with_a_permission_all_of_ones_workspaces(studio: Studio) -> None:
    session = await studio.create(title="Ann's")
    ben, everything = studio.road.callers["ben"], studio.holding("ben", Permission.SESSIONS_VIEW_ALL)
    outsider = studio.holding("max", Permission.SESSIONS_VIEW_ALL)

    assert await listed(studio, studio.ann) == ["Ann's"]
    assert await listed(studio, studio.road.callers["root"]) == ["Ann's"]
    assert await listed(studio, everything) == ["Ann's"]
    for nobody in (ben, outsider):
        assert await listed(studio, nobody) == []
        with pytest.raises(NotFoundError, match=f"no session {session.id}"):
            await studio.sessions.show(nobody, session.id)


@pytest.mark.parametrize("role", ["developer", "qa", "creator"])
async def test_who_answers_for_a_ticket_opens_its_sessions_and_does_nothing_to_them(
    studio: Studio, role: str
) -> None:
    session = await studio.create(title="Ann's", ticket="t7")
    ben, eva = studio.road.callers["ben"], studio.road.callers["eva"]
    await studio.road.make_responsible("ticket", "t7", role, "ben")
    await studio.road.make_responsible("ticket", "t8", role, "eva")

    assert (await studio.sessions.show(ben, session.id)).title == "Ann's"
    assert await listed(studio, ben) == []
    with pytest.raises(NotAllowedError):
        await studio.sessions.stop(ben, session.id)
    with pytest.raises(NotFoundError):
        await studio.sessions.show(eva, session.id)
    with pytest.raises(NotFoundError):
        await studio.sessions.show(replace(ben, workspaces=frozenset()), session.id)


async def test_seeing_is_not_doing(studio: Studio) -> None:
    session = await studio.create()
    seeing = studio.holding("ben", Permission.SESSIONS_VIEW_ALL)
    managing = studio.holding("ben", Permission.SESSIONS_VIEW_ALL, Permission.SESSIONS_MANAGE_ALL)

    with pytest.raises(NotAllowedError, match=r"sessions\.manage_all"):
        await studio.sessions.stop(seeing, session.id)

    assert (await studio.sessions.stop(managing, session.id)).state == "cancelled"


async def test_nobody_starts_anything_in_a_workspace_that_is_not_theirs(studio: Studio) -> None:
    outsider = studio.road.callers["max"]

    with pytest.raises(NotFoundError, match="no workspace"):
        await studio.sessions.create(outsider, SessionCreation("shop", prompt="id"))
    with pytest.raises(NotFoundError, match="no workspace"):
        await studio.sessions.run_command(outsider, CommandCreation("shop", ["id"]))


async def test_a_key_runs_nothing_unless_it_was_given_that(studio: Studio) -> None:
    key = replace(studio.ann, key=KeyId("key_1"), via="key:key_1")
    able = replace(key, permissions=frozenset({Permission.AUTOMATIONS_MANAGE}))
    creation = SessionCreation("shop", prompt="id")
    own = await studio.create()

    with pytest.raises(NotAllowedError, match=r"automations\.manage"):
        await studio.sessions.create(key, creation)
    with pytest.raises(NotAllowedError, match=r"automations\.manage"):
        await studio.sessions.run_command(key, CommandCreation("shop", ["id"]))
    assert (await studio.sessions.show(key, own.id)).id == own.id

    assert (await studio.sessions.create(able, creation)).state == "queued"


@pytest.mark.parametrize("number", [0, -1, 99, 2**62, 2**70])
async def test_what_is_not_there_is_not_found(studio: Studio, number: int) -> None:
    with pytest.raises(NotFoundError):
        await studio.sessions.show(studio.ann, number)


async def test_pages_come_newest_first_without_gap_or_double(studio: Studio) -> None:
    made = [(await studio.create()).id for _ in range(7)]
    seen: list[int] = []
    cursor = None

    while True:
        page = await studio.sessions.page(studio.ann, ListQuery(limit=3, cursor=cursor))
        seen += [session.id for session in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert seen == made[::-1]


NARROWED = {
    "": ["two", "one"],
    "state:cancelled": ["one"],
    "is:active": ["two"],
    "-is:active": ["one"],
    "kind:develop": ["two"],
    "outcome:cancelled": ["one"],
    "-outcome:failed": ["two", "one"],
    "ticket:T-1": ["one"],
    "-ticket:T-1": ["two"],
    "owner:ann provider:shell workspace:shop": ["two", "one"],
    "owner:ben": [],
    "automation:7": [],
    "-automation:7 bot:x": [],
    "since:1d": ["two", "one"],
    "until:1d": [],
    "needle": ["two"],
}


async def test_the_list_is_narrowed(studio: Studio) -> None:
    one = await studio.create(title="one", ticket="T-1")
    await studio.sessions.stop(studio.ann, one.id)
    await studio.create("find the needle", title="two", kind="develop")

    assert {asked: await listed(studio, studio.ann, asked) for asked in NARROWED} == NARROWED


async def test_a_mistake_in_the_filter_says_where(studio: Studio) -> None:
    with pytest.raises(InvalidError, match="character 12"):
        await listed(studio, studio.ann, "automation:x")
