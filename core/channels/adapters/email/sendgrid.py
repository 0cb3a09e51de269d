"""Mail over SendGrid. It knows no ids of ours: a mail whose answer was lost may come twice."""

from msgspec import json

from core.channels.adapter import Rate
from core.channels.adapters.email.addresses import Address
from core.channels.adapters.email.settings import EmailSettings
from core.channels.adapters.email.words import mail_of
from core.channels.message import Message
from core.channels.outbound.http_client import Answer, HttpClient
from core.channels.outbound.retry import LONGEST_PAUSE, after_seconds
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent
from core.clock import HOUR, SECOND
from storage.ids import Instant

SERVICE = "SendGrid"
BASE = "https://api.sendgrid.com"
_TAKEN = 202
_UNTIL_CREDITS = HOUR  # between looks at whether it sends again
_OUT_OF_CREDITS = "maximum credits exceeded"
_FIRST_INSTANT = 1_000_000_000  # seconds: a smaller number is not a time but a wait


class SendgridAdapter:
    """Mailboxes, by SendGrid."""

    rate: Rate | None = Rate(2, 1.0, 10)
    at_once = 2

    def __init__(self, settings: EmailSettings, client: HttpClient) -> None:
        self._client = client
        self._sender = settings.sender
        self._recipients = settings.recipients
        self._base = (settings.base_url or BASE).rstrip("/")
        self._secrets = [settings.key]
        self._headers = {"Authorization": f"Bearer {settings.key}", "Accept": "application/json"}

    async def send(self, message: Message) -> Outcome:
        mail = mail_of(message, self._sender.domain)
        body = {
            "personalizations": [{"to": [_mailbox(recipient) for recipient in self._recipients]}],
            "from": _mailbox(self._sender),
            "subject": mail.subject,
            "content": [
                {"type": "text/plain", "value": mail.text},
                {"type": "text/html", "value": mail.html},
            ],
            "headers": mail.headers | {"Message-ID": mail.message_id},
            "custom_args": {"delivery": message.id},
        }
        headers = self._headers | {"Content-Type": "application/json"}
        answer = await self._client.post(f"{self._base}/v3/mail/send", headers, json.encode(body), self._secrets)
        if not isinstance(answer, Answer):
            return answer
        return _taken(answer) if answer.success else _refused(answer)

    async def check(self) -> Outcome:
        answer = await self._client.get(f"{self._base}/v3/scopes", self._headers, self._secrets)
        if not isinstance(answer, Answer):
            return answer
        if not answer.success:
            return _refused(answer)
        scopes = answer.field("scopes")
        if not isinstance(scopes, list):
            return Refused(answer.sentence(SERVICE, "not what SendGrid answers: is baseUrl right?"))
        if "mail.send" not in scopes:
            return Refused("SendGrid knows the API key, which may not send mail: give it the scope mail.send.")
        return Sent(sentence="SendGrid knows the API key, and lets it send mail.")

    async def close(self) -> None:
        """The connections are the client's."""


def _mailbox(address: Address) -> dict[str, str]:
    return {"email": address.email, "name": address.name} if address.name else {"email": address.email}


def _taken(answer: Answer) -> Outcome:
    receipt = answer.headers.get("x-message-id", "")
    if answer.status == _TAKEN and (receipt or (answer.whole and not answer.body)):
        return Sent(answer.scrub(receipt))
    if not answer.whole:
        return Ambiguous(answer.sentence(SERVICE, "but not to the end: it may have taken the mail."))
    return Refused(answer.sentence(SERVICE, "not what SendGrid answers: is baseUrl right?"))


def _refused(answer: Answer) -> Outcome:
    if answer.status < 400:
        return answer.outcome(SERVICE)
    said = _said(answer)
    if answer.status == 401 and _OUT_OF_CREDITS in said.lower():
        return RetryAt(Instant(answer.now + _UNTIL_CREDITS), answer.sentence(SERVICE, said))
    if answer.status == 401:
        return Gone(answer.sentence(SERVICE, said))
    return answer.outcome(SERVICE, said, _reset(answer) if answer.status == 429 else None)


def _said(answer: Answer) -> str:
    """The messages of its errors, with the fields that they are about."""
    errors = answer.field("errors")
    said: list[str] = []
    for error in errors[:5] if isinstance(errors, list) else []:
        message, field = (error.get("message"), error.get("field")) if isinstance(error, dict) else (None, None)
        if isinstance(message, str):
            said.append(f"{message} ({field})" if isinstance(field, str) else message)
    return "; ".join(said)


def _reset(answer: Answer) -> Instant | None:
    """When the limit begins anew, which SendGrid says as a time in seconds."""
    said = answer.headers.get("x-ratelimit-reset", "")
    if not (said.isascii() and said.isdigit() and len(said) < 13):
        return answer.retry_at
    seconds = int(said)
    if seconds < _FIRST_INSTANT:
        return after_seconds(seconds, answer.now)
    return Instant(min(max(seconds * SECOND, answer.now + SECOND), answer.now + LONGEST_PAUSE))
