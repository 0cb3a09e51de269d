"""From a pending delivery to a settled one: attempts, their ends, pauses, and channels that hold up no other."""

from typing import Any

import pytest
from sqlalchemy import event as listening

from core.channels.adapter import Rate
from core.channels.delivering.worker import LATE
from core.channels.message import Message
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import DAY, HOUR, MINUTE, SECOND
from storage import delivering as store
from storage.database import Connection
from storage.deliveries import CLAIMS
from storage.ids import Instant
from tests.core.channels.outbox import Outbox, until
from tests.fakes.adapters import FakeAdapter


async def test_what_is_due_is_sent_and_told(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    made = await outbox.put("slack")

    async with outbox.delivering():
        row = await outbox.becomes(made, "sent")

    assert slack.ids == [made]
    assert (row.attempt, row.error, row.settled_at) == (1, None, outbox.clock.now())
    assert await outbox.attempts(made) == [("sent", "")]
    told = {"ruleId": "failed-tasks", "channel": "slack", "event": "task:transition", "deliveryId": made}
    assert await outbox.told() == [("notification:sent", told)]
    assert (await outbox.how("slack")).last_state == "sent"


async def test_a_failure_that_may_pass_is_tried_again_with_the_same_id(outbox: Outbox) -> None:
    slack = await outbox.channel("slack", FakeAdapter(Transient("503"), Ambiguous("reset"), Sent()))
    made = await outbox.put("slack")

    async with outbox.delivering() as server:
        first = await outbox.tried(made, 1)
        outbox.clock.advance(6 * SECOND)
        server.wake()
        second = await outbox.tried(made, 2)
        outbox.clock.advance(36 * SECOND)
        server.wake()
        await outbox.becomes(made, "sent")

    assert slack.ids == [made, made, made]
    assert (first.state, first.error) == ("pending", "503")
    assert 4 * SECOND <= first.run_at - outbox.clock.now() + 42 * SECOND <= 6 * SECOND
    assert 24 * SECOND <= second.run_at - outbox.clock.now() + 36 * SECOND <= 36 * SECOND
    assert await outbox.attempts(made) == [("transient", "503"), ("ambiguous", "reset"), ("sent", "")]


async def test_what_never_works_fails_after_a_day(outbox: Outbox) -> None:
    await outbox.channel("slack", FakeAdapter(*[Transient("503")] * 100))
    made = await outbox.put("slack")
    began = outbox.clock.now()

    async with outbox.delivering() as server:
        tries = 0
        while (await outbox.tried(made, tries + 1)).state == "pending":
            tries += 1
            outbox.clock.advance((await outbox.row(made)).run_at - outbox.clock.now())
            server.wake()

    assert 17 * HOUR < outbox.clock.now() - began <= DAY
    assert 8 <= tries + 1 <= 12
    assert (await outbox.row(made)).error == "503"
    assert [name for name, _ in await outbox.told()] == ["notification:failed"]


async def test_a_refusal_is_final_and_told_with_its_words(outbox: Outbox) -> None:
    await outbox.channel("slack", FakeAdapter(Refused("Slack says: invalid_payload")))
    made = await outbox.put("slack")

    async with outbox.delivering():
        row = await outbox.becomes(made, "failed")

    assert row.error == "Slack says: invalid_payload"
    (told,) = await outbox.told()
    assert told[0] == "notification:failed"
    assert told[1]["error"] == "Slack says: invalid_payload"


async def test_a_channel_that_wants_to_rest_pauses_with_all_that_waits(outbox: Outbox) -> None:
    at = Instant(outbox.clock.now() + 90 * SECOND)
    slack = await outbox.channel("slack", FakeAdapter(RetryAt(at, "429"), at_once=1))
    ids = [await outbox.put("slack") for _ in range(3)]

    async with outbox.delivering() as server:
        first = await outbox.tried(ids[0], 1)
        outbox.clock.advance(89 * SECOND)
        await server.look()
        before = list(slack.ids)
        outbox.clock.advance(SECOND)
        server.wake()
        for made in ids:
            await outbox.becomes(made, "sent")

    assert (first.state, first.run_at, first.error) == ("pending", at, "429")
    assert before == [ids[0]]
    assert sorted(slack.ids[1:]) == sorted(ids)
    assert (await outbox.how("slack")).pause_reason == "429"


async def test_a_rest_does_not_lengthen_the_pauses_after_failures(outbox: Outbox) -> None:
    now = outbox.clock.now()
    rests = [RetryAt(Instant(now + minutes * MINUTE), "429") for minutes in (1, 2, 3)]
    await outbox.channel("slack", FakeAdapter(*rests, Transient("503"), at_once=1))
    made = await outbox.put("slack")

    async with outbox.delivering() as server:
        for tries in (1, 2, 3):
            await outbox.tried(made, tries)
            outbox.clock.advance(MINUTE)
            server.wake()
        row = await outbox.tried(made, 4)

    assert 4 * SECOND <= row.run_at - outbox.clock.now() <= 6 * SECOND


async def test_a_rest_is_half_a_day_at_the_most_so_that_there_is_another_try(outbox: Outbox) -> None:
    now = outbox.clock.now()
    await outbox.channel("slack", FakeAdapter(RetryAt(Instant(now + 400 * DAY), "429")))
    made = await outbox.put("slack")

    async with outbox.delivering():
        await outbox.tried(made, 1)

    assert (await outbox.how("slack")).paused_until == now + 12 * HOUR


async def test_a_service_that_always_says_in_no_time_is_asked_less_and_less_often(outbox: Outbox) -> None:
    now = outbox.clock.now()
    await outbox.channel("slack", FakeAdapter(*[RetryAt(now, "429")] * 6, at_once=1))
    made = await outbox.put("slack")
    rests = []

    async with outbox.delivering() as server:
        for tries in range(1, 7):
            row = await outbox.tried(made, tries)
            assert (await outbox.how("slack")).paused_until == row.run_at
            rests.append((row.run_at - outbox.clock.now()) // SECOND)
            outbox.clock.advance(row.run_at - outbox.clock.now())
            server.wake()

    assert rests == [1, 2, 5, 15, 60, 60]


async def test_a_channel_that_is_gone_is_disabled_and_told_once(outbox: Outbox) -> None:
    slack = await outbox.channel("slack", FakeAdapter(Gone("410"), Gone("410"), at_once=2))
    slack.gate.clear()
    ids = [await outbox.put("slack") for _ in range(4)]

    async with outbox.delivering() as server:
        await until(lambda: _has(slack, 2))
        slack.gate.set()
        await outbox.becomes(ids[0], "failed")
        await outbox.becomes(ids[1], "failed")
        await server.look()
        waiting = [(await outbox.row(made)).state for made in ids[2:]]
        await outbox.change("slack", disabled_at=None, disabled_reason=None)
        for made in ids[2:]:
            await outbox.becomes(made, "sent")

    assert waiting == ["pending", "pending"]
    names = [name for name, _ in await outbox.told()]
    assert names.count("channel:disabled") == 1
    assert names.count("notification:failed") == 2


async def test_what_waits_for_a_disabled_channel_fails_when_its_time_is_over(outbox: Outbox) -> None:
    await outbox.channel("slack")
    await outbox.change("slack", disabled_at=outbox.clock.now(), disabled_reason="410")
    made = await outbox.put("slack")

    async with outbox.delivering() as server:
        outbox.clock.advance(DAY - SECOND)
        await server.look()
        before = await outbox.row(made)
        outbox.clock.advance(11 * SECOND)
        server.wake()
        after = await outbox.becomes(made, "failed")

    assert before.state == "pending"
    assert after.error == "The channel was disabled: 410"


async def test_what_waits_for_a_channel_that_is_no_more_fails(outbox: Outbox) -> None:
    await outbox.channel("slack")
    await outbox.change("slack", present=False)
    gone, never = await outbox.put("slack"), await outbox.put("teams")

    async with outbox.delivering():
        rows = await outbox.becomes(gone, "failed"), await outbox.becomes(never, "failed")

    assert [row.error for row in rows] == ["There is no such channel any more.", "There is no channel teams."]


async def test_a_channel_that_cannot_be_used_keeps_what_waits_until_it_can(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    del outbox.adapters.adapters["slack"]
    made = await outbox.put("slack")

    async with outbox.delivering() as server:
        await server.look()
        before = await outbox.row(made)
        outbox.adapters.adapters["slack"] = slack
        server.wake()
        await outbox.becomes(made, "sent")

    assert (before.state, before.attempt) == ("pending", 0)


async def test_a_channel_that_hangs_holds_up_no_other(outbox: Outbox) -> None:
    hanging = await outbox.channel("hanging", FakeAdapter(at_once=2))
    hanging.gate.clear()
    await outbox.channel("healthy")
    stuck = [await outbox.put("hanging") for _ in range(5)]
    healthy = [await outbox.put("healthy") for _ in range(5)]

    async with outbox.delivering():
        for made in healthy:
            await outbox.becomes(made, "sent")
        under_way = list(hanging.ids)
        hanging.gate.set()
        for made in stuck:
            await outbox.becomes(made, "sent")

    assert len(under_way) == 2


async def test_an_attempt_has_a_time_limit(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    slack.gate.clear()
    made = await outbox.put("slack")

    async with outbox.delivering(seconds=0.01):
        row = await outbox.tried(made, 1)

    assert row.state == "pending"
    assert await outbox.attempts(made) == [("ambiguous", "There was no answer within 0.01 seconds.")]


async def test_a_fault_of_an_adapter_is_an_attempt_that_did_not_work(outbox: Outbox) -> None:
    class Faulty(FakeAdapter):
        async def send(self, message: Message) -> Outcome:
            raise ZeroDivisionError

    await outbox.channel("slack", Faulty())
    made = await outbox.put("slack")

    async with outbox.delivering():
        row = await outbox.tried(made, 1)

    assert (row.state, row.error) == (
        "pending",
        "It could not be sent, by a fault of the server; its log says more.",
    )


async def test_no_more_begin_than_the_rate_allows(outbox: Outbox) -> None:
    slack = await outbox.channel("slack", FakeAdapter(rate=Rate(1, 1.0, 2), at_once=10))
    ids = [await outbox.put("slack") for _ in range(3)]

    async with outbox.delivering() as server:
        await until(lambda: _has(slack, 2))
        await server.look()
        before = len(slack.ids)
        outbox.clock.advance(SECOND)
        server.wake()
        for made in ids:
            await outbox.becomes(made, "sent")

    assert before == 2


async def test_what_was_claimed_ahead_is_given_back_when_the_service_wants_to_rest(outbox: Outbox) -> None:
    rest = RetryAt(Instant(outbox.clock.now() + MINUTE), "429")
    slack = await outbox.channel("slack", FakeAdapter(Sent(), Sent(), rest, at_once=1))
    ids = [await outbox.put("slack") for _ in range(6)]

    async with outbox.delivering() as server:
        await outbox.tried(ids[2], 1)
        await until(lambda: _nobody_holds_any(outbox))
        tried = [len(await outbox.attempts(made)) for made in ids]
        before = list(slack.ids)
        outbox.clock.advance(MINUTE)
        server.wake()
        for made in ids:
            await outbox.becomes(made, "sent")

    assert before == ids[:3]
    assert tried == [1, 1, 1, 0, 0, 0]


async def test_a_service_that_is_down_is_probed_by_one_after_the_other(outbox: Outbox) -> None:
    slack = await outbox.channel("slack", FakeAdapter(*[Transient("503")] * 9, at_once=4))
    ids = [await outbox.put("slack") for _ in range(16)]

    async with outbox.delivering() as server:
        await until(lambda: _has(slack, 8))
        await until(lambda: _nobody_holds_any(outbox))
        await server.look()
        tried = [len(slack.ids)]
        for _ in range(2):
            outbox.clock.advance(SECOND)
            server.wake()
            await until(lambda: _has(slack, tried[-1] + 1))
            await until(lambda: _nobody_holds_any(outbox))
            tried.append(min(len(slack.ids), 10))
        outbox.clock.advance(MINUTE)
        server.wake()
        for made in ids:
            await outbox.becomes(made, "sent")

    assert tried == [8, 9, 10]


async def test_a_stop_gives_back_what_hangs_and_the_next_server_sends_it(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    slack.gate.clear()
    made = await outbox.put("slack")
    async with outbox.delivering():
        await slack.given.wait()
    stopped = await outbox.row(made)

    slack.gate.set()
    async with outbox.delivering():
        await outbox.becomes(made, "sent")

    assert (stopped.state, stopped.run_at) == ("pending", outbox.clock.now())
    assert [outcome for outcome, _ in await outbox.attempts(made)] == ["interrupted", "sent"]
    assert slack.ids == [made, made]


async def test_what_a_dead_server_left_behind_is_sent_when_its_lease_ends(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    made = await outbox.put("slack")
    await _claimed_by_a_dead_server(outbox, "slack")
    outbox.clock.advance(31 * SECOND)

    async with outbox.delivering():
        await outbox.becomes(made, "sent")

    assert [outcome for outcome, _ in await outbox.attempts(made)] == ["interrupted", "sent"]
    assert slack.ids == [made]


async def test_a_delayed_send_whose_time_came_without_a_server_is_sent_once_and_says_why(outbox: Outbox) -> None:
    slack = await outbox.channel("slack")
    made = await outbox.put("slack", delay=HOUR)
    async with outbox.delivering() as server:
        await server.look()
    early = list(slack.ids)
    outbox.clock.advance(3 * DAY)

    async with outbox.delivering():
        row = await outbox.becomes(made, "sent")

    assert early == []
    assert slack.ids == [made]
    assert row.reason == LATE


async def test_a_delayed_send_that_is_on_time_says_nothing(outbox: Outbox) -> None:
    await outbox.channel("slack")
    made = await outbox.put("slack", delay=HOUR)

    async with outbox.delivering() as server:
        outbox.clock.advance(HOUR)
        server.wake()
        row = await outbox.becomes(made, "sent")

    assert row.reason is None


async def test_a_late_send_that_does_not_work_is_tried_for_a_day_from_then(outbox: Outbox) -> None:
    await outbox.channel("slack", FakeAdapter(Transient("no network yet")))
    made = await outbox.put("slack", delay=HOUR)
    outbox.clock.advance(3 * DAY)

    async with outbox.delivering():
        row = await outbox.tried(made, 1)

    assert row.state == "pending"


async def test_two_servers_share_the_work_and_send_nothing_twice(outbox: Outbox) -> None:
    if outbox.database.engine == "sqlite":
        pytest.skip("a SQLite database has one server")
    slack = await outbox.channel("slack", FakeAdapter(at_once=3))
    ids = [await outbox.put("slack") for _ in range(40)]

    async with outbox.delivering("one"), outbox.delivering("two"):
        for made in ids:
            await outbox.becomes(made, "sent")

    assert sorted(slack.ids) == sorted(ids)


async def test_the_days_of_a_channel_count_what_became_of_its_deliveries(outbox: Outbox) -> None:
    await outbox.channel("slack", FakeAdapter(Refused("no"), at_once=1))
    ids = [await outbox.put("slack") for _ in range(3)]

    async with outbox.delivering():
        await outbox.becomes(ids[0], "failed")
        await outbox.becomes(ids[2], "sent")
        await outbox.becomes(ids[1], "sent")

    assert await outbox.days("slack") == [("2026-03-02", 2, 1, 0)]


async def _has(adapter: FakeAdapter, count: int) -> bool:
    return len(adapter.messages) >= count


async def _nobody_holds_any(outbox: Outbox) -> bool:
    return await outbox.held() == 0


async def _claimed_by_a_dead_server(outbox: Outbox, channel: str) -> None:
    now = outbox.clock.now()

    def unit(connection: Connection) -> None:
        rows = CLAIMS.claim(
            connection, outbox.ids[channel], 10, worker="dead", token="dead", now=now, lease=30 * SECOND
        )
        store.begin(connection, rows, now, "-")

    await outbox.database.write(unit)


async def test_other_settings_of_a_channel_that_was_down_are_tried_at_once(outbox: Outbox) -> None:
    down = await outbox.channel("slack", FakeAdapter(*[Transient("503")] * 20, at_once=8))
    ids = [await outbox.put("slack") for _ in range(12)]

    async with outbox.delivering() as server:
        await until(lambda: _has(down, 8))
        await until(lambda: _nobody_holds_any(outbox))
        outbox.adapters.adapters["slack"] = mended = FakeAdapter()
        server.wake()
        for made in ids[8:]:
            await outbox.becomes(made, "sent")

    assert sorted(mended.ids) == sorted(ids[8:])


async def test_looking_for_work_costs_the_same_however_much_waits(outbox: Outbox) -> None:
    if outbox.database.engine != "sqlite":
        pytest.skip("PostgreSQL plans by how much there is")
    plans: list[str] = []

    def unit(connection: Connection) -> None:
        def explain(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
            found = connection.connection.cursor()
            found.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[-1]) for row in found.fetchall())

        listening.listen(connection, "before_cursor_execute", explain)
        store.waiting(connection)
        store.any_nowhere(connection)
        CLAIMS.claim(connection, 1, 5, worker="w", token="t", now=outbox.clock.now(), lease=1)
        listening.remove(connection, "before_cursor_execute", explain)

    await outbox.database.read(unit)

    of_deliveries = [plan for plan in plans if "deliveries" in plan]
    assert len(of_deliveries) == 5
    assert [plan for plan in of_deliveries if "ix_deliveries_due" not in plan] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
