"""Tickets and missions with rules of their own, gates that alert channels, and deadlines that do."""

import json
from datetime import timedelta

import msgspec
import pytest

from core.api.rules import NewRule
from core.api.tickets import NewGate, NewMission, NewTicket, ScopedNotifications
from core.channels.configuring.places import dotted
from core.clock import DAY, to_datetime
from core.errors import InvalidError
from core.routing.configuration import Notifications, configured
from storage.audit import audit_page
from tests.core.planning.conftest import Board, board_of
from tests.core.routing.office import Office, rule
from tests.core.routing.office import Office as AnOffice

TASK = b"""{
    "title": "Critical migration",
    "description": "Run database migration",
    "assignTo": "db-agent",
    "notifications": {
      "rules": [{
        "id": "migration-alert",
        "name": "Migration status",
        "events": ["task:transition"],
        "channels": ["telegram-oncall", "slack"],
        "severity": "critical"
      }],
      "inherit": false
    }
}"""
MISSION = b"""{
    "name": "Release v2.0",
    "data": "...",
    "notifications": {
      "rules": [{
        "id": "release-updates",
        "name": "Release progress",
        "events": ["task:*", "mission:*"],
        "channels": ["slack"],
        "severity": "info"
      }],
      "inherit": true
    }
}"""


@pytest.fixture
async def office(road: object) -> AnOffice:
    found = Office(road)  # type: ignore[arg-type]
    await found.has_channels("slack", "mail", "pager")
    return found


async def test_a_ticket_with_rules_of_its_own_as_another_program_makes_it(board: Board, office: Office) -> None:
    office.configure(rule("everything", "task:*", to="mail"))
    ann = board.road.callers["ann"]
    ticket = await board.tickets.create(ann, "shop", msgspec.json.decode(TASK, type=NewTicket))
    await office.catch_up()
    made = await office.routed()
    await board.move(ticket.id, "queued")
    await office.catch_up()

    assert made == [("everything", "mail")]
    assert (await office.routed())[1:] == [("migration-alert", "telegram-oncall"), ("migration-alert", "slack")]
    assert [sent.state for sent in await office.outbox()] == ["pending", "failed", "pending"]
    assert ticket.notifications is not None
    assert ticket.notifications.rules[0].id == "migration-alert"


async def test_a_mission_with_rules_of_its_own_as_another_program_makes_it(board: Board, office: Office) -> None:
    office.configure(rule("everything", "task:created", to="mail"))
    ann = board.road.callers["ann"]
    mission = await board.missions.create(ann, "shop", msgspec.json.decode(MISSION, type=NewMission))
    await board.ticket("T-1", mission_id=mission.id)
    await board.ticket("T-2")
    await office.catch_up()

    assert mission.data == "..."
    assert await office.routed() == [
        ("release-updates", "slack"),
        ("release-updates", "slack"),
        ("everything", "mail"),
        ("everything", "mail"),
    ]


async def test_rules_go_with_a_ticket_to_its_end_and_no_further(board: Board, office: Office) -> None:
    rules = ScopedNotifications([rule("mine", "task:*")])
    await board.ticket(notifications=rules)
    await board.tickets.delete(board.road.callers["ann"], "shop", "T-1")
    await board.road.dispatcher.catch_up()
    to_its_end = [(sent.rule, sent.event) for sent in await office.outbox()]
    await board.ticket()
    await board.road.dispatcher.catch_up()

    assert to_its_end == [("mine", "task:created"), ("mine", "task:removed")]
    assert len(await office.outbox()) == 2


async def test_rules_are_changed_muted_and_taken_away(board: Board, office: Office) -> None:
    office.configure(rule("all", "task:transition"))
    await board.ticket(notifications=ScopedNotifications([rule("mine", "task:transition")]))
    await board.move("T-1", "queued")
    await board.change("T-1", notifications=ScopedNotifications(mute=True))
    await office.catch_up()
    await board.move("T-1", "pending")
    await office.catch_up()
    await board.change("T-1", notifications=None)
    await board.move("T-1", "queued")
    await office.catch_up()

    assert [sent.rule for sent in await office.outbox()] == ["all"]


