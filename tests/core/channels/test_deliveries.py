"""Deliveries as people meet them: who sees which, by which filter, and what they may do to one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy import event as listening

from core.api.deliveries import Delivery, DeliveryQuery, Sending
from core.caller import Caller, Permission
from core.channels.deliveries import Deliveries, reader_of
from core.channels.outcome import Refused
from core.channels.sending import DirectSends
from core.clock import DAY, HOUR, to_datetime
from core.config import RetentionSettings
from core.errors import CallboardError, ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.inbox.retention import Retention
from storage import delivery_lists
from storage.criterion import Criterion
from storage.database import Connection
from storage.deliveries import delivery_attempts
from storage.events import events
from tests.core.channels.outbox import Outbox
from tests.fakes.adapters import FakeAdapter, add_channel
from tests.road import Road


class History:
    """The deliveries of the company: `ann` belongs to the workspace `shop`, `max` nowhere, `root` is admin."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.outbox = Outbox(road.database, road.clock, road.entropy)
        self.deliveries = Deliveries(road.database, road.clock)
        self.sends = DirectSends(road.database, road.clock, road.entropy, self.outbox.adapters)

    def caller(self, name: str) -> Caller:
        return self.road.callers[name]

    async def page(self, by: str = "ann", slug: str | None = None, **asked: object) -> list[Delivery]:
        query = DeliveryQuery(**asked)  # type: ignore[arg-type]
        return (await self.deliveries.page(self.caller(by), query, slug)).items

    async def ids(self, by: str = "ann", slug: str | None = None, **asked: object) -> list[str]:
        return [each.id for each in await self.page(by, slug, **asked)]

    async def send(self, by: str = "ann", **parts: object) -> str:
        sending = Sending(**{"channel": "ops", "title": "Title", "body": "Body", **parts})  # type: ignore[arg-type]
        return (await self.sends.send(self.caller(by), "shop", sending)).id


@pytest.fixture
async def history(road: Road) -> History:
    made = History(road)
    await made.outbox.channel("ops")
    await made.outbox.channel("mail")
    return made


async def test_a_workspaces_deliveries_are_its_members_and_the_homes_are_for_who_manages_channels(
    history: History, road: Road
) -> None:
    ours = await history.outbox.put("ops", workspace_id=road.workspace)
    homes = await history.outbox.put("ops")

    assert await history.ids("ann") == [ours]
    assert await history.ids("ann", "shop") == [ours]
    assert await history.ids("max") == []
    assert await history.ids("root") == [homes, ours]
    with pytest.raises(NotFoundError):
        await history.page("max", "shop")
    with pytest.raises(NotFoundError):
        await history.deliveries.show(history.caller("ann"), homes)


async def test_a_letter_is_its_senders_and_its_recipients(history: History, road: Road) -> None:
    recorded = await road.post("system:notice", by="ann", data={"title": "Psst"}, recipients=["ben"])
    seq = await _seq_of(road, recorded)
    letter = await history.outbox.put(
        "ops", workspace_id=road.workspace, private=True, event="system:notice", event_seq=seq, event_id=recorded
    )

    readers = [name for name in ("ann", "ben", "eva", "max", "root") if letter in await history.ids(name)]
    counted = [
        name
        for name in ("ann", "ben", "eva", "max", "root")
        if (await history.deliveries.stats(history.caller(name))).total
    ]

    assert readers == counted == ["ann", "ben", "root"]
    with pytest.raises(NotFoundError):
        await history.deliveries.show(history.caller("eva"), letter)


async def test_what_tells_of_a_session_of_others_is_for_who_may_read_its_event(
    history: History, road: Road
) -> None:
    await road.make_responsible("session", "7", "owner", "ann")
    mine = await _told_of(history, road, "session:finished", {"sessionId": 7, "title": "deploy"})
    others = [await _told_of(history, road, "task:review", {"taskId": str(number)}) for number in range(4)]
    older = [await history.outbox.put("ops", workspace_id=road.workspace) for _ in range(2)]
    road.callers["kim"] = replace(
        road.callers["kim"],
        permissions=frozenset({Permission.SESSIONS_VIEW_ALL, Permission.AUTOMATIONS_VIEW_ALL}),
    )

    readers = [name for name in ("ann", "eva", "kim", "max", "root") if mine in await history.ids(name)]
    page = await history.deliveries.page(history.caller("eva"), DeliveryQuery(limit=6))

    assert readers == ["ann", "kim", "root"]
    assert [one.id for one in page.items] == [*reversed(older), *reversed(others)]
    for asked in (history.deliveries.show, history.deliveries.retry, history.deliveries.cancel):
        with pytest.raises(NotFoundError):
            await asked(history.caller("eva"), mine)


