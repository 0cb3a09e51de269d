"""What is hidden and then needs a person comes back."""

import pytest

from core.clock import MINUTE
from core.events.catalogue import CATALOGUE
from core.mywork.kinds import KINDS
from core.sessions.telling import tell
from storage import changes, sessions
from storage.database import Connection
from storage.ids import SessionId
from tests.core.mywork.conftest import Desk


async def hidden_by(desk: Desk, person: str) -> list[str]:
    return await desk.refs(person, "is:hidden")


@pytest.mark.parametrize("event", ["session:failed", "approval:requested"])
async def test_a_session_comes_back_when_it_fails_or_asks(desk: Desk, event: str) -> None:
    session = await desk.begin("ann", "Deploy")
    await desk.act("ann", "hide", f"session/{session}")
    desk.road.clock.advance(MINUTE)
    seq = await desk.road.database.read(changes.last)

    await desk.road.tell(event, data={"sessionId": session})

    assert await hidden_by(desk, "ann") == []
    assert await desk.beside("ann") == [f"session/{session}", *await desk.refs("ann", "is:unread")]
    told = [change for change in await desk.changes_since(seq) if change.topic == "work"]
    assert [(change.subject, change.person_id) for change in told] == [
        (f"session/{session}", desk.road.callers["ann"].person)
    ]


async def test_one_that_ends_well_or_was_stopped_stays_hidden(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy", "done")
    await desk.act("ann", "hide", f"session/{session}")

    for event in ("session:finished", "session:stopped", "approval:resolved"):
        await desk.road.tell(event, data={"sessionId": session, "outcome": "cancelled"})

    assert await hidden_by(desk, "ann") == [f"session/{session}"]


async def test_one_that_nobody_meant_to_end_comes_back(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy")
    await desk.act("ann", "hide", f"session/{session}")

    await desk.road.tell("session:stopped", data={"sessionId": session, "outcome": "interrupted"})

    assert await hidden_by(desk, "ann") == []


async def test_what_the_server_itself_tells_of_a_session_brings_it_back(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy", "failed")
    await desk.act("ann", "hide", f"session/{session}")

    def unit(connection: Connection) -> None:
        row = sessions.existing(connection, SessionId(session))
        tell(connection, row, "session:failed", {}, now=desk.road.clock.now(), entropy=desk.road.entropy)

    await desk.road.database.write(unit)
    await desk.road.dispatcher.catch_up()

    assert await desk.beside("ann") == [f"session/{session}"]


async def test_hidden_by_two_people_it_comes_back_for_both(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy")
    other = await desk.begin("ann", "Other")
    for person in ("ann", "root"):
        await desk.act(person, "hide", f"session/{session}", f"session/{other}")
    seq = await desk.road.database.read(changes.last)

    await desk.road.tell("session:failed", data={"sessionId": session})

    told = {change.person_id for change in await desk.changes_since(seq) if change.topic == "work"}
    assert told == {desk.road.callers[person].person for person in ("ann", "root")}
    assert await hidden_by(desk, "ann") == [f"session/{other}"]


async def test_what_was_hidden_after_it_failed_stays_hidden(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy", "failed")
    await desk.road.post("session:failed", data={"sessionId": session})
    desk.road.clock.advance(MINUTE)
    await desk.act("ann", "hide", f"session/{session}")

    await desk.road.dispatcher.catch_up()

    assert await hidden_by(desk, "ann") == [f"session/{session}"]


async def test_an_event_that_names_no_session_brings_nothing_back(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy")
    await desk.act("ann", "hide", f"session/{session}")

    for named in ("", "x", -session, f"{session}.0", None, "9" * 30, 2**62):
        await desk.road.tell("session:failed", data={"sessionId": named})

    assert await hidden_by(desk, "ann") == [f"session/{session}"]


async def test_an_event_of_another_workspace_brings_nothing_back(desk: Desk) -> None:
    session = await desk.begin("ann", "Deploy", workspace_id=await desk.workspace("elsewhere", "ann"))
    await desk.act("ann", "hide", f"session/{session}")

    await desk.road.tell("session:failed", data={"sessionId": session})

    assert await hidden_by(desk, "ann") == [f"session/{session}"]


def test_what_needs_a_person_is_a_thing_of_my_work_that_the_event_names() -> None:
    types = {kind.type for kind in KINDS if not kind.dismissed}

    for kind in CATALOGUE.values():
        if kind.needs is not None:
            assert kind.needs.type in types, kind.name
            assert kind.needs.field in kind.payload.__struct_encode_fields__, kind.name
