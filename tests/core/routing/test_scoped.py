"""What tickets, missions and gates keep for themselves: written whole, checked, and counted."""

import pytest
from msgspec import Raw

from core.api.rules import NewRule
from core.api.tickets import ScopedNotifications
from core.clock import ManualClock
from core.errors import InvalidError
from core.routing.scoped import add_rules, leave_scope, remove_rules, set_scope
from storage import changes, cooldowns, rules
from storage.cooldowns import CooldownRow
from storage.database import Connection, Database
from storage.ids import ChangeSeq, WorkspaceId
from storage.workspaces import add_workspace

LOUD = NewRule(["task:*"], ["ops"], id="loud")
OWN = ScopedNotifications([LOUD], inherit=True)
GATE = NewRule(["quality:gate:failed"], ["ops"], id="gate/m1/tests", severity="critical")


@pytest.fixture
async def shop(database: Database, clock: ManualClock) -> WorkspaceId:
    added = await database.write(lambda c: add_workspace(c, "shop", "The shop", clock.now()))
    assert added is not None
    return added


async def test_what_a_ticket_says_is_kept_in_the_words_of_the_configuration(
    database: Database, shop: WorkspaceId
) -> None:
    await database.write(lambda c: set_scope(c, shop, "ticket", "t1", OWN, mission="m1"))

    kept = await database.read(lambda c: rules.scope_of(c, shop, "ticket", "t1"))

    assert kept is not None
    assert (kept.mission_id, kept.gone_at) == ("m1", None)
    assert kept.written == (
        '{"rules":[{"id":"loud","name":"","events":["task:*"],"channels":["ops"],"severity":"info",'
        '"cooldownMs":0,"enabled":true}],"inherit":true,"mute":false}'
    )


async def test_only_a_change_is_counted(database: Database, shop: WorkspaceId) -> None:
    def twice(connection: Connection) -> tuple[int, int, int]:
        before = rules.versions(connection).scopes
        set_scope(connection, shop, "ticket", "t1", OWN)
        once = rules.versions(connection).scopes
        set_scope(connection, shop, "ticket", "t1", OWN)
        return before, once, rules.versions(connection).scopes

    before, once, again = await database.write(twice)

    assert (once, again) == (before + 1, before + 1)


async def test_who_has_nothing_to_say_any_more_leaves_nothing_behind(
    database: Database, shop: WorkspaceId
) -> None:
    await database.write(lambda c: set_scope(c, shop, "mission", "m1", OWN))
    assert await database.read(rules.any_scope)

    await database.write(lambda c: set_scope(c, shop, "mission", "m1", None))

    assert not await database.read(rules.any_scope)
    assert await database.read(lambda c: rules.scope_of(c, shop, "mission", "m1")) is None


async def test_what_is_wrong_in_a_scope_is_refused_with_its_place(database: Database, shop: WorkspaceId) -> None:
    wrong = NewRule(["task:*"], ["ops"], id="loud", condition=Raw(b'{"and": [{"field": "to"}]}'))

    with pytest.raises(InvalidError) as raised:
        await database.write(lambda c: set_scope(c, shop, "ticket", "t1", ScopedNotifications([LOUD, wrong])))

    assert raised.value.place.startswith("notifications.rules[")
    assert await database.read(lambda c: rules.scope_of(c, shop, "ticket", "t1")) is None


async def test_of_two_missions_of_a_name_the_one_that_is_there_and_says_something_is_meant(
    database: Database, shop: WorkspaceId, clock: ManualClock
) -> None:
    def make(connection: Connection) -> None:
        set_scope(connection, shop, "mission", "m1", OWN, name="Release")
        set_scope(connection, shop, "mission", "m2", None, name="Release")
        set_scope(connection, shop, "mission", "m3", OWN, name="Release")
        leave_scope(connection, shop, "mission", "m1", clock.now())

    await database.write(make)

    found = await database.read(lambda c: rules.mission_called(c, shop, "Release"))
    assert found is not None
    assert found.subject_id == "m3"


async def test_the_rules_of_a_gate_go_with_their_owner_and_their_cooldowns(
    database: Database, shop: WorkspaceId, clock: ManualClock
) -> None:
    other = NewRule(["sla:*"], ["ops"], id="other")
    fired = [CooldownRow(rule, "", clock.now(), 1, 0, 0, None) for rule in ("gate/m1/tests", "other")]

    def make(connection: Connection) -> None:
        add_rules(connection, "m1", [GATE], clock.now(), workspace=shop)
        add_rules(connection, "m2", [other], clock.now())
        cooldowns.store(connection, fired)

    await database.write(make)
    before = await database.read(rules.versions)
    await database.write(lambda c: remove_rules(c, "m1", clock.now()))

    assert [(row.id, row.source) for row in await database.read(rules.every)] == [("other", "gate")]
    assert await database.read(lambda c: cooldowns.of_rules(c, ["gate/m1/tests", "other"])) == fired[1:]
    assert (await database.read(rules.versions)).rules == before.rules + 1
    heard = await database.read(lambda c: changes.after(c, ChangeSeq(0), 10))
    assert [(change.subject, change.workspace_id) for change in heard] == [
        ("gate/m1/tests", shop),
        ("other", None),
        ("gate/m1/tests", shop),
    ]


async def test_a_rule_that_is_put_again_keeps_its_place(database: Database, clock: ManualClock) -> None:
    louder = NewRule(["task:*"], ["ops"], id="a", severity="critical")
    both = [NewRule(["task:*"], ["ops"], id=name) for name in ("a", "b")]
    await database.write(lambda c: add_rules(c, "m1", both, clock.now()))
    await database.write(lambda c: add_rules(c, "m1", [louder], clock.now()))

    found = await database.read(rules.every)

    assert [(row.id, "critical" in row.written) for row in found] == [("a", True), ("b", False)]
