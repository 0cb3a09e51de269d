"""Mail by SMTP. Nothing is sent in the clear unless the channel says so by name: aiosmtplib itself would, where
a server offers no encryption. Each step is taken by itself, so that it is known how far an attempt came."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused

from core.channels.adapter import Rate
from core.channels.adapters.email.answers import (
    CLOSING,
    NoEncryptionError,
    NoLoginError,
    Stage,
    none_accepted,
    outcome_of,
    partly_refused,
)
from core.channels.adapters.email.content import content_of
from core.channels.adapters.email.settings import EmailSettings
from core.channels.message import Message
from core.channels.outbound.dialling import dialled
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.policy import OutboundError
from core.channels.outbound.reaching import trusted
from core.channels.outbound.scrubbing import Scrubber
from core.channels.outcome import Outcome, Refused, Sent

_RECEIPT = 200


class SmtpAdapter:
    """Mailboxes behind a mail server. `context` says whom to trust; by default whom the machine trusts."""

    rate: Rate | None = Rate(2, 1.0, 10)
    at_once = 2

    def __init__(
        self,
        settings: EmailSettings,
        client: HttpClient,
        *,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._host = settings.server
        self._sender = settings.sender
        self._recipients = settings.recipients
        self._client = client
        self._context = context
        self._told = Scrubber(_secrets(settings))

    async def send(self, message: Message) -> Outcome:
        content = content_of(message, self._sender, self._recipients)
        sender, recipients = self._sender.email, [one.email for one in self._recipients]
        return await self._attempt(lambda talk: talk.deliver(sender, recipients, content))

    async def check(self) -> Outcome:
        return await self._attempt(lambda talk: talk.ask())

    async def close(self) -> None:
        """Each attempt has a connection of its own."""

    async def _attempt(self, what: Callable[["_Talk"], Awaitable[Outcome]]) -> Outcome:
        talk: _Talk | None = None
        try:
            async with asyncio.timeout(self._client.limit):
                talk = _Talk(await self._dialled(), self._told)
                await talk.begin(self._settings)
                outcome = await what(talk)
        except OutboundError as error:
            return Refused(self._told(error.sentence))
        except (SMTPException, OSError, ValueError, NoEncryptionError, NoLoginError) as error:
            return outcome_of(error, "connecting" if talk is None else talk.stage, self._told)
        else:
            talk.leave()
            return outcome
        finally:
            if talk is not None:
                talk.close()

    async def _dialled(self) -> SMTP:
        """A mail server at the other end of a connection, which has not said anything yet."""
        client, port = self._client, self._settings.smtp_port
        security = self._settings.security
        if security != "none" and self._context is None:
            self._context = await asyncio.to_thread(trusted)
        return SMTP(
            hostname=self._host,
            sock=await dialled(client.policy, client.resolver, self._host, port, client.limit / 2),
            local_hostname=self._sender.domain,
            use_tls=security == "implicit",
            start_tls=False,  # asked for by `begin`, which tells its absence apart
            tls_context=self._context,
            timeout=client.limit,
        )


class _Talk:
    """One conversation with a mail server, and how far it has come."""

    def __init__(self, smtp: SMTP, told: Callable[[str], str]) -> None:
        self.stage: Stage = "connecting"
        self._smtp = smtp
        self._told = told

    async def begin(self, settings: EmailSettings) -> None:
        """Connect, encrypt, and say who we are."""
        await self._smtp.connect()
        await self._smtp.ehlo()
        if settings.security == "starttls":
            if not self._smtp.supports_extension("starttls"):
                raise NoEncryptionError
            await self._smtp.starttls()
            await self._smtp.ehlo()
        if settings.user is not None and settings.password is not None:
            self.stage = "login"
            if not self._smtp.supports_extension("auth"):
                raise NoLoginError
            await self._smtp.login(settings.user, settings.password.reveal())

    async def deliver(self, sender: str, recipients: list[str], content: bytes) -> Outcome:
        self.stage = "sender"
        await self._smtp.mail(sender)
        refusals: dict[str, tuple[int, str]] = {}
        for recipient in recipients:
            try:
                await self._smtp.rcpt(recipient)
            except SMTPRecipientRefused as error:
                refusals[recipient] = (error.code, error.message)
                if error.code == CLOSING:
                    break
        if len(refusals) == len(recipients) or any(code == CLOSING for code, _ in refusals.values()):
            return none_accepted(refusals, self._told)
        self.stage = "content"
        taken = await self._smtp.data(content)
        return Sent(self._told(taken.message)[:_RECEIPT], self._told(partly_refused(refusals, self._told)))

    async def ask(self) -> Outcome:
        await self._smtp.noop()
        return Sent(sentence="The mail server answers, and lets this channel in.")

    def leave(self) -> None:
        """Say goodbye and wait for no answer: what was sent must not seem unsent because that one is late."""
        if self._smtp.protocol is not None:
            with suppress(SMTPException):
                self._smtp.protocol.write(b"QUIT\r\n")

    def close(self) -> None:
        self._smtp.close()


def _secrets(settings: EmailSettings) -> list[str]:
    """The password, and the forms in which it goes over the wire."""
    if settings.password is None:
        return []
    password, user = settings.password.reveal(), settings.user or ""
    wire = (password, f"\0{user}\0{password}")
    return [password, *(b64encode(text.encode()).decode().rstrip("=") for text in wire)]
