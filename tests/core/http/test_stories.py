"""What people use notifications for, from the event to the inbox of each, at the door of a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TypeVar

import pytest

from core.api import events, inbox, people, sessions, workflows
from core.api.inbox import InboxItem
from core.api.stream import Change
from core.errors import NotFoundError
from core.live_client import LiveClient
from storage import responsibilities
from storage.people import person_by_name, workspace_by_slug
from tests.servers import Here, here, home_in

TEAM = ("ann", "ben", "eva", "kim")
T = TypeVar("T")


class Team:
    """Ann, Ben and Eva work in the workspace `shop`, Kim does not; the admin is in it by right alone."""

    def __init__(self, server: Here, clients: dict[str, LiveClient]) -> None:
        self.server = server
        self.clients = clients

    async def happens(self, event: str, id: str | None = None, **data: object) -> None:
        """Another program records an event in the workspace, and everybody who must know is told."""
        await self.server.client.send(events.post("shop", events.EventRequest(event, data, id)))
        await self.server.server.services.dispatcher.catch_up()

    async def find(self, name: str) -> list[InboxItem]:
        """What is in the person's inbox, dismissed or not."""
        return (await self.clients[name].send(inbox.page(filter="is:all"))).items

    async def told(self) -> dict[str, list[str]]:
        """The titles that each of them finds, who has any."""
        found = {name: [item.title for item in await self.find(name)] for name in self.clients}
        return {name: titles for name, titles in found.items() if titles}

    async def until(self, name: str, found: Callable[[], Awaitable[T]]) -> T:
        """What is found, as soon as the person's stream has told of it."""
        async with asyncio.timeout(30), aclosing(self.clients[name].changes()) as frames:
            async for _ in frames:
                if there := await found():
                    return there
        raise AssertionError("the stream has ended")


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(here(home_in(tmp_path), http="127.0.0.1:0"))
        send = server.client.send
        admin = (await send(people.me())).name
        clients = {admin: server.client}
        for name in TEAM:
            rights = ["automations.view_own", "automations.manage"]
            await send(people.add_person(people.PersonCreation(name, permissions=rights)))
            key = await send(people.create_key(people.KeyCreation("ci", rights, name)))
            clients[name] = LiveClient.to(f"http://{server.server.http}", key.key)
            stack.push_async_callback(clients[name].close)
        await send(people.add_workspace(people.WorkspaceCreation("shop", members=["ann", "ben", "eva"])))
        await send(people.remove_member("shop", admin))
        yield Team(server, clients)


async def test_an_approval_goes_from_one_to_the_next_and_no_one_else_is_called(team: Team) -> None:
    ticket = {
        "taskId": "t7",
        "taskTitle": "Sign-in page",
        "creator": "ann",
        "developer": "ben",
        "qaReviewer": "eva",
    }

    await team.happens("task:transition", **ticket, to="implementation")
    await team.happens("task:review", **ticket)
    assert await team.told() == {"ben": ["Ready for your review: Sign-in page"]}

    await team.happens("task:qa", **ticket)
    assert await team.told() == {
        "ben": ["Ready for your review: Sign-in page"],
        "eva": ["Ready for QA: Sign-in page"],
    }
    (for_eva,) = await team.find("eva")
    assert (for_eva.reason, for_eva.link, for_eva.link_label, for_eva.ticket) == (
        "you are the QA reviewer",
        "callboard:ticket/t7",
        "Open Ticket",
        "t7",
    )


async def test_a_broken_pipeline_is_one_step_away_from_the_developer_of_the_ticket(
    team: Team, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    hooks = {"on_done": [["sh", "-c", "echo two tests failed; exit 3"]]}
    change = workflows.WorkspaceSettingsChange(folder=str(folder), hooks=hooks)
    await team.server.client.send(workflows.change_settings("shop", change))
    await _assign(team, "t7", "ben")
    creation = sessions.SessionCreation(
        "shop", prompt="exit 0", provider="shell", title="Sign-in", ticket="t7", auto_complete=True
    )

    session = await team.clients["ann"].send(sessions.create_session(creation))
    (item,) = await team.until("ben", lambda: team.find("ben"))

    assert (item.title, item.reason) == ("Hook failed: on_done", "you are the assigned developer")
    assert (item.link, item.link_label) == (f"callboard:session/{session.id}", "Open Session")
    opened = await team.clients["ben"].send(sessions.session(session.id))
    assert opened.title == "Sign-in"
    assert set(await team.told()) == {"ben"}


async def test_a_budget_calls_the_members_once_at_four_fifths_and_once_at_the_breach(team: Team) -> None:
    spent = {"scope": "workspace", "budget": "shop", "cap": 100, "currency": "USD", "month": "2026-03"}
    admin = next(iter(team.clients))

    for amount in (80, 85, 99):
        await team.happens("budget:warning", "shop/2026-03/80", **spent, spent=amount)
    warned = await team.told()
    for amount in (101, 140):
        await team.happens("budget:breach", "shop/2026-03/100", **spent, spent=amount)

    warning = "Budget warning: shop"
    assert warned == {name: [warning] for name in (admin, "ann", "ben", "eva")}
    assert await team.told() == {name: ["Budget breach: shop", warning] for name in (admin, "ann", "ben", "eva")}
    assert (await team.find("ann"))[1].body == "80 of 100 USD are spent."


async def test_who_is_taken_out_hears_no_more_of_the_workspace_and_finds_nothing_of_it(team: Team) -> None:
    await team.happens("task:review", developer="ben", taskId="t7")
    (item,) = await team.find("ben")

    async with asyncio.timeout(20), aclosing(team.clients["ben"].changes()) as frames:
        await anext(frames)
        await team.server.client.send(people.remove_member("shop", "ben"))
        await team.happens("task:review", developer="ben", taskId="t8")
        await team.server.client.send(people.add_person(people.PersonCreation("zoe")))
        heard = []
        async for frame in frames:
            assert isinstance(frame, Change)
            heard.append(frame.topic)
            if frame.topic == "people":
                break

    assert heard == ["inbox", "me", "people"]
    assert await team.find("ben") == []
    with pytest.raises(NotFoundError):
        await team.clients["ben"].send(inbox.show(item.id))
    with pytest.raises(NotFoundError):
        await team.clients["ben"].send(events.page("shop"))


async def _assign(team: Team, ticket: str, developer: str) -> None:
    """The person is the developer of the ticket from now on."""
    database = team.server.server.database
    shop = await database.read(lambda connection: workspace_by_slug(connection, "shop"))
    person = await database.read(lambda connection: person_by_name(connection, developer))
    assert shop is not None
    assert person is not None
    await database.write(
        lambda connection: responsibilities.assign(connection, shop.id, "ticket", ticket, "developer", person.id)
    )