async def test_what_told_of_a_session_stays_closed_when_its_event_is_kept_no_longer(
    history: History, road: Road
) -> None:
    await road.make_responsible("session", "7", "owner", "ann")
    told = await _told_of(history, road, "session:finished", {"sessionId": 7})
    plain = await _told_of(history, road, "task:review", {"taskId": "7"})
    await road.database.write(lambda connection: connection.execute(delete(events)))

    assert await history.ids("eva") == [plain]
    assert told in await history.ids("root")


async def test_all_filters_combine(history: History, road: Road) -> None:
    facts = [
        {"channel": channel, "rule_id": rule, "state": state, "severity": severity, "event": event}
        for channel in ("ops", "mail")
        for rule in ("one", "two")
        for state, severity, event in (("sent", "info", "task:review"), ("failed", "critical", "a:b:c"))
    ]
    made = [
        await history.outbox.put(fact.pop("channel"), workspace_id=road.workspace, **fact)
        for fact in [dict(fact) for fact in facts]
    ]

    def expected(wanted: Callable[[dict[str, str]], bool]) -> list[str]:
        return [one for one, fact in reversed(list(zip(made, facts, strict=True))) if wanted(fact)]

    for slug in (None, "shop"):
        for by in ("ann", "root"):
            both = await history.ids(by, slug, status="failed", channel="ops", rule="two")
            assert both == expected(
                lambda f: f["state"] == "failed" and f["channel"] == "ops" and f["rule_id"] == "two"
            )
            assert await history.ids(by, slug, channel="mail") == expected(lambda f: f["channel"] == "mail")
            assert await history.ids(by, slug, rule="one", filter="-status:sent") == expected(
                lambda f: f["rule_id"] == "one" and f["state"] != "sent"
            )
            assert await history.ids(by, slug, filter="event:a:** sev:critical channel:ops,mail") == expected(
                lambda f: f["severity"] == "critical"
            )
            assert await history.ids(by, slug, filter="status:sent workspace:shop -rule:one") == expected(
                lambda f: f["state"] == "sent" and f["rule_id"] == "two"
            )
            assert await history.ids(by, slug, status="sent", filter="status:failed") == []


async def test_pages_follow_one_another_newest_first(history: History, road: Road) -> None:
    made = [await history.outbox.put("ops", workspace_id=road.workspace) for _ in range(7)]

    found: list[str] = []
    cursor = None
    while True:
        query = DeliveryQuery(limit=3, cursor=cursor, channel="ops")
        page = await history.deliveries.page(history.caller("ann"), query)
        found += [each.id for each in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert found == made[::-1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"limit": 0}, "limit: A page holds 1 to 500 deliveries."),
        ({"limit": 501}, "limit: A page holds 1 to 500 deliveries."),
        ({"limit": -1}, "limit: A page holds 1 to 500 deliveries."),
        ({"status": "lost"}, "status: It is one of pending, sent, failed, dropped, cancelled."),
        ({"cursor": "x"}, "cursor: This cursor is not one of this list; start again without it."),
    ],
)
async def test_what_cannot_be_asked_is_named(history: History, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await history.page(**asked)
    assert refused.value.sentence == said


async def test_every_page_is_found_in_an_index(history: History, road: Road) -> None:
    if road.database.engine != "sqlite":
        pytest.skip("PostgreSQL plans by how much there is")
    await history.outbox.put("ops", workspace_id=road.workspace)
    plans: list[str] = []
    named = [Criterion("channel", ("ops",)), Criterion("rule", ("one",)), Criterion("state", ("sent",))]
    asked = [[], *([one] for one in named), named[::2], named[1:], named]

    def unit(connection: Connection) -> None:
        def explain(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
            found = connection.connection.cursor()
            found.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[-1]) for row in found.fetchall())

        listening.listen(connection, "before_cursor_execute", explain)
        for name in ("ann", "root", "max"):
            reader = reader_of(history.caller(name))
            for criteria in asked:
                delivery_lists.page(connection, reader, criteria, of=None, below=None, limit=50)
                delivery_lists.page(connection, reader, criteria, of=road.workspace, below=None, limit=50)
        listening.remove(connection, "before_cursor_execute", explain)

    await road.database.read(unit)

    deliveries = [plan for plan in plans if "deliveries" in plan]
    assert len(deliveries) > 40
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
    assert [plan for plan in deliveries if plan.startswith("SCAN")] == []


