"""Actions on many notifications: to all or to none, also when the server ends between; and back exactly."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from core.api.inbox import InboxAction, InboxActionRequest, InboxActionResult, UndoRequest
from core.clock import DAY, HOUR, to_datetime
from core.errors import InvalidError, NotFoundError
from core.inbox import changing
from core.inbox.service import Inbox
from storage import changes, inbox, inbox_actions, unfinished
from storage.database import Connection
from storage.ids import EventSeq, Instant
from storage.inbox import NewItemRow, inbox_items
from tests.core.inbox.test_inbox import act, fill, ids
from tests.road import Road

MANY = 52  # more than one transaction takes, `in_parts`


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction takes fifty items, and of more than that, ten at a time."""
    monkeypatch.setattr(changing, "MOST_AT_ONCE", 50)
    monkeypatch.setattr(changing, "_PART", 10)


async def heap(road: Road, count: int = MANY, person: str = "ben") -> list[int]:
    """Give the person many notifications at once; their ids, oldest first."""
    owner = road.callers[person].person

    def pile(connection: Connection) -> list[int]:
        rows = [
            NewItemRow(
                owner, EventSeq(10_000 + n), "x:y", None, f"{n}", "", "info", "", None, None, road.clock.now()
            )
            for n in range(count)
        ]
        inbox.insert_items(connection, rows)
        return [item for item, _, _ in inbox.addressed(connection, EventSeq(10_000), EventSeq(10_000 + count))]

    return await road.database.write(pile)


async def mixed(road: Road, count: int = MANY) -> list[int]:
    """Many notifications, some of which were read, starred, snoozed or dismissed, at different times."""
    every = await heap(road, count)
    for action, some in (("read", every[::3]), ("star", every[::7]), ("dismiss", every[5::11])):
        await act(road, action, *some)  # type: ignore[arg-type]
        road.clock.advance(HOUR)
        await act(road, action, *every[1::9])  # type: ignore[arg-type]
    until = to_datetime(road.clock.now()) + timedelta(days=2)
    await act(road, "snooze", *every[4::13], until=until)
    return every


async def everything(road: Road, person: str = "ben") -> list[tuple[object, ...]]:
    """All that a person has done with their notifications."""
    owner = road.callers[person].person

    def read(connection: Connection) -> list[tuple[object, ...]]:
        own = inbox_items.select().where(inbox_items.c.person_id == owner).order_by(inbox_items.c.id)
        return [tuple(row) for row in connection.execute(own)]

    return await road.database.read(read)


async def bulk(road: Road, action: InboxAction, filter: str, **more: object) -> InboxActionResult:
    request = InboxActionRequest(action, filter=filter, **more)  # type: ignore[arg-type]
    return await road.inbox.act(road.callers["ben"], request)


async def ended_after(road: Road, commits: int, work: "asyncio.Task[object]") -> bool:
    """Let the work end, as with its server, after so many more commits; whether it was not done by then."""
    left = commits

    def committed() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            work.cancel()

    road.database.on_commit(committed)
    await asyncio.wait([work])
    return work.cancelled()


@pytest.mark.parametrize("action", ["unread", "unstar", "restore", "snooze"])
async def test_undo_of_a_bulk_action_brings_all_back_as_it_was(road: Road, action: InboxAction) -> None:
    await mixed(road, 130)
    before = await everything(road)
    road.clock.advance(HOUR)
    until = {"until": to_datetime(Instant(road.clock.now() + DAY))} if action == "snooze" else {}

    done = await bulk(road, action, "is:all", **until)
    after = await everything(road)
    undone = await road.inbox.undo(road.callers["ben"], UndoRequest())

    assert done.count == undone.count > 0
    assert sum(old != new for old, new in zip(before, after, strict=True)) == done.count
    assert await everything(road) == before


@pytest.mark.parametrize("commits", [1, 4])
@pytest.mark.usefixtures("in_parts")
async def test_an_action_whose_server_ended_is_finished_at_the_next_start(road: Road, commits: int) -> None:
    await heap(road)
    work: asyncio.Task[object] = asyncio.create_task(bulk(road, "dismiss", ""))
    assert await ended_after(road, commits, work)

    await Inbox(road.database, road.clock).finish_actions()

    assert await ids(road) == []
    assert (await road.inbox.undo(road.callers["ben"], UndoRequest())).count == MANY


