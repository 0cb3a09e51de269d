"""WhatsApp: Meta's Cloud API, or a bridge on one's own machine that takes `{"to", "text"}`.

Meta says that it has accepted a message. That it has arrived it tells only a webhook, which is not here."""

import re
from typing import Annotated

from msgspec import Meta, Struct, json

from core.channels.adapter import Adapter, Rate
from core.channels.message import Message
from core.channels.outbound.http_client import Answer, HttpClient
from core.channels.outbound.scrubbing import shortened
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import HOUR, MINUTE
from core.secret import Secret
from core.text import clean
from storage.ids import Instant

SERVICE = "WhatsApp"
BRIDGE = "The WhatsApp bridge"
BASE = "https://graph.facebook.com"

_TITLE, _BODY = 200, 3500  # of at most 4096 characters in a text
_TEMPLATE_BODY = 700  # of at most 1024 in a template, which has words of its own
_NOT_ALLOWED = frozenset({0, 10, 33, 190, 131005, 131031, *range(200, 300)})
"""The token, a permission or the number is no more, or the account is locked."""
_NOT_THERE = (100, 33)
"""The code and subcode of a number's id that there is not, or that this token may not see."""
_TOO_MANY = {4: MINUTE, 80007: MINUTE, 130429: MINUTE, 131056: MINUTE, 131048: HOUR, 368: HOUR}
"""For how long the channel rests when Meta does not say it."""
_LATER = frozenset({1, 2, 131000, 131016, 131057})
_NEEDS_TEMPLATE = 131047

_NUMBER = re.compile(r"\+?[0-9]{6,15}")
_ID = re.compile(r"[0-9]{1,32}")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")


class WhatsappSettings(Struct, frozen=True, rename="camel"):
    """WhatsApp, by the Cloud API with `phoneNumberId` and `accessToken`, or by a bridge with `bridgeUrl`.

    Alerts are begun by the business: later than 24 hours after the recipient wrote last, Meta takes nothing but
    templates that it has approved."""

    to: Annotated[
        str, Meta(description="Who gets it: a number with its country code.", examples=["+4915112345678"])
    ]
    phone_number_id: Annotated[str | None, Meta(description="Cloud API: the id of the sending number.")] = None
    access_token: Annotated[Secret | None, Meta(description="Cloud API: the access token.")] = None
    template: Annotated[
        str | None,
        Meta(
            description="Cloud API: the name of an approved template whose body has the parameters {{1}}, the"
            " title, and {{2}}, the text. Without it plain text is sent."
        ),
    ] = None
    language: Annotated[str, Meta(description="Cloud API: the template's language.")] = "en"
    api_version: Annotated[str, Meta(description="Cloud API: the version of the Graph API.")] = "v23.0"
    bridge_url: Annotated[Secret | None, Meta(description="A bridge that gets {to, text} by POST.")] = None
    base_url: Annotated[str | None, Meta(description="Cloud API: where the service is.")] = None

    @property
    def number(self) -> str:
        """The recipient, digits alone."""
        return re.sub(r"[\s().+-]", "", self.to)

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _NUMBER.fullmatch(self.number):
            return "to", "write the number with its country code, as in +4915112345678"
        if self.bridge_url is not None:
            if not self.bridge_url.reveal().startswith(("https://", "http://")):
                return "bridgeUrl", "this is the whole address, beginning with https:// or http://"
            cloud = self.phone_number_id is not None or self.access_token is not None
            return (
                ("bridgeUrl", "give either a bridge or the Cloud API's phoneNumberId and accessToken")
                if cloud
                else None
            )
        if self.phone_number_id is None:
            return "phoneNumberId", "give phoneNumberId and accessToken of the Cloud API, or a bridgeUrl"
        if not _ID.fullmatch(self.phone_number_id):
            return "phoneNumberId", "this is the id of the number, digits alone, and not the number itself"
        if self.access_token is None or not self.access_token.reveal().strip():
            return "accessToken", "the Cloud API needs an access token"
        return None if _VERSION.fullmatch(self.api_version) else ("apiVersion", "write it as in v23.0")


def whatsapp_adapter(settings: WhatsappSettings, client: HttpClient) -> Adapter:
    return CloudAdapter(settings, client) if settings.bridge_url is None else BridgeAdapter(settings, client)


