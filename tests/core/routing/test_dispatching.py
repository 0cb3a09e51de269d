"""What stands between a recorded event and its rows in the outbox: everything in one transaction, once."""

import asyncio
from functools import partial

from sqlalchemy import event as listening
from sqlalchemy import select

from core.api.rules import NewRule
from core.clock import SECOND, ManualClock
from core.dispatcher import CURSOR, dispatch_batch
from core.events.record import NewEvent, record
from core.ids import Entropy
from core.routing.live import LiveRules
from core.routing.scoped import add_rules
from storage import changes, deliveries, events, rules
from storage.cooldowns import rule_cooldowns
from storage.database import Connection, Database
from storage.engines import Postgres
from storage.ids import ChangeSeq, EventSeq
from storage.rules import NewRuleRow, ScopeRow
from storage.workspaces import add_workspace
from tests.core.routing.office import Office, rule
from tests.road import open_road


class CrashError(Exception):
    """The process ends here."""


async def test_a_rule_sends_to_each_of_its_channels_once_in_its_order(office: Office) -> None:
    office.configure(
        rule("first", "task:created", to="mail slack mail"), rule("second", "task:*", severity="critical")
    )

    await office.road.tell("task:created", data={"taskId": "7"})

    sent = await office.outbox()
    assert [(one.rule, one.channel) for one in sent] == [
        ("first", "mail"),
        ("first", "slack"),
        ("second", "slack"),
    ]
    assert [one.title for one in sent] == ["ℹ️ New ticket: 7"] * 2 + ["🚨 New ticket: 7"]
    assert {(one.state, one.error, one.private) for one in sent} == {("pending", None, False)}


async def test_a_delivery_knows_its_channel_and_when_to_give_up(office: Office) -> None:
    office.configure(rule("all", "*", to="pager nowhere"))

    await office.road.tell("task:created")

    columns = [deliveries.deliveries.c[name] for name in ("channel_type", "channel_id", "run_at", "give_up_at")]
    rows = await office.road.database.read(lambda c: [tuple(row) for row in c.execute(select(*columns))])
    day = 24 * 3600 * SECOND
    assert rows[0][0] == "pagerduty"
    assert rows[0][1] is not None
    assert rows[1][:2] == ("", None)
    assert {(row[2], row[3]) for row in rows} == {(office.now, office.now + day)}


async def test_a_crash_at_any_statement_leaves_nothing_half_done(office: Office) -> None:
    office.configure(rule("all", "task:*", to="slack nowhere", cooldown_ms=60_000))
    for number in range(3):
        await office.road.post("task:review", data={"taskId": number, "developer": "ben"})

    survived = [number for number in range(1, 60) if await _survives(office, crash_at=number)]

    assert survived[0] > 10  # it has that many statements, and none of them was its last
    assert await office.outbox() == []
    await office.catch_up()
    assert [one.state for one in await office.outbox()] == ["pending", "failed", *["dropped"] * 4]
    assert len(await office.road.items("ben")) == 3
    fired = select(rule_cooldowns.c.fired, rule_cooldowns.c.dropped)
    assert await office.road.database.read(lambda c: [tuple(row) for row in c.execute(fired)]) == [(1, 2)]


async def _survives(office: Office, *, crash_at: int) -> bool:
    """Run a batch that ends at its n-th statement, and whether it came to its end before."""
    road, live = office.road, LiveRules(lambda: office.configuration)

    def unit(connection: Connection) -> None:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == crash_at:
                raise CrashError

        listening.listen(connection, "before_cursor_execute", count)
        try:
            dispatch_batch(connection, live, road.clock.now(), road.entropy)
        finally:
            listening.remove(connection, "before_cursor_execute", count)
        raise CrashError("after all")

    try:
        await road.database.write(unit)
    except CrashError as error:
        return bool(error.args)
    raise AssertionError("it cannot come to its end")


