"""Muted sources: what comes from them arrives as read, for as long and as widely as they were muted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.api.mutes import Mute, Muting
from core.api.wire import ListQuery
from core.clock import HOUR, to_datetime
from core.config import RetentionSettings
from core.errors import ConflictError, InvalidError, NotFoundError
from core.events.catalogue import word
from core.inbox import mutes as module
from core.inbox.mutes import Mutes
from core.inbox.retention import Retention
from core.inbox.sources import LONGEST, source_of, sources_of
from storage import mutes as store
from storage.ids import WorkspaceId
from storage.workspaces import add_workspace
from tests.road import Road

AUTOMATION = {"automationId": 12, "automationCreator": "ben"}


@pytest.fixture
def mutes(road: Road) -> Mutes:
    return Mutes(road.database, road.clock)


async def mute(
    mutes: Mutes,
    road: Road,
    source: str,
    by: str = "ben",
    event: str | None = None,
    workspace: str | None = None,
    until: datetime | None = None,
) -> Mute:
    return await mutes.mute(road.callers[by], Muting(source, event, workspace, until))


async def found_lab(road: Road) -> WorkspaceId:
    """Another workspace, which nobody belongs to."""
    lab = await road.database.write(lambda c: add_workspace(c, "lab", "The lab", road.clock.now()))
    assert lab is not None
    return lab


async def muted(mutes: Mutes, road: Road, by: str = "ben", filter: str = "") -> list[str]:
    return [one.source for one in (await mutes.page(road.callers[by], ListQuery(filter=filter))).items]


async def unread(road: Road, person: str = "ben") -> list[str]:
    return [item.event for item in await road.items(person, "is:unread")]


@pytest.mark.parametrize(
    ("event", "link", "sender", "source"),
    [
        ("automation:failed", "callboard:automation/12", None, "automation/12"),
        ("hook:failed", "callboard:session/7", "dana", "session/7"),
        ("hook:failed", "callboard:ticket/a%20b?tab=2#end", None, "ticket/a%20b"),
        ("system:notice", "https://example.com/a/b", "dana", "person/dana"),
        ("system:notice", None, "dana", "person/dana"),
        ("system:notice", None, None, "system"),
        ("budget:warning", "callboard:budgets", None, "budget"),
        ("quality:gate:failed", None, None, "quality"),
        ("deploy", "", None, "deploy"),
        ("task:review", f"callboard:ticket/{'x' * 300}", None, f"ticket/{'x' * 300}"[:LONGEST]),
        ("task:review", "callboard:ticket/\0", None, "ticket/\ufffd"),
    ],
)
def test_a_notification_comes_from_a_thing_a_person_or_an_area(
    event: str, link: str | None, sender: str | None, source: str
) -> None:
    assert source_of(event, link, sender) == source


def test_a_failed_delivery_comes_from_its_channel_though_its_link_leads_to_it() -> None:
    said = word("notification:failed", {"channel": "ops", "deliveryId": "notif_1", "error": "no"})

    assert said.link == "callboard:delivery/notif_1"
    assert source_of("notification:failed", said.link, source=said.source) == "channel/ops"


def test_a_source_is_also_one_of_its_kind() -> None:
    assert sources_of("automation/12") == ("automation/12", "automation")
    assert sources_of("task") == ("task",)


async def test_each_item_says_what_it_comes_from_and_which_ticket_it_is_about(road: Road) -> None:
    await road.tell("automation:failed", data={**AUTOMATION, "taskId": "t1"})
    await road.tell("deploy:done", recipients=["ben"], task_id="t2")
    await road.tell("budget:warning", data={"scope": "workspace"})

    found = [(item.source, item.ticket) for item in await road.items("ben")]
    assert found == [("budget", None), ("person/ann", "t2"), ("automation/12", "t1")]


async def test_what_comes_from_a_muted_source_arrives_as_read_and_says_so(road: Road, mutes: Mutes) -> None:
    await mute(mutes, road, "automation/12")

    await road.tell("automation:failed", data={**AUTOMATION, "sessionId": 1, "sessionOwner": "ann"})

    (mine,), (hers,) = await road.items("ben"), await road.items("ann")
    assert (mine.read_at, mine.reason) == (to_datetime(road.clock.now()), "you created the automation (muted)")
    assert (hers.read_at, hers.reason) == (None, "you own the session")
    assert (await road.inbox.counts(road.callers["ben"])).unread == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("muting", "left"),
    [
        (Muting("automation"), []),
        (Muting("automation/12"), []),
        (Muting("automation/1"), ["automation:failed", "automation:skipped"]),
        (Muting("auto"), ["automation:failed", "automation:skipped"]),
        (Muting("automation", event="automation:skipped"), ["automation:failed"]),
        (Muting("automation/12", workspace="shop"), []),
        (Muting("automation/12", workspace="lab"), ["automation:failed", "automation:skipped"]),
    ],
)
async def test_a_mute_reaches_as_far_as_it_says(
    road: Road, mutes: Mutes, muting: Muting, left: list[str]
) -> None:
    lab = await found_lab(road)
    road.callers["ben"] = replace(road.callers["ben"], workspaces=frozenset({road.workspace, lab}))
    await mutes.mute(road.callers["ben"], muting)

    await road.post("automation:skipped", data=AUTOMATION)
    await road.tell("automation:failed", data=AUTOMATION)

    assert await unread(road) == left


async def test_what_waits_for_an_answer_is_never_muted(road: Road, mutes: Mutes) -> None:
    await mute(mutes, road, "approval")
    await mute(mutes, road, "session/7")

    await road.post("approval:requested", data={"sessionOwner": "ben", "approvalId": 3})
    await road.post("approval:requested", data={"sessionOwner": "ben", "sessionId": 7})
    await road.tell("hook:failed", data={"sessionOwner": "ben", "sessionId": 7})

    assert await unread(road) == ["approval:requested", "approval:requested"]


async def test_a_mute_ends_by_itself(road: Road, mutes: Mutes) -> None:
    await mute(mutes, road, "task", until=to_datetime(road.clock.now()) + timedelta(hours=8))
    road.clock.advance(8 * HOUR)

    await road.tell("task:qa", data={"qaReviewer": "ben"})

    assert await unread(road) == ["task:qa"]
    assert await muted(mutes, road) == []
    with pytest.raises(NotFoundError, match="has ended"):
        await mutes.unmute(road.callers["ben"], 99)


async def test_a_time_without_a_zone_is_the_persons_own(road: Road, mutes: Mutes) -> None:
    found = await mute(mutes, road, "task", until=datetime(2026, 3, 3, 9))  # noqa: DTZ001
    assert found.until == datetime(2026, 3, 3, 9, tzinfo=UTC)


async def test_a_mute_that_is_taken_back_mutes_nothing(road: Road, mutes: Mutes) -> None:
    made = await mute(mutes, road, "task")
    await mutes.unmute(road.callers["ben"], made.id)

    await road.tell("task:qa", data={"qaReviewer": "ben"})

    assert await unread(road) == ["task:qa"]


async def test_the_same_source_again_has_the_new_end(road: Road, mutes: Mutes) -> None:
    tomorrow = to_datetime(road.clock.now()) + timedelta(days=1)
    first = await mute(mutes, road, "task")
    again = await mute(mutes, road, "task", until=tomorrow)
    narrower = await mute(mutes, road, "task", event="task:qa")

    assert (again.id, again.until) == (first.id, tomorrow)
    assert narrower.id != first.id


async def test_the_list_is_ones_own_in_order_by_pages_and_filtered(road: Road, mutes: Mutes) -> None:
    for source in ("task", "automation/12", "session/7"):
        await mute(mutes, road, source)
    await mute(mutes, road, "task", by="ann", workspace="shop")

    first = await mutes.page(road.callers["ben"], ListQuery(limit=2))
    rest = await mutes.page(road.callers["ben"], ListQuery(limit=2, cursor=first.next))

    assert [one.source for one in first.items + rest.items] == ["task", "automation/12", "session/7"]
    assert rest.next is None
    assert await muted(mutes, road, filter="from:automation") == ["automation/12"]
    assert await muted(mutes, road, filter="-session") == ["task", "automation/12"]
    assert await muted(mutes, road, "ann", "workspace:shop event:task:qa") == []
    assert await muted(mutes, road, "ann", "workspace:shop") == ["task"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("muting", "sentence"),
    [
        (Muting(" "), "source: Name what"),
        (Muting("x" * 201), "source: Name what"),
        (Muting("task", event="not a name"), "event: An event's name"),
        (Muting("task", until=datetime(2026, 3, 2, 9, tzinfo=UTC)), "until: Mute until a time to come"),
        (Muting("task", until=datetime(9999, 12, 31, tzinfo=UTC)), "until: .* within ten years"),
        (Muting("task", workspace="nowhere"), "workspace: There is no workspace"),
        (Muting("task", workspace="lab"), "workspace: There is no workspace"),
    ],
)
async def test_what_makes_no_sense_is_refused(road: Road, mutes: Mutes, muting: Muting, sentence: str) -> None:
    await found_lab(road)

    with pytest.raises(InvalidError, match=sentence):
        await mutes.mute(road.callers["ben"], muting)
    assert await muted(mutes, road) == []


async def test_nobody_takes_back_the_mute_of_another(road: Road, mutes: Mutes) -> None:
    made = await mute(mutes, road, "task")

    with pytest.raises(NotFoundError):
        await mutes.unmute(road.callers["root"], made.id)
    assert await muted(mutes, road) == ["task"]


async def test_there_is_an_end_to_how_much_can_be_muted(
    road: Road, mutes: Mutes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for source in ("a", "b"):
        await mute(mutes, road, source)

    with pytest.raises(ConflictError, match="unmute one first"):
        await mute(mutes, road, "c")
    assert await muted(mutes, road) == ["a", "b"]


async def test_retention_clears_ended_mutes_away(road: Road, mutes: Mutes) -> None:
    await mute(mutes, road, "task", until=to_datetime(road.clock.now()) + timedelta(hours=1))
    await mute(mutes, road, "automation")
    road.clock.advance(HOUR)

    await Retention(road.database, road.clock, RetentionSettings).tidy()

    left = await road.database.read(lambda c: store.count(c, road.callers["ben"].person))
    assert left == 1
