"""The table of who is told, row by row."""

import pytest

from tests.road import Road

DEVELOPER = "you are the assigned developer"
OWNER = "you own the session"
CREATOR = "you created the ticket"
NOBODY_ELSE = "nobody else is there to be told, and you are an admin"
MEMBERS = dict.fromkeys(["ann", "ben", "eva", "kim"], "you belong to the workspace")
ALL = {"taskId": "t1", "sessionId": "s1", "automationId": "a1", "mergeId": "g1"}


@pytest.mark.parametrize(
    ("event", "data", "told"),
    [
        ("review:blocking", {"developer": "ben", "sessionOwner": "ann"}, {"ben": DEVELOPER}),
        ("review:blocking", {"sessionOwner": "ann"}, {"ann": OWNER}),
        ("hook:failed", {"developer": "ben", "sessionOwner": "ann"}, {"ben": DEVELOPER}),
        ("hook:failed", {"sessionOwner": "ann"}, {"ann": OWNER}),
        (
            "task:transition",
            {"to": "failed", "creator": "ann", "developer": "ben"},
            {"ann": CREATOR, "ben": DEVELOPER},
        ),
        ("task:transition", {"to": "failed", "creator": "ann", "developer": "ann"}, {"ann": CREATOR}),
        ("task:transition", {"to": "completed", "creator": "ann", "developer": "ben"}, {}),
        ("workflow:step-failed", {"sessionOwner": "ann", "developer": "ben"}, {"ann": OWNER, "ben": DEVELOPER}),
        ("verification:failed", {"sessionOwner": "ann", "developer": "ben"}, {"ann": OWNER, "ben": DEVELOPER}),
        (
            "merge:failed",
            {"startedBy": "eva", "developer": "ben"},
            {"eva": "you started the merge", "ben": DEVELOPER},
        ),
        (
            "automation:failed",
            {"automationCreator": "eva", "sessionOwner": "ann", "developer": "ben"},
            {"eva": "you created the automation"},
        ),
        (
            "automation:failed",
            {"automationCreator": "eva", "sessionId": "s9", "sessionOwner": "ann", "developer": "ben"},
            {"eva": "you created the automation", "ann": OWNER, "ben": DEVELOPER},
        ),
        (
            "automation:disabled",
            {"automationCreator": "eva", "sessionId": "s9", "sessionOwner": "ann", "developer": "ben"},
            {"eva": "you created the automation", "ann": OWNER, "ben": DEVELOPER},
        ),
        ("automation:skipped", {"automationCreator": "eva"}, {"eva": "you created the automation"}),
        (
            "pr:closed",
            {"automationCreator": "eva", "sessionCreator": "ann", "developer": "ben"},
            {"eva": "you created the automation", "ann": "you started the session", "ben": DEVELOPER},
        ),
        ("budget:warning", {"scope": "global"}, {"root": "you are an admin"}),
        (
            "budget:breach",
            {"scope": "workspace"},
            {"root": "you are an admin", **MEMBERS},
        ),
        (
            "budget:breach",
            {"scope": "task", "taskId": "t1"},
            {"root": "you are an admin", **MEMBERS},
        ),
        ("key:expiring", {"name": "ci"}, dict.fromkeys(["root", "kim"], "you manage API keys")),
        ("key:suspicious", {"address": "203.0.113.7"}, dict.fromkeys(["root", "kim"], "you manage API keys")),
        ("task:review", {"developer": "ben", "creator": "ann", "qaReviewer": "eva"}, {"ben": DEVELOPER}),
        ("task:qa", {"developer": "ben", "qaReviewer": "eva"}, {"eva": "you are the QA reviewer"}),
        ("approval:requested", {"sessionOwner": "ann"}, {"ann": OWNER}),
        (
            "approval:requested",
            {"sessionOwner": "ann", "approver": "eva"},
            {"eva": "the step names you as its approver"},
        ),
        ("task:created", {"creator": "ann", "developer": "ben"}, {}),
        ("session:failed", {"sessionOwner": "ann"}, {}),
        ("deploy:done", {"developer": "ben"}, {}),
        ("task:review", {}, {"root": NOBODY_ELSE}),
        ("task:review", {"developer": "max"}, {"root": NOBODY_ELSE}),
        ("task:review", {"developer": "nobody"}, {"root": NOBODY_ELSE}),
        ("task:review", {"developer": "be\0n"}, {"root": NOBODY_ELSE}),
        ("task:review", {"developer": "root"}, {"root": DEVELOPER}),
    ],
)
async def test_an_event_is_told_to_those_whom_the_table_names(
    road: Road, event: str, data: dict[str, object], told: dict[str, str]
) -> None:
    await road.tell(event, data=data)

    assert await road.told() == told