async def test_routing_the_same_event_again_doubles_nothing(office: Office) -> None:
    office.configure(rule("all", "*", to="slack mail"))
    await office.road.tell("task:created")
    await office.road.database.write(lambda connection: events.move(connection, CURSOR, EventSeq(0)))

    await office.road.dispatcher.catch_up()

    assert await office.routed() == [("all", "slack"), ("all", "mail")]


async def test_a_rule_that_is_added_works_from_the_next_event_on(office: Office) -> None:
    await office.road.tell("task:created")
    await office.road.database.write(lambda c: add_rules(c, "m1", [rule("new", "task:*")], office.now))

    await office.road.tell("task:updated")

    assert [one.event for one in await office.outbox()] == ["task:updated"]


async def test_the_rules_of_the_files_come_first_and_the_others_as_they_were_added(office: Office) -> None:
    office.configure(rule("file", "task:*"))
    for name in ("b", "a"):
        await office.road.database.write(
            partial(add_rules, owner="", added=[rule(name, "task:*")], now=office.now)
        )

    await office.road.tell("task:created")

    assert [name for name, _ in await office.routed()] == ["file", "b", "a"]


async def test_a_rule_works_on_another_server_too(
    postgresql: Postgres, clock: ManualClock, entropy: Entropy
) -> None:
    here, there = Database(postgresql), Database(postgresql)
    office = Office(await open_road(here, clock, entropy))
    await office.has_channels("slack")
    await office.road.tell("task:created")  # this server knows by now that there are no rules
    await there.write(lambda c: add_rules(c, "m1", [rule("new", "task:*")], office.now))

    await office.road.tell("task:updated")

    assert [one.event for one in await office.outbox()] == ["task:updated"]
    await here.close()
    await there.close()


async def test_two_servers_share_the_outbox_and_the_cooldowns(
    postgresql: Postgres, clock: ManualClock, entropy: Entropy
) -> None:
    servers = [Database(postgresql), Database(postgresql)]
    office = Office(await open_road(servers[0], clock, entropy))
    await office.has_channels("slack")
    office.configure(rule("all", "task:*"), rule("slow", "task:*", cooldown_ms=1))
    for _ in range(20):
        await office.road.post("task:created")
    units = [
        partial(dispatch_batch, rules=LiveRules(lambda: office.configuration), now=office.now, entropy=entropy)
        for _ in servers
    ]

    for _ in range(5):
        await asyncio.gather(
            *(server.write(partial(unit, limit=3)) for server, unit in zip(servers, units, strict=True))
        )

    sent = await office.outbox()
    assert [one.state for one in sent if one.rule == "all"] == ["pending"] * 20
    assert [one.state for one in sent if one.rule == "slow"] == ["pending", *["dropped"] * 19]
    for server in servers:
        await server.close()


async def test_a_configuration_that_is_read_again_works_from_then_on(office: Office) -> None:
    office.configure(rule("old", "task:*"))
    await office.road.tell("task:created")
    office.configure(rule("new", "task:*"))

    await office.road.tell("task:updated")

    assert [name for name, _ in await office.routed()] == ["old", "new"]


async def test_a_rule_for_one_workspace_is_silent_elsewhere(office: Office) -> None:
    ours, theirs = rule("ours", "task:*"), rule("theirs", "task:*")
    add = partial(add_rules, owner="m1", now=office.now)
    await office.road.database.write(partial(add, added=[ours], workspace=office.road.workspace))
    other = await office.road.database.write(lambda c: add_workspace(c, "other", "Another", office.now))
    await office.road.database.write(partial(add, added=[theirs], workspace=other))

    await office.road.tell("task:created")

    assert await office.routed() == [("ours", "slack")]


async def test_a_channel_that_is_gone_fails_and_one_that_comes_works_from_then_on(office: Office) -> None:
    office.configure(rule("all", "task:*", to="mail"))
    await office.has_channels("slack")
    await office.road.tell("task:created")
    await office.has_channels("slack", "mail")
    await office.road.tell("task:created")

    sent = await office.outbox()
    assert [(one.state, one.error) for one in sent] == [
        ("failed", "There is no channel 'mail'."),
        ("pending", None),
    ]