async def test_the_counts_are_those_of_what_one_sees(history: History, road: Road) -> None:
    for state in ("sent", "sent", "failed", "dropped", "cancelled", "pending"):
        await history.outbox.put("ops", workspace_id=road.workspace, state=state)
    await history.outbox.put("ops", state="failed")

    of_ann, of_root, of_max = [
        await history.deliveries.stats(history.caller(name)) for name in ("ann", "root", "max")
    ]
    of_shop = await history.deliveries.stats(history.caller("ann"), "shop")

    assert (of_ann.total, of_ann.sent, of_ann.failed, of_ann.pending, of_ann.dropped) == (6, 2, 1, 1, 1)
    assert of_shop == of_ann
    assert (of_root.total, of_root.failed) == (7, 2)
    assert of_max.total == 0


async def test_a_send_is_accepted_listed_and_delivered(history: History) -> None:
    made = await history.send(severity="critical", delay_ms=60_000)

    (listed,) = await history.page()

    assert (listed.id, listed.status, listed.sender) == (made, "pending", "ann")
    assert (listed.rule_id, listed.rule_name, listed.event) == ("direct", "Sent by hand", "direct:send")
    assert listed.fires_at - listed.scheduled_at == timedelta(minutes=1)
    assert listed.next_attempt_at == listed.fires_at
    async with history.outbox.delivering() as server:
        history.road.clock.advance(60_000_000)
        server.wake()
        await history.outbox.becomes(made, "sent")
    detail = await history.deliveries.show(history.caller("ann"), made)
    assert [attempt.outcome for attempt in detail.attempts] == ["sent"]
    assert bytes(detail.data) == b"{}"


