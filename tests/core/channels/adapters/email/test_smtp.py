"""Mail by SMTP: what is sent, what is never sent, and what each way to fail means."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from email.message import EmailMessage
from ipaddress import ip_address

import aiosmtplib
import pytest
from msgspec.structs import replace

from core.channels.adapters.email.settings import EmailSettings, Tls
from core.channels.adapters.email.smtp import SmtpAdapter
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.policy import Address, OutboundPolicy
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, Sent, Transient
from core.clock import ManualClock
from core.secret import Secret
from storage.ids import Instant
from tests.fakes.smtp import (
    HOST,
    Conversation,
    Mailbox,
    babble,
    certificate,
    dribble,
    hang,
    mail_server,
    reset,
    saying,
    speaking,
)

PASSWORD = "correct-horse"
NOON = Instant(1_772_452_800_000_000)  # 2026-03-02 12:00 UTC
MESSAGE = Message(
    "notif_01H", "⚠️ Disk full", "Only 1 % left.", "warning", "disk:full", "disks", {}, NOON, "ticket/7"
)


PATIENCE = 30.0  # for what ends by itself


def client(limit: float = PATIENCE, *allow: str) -> HttpClient:
    return HttpClient(OutboundPolicy.of(allow or [HOST]), ManualClock(NOON), limit=limit)


def settings(
    port: int, tls: Tls = "starttls", *, login: bool = False, to: str = "ops@example.com"
) -> EmailSettings:
    return EmailSettings(
        to=to.split(","),
        provider="smtp",
        from_="Callboard <callboard@example.com>",
        host=HOST,
        port=port,
        user="ann" if login else None,
        password=Secret(PASSWORD) if login else None,
        tls=tls,
    )


def adapter(
    port: int, tls: Tls = "starttls", *, login: bool = False, to: str = "ops@example.com", limit: float = PATIENCE
) -> SmtpAdapter:
    return SmtpAdapter(settings(port, tls, login=login, to=to), client(limit), context=certificate().client)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
async def locked() -> AsyncIterator[Mailbox]:
    async with mail_server(login=True) as mailbox:
        yield mailbox


async def test_a_mail_goes_out_encrypted_with_all_that_mail_programs_look_for(locked: Mailbox) -> None:
    outcome = await adapter(locked.port, login=True).send(MESSAGE)
    assert outcome == Sent("2.0.0 Taken as 4711")
    (mail,) = locked.received
    assert (mail.secure, mail.user, mail.sender, mail.recipients) == (
        True,
        "ann",
        "callboard@example.com",
        ["ops@example.com"],
    )
    assert mail.content.isascii()
    message = mail.message
    assert message["Subject"] == "⚠️ Disk full"
    assert message["From"] == "Callboard <callboard@example.com>"
    assert message["Message-ID"] == "<notif_01H@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 02 Mar 2026 12:00:00 +0000"
    assert message["In-Reply-To"] == message["References"] != message["Message-ID"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


async def test_attempts_have_one_id_and_mails_about_one_thing_one_thread(mailbox: Mailbox) -> None:
    sender = adapter(mailbox.port)
    for _ in range(2):
        await sender.send(MESSAGE)
    again, other = (mail.message for mail in mailbox.received)
    assert again["Message-ID"] == other["Message-ID"]
    assert again["References"] == other["References"]


async def test_ids_that_are_long_are_not_taken_for_words() -> None:
    domain = "a" * 40 + "." + "b" * 40 + ".example.com"
    async with mail_server("none") as mailbox:
        sender = SmtpAdapter(
            EmailSettings(
                to="ops@example.com",
                provider="smtp",
                from_=f"callboard@{domain}",
                host=HOST,
                port=mailbox.port,
                tls="none",
            ),
            client(),
        )
        assert isinstance(await sender.send(MESSAGE), Sent)
        assert b"=?" not in mailbox.received[0].content.split(b"References:")[1].split(b"\r\n", 2)[0]
        assert mailbox.received[0].message["References"].endswith(f"@{domain}>")


@pytest.mark.parametrize("tls", ["implicit", "none"])
async def test_encryption_is_from_the_start_or_waived_by_name(tls: Tls) -> None:
    async with mail_server(tls) as mailbox:
        assert isinstance(await adapter(mailbox.port, tls).send(MESSAGE), Sent)
        assert [mail.secure for mail in mailbox.received] == [tls == "implicit"]


async def test_a_server_without_encryption_gets_neither_the_mail_nor_the_password() -> None:
    async with mail_server("none", login=True) as mailbox:
        outcome = await adapter(mailbox.port, login=True).send(MESSAGE)
        assert isinstance(outcome, Refused)
        assert "set tls to none" in outcome.sentence
        assert mailbox.dialogue == []


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(locked: Mailbox) -> None:
    stranger = SmtpAdapter(settings(locked.port, login=True), client())
    outcome = await stranger.send(MESSAGE)
    assert isinstance(outcome, Transient)
    assert "cannot be trusted" in outcome.sentence
    assert locked.dialogue == []


async def test_who_was_refused_is_told_and_the_others_have_it(mailbox: Mailbox) -> None:
    mailbox.answers["nobody@example.com"] = "550 5.1.1 No such user"
    outcome = await adapter(mailbox.port, to="ops@example.com,nobody@example.com").send(MESSAGE)
    assert isinstance(outcome, Sent)
    assert outcome.sentence == "Not sent to nobody@example.com (550 5.1.1 No such user). The others have it."
    assert mailbox.received[0].recipients == ["ops@example.com"]


@pytest.mark.parametrize(
    ("where", "answer", "expected", "said"),
    [
        ("ops@example.com", "550 5.1.1 No such user", Refused, "No such user"),
        ("ops@example.com", "451 4.7.1 Greylisted", Transient, "Greylisted"),
        ("ops@example.com", "421 4.3.2 Shutting down", Transient, "Shutting down"),
        ("MAIL", "553 5.1.8 Sender unknown", Refused, "Sender unknown"),
        ("MAIL", "530 5.7.0 Authentication required", Gone, "Authentication required"),
        ("MAIL", "452 4.3.1 No space", Transient, "No space"),
        ("DATA", "552 5.3.4 Too big", Refused, "Too big"),
        ("DATA", "451 4.3.0 Try later", Transient, "Try later"),
        ("AUTH", "535 5.7.8 Wrong password", Gone, "Wrong password"),
        ("AUTH", "534 5.7.9 Application-specific password required", Gone, "Application-specific"),
        ("AUTH", "454 4.7.0 Try later", Transient, "Try later"),
        ("AUTH", f"535 5.7.8 {PASSWORD} is wrong", Gone, "*** is wrong"),
    ],
)
async def test_a_refusal_means_what_its_number_says(
    locked: Mailbox, where: str, answer: str, expected: type[Outcome], said: str
) -> None:
    locked.answers[where] = answer
    outcome = await adapter(locked.port, login=True).send(MESSAGE)
    assert type(outcome) is expected
    assert said in outcome.sentence
    assert answer[:3] in outcome.sentence
    assert locked.received == []


async def test_of_several_refusals_one_for_now_lets_all_be_tried_again(mailbox: Mailbox) -> None:
    mailbox.answers |= {"nobody@example.com": "550 5.1.1 No such user", "ops@example.com": "451 4.7.1 Greylisted"}
    outcome = await adapter(mailbox.port, to="nobody@example.com,ops@example.com").send(MESSAGE)
    assert isinstance(outcome, Transient)
    assert "nobody@example.com (550 5.1.1 No such user)" in outcome.sentence


async def sent_until_read(mailbox: Mailbox, limits: tuple[float, ...]) -> Outcome:
    """The outcome of the first attempt whose mail the server has read: a slow machine takes longer."""
    for limit in limits:
        outcome = await adapter(mailbox.port, limit=limit).send(MESSAGE)
        if mailbox.received:
            return outcome
    raise AssertionError("the server has read no mail")


@pytest.mark.parametrize("how", ["hang", "drop"])
async def test_a_mail_that_was_read_and_not_answered_may_have_arrived(mailbox: Mailbox, how: str) -> None:
    mailbox.after_data = "hang" if how == "hang" else "drop"
    outcome = await sent_until_read(mailbox, (0.5, 4.0, PATIENCE) if how == "hang" else (PATIENCE,))
    assert isinstance(outcome, Ambiguous)
    assert len(mailbox.received) == 1


TOO_LATE = "did not answer in time"
FAILURES: list[tuple[Conversation, type[Outcome], str]] = [
    (hang, Transient, TOO_LATE),
    (reset, Transient, "cannot be reached"),
    (babble, Transient, "does not speak"),
    (dribble, Transient, TOO_LATE),
    (saying(b"HTTP/1.1 400 Bad Request"), Transient, "does not speak"),
    (saying(b"554 5.7.1 \x1b[31mYou are listed\x1b[0m"), Refused, "You are listed"),
    (saying(b"421 4.3.2 Too many connections"), Transient, "Too many connections"),
    (saying(b"220 " + PASSWORD.encode()), Transient, TOO_LATE),
]


async def test_whatever_answers_there_is_told_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with AsyncExitStack() as servers:
        ports = [await servers.enter_async_context(speaking(how)) for how, _, _ in FAILURES]
        limits = [0.4 if said == TOO_LATE else PATIENCE for _, _, said in FAILURES]
        outcomes = await asyncio.gather(
            *(
                adapter(port, login=True, limit=limit).send(MESSAGE)
                for port, limit in zip(ports, limits, strict=True)
            )
        )
    assert [type(outcome) for outcome in outcomes] == [expected for _, expected, _ in FAILURES]
    for outcome, (_, _, said) in zip(outcomes, FAILURES, strict=True):
        assert not isinstance(outcome, Sent)
        assert said in outcome.sentence
        assert outcome.sentence.isprintable()
        assert "None" not in outcome.sentence
        assert len(outcome.sentence) <= 500
        assert PASSWORD not in repr(outcome)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]
    assert not any(PASSWORD in line for line in ours)


async def test_a_server_that_is_not_there_is_tried_again(mailbox: Mailbox) -> None:
    async with speaking(hang) as port:
        pass
    outcome = await adapter(port).send(MESSAGE)
    assert isinstance(outcome, Transient)


async def test_a_server_inside_is_reached_only_where_it_is_listed(mailbox: Mailbox) -> None:
    sender = SmtpAdapter(settings(mailbox.port), client(PATIENCE, "10.0.0.0/8"), context=certificate().client)
    outcome = await sender.send(MESSAGE)
    assert isinstance(outcome, Refused)
    assert f'"{HOST}/32:{mailbox.port}"' in outcome.sentence
    assert mailbox.dialogue == []


@pytest.mark.parametrize("addresses", [["10.0.0.5"], ["93.184.215.14", "10.0.0.5"], ["169.254.169.254"]])
async def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(addresses: list[str]) -> None:
    async def lookup(host: str, port: int) -> list[Address]:
        return [ip_address(address) for address in addresses]

    http = HttpClient(OutboundPolicy.of(["127.0.0.1"]), ManualClock(NOON), lookup=lookup)
    named = replace(settings(587), host="mail.example.com")
    outcome = await SmtpAdapter(named, http, context=certificate().client).check()
    assert isinstance(outcome, Refused)
    assert "mail.example.com leads to" in outcome.sentence


async def test_a_name_is_told_by_its_certificate(mailbox: Mailbox) -> None:
    async def lookup(host: str, port: int) -> list[Address]:
        return [ip_address(HOST)]

    http = HttpClient(OutboundPolicy.of([HOST]), ManualClock(NOON), lookup=lookup)
    known, other = (replace(settings(mailbox.port), host=host) for host in ("mail.test", "mail.other"))
    assert isinstance(await SmtpAdapter(known, http, context=certificate().client).check(), Sent)
    outcome = await SmtpAdapter(other, http, context=certificate().client).check()
    assert isinstance(outcome, Transient)
    assert "cannot be trusted" in outcome.sentence


async def test_a_check_logs_in_and_sends_nothing(locked: Mailbox) -> None:
    assert isinstance(await adapter(locked.port, login=True).check(), Sent)
    assert locked.dialogue == ["AUTH", "NOOP"]


async def test_the_double_takes_what_aiosmtplib_sends(locked: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com, c@example.com", "Hello"
    message.set_content("Words.")
    locked.answers["c@example.com"] = "550 5.1.1 No such user"
    refused, answer = await aiosmtplib.send(
        message,
        hostname=HOST,
        port=locked.port,
        start_tls=True,
        tls_context=certificate().client,
        username=locked.user,
        password=locked.password,
    )
    assert (list(refused), answer) == (["c@example.com"], "2.0.0 Taken as 4711")
    assert locked.received[0].message.get_content().split() == ["Words."]


async def test_the_double_refuses_a_wrong_password_as_servers_do(locked: Mailbox) -> None:
    smtp = aiosmtplib.SMTP(hostname=HOST, port=locked.port, start_tls=True, tls_context=certificate().client)
    async with smtp:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
            await smtp.login("ann", "wrong")
    assert refused.value.code == 535