class CloudAdapter:
    """One number, by Meta's Cloud API."""

    rate: Rate | None = Rate(5, 1.0, 5)
    at_once = 2

    def __init__(self, settings: WhatsappSettings, client: HttpClient) -> None:
        token = settings.access_token.reveal().strip() if settings.access_token is not None else ""
        self._settings = settings
        self._client = client
        base = (settings.base_url or BASE).rstrip("/")
        self._number = f"{base}/{settings.api_version}/{settings.phone_number_id}"
        self._secrets = [token]
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    async def send(self, message: Message) -> Outcome:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": self._settings.number}
        headers = self._headers | {"Content-Type": "application/json"}
        content = json.encode(body | self._content(message))
        answer = await self._client.post(f"{self._number}/messages", headers, content, self._secrets)
        if not isinstance(answer, Answer):
            return answer
        return _accepted(answer) if answer.success else _refused(answer)

    async def check(self) -> Outcome:
        answer = await self._client.get(self._number, self._headers, self._secrets)
        if not isinstance(answer, Answer):
            return answer
        if not answer.success:
            return _refused(answer)
        if answer.field("id") != self._settings.phone_number_id:
            return Refused(answer.sentence(SERVICE, "not what the Cloud API answers: is baseUrl right?"))
        return Sent(sentence="WhatsApp knows the number and the access token.")

    async def close(self) -> None:
        """The connections are the client's."""

    def _content(self, message: Message) -> dict[str, object]:
        template = self._settings.template
        if template is None:
            return {"type": "text", "text": {"preview_url": False, "body": text_of(message)}}
        parameters = [{"type": "text", "text": text} for text in _parameters(message)]
        return {
            "type": "template",
            "template": {
                "name": template,
                "language": {"code": self._settings.language},
                "components": [{"type": "body", "parameters": parameters}],
            },
        }


class BridgeAdapter:
    """One number, by a bridge that its owner runs."""

    rate: Rate | None = Rate(5, 1.0, 5)
    at_once = 2

    def __init__(self, settings: WhatsappSettings, client: HttpClient) -> None:
        self._to = settings.to
        self._client = client
        self._url = settings.bridge_url.reveal() if settings.bridge_url is not None else ""
        self._secrets = [self._url]

    async def send(self, message: Message) -> Outcome:
        body = json.encode({"to": self._to, "text": text_of(message)})
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        answer = await self._client.post(self._url, headers, body, self._secrets)
        if not isinstance(answer, Answer):
            return answer
        return Sent(sentence="The bridge took it.") if answer.success else answer.outcome(BRIDGE)

    async def check(self) -> Outcome:
        failure = await self._client.reach(self._url, self._secrets)
        return failure or Sent(sentence="The bridge can be reached. Whether it is linked, it does not say.")

    async def close(self) -> None:
        """The connections are the client's."""


def text_of(message: Message) -> str:
    """A text with the little markup that WhatsApp knows, which none of the words from outside can undo."""
    title = shortened(clean(message.title[: 4 * _TITLE]), _TITLE).strip() or clean(message.event[:_TITLE])
    heading = title if "*" in title else f"*{title}*"
    body = shortened(clean(message.body[: 2 * _BODY], multiline=True), _BODY).strip()
    event = clean(message.event[:_TITLE])
    return "\n\n".join(part for part in (heading, body, event if "_" in event else f"_{event}_") if part)


def _parameters(message: Message) -> tuple[str, str]:
    """Title and text on one line each: a parameter with line ends or with a row of spaces is refused."""
    title = " ".join(clean(message.title[: 4 * _TITLE]).split()) or clean(message.event[:_TITLE])
    body = " ".join(clean(message.body[: 4 * _TEMPLATE_BODY]).split()) or clean(message.event[:_TITLE])
    return shortened(title, _TITLE), shortened(body, _TEMPLATE_BODY)


def _accepted(answer: Answer) -> Outcome:
    messages = answer.field("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    receipt = first.get("id") if isinstance(first, dict) else None
    if isinstance(receipt, str) and receipt:
        return Sent(answer.scrub(receipt), "WhatsApp accepted it. Whether it arrived, it tells only a webhook.")
    if not answer.whole:
        return Ambiguous(answer.sentence(SERVICE, "but not to the end: it may have accepted the message."))
    return Refused(answer.sentence(SERVICE, "not what the Cloud API answers: is baseUrl right?"))


def _refused(answer: Answer) -> Outcome:
    code, subcode = answer.field("error", "code"), answer.field("error", "error_subcode")
    said = _said(answer)
    if not isinstance(code, int) or answer.status < 400:
        return answer.outcome(SERVICE, said)
    if code in _NOT_ALLOWED or (code, subcode) == _NOT_THERE:
        return Gone(answer.sentence(SERVICE, said))
    if code in _TOO_MANY:
        until = answer.retry_at or Instant(answer.now + _TOO_MANY[code])
        return RetryAt(until, answer.sentence(SERVICE, said))
    if code in _LATER:
        sentence = answer.sentence(SERVICE, said)
        return Transient(sentence) if answer.retry_at is None else RetryAt(answer.retry_at, sentence)
    if code == _NEEDS_TEMPLATE:
        return Refused(
            answer.sentence(SERVICE, f"{said} Set template on this channel to one that Meta has approved.")
        )
    return answer.outcome(SERVICE, said)


def _said(answer: Answer) -> str:
    """Its message, and the details, which say more."""
    message = answer.field("error", "message")
    details = answer.field("error", "error_data", "details")
    parts = [part for part in (message, details) if isinstance(part, str)]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)
