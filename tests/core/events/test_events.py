"""Events from outside: what is recorded, what is refused, and what is answered."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.api.events import EventRequest, NoticeRequest
from core.api.wire import ListQuery
from core.caller import Permission
from core.errors import InvalidError, NotAllowedError, NotFoundError
from core.events import reading
from storage import changes, events
from storage.ids import EventSeq
from tests.road import Road


async def recorded(road: Road) -> int:
    return len(await road.database.read(lambda connection: events.after(connection, EventSeq(0), 1_000)))


async def read(road: Road, person: str, filter: str = "") -> int:
    """How many events of the workspace the person finds."""
    return len((await road.events.page(road.callers[person], "shop", ListQuery(filter=filter))).items)


async def test_the_same_id_is_recorded_once_and_answered_alike(road: Road) -> None:
    first = await road.post("deploy:done", id="build-7", data={"n": 1})
    second = await road.post("deploy:failed", id="build-7", data={"n": 2}, by="ben")

    assert first == second
    assert await recorded(road) == 1


async def test_the_same_id_at_once_from_many_is_recorded_once(road: Road) -> None:
    answers = await asyncio.gather(
        *(road.post("deploy:done", id="build-7", recipients=["ben"]) for _ in range(30))
    )
    await road.dispatcher.catch_up()

    assert len(set(answers)) == 1
    assert await recorded(road) == 1
    assert len(await road.items("ben")) == 1


async def test_events_without_an_id_are_each_recorded(road: Road) -> None:
    assert await road.post("deploy:done") != await road.post("deploy:done")


async def test_an_event_is_kept_as_it_came(road: Road) -> None:
    data = {"to": "done", "extra": {"deep": [1, 2.5, None, True, "é\u0000"]}, "big": 2**70}

    await road.post("task:transition", data=data, mission_id="m1", task_id="t1")

    (event,) = (await road.events.page(road.callers["ann"], "shop", ListQuery())).items
    assert (event.data, event.mission_id, event.task_id) == (data, "m1", "t1")
    assert event.recorded_at.isoformat() == "2026-03-02T09:00:00+00:00"


async def test_the_scope_is_taken_from_the_payload_where_the_event_does_not_name_it(road: Road) -> None:
    await road.post("task:created", data={"taskId": 7, "missionId": "m2"})

    (event,) = (await road.events.page(road.callers["ann"], "shop", ListQuery())).items
    assert (event.task_id, event.mission_id) == ("7", "m2")


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        (EventRequest(""), "event"),
        (EventRequest("a b"), "event"),
        (EventRequest("task:"), "event"),
        (EventRequest(":x"), "event"),
        (EventRequest("task::x"), "event"),
        (EventRequest("task:x\n"), "event"),
        (EventRequest("x" * 201), "event"),
        (EventRequest("task:transition", {"to": 5}), "data.to"),
        (EventRequest("task:transition", {"task": "t1"}), "data.task"),
        (EventRequest("budget:warning", {"spent": "much"}), "data.spent"),
        (EventRequest("system:notice", {"severity": "mild"}), "data.severity"),
        (EventRequest("a:b", {"x": float("nan")}, id="i" * 201), "id"),
        (EventRequest("a:b", id=""), "id"),
        (EventRequest("a:b", task_id="t" * 201), "taskId"),
        (EventRequest("a:b", mission_id="m" * 201), "missionId"),
        (EventRequest("a:b", recipients=["ben", "nobody"]), "recipients"),
        (EventRequest("a:b", recipients=["max"]), "recipients"),
        (EventRequest("a:b", recipients=["be\0n"]), "recipients"),
        (EventRequest("a:b", recipients=[f"p{number}" for number in range(1_001)]), "recipients"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_place(
    road: Road, request_: EventRequest, place: str
) -> None:
    with pytest.raises(InvalidError) as raised:
        await road.events.post(road.callers["ann"], "shop", request_)

    assert raised.value.place == place
    assert await recorded(road) == 0


async def test_a_payload_is_nested_sixty_four_deep_at_most(road: Road) -> None:
    fits: dict[str, Any] = {}
    for _ in range(63):
        fits = {"in": fits}
    await road.post("a:b", data=fits)

    with pytest.raises(InvalidError, match="nested 64 deep"):
        await road.post("a:b", data={"in": fits})


async def test_whoever_is_named_a_thousand_times_is_told_once(road: Road) -> None:
    await road.tell("a:b", recipients=["ben"] * 100_000)

    assert len(await road.items("ben")) == 1


async def test_text_that_no_database_can_hold_is_mended(road: Road) -> None:
    await road.tell("a:b", data={"x": "\ud800 \0"}, recipients=["ben"])

    (item,) = await road.items("ben")
    assert item.body == "x: \ufffd \ufffd"


@pytest.mark.parametrize("slug", ["shop", "elsewhere", "sh\0op", "\ud800"])
async def test_a_workspace_that_is_not_ones_own_does_not_exist(road: Road, slug: str) -> None:
    with pytest.raises(NotFoundError, match="There is no workspace"):
        await road.events.post(road.callers["max"], slug, EventRequest("a:b"))
    with pytest.raises(NotFoundError, match="There is no workspace"):
        await road.events.page(road.callers["max"], slug, ListQuery())


async def test_an_admin_sees_every_workspace(road: Road) -> None:
    await road.post("a:b", by="root")

    assert len((await road.events.page(road.callers["root"], "shop", ListQuery())).items) == 1


async def test_events_are_listed_newest_first_in_pages(road: Road) -> None:
    for number in range(5):
        await road.post(f"a:{number}")
    ann = road.callers["ann"]

    first = await road.events.page(ann, "shop", ListQuery(limit=3))
    second = await road.events.page(ann, "shop", ListQuery(limit=3, cursor=first.next))

    assert [event.event for event in [*first.items, *second.items]] == ["a:4", "a:3", "a:2", "a:1", "a:0"]
    assert second.next is None


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ("event:task:*", ["task:created"]),
        ("ticket:t1", ["task:created"]),
        ("-ticket:t1", ["a:b"]),
        ("hello", ["a:b"]),
    ],
)
async def test_the_list_of_events_is_narrowed(road: Road, filter: str, names: list[str]) -> None:
    await road.post("task:created", task_id="t1")
    await road.post("a:b", data={"say": "Hello"})

    page = await road.events.page(road.callers["ann"], "shop", ListQuery(filter=filter))

    assert [event.event for event in page.items] == names


async def test_an_event_is_told_to_its_workspace_in_the_feed(road: Road) -> None:
    heard = await road.database.read(changes.last)

    event = await road.post("a:b")

    (row,) = await road.database.read(lambda connection: changes.after(connection, heard, 10))
    assert (row.topic, row.subject, row.person_id, row.workspace_id) == ("events", event, None, road.workspace)


async def test_a_notice_reaches_the_one_whom_it_names(road: Road) -> None:
    notice = NoticeRequest("ben", "Lunch?", "At noon.", "warning", "https://example.com", "shop")

    await road.events.notify(road.callers["ann"], notice)
    await road.dispatcher.catch_up()

    (item,) = await road.items("ben")
    assert (item.title, item.body, item.severity, item.link, item.link_label, item.reason) == (
        "Lunch?",
        "At noon.",
        "warning",
        "https://example.com",
        "Open Link",
        "sent to you by ann",
    )


async def test_the_same_notice_is_sent_once(road: Road) -> None:
    notice = NoticeRequest("max", "Hello", id="n1")

    answers = [await road.events.notify(road.callers["root"], notice) for _ in range(2)]
    await road.dispatcher.catch_up()

    assert answers[0] == answers[1]
    assert len(await road.items("max")) == 1


async def test_only_an_admin_sends_a_notice_outside_of_a_workspace(road: Road) -> None:
    with pytest.raises(NotAllowedError, match="only an admin"):
        await road.events.notify(road.callers["ann"], NoticeRequest("ben", "Hello"))


@pytest.mark.parametrize(
    ("notice", "sentence"),
    [
        (
            NoticeRequest("max", "Hello", workspace="shop"),
            "person: 'max' is not a member of the workspace 'shop'.",
        ),
        (NoticeRequest("nobody", "Hello"), "person: There is no person called 'nobody'."),
        (NoticeRequest("ben", "  "), "title: A notice needs a title."),
        (NoticeRequest("ben", "Hello", link="a b"), "link: A link is one line of at most 2000 characters"),
    ],
)
async def test_a_notice_that_cannot_arrive_is_refused(road: Road, notice: NoticeRequest, sentence: str) -> None:
    with pytest.raises(InvalidError, match=sentence):
        await road.events.notify(road.callers["root"], notice)

    assert await recorded(road) == 0


async def test_a_notice_is_not_sent_to_somebody_who_left(road: Road) -> None:
    await road.leave("max")

    with pytest.raises(InvalidError, match="no person called 'max'"):
        await road.events.notify(road.callers["root"], NoticeRequest("max", "Hello"))


async def test_a_notice_is_read_by_its_sender_and_whom_it_names_alone(road: Road) -> None:
    await road.events.notify(road.callers["ann"], NoticeRequest("ben", "A word", "between us", workspace="shop"))
    await road.post("system:notice", data={"title": "A word"}, recipients=["ben", "kim"])

    assert await read(road, "ann") == 2
    assert await read(road, "ben") == 2
    assert await read(road, "kim") == 1
    assert await read(road, "eva") == await read(road, "root") == 0
    assert await read(road, "ben", "between") == 1
    assert await read(road, "eva", "between") == await read(road, "eva", "event:system:*") == 0


@pytest.mark.parametrize(("kind", "place"), [("session", "sessionId"), ("automation", "automationId")])
async def test_events_about_what_is_somebody_elses_are_not_read(road: Road, kind: str, place: str) -> None:
    await road.make_responsible(kind, "7", "creator", "ann")
    await road.post(f"{kind}:failed", by="ann", data={place: 7})
    await road.post("deploy:done", by="ben", data={place: 7})
    await road.post("deploy:done", by="ann", data={place: "elsewhere"})

    assert await read(road, "ann") == await read(road, "root") == 3
    assert await read(road, "ben") == 2
    assert await read(road, "eva") == 1
    road.callers["eva"] = replace(road.callers["eva"], permissions=frozenset({Permission(f"{kind}s.view_all")}))
    assert await read(road, "eva") == 3


async def test_pages_go_on_past_what_is_not_ones_own(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_AT_ONCE", 2)
    monkeypatch.setattr(reading, "_MOST_ROUNDS", 2)
    await road.make_responsible("session", "7", "owner", "ann")
    await road.post("deploy:done", data={"n": 1})
    for _ in range(9):
        await road.post("session:failed", by="ann", data={"sessionId": 7})
    await road.post("deploy:done", data={"n": 2})

    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = await road.events.page(road.callers["ben"], "shop", ListQuery(limit=1, cursor=cursor))
        found += [event.data for event in page.items]
        cursor, pages = page.next, pages + 1

    assert found == [{"n": 2}, {"n": 1}]
    assert pages > 2
