"""Channels that send mail over a service, and to WhatsApp, each to its double."""

from typing import Any

from core.channels.adapter import Adapter
from core.channels.adapters.email.resend import ResendAdapter
from core.channels.adapters.email.sendgrid import SendgridAdapter
from core.channels.adapters.email.settings import EmailSettings
from core.channels.adapters.whatsapp import WhatsappSettings, whatsapp_adapter
from core.channels.outbound.http_client import HttpClient
from core.secret import Secret
from tests.fakes import resend, sendgrid, whatsapp
from tests.fakes.http_double import HttpDouble
from tests.fakes.whatsapp import FakeBridge


def resend_at(double: HttpDouble, http: HttpClient, **facts: Any) -> Adapter:
    known = {
        "to": ["ops@example.com"],
        "from_": "Callboard <callboard@example.com>",
        "provider": "resend",
        "api_key": Secret(resend.KEY),
        "base_url": double.url,
    }
    return ResendAdapter(EmailSettings(**{**known, **facts}), http)


def sendgrid_at(double: HttpDouble, http: HttpClient, **facts: Any) -> Adapter:
    known = {
        "to": ["ops@example.com", "Ann <ann@example.com>", "OPS@example.com"],
        "from_": "callboard@example.com",
        "provider": "sendgrid",
        "api_key": Secret(sendgrid.KEY),
        "base_url": double.url,
    }
    return SendgridAdapter(EmailSettings(**{**known, **facts}), http)


def whatsapp_at(double: HttpDouble, http: HttpClient, **facts: Any) -> Adapter:
    known = {
        "to": whatsapp.TO,
        "phone_number_id": whatsapp.NUMBER,
        "access_token": Secret(whatsapp.TOKEN),
        "base_url": double.url,
    }
    return whatsapp_adapter(WhatsappSettings(**{**known, **facts}), http)


def bridge_at(double: HttpDouble, http: HttpClient) -> Adapter:
    assert isinstance(double, FakeBridge)
    return whatsapp_adapter(WhatsappSettings(to=whatsapp.TO, bridge_url=Secret(double.hook)), http)