async def test_a_rule_for_everything_never_hears_of_its_own_failure(office: Office) -> None:
    office.configure(rule("all", "*", to="nowhere"))

    await office.road.tell("task:created")
    await office.catch_up()

    assert [one.event for one in await office.outbox()] == ["task:created"]
    assert await office.recorded("notification:failed") == 1
    (told,) = await office.road.items("root")
    assert told.event == "notification:failed"


async def test_a_rule_for_failures_that_fails_itself_ends_there(office: Office) -> None:
    office.configure(rule("all", "*", to="nowhere"), rule("failures", "notification:**", to="nowhere"))

    await office.road.tell("task:created")
    await office.catch_up()

    assert [(one.rule, one.event) for one in await office.outbox()] == [
        ("all", "task:created"),
        ("failures", "notification:failed"),
    ]
    assert await office.recorded("notification:failed") == 2


async def test_of_a_storm_one_goes_out_and_the_others_are_counted(office: Office) -> None:
    office.configure(rule("storm", "task:*", cooldown_ms=60_000, to="slack mail"))
    await office.road.database.write(partial(_record, number=1_000, office=office))
    await office.road.dispatcher.catch_up()

    sent = await office.outbox()
    assert [one.state for one in sent] == ["pending"] * 2 + ["dropped"] * 1_998
    assert {one.reason for one in sent[2:]} == {
        "held back by the cooldown of storm until 2026-03-02T09:01:00Z",
    }
    days = select(deliveries.delivery_days.c.day, deliveries.delivery_days.c.dropped)
    counted = await office.road.database.read(lambda c: [tuple(row) for row in c.execute(days)])
    assert counted == [("2026-03-02", 999)] * 2


async def test_the_next_message_says_what_was_held_back(office: Office) -> None:
    office.configure(rule("storm", "task:*", cooldown_ms=60_000))
    for seconds in (0, 1, 1, 57, 1):
        office.road.clock.advance(seconds * SECOND)
        await office.road.tell("task:created")

    sent = await office.outbox()

    assert [(one.state, one.held_back) for one in sent] == [("pending", 0), *[("dropped", 0)] * 3, ("pending", 3)]


async def test_a_cooldown_outlives_the_server(office: Office) -> None:
    office.configure(rule("slow", "task:*", cooldown_ms=60_000))
    await office.road.tell("task:created")
    office.restart()
    office.road.clock.advance(59 * SECOND)
    await office.road.tell("task:created")
    office.restart()
    office.road.clock.advance(1 * SECOND)
    await office.road.tell("task:created")

    assert [one.state for one in await office.outbox()] == ["pending", "dropped", "pending"]


async def test_a_letter_is_private_and_a_notice_to_nobody_by_name_is_not(office: Office) -> None:
    office.configure(rule("all", "*"))
    notice = {"title": "Hello", "body": "", "severity": "info"}
    await office.road.post("system:notice", recipients=["ben"], data=notice)
    await office.road.post("task:review", recipients=["ben"])
    await office.road.tell("task:created")

    assert [one.private for one in await office.outbox()] == [True, False, False]


async def test_who_shows_deliveries_is_told_to_look_again_once_for_each_workspace(office: Office) -> None:
    office.configure(rule("all", "task:*", to="slack mail pager"))
    await office.road.post("task:created")
    await office.road.tell("task:created")

    heard = await office.road.database.read(lambda c: changes.after(c, ChangeSeq(0), 100))

    told = [(change.person_id, change.workspace_id) for change in heard if change.topic == "deliveries"]
    assert told == [(None, office.road.workspace)]


async def test_a_batch_ends_early_rather_than_hold_the_writer_up(office: Office) -> None:
    office.configure(*(rule(f"{number}", "task:*", to="slack mail pager") for number in range(50)))
    for _ in range(4):
        await office.road.post("task:created")
    live = LiveRules(lambda: office.configuration)

    await office.road.database.write(lambda c: dispatch_batch(c, live, office.now, office.road.entropy))

    assert len(await office.outbox()) == 2 * 150
    assert await office.road.dispatcher.behind() == 2


