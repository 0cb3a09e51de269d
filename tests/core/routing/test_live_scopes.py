"""The rules of tickets and missions over the whole road: which decide, for which events, and from when on."""

from core.api.rules import NewRule
from core.api.tickets import ScopedNotifications
from core.clock import DAY, SECOND
from core.config import RetentionSettings
from core.events.record import NewEvent, record
from core.inbox.retention import Retention
from core.routing.scoped import ScopeKind, leave_scope, set_scope
from storage import rules
from storage.cooldowns import of_rules
from storage.database import Connection
from storage.workspaces import add_workspace
from tests.core.routing.office import Office, rule

EVERY_TASK = rule("of-home", "task:*", "sla:*", to="mail")


async def say(
    office: Office,
    kind: ScopeKind,
    subject: str,
    *own: NewRule,
    inherit: bool = False,
    mute: bool = False,
    mission: str | None = None,
    name: str | None = None,
) -> None:
    """What the ticket or mission says from now on."""
    said = ScopedNotifications(list(own), inherit=inherit, mute=mute) if own or inherit or mute else None
    workspace = office.road.workspace
    await office.road.database.write(
        lambda c: set_scope(c, workspace, kind, subject, said, mission=mission, name=name)
    )


async def test_the_rules_of_a_ticket_replace_those_of_the_home(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", rule("own", "task:created"))

    await office.road.tell("task:created", data={"taskId": "t1"})
    await office.road.tell("task:created", data={"taskId": "t2"})

    assert await office.routed() == [("own", "slack"), ("of-home", "mail")]


async def test_they_are_added_where_the_ticket_inherits(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", rule("own", "task:created"), inherit=True)

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == [("own", "slack"), ("of-home", "mail")]


async def test_a_ticket_without_a_rule_for_the_event_is_as_if_it_said_nothing(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", rule("own", "task:updated"))

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == [("of-home", "mail")]


async def test_a_ticket_is_heard_though_the_home_has_no_rule_at_all(office: Office) -> None:
    await say(office, "ticket", "t1", rule("own", "task:created"))

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == [("own", "slack")]


async def test_a_ticket_goes_by_its_mission_where_it_says_nothing_itself(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "mission", "m1", rule("of-mission", "task:*"))
    await say(office, "ticket", "t1", mission="m1")

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == [("of-mission", "slack")]


async def test_ticket_mission_and_home_send_in_this_order_where_all_inherit(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "mission", "m1", rule("of-mission", "task:*"), inherit=True)
    await say(office, "ticket", "t1", rule("own", "task:*"), mission="m1", inherit=True)

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert [name for name, _ in await office.routed()] == ["own", "of-mission", "of-home"]


async def test_a_mission_none_of_whose_rules_hears_of_it_passes_on_to_the_home(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "mission", "m1", rule("of-mission", "mission:*"))
    await say(office, "ticket", "t1", rule("own", "task:*"), mission="m1", inherit=True)

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert [name for name, _ in await office.routed()] == ["own", "of-home"]


async def test_a_muted_ticket_sends_nothing(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", mute=True)

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == []


async def test_a_mission_is_found_by_its_name_too(office: Office) -> None:
    office.configure(rule("of-home", "**", to="mail"))
    await say(office, "mission", "m1", rule("own", "**"), name="Release 2.0")

    await office.road.tell("mission:completed", data={"group": "Release 2.0"})
    await office.road.tell("mission:completed", data={"group": "Release 3.0"})

    assert await office.routed() == [("own", "slack"), ("of-home", "mail")]


async def test_what_a_ticket_says_works_at_once_and_until_it_is_taken_back(office: Office) -> None:
    office.configure(EVERY_TASK)
    for own in ([rule("first", "task:*")], [rule("second", "task:*")], []):
        await say(office, "ticket", "t1", *own)
        await office.road.tell("task:updated", data={"taskId": "t1"})

    assert [name for name, _ in await office.routed()] == ["first", "second", "of-home"]


async def test_the_end_of_a_ticket_still_goes_where_it_said(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", rule("own", "task:*"))
    workspace = office.road.workspace
    await office.road.post("task:removed", data={"taskId": "t1"})
    await office.road.database.write(lambda c: leave_scope(c, workspace, "ticket", "t1", office.now))

    await office.road.dispatcher.catch_up()

    assert await office.routed() == [("own", "slack")]


async def test_a_rule_in_two_scopes_has_a_cooldown_in_each(office: Office) -> None:
    slow = rule("slow", "task:*", cooldown_ms=60_000)
    office.configure(slow)
    await say(office, "ticket", "t1", slow)
    for ticket in ("t1", "t2", "t1", "t2"):
        office.road.clock.advance(SECOND)
        await office.road.tell("task:created", data={"taskId": ticket})

    assert [one.state for one in await office.outbox()] == ["pending", "pending", "dropped", "dropped"]
    kept = await office.road.database.read(lambda c: of_rules(c, ["slow"]))
    assert [(row.scope, row.fired, row.dropped) for row in sorted(kept, key=lambda row: row.scope)] == [
        ("", 1, 1),
        (f"ticket/{office.road.workspace}/t1", 1, 1),
    ]


async def test_a_ticket_of_another_workspace_has_no_say(office: Office) -> None:
    office.configure(EVERY_TASK)
    await say(office, "ticket", "t1", rule("own", "task:*"))

    def elsewhere(connection: Connection) -> None:
        new = NewEvent("task:created", {"taskId": "t1"}, add_workspace(connection, "other", "Other", office.now))
        record(connection, new, now=office.now, entropy=office.road.entropy)

    await office.road.database.write(elsewhere)
    await office.road.dispatcher.catch_up()

    assert await office.routed() == [("of-home", "mail")]


async def test_what_was_said_by_things_that_are_gone_is_forgotten_in_time(office: Office) -> None:
    workspace, slow = office.road.workspace, rule("slow", "task:*", cooldown_ms=1)
    retention = Retention(office.road.database, office.road.clock, RetentionSettings)
    for ticket in ("gone", "here"):
        await say(office, "ticket", ticket, slow)
        await office.road.tell("task:created", data={"taskId": ticket})
    await office.road.database.write(lambda c: leave_scope(c, workspace, "ticket", "gone", office.now))

    early = await retention.tidy()
    office.road.clock.advance(401 * DAY)
    late = await retention.tidy()

    names = ("rules of what is gone", "old cooldowns")
    assert [early[name] for name in names] == [0, 0]
    assert [late[name] for name in names] == [1, 2]
    assert await office.road.database.read(lambda c: rules.scope_of(c, workspace, "ticket", "here"))
