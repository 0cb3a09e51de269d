"""A workspace that is no longer somebody's does not exist for them: what they were told there is gone too."""

import pytest

from core.api.events import NoticeRequest
from core.api.inbox import InboxActionRequest, UndoRequest
from core.api.mutes import Muting
from core.api.people import PersonChange
from core.api.wire import ListQuery
from core.clock import HOUR
from core.config import RetentionSettings
from core.errors import NotFoundError
from core.inbox.mutes import Mutes
from core.inbox.retention import Retention
from core.people import leaving
from core.people.service import People
from core.people.workspaces import Workspaces
from storage import changes, people, workspaces
from storage.ids import ChangeSeq, ItemId
from tests.road import Road


@pytest.fixture
def members(road: Road) -> Workspaces:
    return Workspaces(road.database, road.clock)


async def titles(road: Road, person: str, filter: str = "is:all") -> list[str]:
    return [item.title for item in await road.items(person, filter)]


async def test_what_was_told_there_leaves_with_the_membership_stars_and_history_too(
    road: Road, members: Workspaces
) -> None:
    for number in range(3):
        await road.tell("deploy:done", task_id=f"t{number}", recipients=["ben", "ann"])
    starred, dismissed, _ = [item.id for item in await road.items("ben")]
    ben = road.callers["ben"]
    await road.inbox.act(ben, InboxActionRequest("star", [starred]))
    await road.inbox.act(ben, InboxActionRequest("dismiss", [dismissed]))

    await members.remove_member(road.callers["root"], "shop", "ben")

    assert await titles(road, "ben") == []
    assert (await road.inbox.counts(ben)).total == 0
    with pytest.raises(NotFoundError):
        await road.inbox.show(ben, ItemId(starred))
    assert (await road.inbox.undo(ben, UndoRequest())).changed == []
    assert len(await titles(road, "ann")) == 3


async def test_what_was_told_elsewhere_stays(road: Road, members: Workspaces) -> None:
    await _tell_server_wide(road, "ben")
    await road.tell("deploy:done", recipients=["ben"])

    await members.remove_member(road.callers["root"], "shop", "ben")

    assert await titles(road, "ben") == ["Maintenance"]


async def test_what_was_muted_there_is_forgotten(road: Road, members: Workspaces) -> None:
    mutes, ben = Mutes(road.database, road.clock), road.callers["ben"]
    await mutes.mute(ben, Muting("task", workspace="shop"))
    await mutes.mute(ben, Muting("automation"))

    await members.remove_member(road.callers["root"], "shop", "ben")

    assert [mute.source for mute in (await mutes.page(ben, ListQuery())).items] == ["automation"]


async def test_the_way_back_in_brings_nothing_old_and_all_that_is_new(road: Road, members: Workspaces) -> None:
    root = road.callers["root"]
    await road.tell("deploy:done", recipients=["ben"])
    await members.remove_member(root, "shop", "ben")
    await road.tell("task:review", data={"developer": "ben"})
    await members.add_member(root, "shop", "ben")
    await road.tell("task:qa", data={"qaReviewer": "ben"})

    assert [item.event for item in await road.items("ben")] == ["task:qa"]


async def test_an_admin_who_is_taken_out_sees_it_all_the_same(road: Road, members: Workspaces) -> None:
    root = road.callers["root"]
    await members.add_member(root, "shop", "root")
    await road.tell("deploy:done", recipients=["root"])

    await members.remove_member(root, "shop", "root")

    assert await titles(road, "root") == ["deploy:done"]


async def test_who_is_no_longer_an_admin_loses_what_they_saw_as_one(road: Road) -> None:
    people_of_home = People(road.database, road.clock, road.entropy)
    root = road.callers["root"]
    await road.database.write(lambda c: people.change_person(c, root.person, {"uid": 1000}))
    for name in ("ann", "max"):
        await people_of_home.change(root, name, PersonChange(admin=True))
    await road.tell("deploy:done", recipients=["ann", "max"])

    for name in ("ann", "max"):
        await people_of_home.change(root, name, PersonChange(admin=False))

    assert await titles(road, "max") == []
    assert await titles(road, "ann") == ["deploy:done"]


async def test_more_than_one_transaction_takes_is_gone_as_well(
    road: Road, members: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 2)
    monkeypatch.setattr("core.people.workspaces.AT_ONCE", 2)
    for _ in range(7):
        await road.post("deploy:done", recipients=["ben"])
    await road.dispatcher.catch_up()

    await members.remove_member(road.callers["root"], "shop", "ben")

    assert await titles(road, "ben") == []


async def test_what_a_kill_left_is_found_by_retention(road: Road) -> None:
    await _tell_server_wide(road, "ben")
    await road.tell("deploy:done", recipients=["ben", "ann", "root"])
    ben = road.callers["ben"].person
    await road.database.write(lambda c: workspaces.remove_membership(c, road.workspace, ben))
    road.clock.advance(HOUR)

    await Retention(road.database, road.clock, RetentionSettings).tidy()

    assert await titles(road, "ben") == ["Maintenance"]
    assert await titles(road, "ann") == await titles(road, "root") == ["deploy:done"]


@pytest.mark.parametrize(("items", "news"), [(2, 2), (30, 1)])
async def test_whoever_shows_the_inbox_hears_of_it(
    road: Road, members: Workspaces, items: int, news: int
) -> None:
    for _ in range(items):
        await road.post("deploy:done", recipients=["ben"])
    await road.dispatcher.catch_up()
    before = await road.database.read(changes.last)

    await members.remove_member(road.callers["root"], "shop", "ben")

    rows = await road.database.read(lambda c: changes.after(c, ChangeSeq(before), 100))
    heard = [row.person_id for row in rows if row.topic == "inbox"]
    assert heard == [road.callers["ben"].person] * news


async def _tell_server_wide(road: Road, person: str) -> None:
    await road.events.notify(road.callers["root"], NoticeRequest(person, "Maintenance"))
    await road.dispatcher.catch_up()
