"""A message, a client on loopback, and a channel of each service that is spoken to over HTTP, with its double."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any

from core.channels.adapter import Adapter
from core.channels.adapters.pagerduty import Pagerduty, PagerdutySettings
from core.channels.adapters.slack import Slack, SlackSettings
from core.channels.adapters.telegram import Telegram, TelegramSettings
from core.channels.adapters.webhook import Webhook, WebhookSettings
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.policy import OutboundPolicy
from core.channels.outbound.resolving import Lookup
from core.clock import Clock, ManualClock, from_datetime
from core.secret import Secret
from tests.core.channels.carriers import bridge_at, resend_at, sendgrid_at, whatsapp_at
from tests.fakes import pagerduty, resend, sendgrid, slack, telegram, whatsapp
from tests.fakes.http_double import HttpDouble
from tests.fakes.pagerduty import FakePagerduty
from tests.fakes.resend import FakeResend
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram
from tests.fakes.webhook import SECRET, FakeReceiver
from tests.fakes.whatsapp import FakeBridge, FakeWhatsapp

NOON = from_datetime(datetime(2026, 3, 2, 12, tzinfo=UTC))
TOKEN_OF_HOOKS = "Bearer hooks-9c1f0e7d5a"


def message(**facts: Any) -> Message:
    """A ticket that failed, unless told otherwise."""
    known = {
        "id": "notif_01HXYZ",
        "title": "🚨 Ticket t1 failed",
        "body": "Tests: 3 of 42 failed.",
        "severity": "critical",
        "event": "task:transition",
        "rule": "failed-tickets",
        "data": {"taskId": "t1", "to": "failed"},
        "at": NOON,
        "thread": "ticket:t1",
    }
    return Message(**{**known, **facts})


def client(
    *allow: str,
    limit: float = 30.0,
    lookup: Lookup | None = None,
    clock: Clock | None = None,
    tls: SSLContext | None = None,
) -> HttpClient:
    """A client that may go to what is listed, on a clock that stands still."""
    time = clock or ManualClock(NOON)
    return HttpClient(OutboundPolicy.of(allow), time, limit=limit, lookup=lookup, tls=tls)


def slack_at(double: HttpDouble, http: HttpClient) -> Slack:
    return Slack(SlackSettings(Secret(double.url + slack.PATH)), http)


def telegram_at(double: HttpDouble, http: HttpClient, **facts: Any) -> Telegram:
    known = {"bot_token": Secret(telegram.TOKEN), "chat_id": telegram.CHAT, "base_url": double.url}
    return Telegram(TelegramSettings(**{**known, **facts}), http)


def webhook_at(double: HttpDouble, http: HttpClient, **facts: Any) -> Webhook:
    known = {
        "url": Secret(f"{double.url}/hooks/8f3a61c09b52"),
        "headers": {"Authorization": Secret(TOKEN_OF_HOOKS)},
        "secret": Secret(SECRET),
    }
    return Webhook(WebhookSettings(**{**known, **facts}), http)


def pagerduty_at(double: HttpDouble, http: HttpClient) -> Pagerduty:
    settings = PagerdutySettings(Secret(pagerduty.KEY), source="build-7", base_url=double.url)
    return Pagerduty(settings, http)


@dataclass(frozen=True)
class Service:
    """A service, what it is called in sentences, and what must be in none."""

    name: str
    double: Callable[[ManualClock], HttpDouble]
    channel: Callable[[HttpDouble, HttpClient], Adapter]
    secrets: tuple[str, ...]


SERVICES = (
    Service(
        "Slack",
        lambda clock: FakeSlack(clock),
        slack_at,
        (slack.PATH, slack.PATH.rpartition("/")[2], slack.PATH.split("/")[2]),
    ),
    Service(
        "Telegram", lambda clock: FakeTelegram(clock), telegram_at, (telegram.TOKEN, telegram.TOKEN.split(":")[1])
    ),
    Service(
        "The webhook",
        lambda clock: FakeReceiver(clock),
        webhook_at,
        (TOKEN_OF_HOOKS, TOKEN_OF_HOOKS.split()[1], SECRET, SECRET[6:], "8f3a61c09b52"),
    ),
    Service("PagerDuty", lambda clock: FakePagerduty(clock), pagerduty_at, (pagerduty.KEY,)),
    Service("Resend", lambda clock: FakeResend(clock), resend_at, (resend.KEY,)),
    Service("SendGrid", lambda clock: FakeSendgrid(clock), sendgrid_at, (sendgrid.KEY,)),
    Service("WhatsApp", lambda clock: FakeWhatsapp(clock), whatsapp_at, (whatsapp.TOKEN,)),
    Service("The WhatsApp bridge", lambda clock: FakeBridge(clock), bridge_at, ("3f1c9a77d0e4",)),
)
