"""Hiding things of My Work: per person, one by one and in bulk, taken back with one step."""

import pytest

from core.api.inbox import InboxActionRequest, UndoRequest
from core.errors import InvalidError, NotFoundError
from storage import changes
from tests.core.mywork.conftest import Desk


async def test_what_is_hidden_leaves_the_sidebar_and_its_counts_and_stays_in_the_table(desk: Desk) -> None:
    a, b = await desk.begin("ann", "a", "waiting"), await desk.begin("ann", "b")

    result = await desk.act("ann", "hide", f"session/{a}")

    section = await desk.section("ann", "session")
    assert result.changed == [f"session/{a}"]
    assert (section.count, section.needing, [item.id for item in section.items]) == (1, 0, [b])
    assert [(item.id, item.hidden) for item in await desk.table("ann")] == [(b, False), (a, True)]


async def test_what_is_hidden_can_be_shown_again(desk: Desk) -> None:
    session = await desk.begin("ann", "a")
    await desk.act("ann", "hide", f"session/{session}")

    result = await desk.act("ann", "show", f"session/{session}")

    assert result.changed == [f"session/{session}"]
    assert await desk.beside("ann") == [f"session/{session}"]


async def test_each_step_is_taken_back_in_turn(desk: Desk) -> None:
    a, b = [f"session/{await desk.begin('ann', name)}" for name in "ab"]
    await desk.act("ann", "hide", a, b)
    await desk.act("ann", "show", a)

    first = await desk.undo("ann")
    hidden = await desk.refs("ann", "is:hidden")
    second = await desk.undo("ann")

    assert (first.action, first.changed, first.count) == ("show", [a], 1)
    assert hidden == [b, a]
    assert (second.action, set(second.changed)) == ("hide", {a, b})
    assert await desk.refs("ann", "is:hidden") == []
    with pytest.raises(NotFoundError, match="nothing to undo"):
        await desk.undo("ann")


async def test_a_step_that_is_taken_back_leaves_what_was_changed_since(desk: Desk) -> None:
    a, b = [f"session/{await desk.begin('ann', name)}" for name in "ab"]
    step = (await desk.act("ann", "hide", a, b)).undo
    await desk.act("ann", "show", a)

    undone = await desk.undo("ann", step)

    assert undone.changed == [b]


async def test_of_a_mixed_choice_notifications_are_dismissed_in_the_same_step(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"
    item = f"notification/{await desk.notify('ann', 'b')}"

    result = await desk.act("ann", "hide", item, session)
    beside, table = await desk.beside("ann"), await desk.table("ann")
    undone = await desk.undo("ann")

    assert set(result.changed) == {item, session}
    assert beside == []
    assert {each.ref for each in table if each.hidden} == {item, session}
    assert (undone.action, set(undone.changed), undone.count) == ("hide", {item, session}, 2)
    assert await desk.beside("ann") == [session, item]


async def test_the_latest_step_is_taken_back_of_the_inbox_as_of_anything_else(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"
    item = await desk.notify("ann", "b")
    await desk.act("ann", "hide", session)
    await desk.road.inbox.act(desk.road.callers["ann"], InboxActionRequest("star", [item]))

    first = await desk.undo("ann")
    second = await desk.undo("ann")

    assert (first.action, first.changed) == ("star", [f"notification/{item}"])
    assert (second.action, second.changed) == ("hide", [session])


async def test_the_inbox_takes_back_its_own_steps_only(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"
    item = await desk.notify("ann", "b")
    await desk.road.inbox.act(desk.road.callers["ann"], InboxActionRequest("star", [item]))
    await desk.act("ann", "hide", session)

    undone = await desk.road.inbox.undo(desk.road.callers["ann"], UndoRequest())

    assert undone.action == "star"
    assert await desk.refs("ann", "is:hidden") == [session]


async def test_all_that_a_filter_matches_is_hidden_at_once(desk: Desk) -> None:
    deploys = [f"session/{await desk.begin('ann', 'deploy')}" for _ in range(3)]
    other = f"session/{await desk.begin('ann', 'other')}"

    result = await desk.act("ann", "hide", filter="type:session deploy")

    assert set(result.changed) == set(deploys)
    assert await desk.beside("ann") == [other]


async def test_what_is_so_already_changes_nothing_and_is_no_step(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"
    await desk.act("ann", "hide", session)

    again = await desk.act("ann", "hide", session)

    assert (again.changed, again.undo) == ([], None)


async def test_hidden_is_per_person_and_told_to_them_alone(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"
    seq = await desk.road.database.read(changes.last)

    await desk.act("ann", "hide", session)
    await desk.act("root", "hide", session)
    await desk.undo("root")

    told = await desk.changes_since(seq)
    ann, root = desk.road.callers["ann"].person, desk.road.callers["root"].person
    assert [(change.topic, change.subject, change.person_id) for change in told] == [
        ("work", session, ann),
        ("work", session, root),
        ("work", session, root),
    ]
    assert await desk.refs("ann", "is:hidden") == [session]


async def test_one_that_is_not_there_leaves_all_as_they_are(desk: Desk) -> None:
    session = f"session/{await desk.begin('ann', 'a')}"

    with pytest.raises(NotFoundError, match="no session 999"):
        await desk.act("ann", "hide", session, "session/999")

    assert await desk.refs("ann", "is:hidden") == []


async def test_a_ref_that_names_nothing_is_refused(desk: Desk) -> None:
    for ref in ("", "session", "session/", "session/x", "plan/1", "session/1/2", "inbox/3", "a\0/1"):
        with pytest.raises(InvalidError, match="write session/12 or notification/12"):
            await desk.act("ann", "hide", ref)


async def test_refs_or_a_filter_but_not_both(desk: Desk) -> None:
    for refs, filter_ in (((), None), (("session/1",), "type:session")):
        with pytest.raises(InvalidError, match="but not both"):
            await desk.act("ann", "hide", *refs, filter=filter_)


async def test_more_than_one_transaction_should_change_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.mywork.service.MOST_AT_ONCE", 2)
    refs = [f"session/{await desk.begin('ann', str(number))}" for number in range(3)]

    with pytest.raises(InvalidError, match="narrow the filter"):
        await desk.act("ann", "hide", filter="type:session")
    with pytest.raises(InvalidError, match="2 things at most"):
        await desk.act("ann", "hide", *refs)
    assert len((await desk.act("ann", "hide", filter="type:session -0")).changed) == 2
