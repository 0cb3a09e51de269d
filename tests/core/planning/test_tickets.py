"""Tickets at the door: who is told of what, who may do what, and what is refused."""

from datetime import UTC, datetime

import pytest

from core.api.tickets import NewTicket
from core.api.wire import ListQuery
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from storage import tickets as store
from storage.database import Connection
from storage.ids import Instant
from tests.core.planning.conftest import Board

DEVELOPER, QA = "you are the assigned developer", "you are the QA reviewer"


async def test_only_the_developer_is_told_when_implementation_ends(board: Board) -> None:
    await board.ticket()
    await board.move("T-1", "implementation")
    await board.move("T-1", "developer-approval", summary="Both forms are done.")
    await board.road.dispatcher.catch_up()

    assert await board.road.told() == {"ben": DEVELOPER}
    (item,) = await board.road.items("ben")
    assert (item.title, item.body) == ("Ready for your review: Title of T-1", "Both forms are done.")
    assert item.link == "callboard:ticket/T-1"


async def test_only_the_reviewer_is_told_once_the_developer_has_approved(near: Board) -> None:
    await near.ticket()
    await near.bring("T-1", "developer-approval")
    await near.road.dispatcher.catch_up()
    await near.move("T-1", "qa-approval", by="ben")
    await near.road.dispatcher.catch_up()

    assert await near.road.told() == {"ben": DEVELOPER, "eva": QA}
    assert len(await near.road.items("ben")) == 1


async def test_the_maker_and_the_developer_are_told_that_it_failed(board: Board) -> None:
    await board.ticket()
    await board.move("T-1", "failed", by="eva", reason="The schema is not what it seemed.")
    await board.road.dispatcher.catch_up()

    assert await board.road.told() == {"ann": "you created the ticket", "ben": DEVELOPER}
    (item,) = await board.road.items("ann")
    assert item.body == "The schema is not what it seemed."


async def test_who_takes_it_over_is_told_from_then_on(near: Board) -> None:
    await near.ticket()
    await near.change("T-1", assign_to="kim", qa_reviewer=None)
    await near.bring("T-1", "developer-approval")
    await near.road.dispatcher.catch_up()

    assert await near.road.told() == {"kim": DEVELOPER}


async def test_what_a_session_of_the_ticket_runs_into_comes_to_its_developer(board: Board) -> None:
    await board.ticket()

    await board.road.tell("hook:failed", data={"hook": "pre-push"}, task_id="T-1")

    assert await board.road.told() == {"ben": DEVELOPER}


async def test_an_assignee_who_is_nobody_here_is_an_agent(near: Board) -> None:
    by_agent = await near.ticket("T-1", assign_to="db-agent")
    of_stranger = await near.ticket("T-2", assign_to="max")
    handed_over = await near.change("T-1", assign_to="ben")
    back = await near.change("T-1", assign_to="db-agent")
    nobody = await near.change("T-1", assign_to=None)

    found = [each.assign_to for each in (by_agent, of_stranger, handed_over, back, nobody)]
    assert found == ["db-agent", "max", "ben", "db-agent", None]


async def test_the_same_id_with_the_same_content_makes_it_once(board: Board) -> None:
    made = await board.ticket(description="x")
    await board.move("T-1", "queued")

    again = await board.ticket(description="x")

    assert again.created_at == made.created_at
    assert again.status == "queued"
    assert await board.told("task:created") == ["task:created"]
    with pytest.raises(ConflictError, match="already a ticket T-1"):
        await board.ticket(description="y")


async def test_without_an_id_it_gets_one(near: Board) -> None:
    ann = near.road.callers["ann"]
    one = await near.tickets.create(ann, "shop", NewTicket("One"))
    other = await near.tickets.create(ann, "shop", NewTicket("One"))

    assert one.id.startswith("t_")
    assert one.id != other.id


async def test_whoever_sees_the_workspace_changes_and_moves_and_only_the_maker_deletes(board: Board) -> None:
    await board.ticket(by="ann")
    await board.change("T-1", by="eva", title="Better words")
    await board.move("T-1", "queued", by="ben")

    with pytest.raises(NotAllowedError, match="Only who made a ticket"):
        await board.tickets.delete(board.road.callers["ben"], "shop", "T-1")
    await board.tickets.delete(board.road.callers["ann"], "shop", "T-1")
    await board.ticket("T-2", by="ben")
    await board.tickets.delete(board.road.callers["root"], "shop", "T-2")

    assert (await board.tickets.page(board.road.callers["ann"], ListQuery())).items == []
    assert await board.told("task:removed") == ["task:removed"] * 2


