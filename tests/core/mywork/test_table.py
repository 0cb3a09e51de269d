"""The one table of all types: its order, its pages and what it can be narrowed to."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from core.api.inbox import InboxActionRequest
from core.api.work import WorkItem, WorkQuery, WorkSort
from core.clock import DAY, HOUR, MINUTE, to_datetime
from core.errors import InvalidError
from core.filters import WORK_FIELDS
from core.inbox.indexing import Indexing
from storage import mywork_types
from storage.ids import Instant
from tests.core.mywork.conftest import Desk

ORDERS = [(sort, order) for sort in get_args(WorkSort) for order in ("down", "up")]


async def fill(desk: Desk) -> None:
    """Sessions and notifications in all states, some of them alike and some at the same moment."""
    ann, clock = desk.road.callers["ann"], desk.road.clock
    for state in ("done", "failed", "cancelled"):
        await desk.begin("ann", "old", state)
    clock.advance(2 * DAY)
    for number in range(3):
        await desk.notify("ann", "deploy")
        await desk.begin("ann", "Deploy", "waiting")
        await desk.begin("ann", f"x{number}", "failed")
        clock.advance(MINUTE)
        await desk.begin("ann", "deploy")
        await desk.notify("ann", f"Notice {number}")
    a, b, c, d, *_ = [item.id for item in await desk.table("ann", "type:notification")]
    await desk.road.inbox.act(ann, InboxActionRequest("star", [a]))
    await desk.road.inbox.act(ann, InboxActionRequest("read", [a, b]))
    await desk.road.inbox.act(ann, InboxActionRequest("dismiss", [c]))
    until = to_datetime(Instant(clock.now() + HOUR))
    await desk.road.inbox.act(ann, InboxActionRequest("snooze", [d], until=until))
    await desk.act("ann", "hide", *(await desk.refs("ann", "state:waiting"))[:2])


async def pages(desk: Desk, limit: int, **order: object) -> list[list[str]]:
    found, cursor = [], None
    while True:
        query = WorkQuery(limit=limit, cursor=cursor, **order)  # type: ignore[arg-type]
        page = await desk.work.page(desk.road.callers["ann"], query)
        found.append([item.ref for item in page.items])
        cursor = page.next
        if cursor is None:
            return found


def expected(items: list[WorkItem], sort: str, order: str) -> list[str]:
    """The refs of the items in the order that is asked for."""
    keys: dict[str, Callable[[WorkItem], object]] = {
        "updated": lambda item: -item.updated_at.timestamp(),
        "created": lambda item: -item.created_at.timestamp(),
        "title": lambda item: item.title.lower(),
        "state": lambda item: item.state,
        "workspace": lambda item: item.workspace or "",
        "type": lambda item: 0,
    }
    rank = {"session": 0, "notification": 1}

    def place(item: WorkItem) -> tuple[Any, ...]:
        if sort == "type":
            return rank[item.type], -item.updated_at.timestamp(), -item.id
        if sort in {"updated", "created"}:
            return keys[sort](item), rank[item.type], -item.id
        return keys[sort](item), rank[item.type], -item.updated_at.timestamp(), -item.id

    return [item.ref for item in sorted(items, key=place, reverse=order == "up")]


async def test_everything_is_there_finished_and_hidden_included_the_last_changed_first(desk: Desk) -> None:
    await fill(desk)

    items = await desk.table("ann")

    assert len(items) == 18
    assert {item.state for item in items} >= {"done", "failed", "cancelled", "waiting", "read", "dismissed"}
    assert [item.updated_at for item in items] == sorted((item.updated_at for item in items), reverse=True)


async def test_each_order_and_its_opposite_page_by_page_without_gap_or_double(desk: Desk) -> None:
    await fill(desk)
    items = await desk.table("ann")

    for sort, order in ORDERS:
        whole = expected(items, sort, order)
        assert await desk.refs("ann", sort=sort, order=order) == whole, (sort, order)
        in_pages = await pages(desk, 7, sort=sort, order=order)
        assert [ref for page in in_pages for ref in page] == whole, (sort, order)
        assert [len(page) for page in in_pages] == [7, 7, 4], (sort, order)


async def test_what_comes_and_changes_between_two_pages_neither_doubles_nor_loses_the_others(desk: Desk) -> None:
    await fill(desk)
    before = await desk.refs("ann")
    ann = desk.road.callers["ann"]

    first = await desk.work.page(ann, WorkQuery(limit=5))
    desk.road.clock.advance(HOUR)
    await desk.notify("ann", "new")
    await desk.begin("ann", "new")
    touched = next(item for item in first.items if item.type == "session")
    await desk.move(touched.id, "done")
    second = await desk.work.page(ann, WorkQuery(limit=100, cursor=first.next))

    assert [item.ref for item in [*first.items, *second.items]] == before
    assert second.next is None


async def test_a_page_after_the_last_of_what_is_gone_goes_on_there(desk: Desk) -> None:
    await fill(desk)
    before = await desk.refs("ann", "type:session", sort="title")
    ann = desk.road.callers["ann"]

    first = await desk.work.page(ann, WorkQuery(limit=3, sort="title", filter="type:session"))
    await desk.act("ann", "hide", first.items[-1].ref)
    second = await desk.work.page(
        ann, WorkQuery(limit=100, sort="title", filter="type:session -is:hidden", cursor=first.next)
    )

    hidden = set(await desk.refs("ann", "is:hidden"))
    assert [item.ref for item in second.items] == [ref for ref in before[3:] if ref not in hidden]


async def test_what_an_item_says_of_itself_is_what_it_is_filtered_by(desk: Desk) -> None:
    await fill(desk)
    items = await desk.table("ann")

    async def found(filter: str) -> set[str]:
        return set(await desk.refs("ann", filter))

    assert await found("is:over") == {item.ref for item in items if item.over}
    assert await found("is:open") == {item.ref for item in items if not item.over}
    assert await found("is:needs") == {item.ref for item in items if item.needs}
    assert await found("is:hidden") == {item.ref for item in items if item.hidden}
    assert await found("is:starred") == {item.ref for item in items if item.starred}
    assert await found("is:unread") == {item.ref for item in items if item.state == "unread"}
    for state in {item.state for item in items}:
        assert await found(f"state:{state}") == {item.ref for item in items if item.state == state}
    for term in ("is:over", "is:needs", "is:hidden", "is:starred", "is:unread", "state:failed,unread"):
        assert await found(f"-{term}") == {item.ref for item in items} - await found(term)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_sidebar_shows_what_is_open_and_neither_hidden_nor_asleep(desk: Desk) -> None:
    await fill(desk)

    assert set(await desk.beside("ann")) == set(await desk.refs("ann", "is:open -is:hidden -state:snoozed"))


async def test_all_fields_of_the_language_can_be_asked(desk: Desk) -> None:
    await desk.begin("ann", "Sign-in page", ticket_id="T-7", automation_id=12)
    await desk.begin("ann", "For ann", creator_id=desk.road.callers["ben"].person)
    await desk.notify("ann", "Disk full", taskId="T-8")
    desk.road.clock.advance(2 * DAY)
    await desk.begin("ann", "Later")

    async def titles(filter: str) -> list[str]:
        return [item.title for item in await desk.table("ann", filter)]

    assert await titles("type:session sign") == ["Sign-in page"]
    assert await titles("type:session,notification -later -sign -for") == ["Disk full"]
    assert await titles("ticket:T-7") == ["Sign-in page"]
    assert await titles("ticket:T-8") == ["Disk full"]
    assert await titles("-ticket:T-7,T-8") == ["Later", "For ann"]
    assert await titles("from:automation/12") == await titles("from:automation") == ["Sign-in page"]
    assert await titles("from:person/ben type:session") == ["For ann"]
    assert await titles("from:person/ann") == ["Disk full"]
    assert await titles("event:system:*") == await titles("sev:info") == ["Disk full"]
    assert await titles("workspace:shop age:<1d") == ["Later"]
    assert await titles("before:1d type:session") == ["For ann", "Sign-in page"]
    assert await titles("workspace:nowhere") == await titles("type:plan") == await titles("is:hidden") == []
    assert set(WORK_FIELDS) == {
        "type", "is", "state", "severity", "event", "from", "ticket", "workspace", "since", "until",
    }  # fmt: skip


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_each_word_of_the_language_means_something(desk: Desk) -> None:
    await fill(desk)
    whole = await desk.refs("ann")

    for name in ("type", "is", "state"):
        said = {word: await desk.refs("ann", f"{name}:{word}") for word in WORK_FIELDS[name].choices}
        absent = {word for word, refs in said.items() if not refs}
        assert absent <= {"plan", "roundtable", "queued", "asking"}
        assert {ref for refs in said.values() for ref in refs} == set(whole)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_mistake_in_a_filter_is_shown_where_it_stands(desk: Desk) -> None:
    with pytest.raises(InvalidError, match="14-18"):
        await desk.table("ann", "type:session satte:failed")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    for cursor in ("x", "7", "é", "W10", "WyJ1cGRhdGVkIiwiZG93biIsInRleHQiLCJzZXNzaW9uIiwxXQ", "A" * 2000):
        with pytest.raises(InvalidError, match="start again without it"):
            await desk.work.page(desk.road.callers["ann"], WorkQuery(cursor=cursor))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_cursor_of_another_order_is_refused(desk: Desk) -> None:
    await fill(desk)
    ann = desk.road.callers["ann"]
    first = await desk.work.page(ann, WorkQuery(limit=1))

    for query in (WorkQuery(cursor=first.next, sort="created"), WorkQuery(cursor=first.next, order="up")):
        with pytest.raises(InvalidError, match="start again without it"):
            await desk.work.page(ann, query)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_page_holds_a_sensible_number(desk: Desk) -> None:
    for limit in (0, 1001):
        with pytest.raises(InvalidError, match="1 to 1000"):
            await desk.work.page(desk.road.callers["ann"], WorkQuery(limit=limit))


async def test_words_that_many_notifications_have_find_the_same_in_every_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(desk)
    await Indexing(desk.road.database, desk.road.clock).catch_up()
    await desk.notify("ann", "deploy, not in the index yet")
    asked = [
        (line, sort)
        for line in ("deploy", "-deploy", "notice is:starred", "notice state:unread")
        for sort in ("updated", "title", "state")
    ]
    where_few = [await pages(desk, 5, filter=line, sort=sort) for line, sort in asked]

    monkeypatch.setattr(mywork_types, "_FEW", 0)

    assert [await pages(desk, 5, filter=line, sort=sort) for line, sort in asked] == where_few
    assert all(found[0] for found in where_few)