async def test_the_same_id_is_sent_once(history: History) -> None:
    first = await history.send(id="deploy-1", delay_ms=5_000)
    history.road.clock.advance(DAY)
    again = await history.send(id="deploy-1", delay_ms=5_000)

    assert again == first
    with pytest.raises(ConflictError):
        await history.send(id="deploy-1", title="Other", delay_ms=5_000)
    assert len(await history.ids()) == 1


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"channel": "nowhere"}, "channel"),
        ({"channel": "\0"}, "channel"),
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"delay_ms": -1}, "delayMs"),
        ({"delay_ms": 30 * 24 * 3600 * 1000 + 1}, "delayMs"),
        ({"id": ""}, "id"),
    ],
)
async def test_a_send_that_cannot_be_is_named(history: History, parts: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await history.send(**parts)
    assert refused.value.place == place
    assert await history.ids() == []


async def test_a_send_to_a_channel_that_sends_nothing_says_so(history: History) -> None:
    await history.outbox.change("ops", disabled_at=1, disabled_reason="410")
    await add_channel(history.road.database, "broken", history.road.clock)

    for channel in ("ops", "broken"):
        with pytest.raises(ConflictError):
            await history.send(channel=channel)


async def test_only_members_send(history: History) -> None:
    with pytest.raises(NotFoundError):
        await history.send("max")


async def test_what_is_taken_back_is_not_sent(history: History) -> None:
    made = await history.send(delay_ms=1_000)
    taken = await history.deliveries.cancel(history.caller("ann"), made)
    other = await history.send()

    async with history.outbox.delivering() as server:
        history.road.clock.advance(HOUR)
        server.wake()
        await history.outbox.becomes(other, "sent")

    assert (taken.status, taken.reason) == ("cancelled", "Taken back by ann.")
    assert (await history.outbox.row(made)).state == "cancelled"
    with pytest.raises(ConflictError):
        await history.deliveries.cancel(history.caller("ann"), made)


async def test_what_failed_is_sent_again_under_the_same_id(history: History, road: Road) -> None:
    adapter = FakeAdapter(Refused("no"))
    history.outbox.adapters.adapters["ops"] = adapter
    made = await history.send()
    async with history.outbox.delivering():
        await history.outbox.becomes(made, "failed")
        road.clock.advance(3 * DAY)
        again = await history.deliveries.retry(history.caller("ann"), made)
        await history.outbox.becomes(made, "sent")

    assert (again.status, again.error, again.reason) == ("pending", None, "Sent again by ann.")
    assert adapter.ids == [made, made]
    with pytest.raises(ConflictError):
        await history.deliveries.retry(history.caller("ann"), made)


async def test_what_was_dropped_can_be_sent_after_all(history: History, road: Road) -> None:
    made = await history.outbox.put("ops", workspace_id=road.workspace, state="dropped", reason="held back")

    async with history.outbox.delivering():
        await history.deliveries.retry(history.caller("root"), made)
        row = await history.outbox.becomes(made, "sent")

    assert row.reason == "Sent again by root."


async def test_what_is_under_way_is_left_alone(history: History) -> None:
    adapter = FakeAdapter()
    adapter.gate.clear()
    history.outbox.adapters.adapters["ops"] = adapter
    made = await history.send()
    refused: list[CallboardError] = []

    async with history.outbox.delivering():
        await adapter.given.wait()
        for act in (history.deliveries.cancel, history.deliveries.retry):
            with pytest.raises(ConflictError) as error:
                await act(history.caller("ann"), made)
            refused.append(error.value)
        (listed,) = await history.page()
        adapter.gate.set()
        await history.outbox.becomes(made, "sent")

    assert len(refused) == 2
    assert (listed.status, listed.next_attempt_at) == ("pending", None)


async def test_others_than_the_sender_need_the_permission(history: History) -> None:
    made = await history.send(delay_ms=1_000)
    with pytest.raises(NotAllowedError):
        await history.deliveries.cancel(history.caller("ben"), made)
    with pytest.raises(NotAllowedError):
        await history.deliveries.retry(history.caller("ben"), made)
    manager = _with(history.caller("eva"), Permission.CHANNELS_MANAGE)

    taken = await history.deliveries.cancel(manager, made)

    assert taken.reason == "Taken back by eva."


async def test_the_sender_is_told_of_a_failure_and_the_admins_of_one_by_a_rule(
    history: History, road: Road
) -> None:
    history.outbox.adapters.adapters["ops"] = FakeAdapter(Refused("no"), Refused("no"))
    sent = await history.send()
    by_rule = await history.outbox.put("ops", workspace_id=road.workspace)

    async with history.outbox.delivering():
        await history.outbox.becomes(sent, "failed")
        await history.outbox.becomes(by_rule, "failed")
    await road.dispatcher.catch_up()

    (of_ann,) = await road.items("ann")
    (of_root,) = await road.items("root")
    assert (of_ann.link, of_ann.link_label) == (f"callboard:delivery/{sent}", "Open Delivery")
    assert (of_root.link, of_root.body) == (f"callboard:delivery/{by_rule}", "no")
    assert await road.items("ben") == []


async def test_settled_deliveries_go_with_their_attempts_when_they_are_old(history: History, road: Road) -> None:
    old = await history.send()
    async with history.outbox.delivering():
        await history.outbox.becomes(old, "sent")
    road.clock.advance(91 * DAY)
    waiting = await history.send(delay_ms=1_000)
    recent = await history.outbox.put(
        "ops", workspace_id=road.workspace, state="sent", settled_at=road.clock.now()
    )

    removed = await Retention(road.database, road.clock, RetentionSettings).tidy()

    assert removed["deliveries"] == 1
    assert await history.ids() == [recent, waiting]
    assert await road.database.read(_attempts) == 0
    assert (await history.deliveries.stats(history.caller("ann"))).total == 2


async def test_a_pause_is_when_the_next_attempt_is(history: History, road: Road) -> None:
    until_then = road.clock.now() + HOUR
    await history.outbox.change("ops", paused_until=until_then)
    await history.send()

    (listed,) = await history.page()

    assert listed.next_attempt_at == to_datetime(until_then)  # type: ignore[arg-type]


def _attempts(connection: Connection) -> int:
    return len(connection.execute(delivery_attempts.select()).all())


def _with(caller: Caller, permission: Permission) -> Caller:
    return replace(caller, permissions=caller.permissions | {permission})


async def _told_of(history: History, road: Road, name: str, data: dict[str, object]) -> str:
    """A delivery of an event of ann's workspace."""
    recorded = await road.post(name, by="ann", data=data)
    seq = await _seq_of(road, recorded)
    return await history.outbox.put(
        "ops", workspace_id=road.workspace, event=name, event_seq=seq, event_id=recorded
    )


async def _seq_of(road: Road, recorded: str) -> int:
    def unit(connection: Connection) -> int:
        return int(connection.execute(select(events.c.seq).where(events.c.id == recorded)).scalar_one())

    return await road.database.read(unit)


async def test_a_time_narrows_the_list_exactly(history: History, road: Road) -> None:
    made = []
    for _ in range(40):
        made.append(await history.outbox.put("ops", workspace_id=road.workspace))
        road.clock.advance(HOUR)

    for slug in (None, "shop"):
        assert await history.ids("ann", slug, filter="since:150m") == made[:-3:-1]
        assert await history.ids("ann", slug, filter="until:2250m") == made[2::-1]
        assert await history.ids("ann", slug, filter="since:330m until:210m") == [made[36], made[35]]
        assert await history.ids("ann", slug, filter="-since:2250m") == made[2::-1]
    assert await history.ids("ann", filter="since:400d") == made[::-1]
    assert await history.ids("ann", filter="until:400d") == []