@pytest.mark.usefixtures("in_parts")
async def test_undoing_whose_server_ended_is_finished_at_the_next_start(road: Road) -> None:
    await mixed(road)
    before = await everything(road)
    await bulk(road, "snooze", "is:all", until=to_datetime(Instant(road.clock.now() + DAY)))
    undo = road.inbox.undo(road.callers["ben"], UndoRequest())
    assert await ended_after(road, 3, asyncio.create_task(undo))

    await Inbox(road.database, road.clock).finish_actions()

    assert await everything(road) == before


@pytest.mark.usefixtures("in_parts")
async def test_whoever_acts_next_finds_the_action_before_finished(road: Road) -> None:
    every = await heap(road)
    work: asyncio.Task[object] = asyncio.create_task(bulk(road, "star", ""))
    assert await ended_after(road, 2, work)

    unstarred = await act(road, "unstar", every[0], every[-1])

    assert sorted(unstarred.changed) == [every[0], every[-1]]
    assert (await road.inbox.counts(road.callers["ben"])).starred == MANY - 2
    assert await road.database.read(unfinished.waiting) == []


@pytest.mark.usefixtures("in_parts")
async def test_two_bulk_actions_at_once_come_one_after_the_other(road: Road) -> None:
    await heap(road)
    before = await everything(road)

    done = await asyncio.gather(bulk(road, "dismiss", "is:all"), bulk(road, "star", "is:all"))
    undone = [await road.inbox.undo(road.callers["ben"], UndoRequest()) for _ in range(2)]

    assert sorted((result.action, result.count) for result in undone) == [("dismiss", MANY), ("star", MANY)]
    assert [(result.changed, result.count) for result in done] == [([], MANY)] * 2  # of so many, the number alone
    assert await everything(road) == before


@pytest.mark.usefixtures("in_parts")
async def test_nobody_else_waits_for_a_bulk_action_or_is_touched_by_it(road: Road) -> None:
    await heap(road)
    (other,) = await fill(road, 1, person="eva")
    theirs = await everything(road, "eva")
    work: asyncio.Task[object] = asyncio.create_task(bulk(road, "dismiss", "is:all"))
    assert await ended_after(road, 1, work)

    assert await everything(road, "eva") == theirs
    await act(road, "star", other, by="eva")

    assert await road.database.read(unfinished.waiting) == [road.callers["ben"].person]


async def test_five_thousand_named_items_change_together(road: Road) -> None:
    every = await heap(road, 5_000)

    done = await act(road, "dismiss", *every)

    assert done.changed == every
    assert done.count == 5_000


async def test_more_must_be_named_by_a_filter(road: Road) -> None:
    with pytest.raises(InvalidError, match=r"5,000 items at most") as raised:
        await act(road, "dismiss", *range(1, 5_002))

    assert raised.value.place == "ids"


async def test_what_came_after_the_person_looked_is_not_dismissed_unseen(road: Road) -> None:
    a, b = await fill(road, 2)
    seen = max(await ids(road))
    (later,) = await fill(road, 1)

    done = await bulk(road, "dismiss", "", upto=seen)

    assert sorted(done.changed) == [a, b]
    assert await ids(road) == [later]


async def test_a_highest_id_goes_with_a_filter_only(road: Road) -> None:
    (a,) = await fill(road, 1)

    with pytest.raises(InvalidError) as raised:
        await act(road, "dismiss", a, upto=a)

    assert raised.value.place == "upto"


async def test_many_changes_are_told_as_one(road: Road) -> None:
    every = await heap(road, 300)
    heard = await road.database.read(changes.last)

    await act(road, "star", *every)
    await act(road, "read", *every[:200])

    rows = await road.database.read(partial(changes.after, seq=heard, limit=500))
    assert [(row.topic, row.subject) for row in rows] == [
        ("inbox", ""),
        *(("inbox", str(item)) for item in every[:200]),
    ]


async def test_two_undos_at_once_take_two_steps_back(road: Road) -> None:
    (item,) = await fill(road, 1)
    await act(road, "star", item)
    await act(road, "read", item)
    ben = road.callers["ben"]

    undone = await asyncio.gather(*(road.inbox.undo(ben, UndoRequest()) for _ in range(2)))

    assert sorted(result.action for result in undone) == ["read", "star"]


async def test_a_step_of_another_kind_is_not_the_inboxs_to_undo(road: Road) -> None:
    (item,) = await fill(road, 1)
    ben = road.callers["ben"]
    await act(road, "star", item)
    add = partial(inbox_actions.add_step, person=ben.person, action="hide", before="{}", now=Instant(1), kept=100)
    hidden = await road.database.write(add)

    undone = await road.inbox.undo(ben, UndoRequest())

    assert undone.action == "star"
    with pytest.raises(NotFoundError, match=f"no step {hidden}"):
        await road.inbox.undo(ben, UndoRequest(hidden))
