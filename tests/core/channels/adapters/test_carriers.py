"""Mail over Resend and SendGrid, and messages to WhatsApp: what is sent, and what their own answers mean.

Their doubles are proven by their published clients."""

import asyncio
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any, cast

import apprise
import pytest
import resend as resend_sdk
import sendgrid as sendgrid_sdk
from apprise.plugins.whatsapp import NotifyWhatsApp
from python_http_client.exceptions import BadRequestsError, UnauthorizedError
from resend.exceptions import InvalidApiKeyError, RateLimitError, ResendError
from sendgrid.helpers.mail import Mail

from core.channels.adapter import Adapter
from core.channels.adapters.email.addresses import Address
from core.channels.adapters.email.content import content_of
from core.channels.adapters.email.words import mail_of
from core.channels.adapters.whatsapp import text_of
from core.channels.outbound.http_client import HttpClient
from core.channels.outcome import Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import HOUR, MINUTE, SECOND, ManualClock
from core.secret import Secret
from storage.ids import Instant
from tests.core.channels.carriers import bridge_at, resend_at, sendgrid_at, whatsapp_at
from tests.core.channels.sending import NOON, client, message
from tests.fakes import resend, sendgrid, whatsapp
from tests.fakes.resend import FakeResend
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.whatsapp import FakeBridge, FakeWhatsapp

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\r\nBcc: everybody@example.com\r\n\r\n\x00\x9b31m \u202egnp.exe "
    "</p><script>alert(1)</script><img src=x onerror=y> &amp; *_~` " + "x" * 40_000
)


@pytest.fixture
async def mailer() -> AsyncIterator[FakeResend]:
    async with FakeResend(ManualClock(NOON)).open() as double:
        yield double


@pytest.fixture
async def grid() -> AsyncIterator[FakeSendgrid]:
    async with FakeSendgrid(ManualClock(NOON)).open() as double:
        yield double


@pytest.fixture
async def meta() -> AsyncIterator[FakeWhatsapp]:
    async with FakeWhatsapp(ManualClock(NOON)).open() as double:
        yield double


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    http = client("127.0.0.1")
    yield http
    await http.close()


async def test_resend_sends_a_delivery_once(mailer: FakeResend, http: HttpClient) -> None:
    channel = resend_at(mailer, http)
    first, second = await channel.send(message()), await channel.send(message())
    assert first == second == Sent("49a3999c-0ce1-4ea6-ab68-000000000001")
    (mail,) = mailer.taken
    assert mail["from"] == '"Callboard" <callboard@example.com>'
    assert mail["subject"] == "🚨 Ticket t1 failed"
    assert mail["headers"]["References"].endswith("@example.com>")


async def test_resend_was_given_the_same_delivery_in_other_words(mailer: FakeResend, http: HttpClient) -> None:
    await resend_at(mailer, http).send(message())
    outcome = await resend_at(mailer, http, to="other@example.com").send(message())
    assert isinstance(outcome, Refused)
    assert "may have arrived" in outcome.sentence
    assert len(mailer.taken) == 1


async def test_resend_is_still_at_the_first_attempt(mailer: FakeResend, http: HttpClient) -> None:
    mailer.in_progress.add(message().id)
    assert isinstance(await resend_at(mailer, http).send(message()), Transient)


async def test_resend_has_no_quota_left_and_is_asked_every_hour(mailer: FakeResend, http: HttpClient) -> None:
    mailer.quota = False
    outcome = await resend_at(mailer, http).send(message())
    assert isinstance(outcome, RetryAt)
    assert outcome.at == NOON + HOUR
    assert "daily email sending quota" in outcome.sentence


async def test_resend_knows_a_key_no_more_or_refuses_a_sender(mailer: FakeResend, http: HttpClient) -> None:
    assert isinstance(await resend_at(mailer, http, api_key=Secret("re_revoked")).send(message()), Gone)
    assert isinstance(await resend_at(mailer, http, api_key=Secret("re_revoked")).check(), Gone)
    assert isinstance(await resend_at(mailer, http, from_="x@elsewhere.example").send(message()), Refused)


async def test_a_key_that_may_only_send_is_enough_for_resend(mailer: FakeResend, http: HttpClient) -> None:
    mailer.restricted = True
    assert isinstance(await resend_at(mailer, http).check(), Sent)


async def test_sendgrid_gets_each_address_once_and_plain_text_first(grid: FakeSendgrid, http: HttpClient) -> None:
    assert await sendgrid_at(grid, http).send(message()) == Sent("msg-1")
    (mail,) = grid.taken
    assert mail["personalizations"] == [
        {"to": [{"email": "ops@example.com"}, {"email": "ann@example.com", "name": "Ann"}]}
    ]
    assert mail["headers"]["Message-ID"] == "<notif_01HXYZ@example.com>"