async def test_who_gave_a_ticket_its_rules_is_in_the_record(near: Board) -> None:
    await near.ticket(notifications=ScopedNotifications([rule("mine", "task:*")], mute=True))
    rows = await near.road.database.read(lambda c: audit_page(c, (), limit=10, before=None))

    assert [(row.actor, row.action, row.target) for row in rows] == [
        ("ann", "ticket.notifications", "shop/ticket/T-1")
    ]
    assert json.loads(rows[0].detail) == {"rules": ["mine"], "mute": True}


async def test_a_rule_that_cannot_work_is_refused_with_its_place(near: Board) -> None:
    wrong = rule("mine", "task:*", condition={"field": "to", "op": "=~", "value": 1})
    without_id = NewRule(["task:*"], ["slack"])

    with pytest.raises(InvalidError) as of_ticket:
        await near.ticket(notifications=ScopedNotifications([wrong]))
    with pytest.raises(InvalidError) as of_mission:
        await near.mission(tasks=[NewTicket("x", notifications=ScopedNotifications([without_id]))])

    with pytest.raises(InvalidError, match="100 rules at most"):
        await near.ticket(notifications=ScopedNotifications([rule("mine", "task:*")] * 101))

    assert of_ticket.value.place == "notifications.rules[0].condition.op"
    assert of_mission.value.place == "tasks[0].notifications.rules[0].id"
    assert of_mission.value.sentence.count("rules[0]") == 1
    assert await near.told() == []


async def test_a_gate_alerts_its_channels_and_never_those_of_another_mission(
    board: Board, office: Office
) -> None:
    for number, channel in ((1, "slack"), (2, "mail")):
        gate = NewGate("integration", [f"T-{number}"], notify_channels=[channel])
        await board.mission(f"M-{number}", quality_gates=[gate], tasks=[NewTicket("x", id=f"T-{number}")])
    await board.bring("T-1", "completed")
    await board.bring("T-2", "failed")
    await office.catch_up()

    assert await office.routed() == [
        ("qgate-pass-M-1:integration", "slack"),
        ("qgate-fail-M-2:integration", "mail"),
    ]


async def test_the_rules_of_gates_go_with_their_mission(board: Board, office: Office) -> None:
    gate = NewGate("integration", ["T-1"], notify_channels=["slack"])
    await board.mission(quality_gates=[gate], tasks=[NewTicket("x", id="T-1")])
    await board.change_mission("M-1", quality_gates=[NewGate("integration", ["T-1"])])
    await board.bring("T-1", "completed")
    await office.catch_up()
    await board.missions.delete(board.road.callers["ann"], "shop", "M-1")
    await board.mission(quality_gates=[gate], tasks=[NewTicket("x", id="T-1")])

    assert await office.routed() == []


async def test_what_nears_and_passes_goes_to_the_channels_of_the_configuration(
    board: Board, office: Office
) -> None:
    sla = {"warningThreshold": 0.5, "warningChannels": ["slack"], "violationChannels": ["mail", "gone"]}
    office.configuration = configured([Notifications({"sla": sla}, dotted)])
    watch = board_of(board.road).watch
    await board.ticket(deadline=to_datetime(board.road.clock.now()) + timedelta(days=10))
    for _ in range(11):
        board.road.clock.advance(DAY)
        await watch.tick()
    await office.catch_up()

    assert await office.routed() == [
        ("sla-auto-warning", "slack"),
        ("sla-auto-violated", "mail"),
        ("sla-auto-violated", "gone"),
    ]
    assert {found.source for found in office.configuration.rules} == {"deadline"}
    (problem, _) = office.configuration.unknown_channels(["slack", "mail"])
    assert problem.place == "sla.violationChannels"