@pytest.mark.parametrize(
    ("event", "roles", "told"),
    [
        ("hook:failed", {("ticket", "t1", "developer"): "ben", ("session", "s1", "owner"): "ann"}, {"ben"}),
        ("hook:failed", {("session", "s1", "owner"): "ann"}, {"ann"}),
        ("task:qa", {("ticket", "t1", "qa"): "eva", ("ticket", "t1", "developer"): "ben"}, {"eva"}),
        (
            "merge:failed",
            {("merge", "g1", "starter"): "eva", ("ticket", "t1", "developer"): "ben"},
            {"eva", "ben"},
        ),
        (
            "pr:closed",
            {("automation", "a1", "creator"): "eva", ("session", "s1", "creator"): "ann"},
            {"eva", "ann"},
        ),
    ],
)
async def test_whom_the_payload_does_not_name_is_looked_up(
    road: Road, event: str, roles: dict[tuple[str, str, str], str], told: set[str]
) -> None:
    for (kind, subject, role), person in roles.items():
        await road.make_responsible(kind, subject, role, person)

    await road.tell(event, data=ALL)

    assert set(await road.told()) == told


async def test_the_ticket_of_the_event_itself_counts(road: Road) -> None:
    await road.make_responsible("ticket", "t7", "developer", "ben")

    await road.tell("task:review", task_id="t7")

    (item,) = await road.items("ben")
    assert (item.title, item.link) == ("Ready for your review: t7", "callboard:ticket/t7")


async def test_whoever_took_a_role_over_is_told_instead(road: Road) -> None:
    await road.make_responsible("ticket", "t1", "developer", "ben")
    await road.make_responsible("ticket", "t1", "developer", "eva")

    await road.tell("task:review", data=ALL)

    assert set(await road.told()) == {"eva"}


async def test_nobody_holds_a_role_that_was_taken_away(road: Road) -> None:
    await road.make_responsible("ticket", "t1", "developer", "ben")
    await road.make_responsible("ticket", "t1", "developer", None)

    await road.tell("task:review", data=ALL)

    assert await road.told() == {"root": NOBODY_ELSE}


async def test_whoever_left_is_passed_over_for_the_next_in_line(road: Road) -> None:
    await road.leave("ben")

    await road.tell("hook:failed", data={"developer": "ben", "sessionOwner": "ann"})

    assert await road.told() == {"ann": OWNER}


async def test_named_recipients_are_told_and_nobody_else(road: Road) -> None:
    await road.tell("task:review", by="ann", data={"developer": "ben"}, recipients=["eva", "kim", "eva"])

    assert await road.told() == {"eva": "sent to you by ann", "kim": "sent to you by ann"}


async def test_an_event_outside_the_catalogue_is_told_to_whom_it_names(road: Road) -> None:
    await road.tell("deploy:done", data={"version": 3}, recipients=["ben"])

    (item,) = await road.items("ben")
    assert (item.title, item.body, item.link) == ("deploy:done", "version: 3", None)


async def test_the_admins_are_told_when_all_who_were_named_have_left(road: Road) -> None:
    await road.post("deploy:done", recipients=["ben"])
    await road.leave("ben")

    await road.dispatcher.catch_up()

    assert await road.told() == {"root": NOBODY_ELSE}