@pytest.mark.parametrize(
    ("reset", "until"),
    [
        (NOON // SECOND + 90, NOON + 90 * SECOND),
        (NOON // SECOND - 90, NOON + SECOND),
        (NOON // SECOND + 10**9, NOON + 12 * HOUR),
        (45, NOON + 45 * SECOND),
    ],
)
async def test_sendgrid_says_when_its_limit_begins_anew(
    grid: FakeSendgrid, http: HttpClient, reset: int, until: int
) -> None:
    grid.reset = reset
    outcome = await sendgrid_at(grid, http).send(message())
    assert isinstance(outcome, RetryAt)
    assert outcome.at == until


async def test_sendgrid_is_out_of_credits_which_is_no_lost_key(grid: FakeSendgrid, http: HttpClient) -> None:
    grid.credits = False
    outcome = await sendgrid_at(grid, http).send(message())
    assert isinstance(outcome, RetryAt)
    assert outcome.at == NOON + HOUR
    assert isinstance(await sendgrid_at(grid, http, api_key=Secret("SG.revoked")).send(message()), Gone)


async def test_a_check_finds_a_key_that_may_not_send_by_sendgrid(grid: FakeSendgrid, http: HttpClient) -> None:
    grid.scopes = ["stats.read"]
    outcome = await sendgrid_at(grid, http).check()
    assert isinstance(outcome, Refused)
    assert "mail.send" in outcome.sentence


async def test_whatsapp_has_accepted_and_no_more_is_known(meta: FakeWhatsapp, http: HttpClient) -> None:
    outcome = await whatsapp_at(meta, http).send(message())
    assert isinstance(outcome, Sent)
    assert outcome.receipt == "wamid.1"
    assert outcome.sentence.startswith("WhatsApp accepted it.")
    (sent,) = meta.taken
    assert sent["to"] == whatsapp.TO.lstrip("+")
    assert sent["text"]["body"] == "*🚨 Ticket t1 failed*\n\nTests: 3 of 42 failed.\n\n_task:transition_"


async def test_whatsapp_takes_a_template_at_any_time(meta: FakeWhatsapp, http: HttpClient) -> None:
    meta.window = False
    refused = await whatsapp_at(meta, http).send(message())
    assert isinstance(refused, Refused)
    assert "More than 24 hours" in refused.sentence
    assert "Set template on this channel" in refused.sentence
    channel = whatsapp_at(meta, http, template="callboard_alert", language="en_US")
    assert isinstance(await channel.send(message(body="One\n\ttwo      three")), Sent)
    template = meta.taken[0]["template"]
    assert (template["name"], template["language"]) == ("callboard_alert", {"code": "en_US"})
    texts = [parameter["text"] for parameter in template["components"][0]["parameters"]]
    assert texts == ["🚨 Ticket t1 failed", "One two three"]


@pytest.mark.parametrize(
    ("code", "expected", "at"),
    [
        (190, Gone, None),
        (10, Gone, None),
        (200, Gone, None),
        (131005, Gone, None),
        (131031, Gone, None),
        (131026, Refused, None),
        (131030, Refused, None),
        (132001, Refused, None),
        (100, Refused, None),
        (131000, Transient, None),
        (131016, Transient, None),
        (2, Transient, None),
        (130429, RetryAt, NOON + MINUTE),
        (131056, RetryAt, NOON + MINUTE),
        (131048, RetryAt, NOON + HOUR),
        (80007, RetryAt, NOON + MINUTE),
    ],
)
async def test_a_code_of_whatsapp_counts_more_than_its_status(
    meta: FakeWhatsapp, http: HttpClient, code: int, expected: type[Outcome], at: Instant | None
) -> None:
    meta.fault = code
    outcome = await whatsapp_at(meta, http).send(message())
    assert type(outcome) is expected
    assert "What is behind it." in outcome.sentence
    assert getattr(outcome, "at", None) == at


async def test_a_number_that_there_is_not_makes_the_channel_gone(meta: FakeWhatsapp, http: HttpClient) -> None:
    channel = whatsapp_at(meta, http, phone_number_id="999")
    assert isinstance(await channel.send(message()), Gone)
    assert isinstance(await channel.check(), Gone)


async def test_a_bridge_gets_number_and_text(http: HttpClient) -> None:
    async with FakeBridge(ManualClock(NOON)).open() as bridge:
        channel = bridge_at(bridge, http)
        assert isinstance(await channel.check(), Sent)
        assert bridge.asked == []
        assert isinstance(await channel.send(message()), Sent)
        assert bridge.taken == [{"to": whatsapp.TO, "text": text_of(message())}]
        assert bridge.asked[0].headers["Idempotency-Key"] == message().id


def channels(mailer: FakeResend, grid: FakeSendgrid, meta: FakeWhatsapp, http: HttpClient) -> list[Adapter]:
    template = whatsapp_at(meta, http, template="callboard_alert")
    return [resend_at(mailer, http), sendgrid_at(grid, http), whatsapp_at(meta, http), template]


def texts(value: Any) -> list[str]:
    """Every text in what was sent."""
    if isinstance(value, str):
        return [value]
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for entry in entries for text in texts(entry)]


async def test_hostile_words_arrive_as_words(
    mailer: FakeResend, grid: FakeSendgrid, meta: FakeWhatsapp, http: HttpClient
) -> None:
    hostile = message(title=HOSTILE, body=HOSTILE, event="a:" + HOSTILE[:150], thread=HOSTILE)
    outcomes = await asyncio.gather(*(channel.send(hostile) for channel in channels(mailer, grid, meta, http)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes), outcomes
    sent = texts([mailer.taken, grid.taken, meta.taken])
    assert not any(re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) for text in sent)
    for html in (mailer.taken[0]["html"], grid.taken[0]["content"][1]["value"]):
        assert "<script" not in html
        assert "<img" not in html
        assert_balanced(html)
    assert "\n" not in mailer.taken[0]["subject"]
    assert "\n" not in grid.taken[0]["subject"]


def test_hostile_words_make_no_header_of_a_mail() -> None:
    hostile = message(title=HOSTILE, body=HOSTILE, event=HOSTILE[:200], thread=HOSTILE)
    head, _, _ = content_of(hostile, Address("a@example.com", "Ann"), [Address("b@example.com")]).partition(
        b"\r\n\r\n"
    )
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert b"Bcc" not in names
    assert head.isascii()
    assert len(names) == len(set(names)) == 10


def test_what_a_cooldown_held_back_is_said_below_and_nowhere_else() -> None:
    since = Instant(NOON - 118 * MINUTE)
    mail = mail_of(message(held_back=12, held_since=since), "example.com")
    said = "12 more held back by the rule&#x27;s cooldown since 2026-03-02 10:02 UTC"
    assert said in mail.html
    assert said.replace("&#x27;", "'") in mail.text
    assert "12" not in mail.subject


def test_a_link_is_in_a_mail_only_if_a_browser_goes_there() -> None:
    assert (
        'href="https://callboard.example/x?a=1&amp;b=2"'
        in mail_of(message(link="https://callboard.example/x?a=1&b=2"), "example.com").html
    )
    assert "href" not in mail_of(message(link="javascript:alert(1)"), "example.com").html


def assert_balanced(html: str) -> None:
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("br", "meta"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(html)
    assert opened == []


async def test_the_double_of_resend_answers_its_own_client(
    mailer: FakeResend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resend_sdk, "api_url", mailer.url)
    monkeypatch.setattr(resend_sdk, "api_key", resend.KEY)
    mail: resend_sdk.Emails.SendParams = {
        "from": "a@example.com",
        "to": ["b@example.com"],
        "subject": "Hello",
        "html": "<p>x</p>",
    }

    async def sent(key: str, **changes: Any) -> str:
        found = await asyncio.to_thread(
            resend_sdk.Emails.send, cast(Any, {**mail, **changes}), {"idempotency_key": key}
        )
        return str(found["id"])

    assert await sent("k1") == await sent("k1") != await sent("k2")
    with pytest.raises(ResendError, match="different request payload"):
        await sent("k1", subject="Other")
    mailer.quota = False
    with pytest.raises(RateLimitError, match="quota"):
        await sent("k3")
    assert "data" in await asyncio.to_thread(resend_sdk.Domains.list)
    monkeypatch.setattr(resend_sdk, "api_key", "re_revoked")
    with pytest.raises(InvalidApiKeyError):
        await sent("k4")


async def test_the_double_of_sendgrid_answers_its_own_client(grid: FakeSendgrid) -> None:
    sdk = sendgrid_sdk.SendGridAPIClient(sendgrid.KEY, host=grid.url)
    mail = Mail("a@example.com", "b@example.com", "Hello", "words", "<p>words</p>")
    answer = await asyncio.to_thread(sdk.send, mail)
    assert (answer.status_code, answer.body, answer.headers["X-Message-Id"]) == (202, b"", "msg-1")
    mail = Mail("a@example.com", "b@example.com", None, "words")
    with pytest.raises(BadRequestsError):
        await asyncio.to_thread(sdk.send, mail)
    with pytest.raises(UnauthorizedError):
        await asyncio.to_thread(sendgrid_sdk.SendGridAPIClient("SG.revoked", host=grid.url).send, mail)


async def test_the_double_of_whatsapp_answers_apprise(
    meta: FakeWhatsapp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifyWhatsApp, "notify_url", meta.url + "/{fb_ver}/{phone_id}/messages")

    async def sent(token: str) -> bool:
        service = apprise.Apprise()
        assert service.add(f"whatsapp://{token}@{whatsapp.NUMBER}/{whatsapp.TO}")
        return bool(await asyncio.to_thread(service.notify, body="Hello"))

    assert await sent(whatsapp.TOKEN)
    assert not await sent("revoked")
    assert meta.taken[0]["text"]["body"] == "Hello"