async def test_what_cannot_be_sent_of_one_event_keeps_it_from_nobody_and_no_other_from_going_out(
    office: Office,
) -> None:
    office.configure(rule("all", "**"))
    await office.road.database.write(partial(_refuse, name="bad:event", engine=office.road.database.engine))
    for name in ("good:one", "bad:event", "good:two"):
        await office.road.post(name, recipients=["ben"])

    await office.catch_up()

    assert [one.event for one in await office.outbox()] == ["good:one", "good:two", "system:notice"]
    assert [item.event for item in await office.road.items("ben")] == ["good:two", "bad:event", "good:one"]
    assert [item.title for item in await office.road.items("root")] == ["An event was sent nowhere: bad:event"]


async def test_a_hostile_payload_goes_out_as_text_that_can_be_stored(office: Office) -> None:
    office.configure(rule("all", "task:*", title="{{title}}", template="{{body}}"))

    await office.road.tell("task:created", data={"title": "a\x00b\ud800", "body": "{{title}}"})

    (sent,) = await office.outbox()
    assert "\x00" not in sent.title
    assert sent.title.startswith("a")


async def test_a_rule_of_the_files_stands_for_an_added_one_of_its_id(office: Office) -> None:
    office.configure(rule("same", "task:created"))
    await office.road.database.write(lambda c: add_rules(c, "m1", [rule("same", "task:*")], office.now))
    await office.road.tell("task:updated")

    live = LiveRules(lambda: office.configuration)
    problems = (await office.road.database.read(live.current)).problems

    assert await office.outbox() == []
    assert [(one.place, one.sentence) for one in problems] == [
        ("same", "The configuration has a rule of this id, which stands for it.")
    ]


async def test_a_rule_that_cannot_be_read_any_more_is_named_and_stops_no_other(office: Office) -> None:
    broken = NewRuleRow("broken", "api", None, None, "{", None, office.now, office.now)
    scope = ScopeRow(office.road.workspace, "ticket", "t1", None, None, '{"rules": [{"id": "old"}]}')
    await office.road.database.write(lambda c: rules.put(c, [broken]))
    await office.road.database.write(lambda c: rules.put_scope(c, scope))
    await office.road.database.write(lambda c: add_rules(c, "m1", [rule("good", "task:*")], office.now))

    await office.road.tell("task:created", data={"taskId": "t1"})

    assert await office.routed() == [("good", "slack")]
    problems = (await office.road.database.read(LiveRules().current)).problems
    assert [(one.place, one.sentence) for one in problems] == [
        ("broken", "This rule cannot be read: delete it, and add it again.")
    ]


async def test_rules_that_were_never_committed_are_forgotten(office: Office) -> None:
    live = LiveRules()

    def look(connection: Connection, added: NewRule, *, fails: bool) -> list[str]:
        add_rules(connection, "m1", [added], office.now)
        found = [rule.id for rule in live.current(connection).rules.rules]
        if fails:
            raise CrashError
        return found

    try:
        await office.road.database.write(partial(look, added=rule("never", "*"), fails=True))
    except CrashError:
        live.forget()

    assert await office.road.database.write(partial(look, added=rule("kept", "*"), fails=False)) == ["kept"]


def _record(connection: Connection, number: int, office: Office) -> None:
    """So many events in one transaction."""
    for ticket in range(number):
        new = NewEvent("task:created", {"taskId": f"{ticket}"}, office.road.workspace)
        record(connection, new, now=office.now, entropy=office.road.entropy)


def _refuse(connection: Connection, name: str, engine: str) -> None:
    """A database that cannot take deliveries of this event."""
    if engine == "sqlite":
        connection.exec_driver_sql(
            f"CREATE TRIGGER refuse BEFORE INSERT ON deliveries WHEN NEW.event = '{name}' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER refuse BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.event = '{name}') "
        "EXECUTE FUNCTION refuse()"
    )
