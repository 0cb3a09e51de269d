"""What channels of mail, WhatsApp and the like can be told, and what is wrong with what they are told."""

from typing import Any

import pytest
from msgspec.structs import replace

from core.channels.adapters.email.addresses import parsed
from core.channels.adapters.email.building import email_adapter
from core.channels.adapters.email.resend import ResendAdapter
from core.channels.adapters.email.sendgrid import SendgridAdapter
from core.channels.adapters.email.settings import EmailSettings
from core.channels.adapters.email.smtp import SmtpAdapter
from core.channels.adapters.whatsapp import BridgeAdapter, CloudAdapter, WhatsappSettings, whatsapp_adapter
from core.secret import Secret
from tests.core.channels.sending import client

KEY = Secret("re_123456789")
SMTP = EmailSettings("ops@example.com", "smtp", "callboard@example.com", "smtp.example.com")
RESEND = EmailSettings(["ops@example.com"], "resend", "Callboard <callboard@example.com>", api_key=KEY)
CLOUD = WhatsappSettings("+49 151 1234-5678", "106540352242922", Secret("EAAG"))


@pytest.mark.parametrize(
    ("text", "email", "name"),
    [
        ("ops@example.com", "ops@example.com", ""),
        (" ops+alerts@mail.example.co.uk ", "ops+alerts@mail.example.co.uk", ""),
        ("Ops Team <ops@example.com>", "ops@example.com", "Ops Team"),
        ('"Team, Ops" <ops@example.com>', "ops@example.com", "Team, Ops"),
    ],
)
def test_an_address_may_have_a_name(text: str, email: str, name: str) -> None:
    address = parsed(text)
    assert address is not None
    assert (address.email, address.name) == (email, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ops",
        "@example.com",
        "ops@",
        "ops@-example.com",
        "a b@example.com",
        "ops@example.com, ann@example.com",
        "ops@example.com\r\nBcc: everybody@example.com",
        "Ops\r\nBcc: x <ops@example.com>",
        "Ops\x1b[31m <ops@example.com>",
        "<<ops@example.com>>",
        "ops@exämple.com",
        "x" * 250 + "@example.com",
        "..@example.com",
    ],
)
def test_what_could_be_more_than_one_address_is_none(text: str) -> None:
    assert parsed(text) is None
    assert replace(SMTP, to=text).wrong() is not None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, None),
        ({"to": []}, "to"),
        ({"to": [f"p{n}@example.com" for n in range(101)]}, "to"),
        ({"from_": None}, "from"),
        ({"from_": None, "user": "ann@example.com", "password": KEY}, None),
        ({"from_": None, "user": "ann", "password": KEY}, "from"),
        ({"host": None}, "host"),
        ({"user": "ann"}, "password"),
        ({"password": KEY}, "user"),
        ({"api_key": KEY}, "apiKey"),
    ],
)
def test_smtp_needs_a_host_a_sender_and_both_of_user_and_password(
    changes: dict[str, Any], key: str | None
) -> None:
    wrong = replace(SMTP, **changes).wrong()
    assert (wrong and wrong[0]) == key


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, None),
        ({"api_key": None}, "apiKey"),
        ({"api_key": Secret(" ")}, "apiKey"),
        ({"from_": None}, "from"),
        ({"host": "smtp.example.com"}, "host"),
        ({"to": [f"p{n}@example.com" for n in range(51)]}, "to"),
        ({"provider": "sendgrid", "to": [f"p{n}@example.com" for n in range(51)]}, None),
    ],
)
def test_a_service_needs_a_key_and_a_sender(changes: dict[str, Any], key: str | None) -> None:
    wrong = replace(RESEND, **changes).wrong()
    assert (wrong and wrong[0]) == key


@pytest.mark.parametrize(
    ("tls", "port", "expected"),
    [
        (None, None, ("starttls", 587)),
        (None, 465, ("implicit", 465)),
        (None, 25, ("starttls", 25)),
        (None, 2525, ("starttls", 2525)),
        ("implicit", None, ("implicit", 465)),
        ("starttls", 465, ("starttls", 465)),
        ("none", None, ("none", 25)),
    ],
)
def test_encryption_is_waived_by_name_alone(tls: Any, port: int | None, expected: tuple[str, int]) -> None:
    settings = replace(SMTP, tls=tls, port=port)
    assert (settings.security, settings.smtp_port) == expected


def test_each_provider_has_its_adapter() -> None:
    http = client()
    assert isinstance(email_adapter(SMTP, http), SmtpAdapter)
    assert isinstance(email_adapter(RESEND, http), ResendAdapter)
    assert isinstance(email_adapter(replace(RESEND, provider="sendgrid"), http), SendgridAdapter)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, None),
        ({"to": "ops"}, "to"),
        ({"to": "+49151123456789012345"}, "to"),
        ({"phone_number_id": None}, "phoneNumberId"),
        ({"phone_number_id": "+49 151"}, "phoneNumberId"),
        ({"phone_number_id": "1/../2"}, "phoneNumberId"),
        ({"access_token": None}, "accessToken"),
        ({"api_version": "v1/../2"}, "apiVersion"),
        ({"bridge_url": Secret("http://127.0.0.1:9000")}, "bridgeUrl"),
        (
            {"bridge_url": Secret("file:///etc/passwd"), "phone_number_id": None, "access_token": None},
            "bridgeUrl",
        ),
        ({"bridge_url": Secret("http://127.0.0.1:9000"), "phone_number_id": None, "access_token": None}, None),
    ],
)
def test_whatsapp_is_the_cloud_api_or_a_bridge(changes: dict[str, Any], key: str | None) -> None:
    settings = replace(CLOUD, **changes)
    wrong = settings.wrong()
    assert (wrong and wrong[0]) == key
    if wrong is None:
        kind = CloudAdapter if settings.bridge_url is None else BridgeAdapter
        assert isinstance(whatsapp_adapter(settings, client()), kind)


def test_a_secret_is_in_no_settings_that_are_printed() -> None:
    printed = repr([replace(SMTP, user="ann", password=KEY), RESEND, CLOUD])
    assert KEY.reveal() not in printed
    assert "EAAG" not in printed
