"""Who calls webhooks: senders that sign, that send again, that guess, that flood; and the end of a token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.api.automations import AutomationChange, NewAutomation
from core.api.trigger import HTTP_TRIGGER
from core.automations.trigger_limits import Limit
from core.clock import DAY, MINUTE, SECOND, ManualClock
from tests.core.automations.conftest import Office
from tests.core.automations.test_signatures import KEY, WHSEC, github, standard
from tests.core.automations.webhooks import Hooks, enveloped, hooks_of
from tests.core.http.raw import Answered, get

BODY = b'{"ref":"main"}'
DELIVERIES = ["X-GitHub-Delivery", "webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID"]


@pytest.fixture
async def hooks(office: Office, tmp_path: Path) -> AsyncIterator[Hooks]:
    async with hooks_of(office, tmp_path) as hooks:
        yield hooks


def by_standard(hooks: Hooks, number: str = "msg_1") -> list[str]:
    """The headers of a signed call."""
    stamp = str(hooks.office.clock.now() // SECOND)
    return [
        f"webhook-id: {number}",
        f"webhook-timestamp: {stamp}",
        f"webhook-signature: {standard(number, stamp, BODY, KEY)}",
    ]


async def change(hooks: Hooks, made: NewAutomation, **fields: object) -> None:
    ann = await hooks.office.home.ann()
    wish = AutomationChange(**fields)  # type: ignore[arg-type]
    await hooks.office.automations.change(ann, str(made.id), wish)


async def test_a_signed_call_runs_and_any_other_is_as_if_its_token_were_wrong(hooks: Hooks) -> None:
    made = await hooks.made(signature="github", signature_secret="secret", parallel=True)
    right = f"X-Hub-Signature-256: {github('secret', BODY)}"
    wrong = f"X-Hub-Signature-256: {github('guess', BODY)}"
    unsigned = await hooks.call(made.token, BODY)
    assert [
        (await hooks.call(made.token, BODY, right)).status,
        (await hooks.call(made.token, BODY + b" ", right)).status,
        (await hooks.call(made.token, BODY, wrong)).status,
        (await hooks.call(made.token, BODY, right, right)).status,
        (await hooks.call(made.token, b"{", wrong)).status,
        (await hooks.get(made.token, "?ref=main")).status,
        unsigned.status,
    ] == [200, 401, 401, 401, 401, 401, 401]
    assert unsigned.body == (await hooks.call("malformed")).body
    assert len(await hooks.prompts()) == 1


async def test_gitlab_and_standard_webhooks_are_known_too(hooks: Hooks) -> None:
    gitlab = await hooks.made(signature="gitlab", signature_secret="secret")
    other = await hooks.made(signature="standard", signature_secret=WHSEC)
    assert (await hooks.call(gitlab.token, BODY, "X-Gitlab-Token: secret")).status == 200
    assert (await hooks.call(gitlab.token, BODY, "X-Gitlab-Token: other")).status == 401
    assert (await hooks.call(other.token, BODY, *by_standard(hooks))).status == 200
    signed = by_standard(hooks, "msg_2")
    hooks.office.clock.advance(6 * MINUTE)
    assert (await hooks.call(other.token, BODY, *signed)).status == 401


async def test_a_signature_counts_from_the_moment_it_is_asked_for(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    assert (await hooks.call(made.token, BODY)).status == 200
    await change(hooks, made, signature="gitlab", signature_secret="secret")
    assert (await hooks.call(made.token, BODY)).status == 401
    assert (await hooks.call(made.token, BODY, "X-Gitlab-Token: secret")).status == 200
    await change(hooks, made, signature_secret="another")
    assert (await hooks.call(made.token, BODY, "X-Gitlab-Token: secret")).status == 401


@pytest.mark.parametrize("header", DELIVERIES)
async def test_the_same_call_again_is_answered_alike_and_runs_nothing(hooks: Hooks, header: str) -> None:
    made = await hooks.made(parallel=True)
    first = await hooks.call(made.token, BODY, f"{header}: 7f3e")
    again = await hooks.call(made.token, b'{"ref":"other"}', f"{header}: 7f3e")
    other = await hooks.call(made.token, BODY, f"{header}: 7f3f")
    assert (first.status, first.body) == (again.status, again.body)
    assert other.body != first.body
    assert len(await hooks.prompts()) == hooks.begun == 2


async def test_a_call_is_known_again_while_its_session_is_in_the_way_of_others(hooks: Hooks) -> None:
    made = await hooks.made()
    first = await hooks.call(made.token, BODY, "Idempotency-Key: 1")
    again = await hooks.call(made.token, BODY, "Idempotency-Key: 1")
    other = await hooks.call(made.token, BODY, "Idempotency-Key: 2")
    assert (first.status, again.status, other.status) == (200, 200, 409)
    await hooks.office.end(enveloped(first)["sessionId"])
    assert (await hooks.call(made.token, BODY, "Idempotency-Key: 2")).status == 200


async def test_of_the_same_call_twenty_times_at_once_one_runs(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    answers = await asyncio.gather(*(hooks.call(made.token, BODY, "X-GitHub-Delivery: one") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == len(await hooks.prompts()) == 1


async def test_calls_of_many_kinds_at_once_are_each_answered_as_if_alone(hooks: Hooks) -> None:
    made, other = await hooks.made(parallel=True), await hooks.made()
    first = await hooks.call(made.token, BODY, "Idempotency-Key: 0")
    calls = [(made, f"Idempotency-Key: {n % 5}") for n in range(10)] + [(other, f"X-No: {n}") for n in range(5)]
    answers = await asyncio.gather(*(hooks.call(one.token, BODY, header) for one, header in calls))
    assert answers[0].body == first.body
    assert [a.body for a in answers[:5]] == [a.body for a in answers[5:10]]
    assert sorted(answer.status for answer in answers[10:]) == [200, 409, 409, 409, 409]
    assert len(await hooks.prompts()) == hooks.begun == 6


async def test_a_call_is_known_for_a_day_and_by_its_own_automation_only(hooks: Hooks) -> None:
    made, other = await hooks.made(parallel=True), await hooks.made(parallel=True)

    async def call(token: str | None) -> Answered:
        return await hooks.call(token, BODY, "Idempotency-Key: \xff odd " + "x" * 500)

    first = await call(made.token)
    assert (await call(other.token)).body != first.body
    hooks.office.clock.advance(DAY - SECOND)
    assert (await call(made.token)).body == first.body
    hooks.office.clock.advance(SECOND)
    assert (await call(made.token)).body != first.body
    assert await hooks.remembered() == 2
    hooks.office.clock.advance(DAY)
    await hooks.trigger.purge()
    assert await hooks.remembered() == 0


async def test_a_signed_call_is_not_new_because_of_a_header_that_nobody_signed(hooks: Hooks) -> None:
    made = await hooks.made(signature="standard", signature_secret=WHSEC, parallel=True)
    signed = by_standard(hooks)
    first = await hooks.call(made.token, BODY, *signed)
    replayed = await hooks.call(made.token, BODY, *signed, "X-GitHub-Delivery: another", "Idempotency-Key: other")
    assert (first.status, replayed.body) == (200, first.body)


async def test_a_rotated_token_stops_at_once(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    assert (await hooks.call(made.token, BODY)).status == 200
    rotated = await hooks.office.automations.rotate(await hooks.office.home.ann(), str(made.id))
    assert (await hooks.call(made.token, BODY)).status == 404
    assert (await hooks.call(rotated.token, BODY)).status == 200
    fingerprints = [one.fingerprint for one in await hooks.office.history(made)]
    assert fingerprints == [made.fingerprint, rotated.fingerprint]


async def test_a_token_ends_with_its_automation_or_its_type(hooks: Hooks) -> None:
    deleted, other = await hooks.made(), await hooks.made()
    assert (await hooks.call(deleted.token, BODY)).status == 200
    assert (await hooks.call(other.token, BODY)).status == 200
    ann = await hooks.office.home.ann()
    await hooks.office.automations.delete(ann, str(deleted.id))
    await change(hooks, other, type="manual")
    assert (await hooks.call(deleted.token, BODY)).status == 404
    assert (await hooks.call(other.token, BODY)).status == 404


async def test_a_source_that_guesses_is_slowed_down_and_a_right_token_from_there_is_not(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    answers = [await hooks.get("A" * 43) for _ in range(3)]
    for _ in range(3_000):
        hooks.trigger._failures.take("socket")
    slowed = [await hooks.get("A" * 43), await hooks.get("short"), await hooks.send(get(HTTP_TRIGGER))]
    assert {answer.status for answer in answers} == {404}
    assert {answer.status for answer in slowed} == {429}
    assert int(slowed[0].headers["retry-after"]) >= 1
    enveloped(slowed[0])
    assert (await hooks.call(made.token, BODY)).status == 200


async def test_a_token_that_floods_is_told_to_come_back_later(hooks: Hooks) -> None:
    made, other = await hooks.made(parallel=True), await hooks.made(parallel=True)
    for _ in range(60_000):
        hooks.trigger._calls.take(made.id)
    flooded = await hooks.call(made.token, BODY)
    assert (flooded.status, flooded.headers["retry-after"]) == (429, "1")
    assert enveloped(flooded)["automationName"] == "Deploy"
    assert (await hooks.call(other.token, BODY)).status == 200


def test_a_limit_lets_a_burst_through_and_then_as_many_as_it_fills(clock: ManualClock) -> None:
    limit = Limit(clock, burst=3, per_second=2)
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.take("b") == 0
    clock.advance(SECOND)
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0.5]
