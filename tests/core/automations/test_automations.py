"""Automations as people make, change, run and switch them, and who may."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.api.automations import (
    AutomationChange,
    AutomationCreation,
    DayQuery,
    RunRequest,
    ScheduleQuery,
    SwitchRequest,
)
from core.api.people import PersonChange
from core.api.wire import ListQuery
from core.automations import tokens
from core.caller import Caller
from core.clock import HOUR, MINUTE, to_datetime
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.filtering import FilterError
from storage import automations as store
from storage import responsibilities
from storage.ids import Instant, WorkspaceId
from storage.people import workspace_by_slug
from tests.core.automations.conftest import Office

HOURLY: dict[str, Any] = {"type": "recurring", "cron": "0 * * * *"}


async def allowed(office: Office, *permissions: str) -> Caller:
    """Bob, with these permissions and no others."""
    await office.home.people.change(await office.home.owner(), "bob", PersonChange(permissions=list(permissions)))
    return await office.home.bob()


async def listed(office: Office, caller: Caller, filter: str = "") -> list[str]:
    return [each.name for each in (await office.automations.page(caller, ListQuery(filter=filter))).items]


async def test_the_maker_is_its_creator_for_all_who_ask(office: Office) -> None:
    made = await office.create()
    shop = await office.database.read(lambda connection: workspace_by_slug(connection, "shop"))
    assert shop is not None

    holder = await office.database.read(
        lambda connection: responsibilities.holder(
            connection, WorkspaceId(shop.id), "automation", str(made.id), "creator"
        )
    )

    assert holder == (await office.home.ann()).person
    assert made.creator == "ann"


@pytest.mark.parametrize(
    ("permissions", "sees", "changes"),
    [
        ([], False, False),
        (["automations.view_own", "automations.manage"], False, False),
        (["automations.manage_all"], False, False),
        (["automations.view_all"], True, False),
        (["automations.view_all", "automations.manage"], True, False),
        (["automations.view_all", "automations.manage_all"], True, True),
    ],
)
async def test_what_others_may_do_with_it(
    office: Office, permissions: list[str], sees: bool, changes: bool
) -> None:
    made = await office.create(**HOURLY)
    bob, number = await allowed(office, *permissions), str(made.id)
    refusal = NotAllowedError if sees else NotFoundError

    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: office.automations.change(bob, number, AutomationChange(name="Mine")),
        lambda: office.switching.switch(bob, SwitchRequest([made.id]), "disable"),
        lambda: office.pressing.run(bob, number, RunRequest()),
        lambda: office.automations.delete(bob, number),
    ]
    if sees:
        assert (await office.automations.show(bob, number)).creator == "ann"
    else:
        with pytest.raises(NotFoundError):
            await office.automations.show(bob, number)
    for attempt in attempts:
        if changes:
            await attempt()
        else:
            with pytest.raises(refusal):
                await attempt()
    refused = await office.home.audited("outcome:refused actor:bob")
    assert len(refused) == (0 if changes else len(attempts))


async def test_one_sees_ones_own_and_nobody_elses(office: Office) -> None:
    await office.create(name="Ann's")
    bob = await office.home.bob()
    await office.create(bob, name="Bob's")

    assert await listed(office, bob) == ["Bob's"]
    assert await listed(office, await office.home.owner()) == ["Bob's", "Ann's"]


async def test_a_workspace_that_is_not_ones_own_does_not_exist(office: Office) -> None:
    ann = await office.home.ann()

    with pytest.raises(NotFoundError):
        await office.automations.create(ann, AutomationCreation("X", "attic", "manual", prompt="Go."))


async def test_who_may_manage_nothing_makes_nothing(office: Office) -> None:
    bob = await allowed(office, "automations.view_all")

    with pytest.raises(NotAllowedError, match=r"automations\.manage"):
        await office.create(bob)


async def test_each_thing_that_is_done_is_written_down(office: Office) -> None:
    made = await office.create(type="http")
    ann, number = await office.home.ann(), str(made.id)
    await office.automations.change(ann, number, AutomationChange(name="Other"))
    await office.automations.rotate(ann, number)
    await office.automations.change(ann, number, AutomationChange(type="manual"))
    await office.switching.switch(ann, SwitchRequest([made.id]), "disable")
    await office.switching.switch(ann, SwitchRequest([made.id]), "enable")
    await office.pressing.run(ann, number, RunRequest())
    await office.automations.delete(ann, number)

    actions = [record.action for record in await office.home.audited("action:automation.*")]

    assert [action.partition(".")[2] for action in reversed(actions)] == [
        "create",
        "change",
        "rotate-token",
        "change",
        "disable",
        "enable",
        "run",
        "delete",
    ]


async def test_a_change_of_what_somebody_else_has_changed_is_refused(office: Office) -> None:
    made = await office.create()
    ann, number = await office.home.ann(), str(made.id)
    await office.automations.change(ann, number, AutomationChange(revision=made.revision, name="First"))

    with pytest.raises(ConflictError, match="Somebody else has changed"):
        await office.automations.change(ann, number, AutomationChange(revision=made.revision, name="Second"))

    assert (await office.show(made)).name == "First"


async def test_a_change_leaves_alone_what_it_does_not_name(office: Office) -> None:
    made = await office.create(**HOURLY, provider="echo", parameters={"a": 1}, ticket="T-1")

    changed = await office.automations.change(
        await office.home.ann(), str(made.id), AutomationChange(name="Other")
    )

    same = ("prompt", "provider", "parameters", "ticket", "cron", "tz", "next_run")
    assert [getattr(changed, name) for name in same] == [getattr(made, name) for name in same]
    assert (changed.name, changed.revision) == ("Other", made.revision + 1)


async def test_a_token_is_shown_once_and_kept_as_a_hash(office: Office) -> None:
    made = await office.automations.create(
        await office.home.ann(), AutomationCreation("Deploy", "shop", "http", prompt="Go.")
    )
    assert made.token is not None
    token = made.token

    found = await office.database.read(lambda connection: store.by_token(connection, tokens.hash_of(token)))
    rotated = await office.automations.rotate(await office.home.ann(), str(made.id))
    after = await office.database.read(lambda connection: store.by_token(connection, tokens.hash_of(token)))

    assert found is not None
    assert (found.id, found.token_fingerprint) == (made.id, tokens.hash_of(token).hex()[:8])
    assert made.url == f"https://board.example.org/api/automations/http-trigger/{token}"
    assert after is None
    assert rotated.token != token
    assert tokens.is_well_formed(token)
    assert not tokens.is_well_formed(token + "\n")


async def test_only_a_webhook_has_a_token_to_rotate(office: Office) -> None:
    made = await office.create()

    with pytest.raises(ConflictError, match="Only an automation that a webhook triggers has a token"):
        await office.automations.rotate(await office.home.ann(), str(made.id))


async def test_run_now_puts_its_parameters_over_the_stored_ones_in_one_pass(office: Office) -> None:
    made = await office.create(prompt="{{a}} {{b}} {{c}}", provider="echo", parameters={"a": 1, "b": "stored"})

    run = await office.run_now(made, b="{{a}}", c={"x": [True]})

    assert run.session is not None
    assert await office.prompt_of(run.session) == '1 {{a}} {"x":[true]}'
    assert (run.trigger, run.actor) == ("run-now", "ann")


async def test_a_script_refers_to_its_parameters_and_never_contains_them(office: Office) -> None:
    made = await office.create(prompt="echo {{a}} '{{a}}' {{trigger}} {{b}}", provider="shell")

    run = await office.run_now(made, a="$(touch hacked)")

    assert run.session is not None
    assert await office.prompt_of(run.session) == "echo \"${PARAM_A}\" ''\"${PARAM_A}\"'' run-now {{b}}"


async def test_run_now_names_the_session_in_its_way(office: Office) -> None:
    made = await office.create()
    run = await office.run_now(made)

    with pytest.raises(ConflictError, match=f"Session {run.session} of this automation is still going"):
        await office.run_now(made)

    history = await office.history(made)
    assert [each.outcome for each in history] == [None, "skipped"]
    assert await office.told("automation:skipped") == []


async def test_fifty_who_press_at_once_start_one_session(office: Office) -> None:
    made = await office.create()

    pressed = await asyncio.gather(*(office.run_now(made) for _ in range(50)), return_exceptions=True)

    assert len([each for each in pressed if not isinstance(each, ConflictError)]) == 1
    assert len(await office.sessions()) == 1


async def test_webhooks_are_passed_over_when_many_are_switched(office: Office) -> None:
    plain = await office.create(**HOURLY)
    hook = await office.create(type="http")
    ann = await office.home.ann()

    by_filter = await office.switching.switch(ann, SwitchRequest(filter="workspace:shop"), "disable")

    assert (by_filter.changed, by_filter.passed_over) == ([plain.id], [hook.id])
    with pytest.raises(ConflictError, match="always on"):
        await office.switching.switch(ann, SwitchRequest([hook.id]), "disable")


async def test_switching_needs_to_be_told_what(office: Office) -> None:
    with pytest.raises(InvalidError, match="Say which"):
        await office.switching.switch(await office.home.ann(), SwitchRequest(), "enable")


async def test_a_one_time_automation_whose_time_is_past_is_not_enabled(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-03-02T10:00Z", enabled=False)
    office.clock.advance(2 * HOUR)

    with pytest.raises(ConflictError, match="give it a new one"):
        await office.switching.switch(await office.home.ann(), SwitchRequest([made.id]), "enable")


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", ["Third", "Second", "First"]),
        ("type:recurring", ["First"]),
        ("kind:chat", ["Second"]),
        ("state:disabled", ["Second"]),
        ("name:Second", ["Second"]),
        ("creator:ann -type:loop", ["Second", "First"]),
        ("workspace:shop sec", ["Second"]),
        ("workspace:attic", []),
        ("outcome:never", ["Second"]),
        ("outcome:succeeded", ["Third", "First"]),
        ("due:2h", ["Third", "First"]),
        ("due:2026-03-02T09:30Z", ["Third"]),
    ],
)
async def test_the_list_is_narrowed(office: Office, filter: str, found: list[str]) -> None:
    first = await office.create(**HOURLY, name="First")
    await office.create(kind="chat", name="Second", enabled=False)
    await office.create(type="loop", name="Third")
    await office.run_now(first)
    await office.end_all()
    await office.begun_anew().tick()
    await office.end_all()
    await office.scheduler.tick()

    assert await listed(office, await office.home.ann(), filter) == found


async def test_a_mistake_in_a_filter_says_where_it_stands(office: Office) -> None:
    with pytest.raises(FilterError) as refused:
        await listed(office, await office.home.ann(), "type:sometimes")

    assert (refused.value.start, refused.value.end) == (5, 14)


async def test_lists_go_on_where_they_ended(office: Office) -> None:
    for number in range(5):
        await office.create(name=str(number))
    ann = await office.home.ann()

    first = await office.automations.page(ann, ListQuery(limit=3))
    second = await office.automations.page(ann, ListQuery(limit=3, cursor=first.next))

    assert [each.name for each in [*first.items, *second.items]] == ["4", "3", "2", "1", "0"]
    assert second.next is None


async def test_the_history_of_others_is_hidden_with_their_automations(office: Office) -> None:
    made = await office.create()
    run = await office.run_now(made)
    bob = await office.home.bob()

    assert (await office.ledger.page(bob, ListQuery())).items == []
    with pytest.raises(NotFoundError):
        await office.ledger.show(bob, str(run.id))


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("outcome:skipped", 1),
        ("outcome:running", 1),
        ("trigger:run-now", 2),
        ("trigger:schedule", 0),
        ("automation:Nightly", 2),
        ("automation:77", 0),
        ("session:1", 2),
        ("workspace:shop since:1h", 2),
        ("until:1h", 0),
        ("going", 1),
    ],
)
async def test_the_history_is_narrowed(office: Office, filter: str, found: int) -> None:
    made = await office.create()
    await office.run_now(made)
    with pytest.raises(ConflictError):
        await office.run_now(made)

    assert len(await office.history(filter=filter)) == found


async def test_an_execution_from_before_its_source_was_recorded_has_none(office: Office) -> None:
    made = await office.create()
    await office.run_now(made)
    await office.forget_triggers()

    (run,) = await office.history(made, "trigger:unknown")

    assert run.trigger is None


async def test_a_schedule_is_looked_at_before_it_is_saved(office: Office) -> None:
    query = ScheduleQuery(cron="30 2 * * *", tz="Europe/Berlin", viewer_tz="America/New_York", n=30)

    preview = await office.planning.preview(query)

    assert preview.words == "At 02:30, every day"
    (skipped,) = [run for run in preview.runs if run.note is not None]
    assert skipped.there == "Sun 29 Mar 2026 03:00 CEST"
    assert skipped.here == "Sat 28 Mar 2026 21:00 EDT"
    assert skipped.note == "29 Mar: 02:30 does not exist, runs at 03:00"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (ScheduleQuery(), "cron"),
        (ScheduleQuery(cron="* * * *"), "cron"),
        (ScheduleQuery(cron="* * * * *", tz="Mars"), "tz"),
        (ScheduleQuery(cron="* * * * *", viewer_tz="Mars"), "viewer_tz"),
        (ScheduleQuery(cron="* * * * *", n=0), "n"),
        (ScheduleQuery(at="2020-01-01T00:00Z"), "at"),
    ],
)
async def test_a_preview_says_what_is_wrong(office: Office, query: ScheduleQuery, place: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await office.planning.preview(query)

    assert refused.value.place == place


async def test_the_coming_day_is_in_order_and_bounded(office: Office) -> None:
    await office.create(type="recurring", cron="*/20 * * * *", name="Often")
    await office.create(type="one-time", at="2026-03-02T09:30Z", name="Once")
    ann = await office.home.ann()

    whole = await office.planning.day(ann, DayQuery(hours=1, limit=10))
    part = await office.planning.day(ann, DayQuery(hours=24, limit=2))

    assert [run.name for run in whole.runs] == ["Often", "Once", "Often"]
    assert [run.at for run in part.runs] == [
        to_datetime(Instant(office.clock.now() + minutes * MINUTE)) for minutes in (20, 30)
    ]
    assert (whole.more, part.more) == (False, True)


async def test_a_number_that_is_none_names_nothing(office: Office) -> None:
    for number in ("0", "9" * 30, "١", "x", "-1", ""):
        with pytest.raises(NotFoundError):
            await office.automations.show(await office.home.owner(), number)
