"""Every service that is spoken to over HTTP, against every way to fail: what it means, when the next attempt may
be, what is said of it, and that no secret is in any of that."""

import asyncio
import logging

import pytest

from core.channels.adapter import Adapter
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import SECOND, ManualClock
from tests.core.channels.sending import NOON, SERVICES, Service, client, message
from tests.fakes.failing import WAIT_SECONDS, WAIT_UNTIL, Failing
from tests.fakes.http_double import HttpDouble

_MEANS: dict[Failing, type[Outcome]] = {
    Failing.HANG: Ambiguous,
    Failing.DROP: Ambiguous,
    Failing.BAD: Refused,
    Failing.UNKNOWN: Refused,
    Failing.FORBIDDEN: Refused,
    Failing.MISSING: Refused,
    Failing.GONE: Gone,
    Failing.TOO_MANY: RetryAt,
    Failing.TOO_MANY_UNTIL: RetryAt,
    Failing.BROKEN: Transient,
    Failing.BUSY: Transient,
    Failing.BUSY_FOR: RetryAt,
    Failing.MOVED: Refused,
    Failing.SLOW_BODY: Ambiguous,
    Failing.ENDLESS_BODY: Ambiguous,
    Failing.WRONG_SUCCESS: Refused,
}
_MEANS_ELSEWHERE: dict[tuple[str, Failing], type[Outcome]] = {
    ("Slack", Failing.UNKNOWN): Gone,
    ("Slack", Failing.MISSING): Gone,
    ("Telegram", Failing.UNKNOWN): Gone,
    ("Telegram", Failing.MISSING): Gone,
    ("The webhook", Failing.SLOW_BODY): Sent,
    ("The webhook", Failing.ENDLESS_BODY): Sent,
    ("The webhook", Failing.WRONG_SUCCESS): Sent,
    ("Resend", Failing.UNKNOWN): Gone,
    ("Resend", Failing.FORBIDDEN): Gone,
    ("SendGrid", Failing.UNKNOWN): Gone,
    ("WhatsApp", Failing.UNKNOWN): Gone,
    ("WhatsApp", Failing.FORBIDDEN): Gone,
    ("The WhatsApp bridge", Failing.SLOW_BODY): Sent,
    ("The WhatsApp bridge", Failing.ENDLESS_BODY): Sent,
    ("The WhatsApp bridge", Failing.WRONG_SUCCESS): Sent,
}
_WAITING = (Failing.HANG, Failing.SLOW_BODY)
_SAID: dict[Failing, str] = {
    Failing.DROP: "ended the connection",
    Failing.RESET: "ended the connection",
    Failing.HANG: "did not answer in time",
    Failing.MOVED: "redirects",
}


async def attempt(service: Service, how: Failing, limit: float = 30.0) -> Outcome:
    async with service.double(ManualClock(NOON)).open() as double:
        http = client(double.allowed, limit=limit)
        double.fails(how)
        outcome = await service.channel(double, http).send(message())
        await http.close()
        return outcome


def expected(service: Service, how: Failing) -> type[Outcome]:
    return _MEANS_ELSEWHERE.get((service.name, how), _MEANS[how])


def assert_without_secrets(service: Service, text: str) -> None:
    for secret in service.secrets:
        assert secret.lower() not in text.lower()


@pytest.mark.parametrize("how", [how for how in Failing if how not in (*_WAITING, Failing.RESET)])
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_failure_means_what_the_table_says(
    service: Service, how: Failing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outcome = await attempt(service, how)
    assert type(outcome) is expected(service, how), outcome
    assert_without_secrets(service, f"{outcome} {outcome!r} {caplog.text}")
    assert len(outcome.sentence) <= 500
    if isinstance(outcome, Sent):
        return
    assert _SAID.get(how, service.name) in outcome.sentence
    if how.status is not None:
        assert f"answered {how.status}" in outcome.sentence
    if isinstance(outcome, RetryAt):
        waited = WAIT_UNTIL.total_seconds() if how is Failing.TOO_MANY_UNTIL else WAIT_SECONDS
        assert outcome.at == NOON + waited * SECOND


async def test_what_hangs_is_given_up_when_the_time_is_over() -> None:
    menu = [(service, how) for service in SERVICES for how in _WAITING]
    outcomes = await asyncio.gather(*(attempt(service, how, limit=2.0) for service, how in menu))
    for (service, how), outcome in zip(menu, outcomes, strict=True):
        assert type(outcome) is expected(service, how), (service.name, how, outcome)
        assert_without_secrets(service, str(outcome))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_connection_that_is_reset_is_tried_again(service: Service) -> None:
    outcome = await attempt(service, Failing.RESET)
    assert isinstance(outcome, Ambiguous | Transient)
    assert "ended the connection" in outcome.sentence


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_nobody_at_the_address_is_tried_again(service: Service) -> None:
    async with service.double(ManualClock(NOON)).open() as double:
        pass
    http = client(double.allowed)
    outcome = await service.channel(double, http).send(message())
    await http.close()
    assert isinstance(outcome, Transient)
    assert "cannot be reached" in outcome.sentence
    assert_without_secrets(service, str(outcome))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_an_address_that_is_not_listed_is_refused_with_the_line_that_lets_it_pass(service: Service) -> None:
    async with service.double(ManualClock(NOON)).open() as double:
        http = client()
        outcome = await service.channel(double, http).send(message())
        await http.close()
    assert isinstance(outcome, Refused)
    assert f'allow = ["{double.allowed}"]' in outcome.sentence
    assert not double.asked


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_message_that_is_taken_is_sent(service: Service) -> None:
    async with service.double(ManualClock(NOON)).open() as double:
        http = client(double.allowed)
        assert isinstance(await service.channel(double, http).send(message()), Sent)
        await http.close()


async def checked(service: Service, how: Failing | None = None) -> tuple[Outcome, HttpDouble]:
    async with service.double(ManualClock(NOON)).open() as double:
        http = client(double.allowed)
        double.fails(how)
        channel: Adapter = service.channel(double, http)
        outcome = await channel.check()
        await http.close()
        return outcome, double


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_check_shows_nothing_to_anybody(service: Service) -> None:
    outcome, double = await checked(service)
    assert isinstance(outcome, Sent), outcome
    assert outcome.sentence
    shown = [getattr(double, name, None) for name in ("shown", "events", "taken")]
    assert not any(shown)


@pytest.mark.parametrize("service", SERVICES[:2], ids=lambda service: service.name)
async def test_a_check_finds_a_channel_that_is_gone(service: Service) -> None:
    outcome, _ = await checked(service, Failing.MISSING)
    assert isinstance(outcome, Gone)
    assert_without_secrets(service, str(outcome))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_check_finds_that_nobody_is_there(service: Service) -> None:
    async with service.double(ManualClock(NOON)).open() as double:
        pass
    http = client(double.allowed)
    outcome = await service.channel(double, http).check()
    await http.close()
    assert isinstance(outcome, Transient)
