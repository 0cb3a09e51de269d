"""Nobody sees another's work, by any way in."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import get_args

import pytest

from core.api.work import SidebarQuery, WorkAction
from core.clock import MINUTE
from core.errors import NotFoundError
from core.events.feed import Change, Feed, Subscription
from tests.core.mywork.conftest import Desk


async def fill(desk: Desk) -> tuple[str, str]:
    """A session and a notification of eva's."""
    return (
        f"session/{await desk.begin('eva', 'Secret', 'failed')}",
        f"notification/{await desk.notify('eva', 'Secret')}",
    )


async def test_neither_list_nor_page_nor_count_nor_filter_has_what_is_anothers(desk: Desk) -> None:
    session, item = await fill(desk)

    for person in ("ann", "root", "max"):
        caller = desk.road.callers[person]
        sidebar = await desk.work.sidebar(caller, SidebarQuery())
        assert [(each.count, each.needing, each.items) for each in sidebar.sections] == [(0, 0, [])] * 2
        for filter_ in ("", "secret", "type:session", "is:needs", "state:failed,unread", "from:person/eva"):
            assert await desk.refs(person, filter_) == []
    assert set(await desk.refs("eva")) == {session, item}


async def test_nobody_hides_what_they_may_not_see(desk: Desk) -> None:
    session, item = await fill(desk)

    for person, ref in (("ann", session), ("max", session), ("ann", item), ("root", item)):
        for action in get_args(WorkAction):
            with pytest.raises(NotFoundError, match="or none that you may see"):
                await desk.act(person, action, ref)
    assert (await desk.act("ann", "hide", filter="")).changed == []
    assert not any(each.hidden for each in await desk.table("eva"))


async def test_nobody_is_shown_what_they_may_not_see(desk: Desk) -> None:
    session, item = await fill(desk)

    for person, ref in (("ann", session), ("max", session), ("ann", item), ("root", item)):
        with pytest.raises(NotFoundError, match="or none that you may see"):
            await desk.work.one(desk.road.callers[person], *ref.split("/"))
    assert (await desk.work.one(desk.road.callers["eva"], *session.split("/"))).title == "Secret"


async def test_nobody_takes_anothers_step_back(desk: Desk) -> None:
    session, item = await fill(desk)
    step = (await desk.act("eva", "hide", session, item)).undo

    for number in (step, None):
        with pytest.raises(NotFoundError, match="undo"):
            await desk.undo("ann", number)
    assert set(await desk.refs("eva", "is:hidden")) == {session, item}


async def test_a_session_in_a_workspace_that_the_owner_has_left_is_gone(desk: Desk) -> None:
    session, _ = await fill(desk)
    eva = desk.road.callers["eva"]

    desk.road.callers["eva"] = replace(eva, workspaces=frozenset())

    assert await desk.refs("eva", "type:session") == []
    assert (await desk.section("eva", "session")).count == 0
    with pytest.raises(NotFoundError, match="or none that you may see"):
        await desk.act("eva", "hide", session)


async def test_the_stream_tells_nobody_else_what_was_hidden_and_what_came_back(desk: Desk) -> None:
    session, _ = await fill(desk)
    feed = Feed(desk.road.database)
    await feed.catch_up()
    listening = {name: feed.subscribe(desk.road.callers[name]) for name in ("ann", "root", "eva")}
    await feed.catch_up()

    await desk.act("eva", "hide", session)
    desk.road.clock.advance(MINUTE)
    await desk.road.tell("session:failed", data={"sessionId": int(session.partition("/")[2])})
    await feed.catch_up()

    heard = {name: [change async for change in _waiting(one)] for name, one in listening.items()}
    topics = {name: [each.topic for each in found].count("work") for name, found in heard.items()}
    assert topics == {"ann": 0, "root": 0, "eva": 2}


async def _waiting(subscription: Subscription) -> AsyncIterator[Change]:
    """What has been told already."""
    for each in await subscription.several():
        assert isinstance(each, Change)
        yield each
