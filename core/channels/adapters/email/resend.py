"""Mail over Resend. It knows a delivery's id for a day: the same one again is sent once."""

from msgspec import json

from core.channels.adapter import Rate
from core.channels.adapters.email.settings import EmailSettings
from core.channels.adapters.email.words import mail_of
from core.channels.message import Message
from core.channels.outbound.http_client import Answer, HttpClient
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import HOUR
from storage.ids import Instant

SERVICE = "Resend"
BASE = "https://api.resend.com"
_QUOTAS = frozenset({"daily_quota_exceeded", "monthly_quota_exceeded"})
_UNTIL_QUOTA = HOUR  # between looks at whether it sends again


class ResendAdapter:
    """Mailboxes, by Resend."""

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
            "from": str(self._sender),
            "to": [str(recipient) for recipient in self._recipients],
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "headers": mail.headers,
        }
        headers = self._headers | {"Content-Type": "application/json", "Idempotency-Key": message.id}
        answer = await self._client.post(f"{self._base}/emails", headers, json.encode(body), self._secrets)
        if not isinstance(answer, Answer):
            return answer
        return _taken(answer) if answer.success else _refused(answer)

    async def check(self) -> Outcome:
        answer = await self._client.get(f"{self._base}/domains", self._headers, self._secrets)
        if not isinstance(answer, Answer):
            return answer
        if answer.field("name") == "restricted_api_key":
            return Sent(sentence="Resend knows the API key, which may send and nothing else.")
        if not answer.success:
            return _refused(answer)
        if not isinstance(answer.field("data"), list):
            return Refused(answer.sentence(SERVICE, "not what Resend answers: is baseUrl right?"))
        return Sent(sentence="Resend knows the API key.")

    async def close(self) -> None:
        """The connections are the client's."""


def _taken(answer: Answer) -> Outcome:
    receipt = answer.field("id")
    if isinstance(receipt, str) and receipt:
        return Sent(answer.scrub(receipt))
    if not answer.whole:
        return Ambiguous(answer.sentence(SERVICE, "but not to the end: it may have taken the mail."))
    return Refused(answer.sentence(SERVICE, "not what Resend answers: is baseUrl right?"))


def _refused(answer: Answer) -> Outcome:
    if answer.status < 400:
        return answer.outcome(SERVICE)
    name, said = answer.field("name"), answer.field("message")
    message = said if isinstance(said, str) else ""
    if name == "invalid_api_key" or "api key is invalid" in message.lower():
        return Gone(answer.sentence(SERVICE, message))
    if answer.status == 401 and name != "restricted_api_key":
        return Gone(answer.sentence(SERVICE, message))
    if name == "concurrent_idempotent_requests":
        return Transient(answer.sentence(SERVICE, message))
    if name == "invalid_idempotent_request":
        return Refused(
            answer.sentence(SERVICE, "it has a mail of this delivery with other content, which may have arrived.")
        )
    if name in _QUOTAS:
        until = answer.retry_at or Instant(answer.now + _UNTIL_QUOTA)
        return RetryAt(until, answer.sentence(SERVICE, message))
    return answer.outcome(SERVICE, message)