async def test_to_who_does_not_belong_to_the_workspace_there_is_nothing(board: Board) -> None:
    await board.ticket()
    stranger = board.road.callers["max"]

    with pytest.raises(NotFoundError):
        await board.tickets.show(stranger, "shop", "T-1")
    with pytest.raises(NotFoundError):
        await board.tickets.create(stranger, "shop", NewTicket("x"))
    with pytest.raises(NotFoundError):
        await board.tickets.page(stranger, ListQuery(), "shop")
    assert (await board.tickets.page(stranger, ListQuery())).items == []


async def test_a_deleted_ticket_leaves_nobody_responsible(board: Board) -> None:
    await board.ticket()
    await board.tickets.delete(board.road.callers["ann"], "shop", "T-1")
    await board.ticket("T-1", by="kim", assign_to=None, qa_reviewer=None)
    await board.move("T-1", "failed")
    await board.road.dispatcher.catch_up()

    assert set(await board.road.told()) == {"kim"}


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"id": "../etc"}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"description": "x" * 20_001}, "description"),
        ({"qa_reviewer": "max"}, "qaReviewer"),
        ({"qa_reviewer": "nobody"}, "qaReviewer"),
        ({"mission_id": "M-404"}, "missionId"),
        ({"score": 5.5}, "score"),
        ({"score": float("nan")}, "score"),
        ({"weight": 0.0}, "weight"),
        ({"deadline": datetime(9999, 12, 31, tzinfo=UTC)}, "deadline"),
    ],
)
async def test_what_is_wrong_is_refused_with_its_place(near: Board, parts: dict[str, object], place: str) -> None:
    wish = {"id": "T-1", **parts}

    with pytest.raises(InvalidError) as refused:
        await near.ticket(**wish)  # type: ignore[arg-type]

    assert refused.value.place == place
    assert await near.told() == []


async def test_a_change_says_what_it_changed_and_one_of_nothing_says_nothing(near: Board) -> None:
    await near.ticket()
    await near.change("T-1", title="Title of T-1", assign_to="ben")
    await near.change("T-1", description="More", score=4.5, assign_to="kim")

    (payload,) = await near.payloads("task:updated")
    assert payload["changed"] == ["assignTo", "description", "score"]


async def test_a_list_is_narrowed_by_what_a_ticket_is(board: Board) -> None:
    await board.mission()
    await board.ticket("T-1", mission_id="M-1", assign_to="db-agent", description="about coupons")
    await board.ticket("T-2", by="kim", deadline=datetime(2026, 3, 3, tzinfo=UTC))
    await board.ticket("T-3", qa_reviewer=None)
    await board.bring("T-3", "completed")
    found = {}
    for text in (
        *("state:pending", "is:over", "-is:over", "mission:M-1", "-mission:M-1", "assignee:db-agent"),
        *("assignee:ben", "-assignee:ben", "creator:kim", "qa:eva", "due:2d", "coupons", "workspace:shop"),
        *("is:late", "workspace:other"),
    ):
        page = await board.tickets.page(board.road.callers["ann"], ListQuery(filter=text))
        found[text] = " ".join(ticket.id.removeprefix("T-") for ticket in page.items)

    assert found == {
        "state:pending": "2 1",
        "is:over": "3",
        "-is:over": "2 1",
        "mission:M-1": "1",
        "-mission:M-1": "3 2",
        "assignee:db-agent": "1",
        "assignee:ben": "3 2",
        "-assignee:ben": "1",
        "creator:kim": "2",
        "qa:eva": "2 1",
        "due:2d": "2",
        "coupons": "1",
        "workspace:shop": "3 2 1",
        "is:late": "",
        "workspace:other": "",
    }


async def test_ten_thousand_are_listed_page_by_page(near: Board) -> None:
    def many(connection: Connection) -> None:
        for number in range(10):
            rows = [
                {
                    "workspace_id": near.road.workspace,
                    "id": f"T-{number * 1000 + each}",
                    "title": "x",
                    "state": "pending",
                    "weight": 1.0,
                    "deadline_state": "none",
                    "created_at": Instant(0),
                    "updated_at": Instant(0),
                }
                for each in range(1000)
            ]
            connection.execute(store.tickets.insert(), rows)

    await near.road.database.write(many)
    ann, seen, cursor = near.road.callers["ann"], [], None
    while True:
        page = await near.tickets.page(ann, ListQuery(1000, cursor), "shop")
        seen += [ticket.id for ticket in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert seen == [f"T-{number}" for number in reversed(range(10_000))]
