"""A person's inbox: its order, its pages and filters, and what can be done with its items."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from core.api.inbox import InboxAction, InboxActionRequest, InboxActionResult, InboxQuery, UndoRequest
from core.clock import DAY, to_datetime
from core.config import RetentionSettings
from core.errors import InvalidError, NotFoundError
from core.inbox.retention import Retention
from storage import changes
from storage.ids import ChangeSeq
from tests.road import Road


async def fill(road: Road, count: int = 5, person: str = "ben", event: str = "deploy:done") -> list[int]:
    """Give the person so many notifications, and answer their ids, oldest first."""
    before = {item.id for item in await road.items(person, "is:all")}
    for number in range(count):
        await road.post(event, data={"number": number}, recipients=[person])
    await road.dispatcher.catch_up()
    return sorted(item.id for item in await road.items(person, "is:all") if item.id not in before)


async def act(road: Road, action: InboxAction, *ids: int, by: str = "ben", **more: object) -> InboxActionResult:
    request = InboxActionRequest(action, list(ids), **more)  # type: ignore[arg-type]
    return await road.inbox.act(road.callers[by], request)


async def ids(road: Road, filter: str = "") -> list[int]:
    return [item.id for item in await road.items("ben", filter)]


async def test_starred_items_come_first_then_the_newest(road: Road) -> None:
    a, b, c, d, e = await fill(road)

    await act(road, "star", b, d)

    assert await ids(road) == [d, b, e, c, a]


async def test_pages_come_one_after_the_other_without_gap_or_double(road: Road) -> None:
    every = await fill(road, 11)
    await act(road, "star", *every[1:5])
    ben, cursor, seen = road.callers["ben"], None, []

    while True:
        page = await road.inbox.page(ben, InboxQuery(limit=3, cursor=cursor))
        seen.append([item.id for item in page.items])
        cursor = page.next
        if cursor is None:
            break

    assert [item for page in seen for item in page] == await ids(road)
    assert [len(page) for page in seen] == [3, 3, 3, 2]


async def test_the_history_pages_in_the_same_order(road: Road) -> None:
    a, b, c, d, e = await fill(road, 5)
    await act(road, "star", a)
    await act(road, "dismiss", b)
    ben = road.callers["ben"]

    first = await road.inbox.page(ben, InboxQuery(limit=3, filter="is:all"))
    second = await road.inbox.page(ben, InboxQuery(limit=3, filter="is:all", cursor=first.next))
    index = await road.inbox.index(ben, "is:all")

    assert [item.id for item in [*first.items, *second.items]] == [a, e, d, c, b]
    assert (index.ids, index.starred) == ([a, e, d, c, b], 1)


async def test_the_index_has_all_ids_in_order_and_says_how_many_are_starred(road: Road) -> None:
    every = await fill(road, 5)
    await act(road, "star", every[1])

    index = await road.inbox.index(road.callers["ben"], "")

    assert index.ids == await ids(road)
    assert index.starred == 1
    assert index.seq == await road.database.read(changes.last)


async def test_these_come_in_the_order_asked_for_without_what_the_filter_leaves_out(road: Road) -> None:
    a, b, c = await fill(road, 3)
    (foreign,) = await fill(road, 1, person="eva")
    await act(road, "read", b)
    ben = road.callers["ben"]

    every = await road.inbox.page(ben, InboxQuery(ids=f"{c},{foreign},{a},{b},999"))
    unread = await road.inbox.page(ben, InboxQuery(ids=f"{c},{a},{b}", filter="is:unread"))
    await act(road, "dismiss", c)
    left = await road.inbox.page(ben, InboxQuery(ids=f"{c},{a},{b}"))

    assert [item.id for item in every.items] == [c, a, b]
    assert [item.id for item in unread.items] == [c, a]
    assert [item.id for item in left.items] == [a, b]


async def test_the_counts_leave_out_what_is_dismissed_or_asleep(road: Road) -> None:
    a, b, c, d, _ = await fill(road)
    await act(road, "star", a, b)
    await act(road, "read", a)
    await act(road, "dismiss", c)
    await act(road, "snooze", d, until=to_datetime(road.clock.now()) + timedelta(hours=1))

    counts = await road.inbox.counts(road.callers["ben"])

    assert (counts.unread, counts.starred, counts.total) == (2, 2, 3)


async def test_showing_an_item_leaves_it_unread(road: Road) -> None:
    (item,) = await fill(road, 1)

    shown = await road.inbox.show(road.callers["ben"], item)

    assert shown.title == "deploy:done"
    assert (await road.inbox.show(road.callers["ben"], item)).read_at is None


async def test_nobody_shows_or_changes_anothers_item_not_even_an_admin(road: Road) -> None:
    (item,) = await fill(road, 1)

    with pytest.raises(NotFoundError, match=f"no notification {item} in your inbox"):
        await road.inbox.show(road.callers["root"], item)
    with pytest.raises(NotFoundError, match=f"no notification {item} in your inbox"):
        await act(road, "dismiss", item, by="root")


async def test_one_foreign_id_among_ones_own_changes_nothing(road: Road) -> None:
    own = await fill(road, 2)
    (foreign,) = await fill(road, 1, person="eva")

    with pytest.raises(NotFoundError, match=str(foreign)):
        await act(road, "dismiss", own[0], foreign, own[1])

    assert await ids(road) == own[::-1]


@pytest.mark.parametrize(
    ("action", "back", "shows"),
    [
        ("read", "unread", "is:read"),
        ("star", "unstar", "is:starred"),
        ("dismiss", "restore", "is:dismissed"),
    ],
)
async def test_an_action_and_its_opposite(road: Road, action: InboxAction, back: InboxAction, shows: str) -> None:
    a, b = await fill(road, 2)

    done = await act(road, action, a)
    shown = await ids(road, shows)
    again = await act(road, action, a)
    undone = await act(road, back, a, b)

    assert (done.changed, shown) == ([a], [a])
    assert (again.changed, again.undo) == ([], None)
    assert undone.changed == [a]
    assert await ids(road, shows) == []
    assert await ids(road) == [b, a]


@pytest.mark.parametrize("action", ["read", "star", "dismiss"])
async def test_undo_gives_back_exactly_what_was(road: Road, action: InboxAction) -> None:
    a, b = await fill(road, 2)
    await act(road, action, a)
    before = await road.items("ben", "is:all")
    road.clock.advance(DAY)

    done = await act(road, action, a, b)
    undone = await road.inbox.undo(road.callers["ben"], UndoRequest(done.undo))

    assert (undone.action, undone.changed) == (action, [b])
    assert await road.items("ben", "is:all") == before


async def test_undoing_an_opposite_gives_each_item_its_own_time_back(road: Road) -> None:
    a, b = await fill(road, 2)
    await act(road, "dismiss", a)
    road.clock.advance(DAY)
    await act(road, "dismiss", b)
    before = await road.items("ben", "is:all")

    restored = await act(road, "restore", a, b)
    undone = await road.inbox.undo(road.callers["ben"], UndoRequest(restored.undo))

    assert sorted(undone.changed) == [a, b]
    assert await road.items("ben", "is:all") == before


async def test_undo_without_a_step_takes_back_the_latest_first(road: Road) -> None:
    (item,) = await fill(road, 1)
    await act(road, "star", item)
    await act(road, "dismiss", item)
    ben = road.callers["ben"]

    undone = [(await road.inbox.undo(ben, UndoRequest())).action for _ in range(2)]

    assert undone == ["dismiss", "star"]
    with pytest.raises(NotFoundError, match="nothing to undo"):
        await road.inbox.undo(ben, UndoRequest())


async def test_undo_leaves_alone_what_was_changed_again_since(road: Road) -> None:
    a, b = await fill(road, 2)
    dismissed = await act(road, "dismiss", a, b)
    await act(road, "restore", a)
    road.clock.advance(DAY)
    await act(road, "dismiss", a)

    undone = await road.inbox.undo(road.callers["ben"], UndoRequest(dismissed.undo))

    assert undone.changed == [b]
    assert await ids(road) == [b]


async def test_nobody_undoes_anothers_step(road: Road) -> None:
    (item,) = await fill(road, 1)
    done = await act(road, "dismiss", item)

    with pytest.raises(NotFoundError, match=f"no step {done.undo} to undo"):
        await road.inbox.undo(road.callers["root"], UndoRequest(done.undo))


async def test_the_last_hundred_steps_are_kept(road: Road) -> None:
    (item,) = await fill(road, 1)
    actions: list[InboxAction] = ["star", "unstar"]
    steps = [(await act(road, actions[number % 2], item)).undo for number in range(101)]
    ben = road.callers["ben"]

    with pytest.raises(NotFoundError, match="has been undone, or was too long ago"):
        await road.inbox.undo(ben, UndoRequest(steps[0]))
    assert (await road.inbox.undo(ben, UndoRequest(steps[1]))).action == "unstar"


async def test_a_snoozed_item_is_away_until_its_time(road: Road) -> None:
    a, b = await fill(road, 2)
    until = to_datetime(road.clock.now()) + timedelta(hours=1)

    await act(road, "snooze", a, until=until)

    assert await ids(road) == [b]
    assert await ids(road, "is:snoozed") == [a]
    road.clock.advance(DAY)
    assert await ids(road) == [b, a]


async def test_a_snoozed_item_wakes_once_and_says_so_in_the_feed(road: Road) -> None:
    (item,) = await fill(road, 1)
    await act(road, "snooze", item, until=to_datetime(road.clock.now()) + timedelta(hours=1))
    retention = Retention(road.database, road.clock, RetentionSettings)
    heard = await road.database.read(changes.last)

    early = await retention.wake_due()
    road.clock.advance(DAY)
    due, again = await retention.wake_due(), await retention.wake_due()

    assert (early, due, again) == (0, 1, 0)
    rows = await road.database.read(lambda connection: changes.after(connection, heard, 10))
    assert [(row.topic, row.subject, row.person_id) for row in rows] == [
        ("inbox", str(item), road.callers["ben"].person)
    ]


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        (InboxActionRequest("snooze", [1]), "until"),
        (InboxActionRequest("dismiss"), "ids"),
        (InboxActionRequest("dismiss", [1], filter=""), "ids"),
        (InboxActionRequest("dismiss", filter="nonsense:1"), "filter, characters 1-8"),
    ],
)
async def test_an_action_that_makes_no_sense_is_refused(
    road: Road, request_: InboxActionRequest, place: str
) -> None:
    with pytest.raises(InvalidError) as raised:
        await road.inbox.act(road.callers["ben"], request_)

    assert raised.value.place == place


async def test_a_snooze_ends_within_ten_years(road: Road) -> None:
    (item,) = await fill(road, 1)

    for until in (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(timedelta(hours=-14)))):
        with pytest.raises(InvalidError, match="ten years"):
            await act(road, "snooze", item, until=until)

    assert await ids(road) == [item]


async def test_a_snooze_without_a_zone_ends_where_the_person_is(road: Road) -> None:
    (item,) = await fill(road, 1)
    road.callers["ben"] = replace(road.callers["ben"], zone=ZoneInfo("America/Sao_Paulo"))
    tomorrow = to_datetime(road.clock.now()).replace(hour=9, tzinfo=None) + timedelta(days=1)

    await act(road, "snooze", item, until=tomorrow)

    (asleep,) = await road.items("ben", "is:snoozed")
    assert asleep.snoozed_until == tomorrow.replace(hour=12, tzinfo=UTC)


async def test_a_snooze_ends_in_the_future(road: Road) -> None:
    (item,) = await fill(road, 1)

    with pytest.raises(InvalidError, match="still to come"):
        await act(road, "snooze", item, until=to_datetime(road.clock.now()))


async def test_a_filter_names_the_items_of_a_bulk_action(road: Road) -> None:
    a, b, c = await fill(road, 3)
    await act(road, "read", a, c)

    done = await act(road, "dismiss", filter="is:read")

    assert sorted(done.changed) == [a, c]
    assert await ids(road) == [b]


async def test_a_bulk_action_of_any_size_is_one_step(road: Road) -> None:
    every = await fill(road, 701)
    await act(road, "dismiss", every[7])
    before = await road.items("ben", "is:all")

    done = await act(road, "dismiss", *every)

    assert len(done.changed) == 700
    assert await ids(road) == []
    undone = await road.inbox.undo(road.callers["ben"], UndoRequest())
    assert len(undone.changed) == 700
    assert await road.items("ben", "is:all") == before


async def test_a_bulk_action_with_a_foreign_id_changes_nothing(road: Road) -> None:
    every = await fill(road, 501)
    (foreign,) = await fill(road, 1, person="eva")

    with pytest.raises(NotFoundError, match=str(foreign)):
        await act(road, "dismiss", *every, foreign)

    assert len(await ids(road)) == 501


async def test_every_changed_item_is_told_to_its_person_in_the_feed(road: Road) -> None:
    a, b = await fill(road, 2)
    heard = await road.database.read(changes.last)

    done = await act(road, "star", a, b)
    await road.inbox.undo(road.callers["ben"], UndoRequest(done.undo))

    rows = await road.database.read(lambda connection: changes.after(connection, ChangeSeq(heard), 10))
    assert [row.subject for row in rows] == [str(a), str(b)] * 2
    assert {(row.topic, row.person_id) for row in rows} == {("inbox", road.callers["ben"].person)}


@pytest.mark.parametrize(
    ("filter", "titles"),
    [
        ("event:sla:*", ["A deadline is near"]),
        ("event:*", ["A deadline is near", "quality:gate:custom", "Deploy FINISHED 100%"]),
        ("event:quality:*", []),
        ("event:quality:**", ["quality:gate:custom"]),
        ("event:quality:*:custom", ["quality:gate:custom"]),
        ("event:*:notice", ["Deploy FINISHED 100%"]),
        ("event:SLA:*", []),
        ("event:sla:*,*:notice", ["A deadline is near", "Deploy FINISHED 100%"]),
        ("-event:sla:*", ["quality:gate:custom", "Deploy FINISHED 100%"]),
        ("event:sl[a", []),
        ("severity:warning", ["A deadline is near"]),
        ("severity:warning,critical", ["A deadline is near", "Deploy FINISHED 100%"]),
        ("workspace:shop", ["A deadline is near", "quality:gate:custom"]),
        ("-workspace:shop", ["Deploy FINISHED 100%"]),
        ("reason:root", ["Deploy FINISHED 100%"]),
        ("finished", ["Deploy FINISHED 100%"]),
        ("100%", ["Deploy FINISHED 100%"]),
        ("1__%", []),
        ("-finished", ["A deadline is near", "quality:gate:custom"]),
        ("since:1h", ["A deadline is near"]),
        ("until:1h", ["quality:gate:custom", "Deploy FINISHED 100%"]),
        ("is:unread is:starred", []),
        ("is:read,unread severity:info", ["quality:gate:custom"]),
        ("-is:dismissed -is:snoozed gate", ["quality:gate:custom"]),
    ],
)
async def test_a_filter_narrows_the_list(road: Road, filter: str, titles: list[str]) -> None:
    from core.api.events import NoticeRequest

    await road.events.notify(road.callers["root"], NoticeRequest("ben", "Deploy FINISHED 100%", "", "critical"))
    await road.post("quality:gate:custom", recipients=["ben"])
    road.clock.advance(DAY)
    await road.tell("sla:warning", recipients=["ben"])

    assert [item.title for item in await road.items("ben", filter)] == titles


async def test_a_filter_narrows_by_source_link_ticket_and_age(road: Road) -> None:
    from core.api.events import NoticeRequest

    notice = NoticeRequest("ben", "Deployed", "", "critical", link="callboard:session/7")
    await road.events.notify(road.callers["root"], notice)
    road.clock.advance(DAY)
    await road.tell("sla:warning", recipients=["ben"])
    new, old = "A deadline is near", "Deployed"
    narrowed = {
        "from:session": [old],
        "from:session/7": [old],
        "from:sess,session/": [],
        "from:person": [new],
        "-from:session,task": [new],
        "has:link": [old],
        "-has:link": [new],
        "ticket:T-1": [],
        "-ticket:T-1": [new, old],
        "sev:WARNING": [new],
        "before:1h": [old],
        "age:<1h": [new],
        "age:>1h": [old],
    }

    assert {asked: [item.title for item in await road.items("ben", asked)] for asked in narrowed} == narrowed


async def test_a_workspace_that_is_not_ones_own_cannot_be_filtered_by(road: Road) -> None:
    with pytest.raises(InvalidError, match="characters 22-25: There is no workspace 'shop'"):
        await road.items("max", "is:unread -workspace:shop")


@pytest.mark.parametrize("cursor", ["x", "s-", "n-x", "1", "-1", "s-99999999999999999999", "q-1"])
async def test_a_cursor_of_another_making_is_refused(road: Road, cursor: str) -> None:
    with pytest.raises(InvalidError, match="cursor"):
        await road.inbox.page(road.callers["ben"], InboxQuery(cursor=cursor))


@pytest.mark.parametrize("limit", [0, -1, 1_001])
async def test_a_page_has_a_limit(road: Road, limit: int) -> None:
    with pytest.raises(InvalidError, match="limit"):
        await road.inbox.page(road.callers["ben"], InboxQuery(limit=limit))
