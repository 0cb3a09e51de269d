"""A webhook: JSON by POST with the configured headers, signed as Standard Webhooks says if it has a secret."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

from core.channels.adapter import Rate
from core.channels.adapters.signing import keys_of, signatures
from core.channels.message import Message
from core.channels.outbound.http_client import JSON, Answer, HttpClient, based, json_body
from core.channels.outbound.scrubbing import shortened
from core.channels.outcome import Outcome, Sent
from core.clock import SECOND, to_datetime
from core.secret import Secret
from core.text import clean

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OURS = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
    }
)
_CONFIDENTIAL = re.compile(r"auth|cookie|key|password|secret|signature|token", re.IGNORECASE)
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\U0010ffff]*")


class WebhookSettings(Struct, frozen=True, rename="camel"):
    """A webhook: JSON by POST to any address."""

    url: Annotated[Secret, Meta(description="Where to.", examples=["https://hooks.example.com/callboard"])]
    headers: Annotated[
        dict[str, Secret],
        Meta(description="Headers that are sent along.", examples=[{"Authorization": "Bearer ${HOOKS_TOKEN}"}]),
    ] = field(default_factory=dict)
    secret: Annotated[
        Secret | None,
        Meta(
            description="Signs what is sent, as Standard Webhooks says: `whsec_` and base64. While it changes,"
            " the new one and the old one, with a space between them."
        ),
    ] = None
    base_url: Annotated[
        str | None, Meta(description="Takes the place of the address's beginning, up to its path.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not self.url.reveal().startswith(("https://", "http://")):
            return "url", "this is the whole address, beginning with https://"
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name):
                return "headers", "a header's name has letters, digits and dashes"
            if name.lower() in _OURS:
                return f"headers.{name}", "this header is written by Callboard itself"
            if not _VALUE.fullmatch(value.reveal()):
                return f"headers.{name}", "a header's value is one line of text"
        if self.secret is not None and keys_of(self.secret) is None:
            return "secret", "this is whsec_ and base64, as of `openssl rand -base64 32`"
        return None


LARGEST = 20_000  # bytes, as Standard Webhooks advises
_NAME = "The webhook"
_TITLE = 1000
_BODY = 16_000
_SMALLEST = 500


class Webhook:
    """Posts JSON to an address. Every answer of success is success; 410 says that it is no more."""

    at_once = 4

    def __init__(self, settings: WebhookSettings, http: HttpClient, rate: Rate | None = None) -> None:
        self.rate = rate
        self._http = http
        self._url = based(settings.url.reveal(), settings.base_url)
        self._headers = {name: value.reveal() for name, value in settings.headers.items()}
        self._keys = keys_of(settings.secret) or [] if settings.secret is not None else []
        secrets: list[Secret | str] = [settings.url, self._url, *settings.headers.values()]
        if settings.secret is not None:
            secrets += settings.secret.reveal().split()
        self._secrets = tuple(secrets)
        self._confidential = any(map(_CONFIDENTIAL.search, self._headers))

    async def send(self, message: Message) -> Outcome:
        body = body_of(message)
        answer = await self._http.post(
            self._url, self._headers_of(message, body), body, self._secrets, confidential=self._confidential
        )
        if not isinstance(answer, Answer):
            return answer
        return Sent() if answer.success else answer.outcome(_NAME)

    async def check(self) -> Outcome:
        """Every request would be taken for a delivery."""
        failure = await self._http.reach(self._url, self._secrets, confidential=self._confidential)
        if failure is not None:
            return failure
        return Sent(sentence="It can be connected to. What it says to a delivery shows only when one is sent.")

    async def close(self) -> None:
        """Nothing is held open."""

    def _headers_of(self, message: Message, body: bytes) -> Mapping[str, str]:
        """The configured ones, which may name another content type; what signs is ours."""
        configured = {name.lower() for name in self._headers}
        headers = {name: value for name, value in JSON.items() if name.lower() not in configured}
        moment = self._http.clock.now() // SECOND
        identity = message.id.replace(".", "_")
        headers |= self._headers
        headers |= {"webhook-id": identity, "webhook-timestamp": str(moment)}
        if self._keys:
            headers["webhook-signature"] = signatures(self._keys, identity, moment, body)
        return headers


def body_of(message: Message) -> bytes:
    """The message as JSON. Of one that is too large, the data is left out first, then the end of the body."""
    body = clean(message.body[:_BODY], multiline=True)
    fields: dict[str, object] = {
        "id": message.id,
        "event": message.event,
        "severity": message.severity,
        "title": shortened(clean(message.title[: 4 * _TITLE]), _TITLE),
        "body": body,
        "data": message.data,
        "timestamp": to_datetime(message.at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ruleId": message.rule,
    }
    if message.held_back:
        fields["heldBack"] = message.held_back
    written = json_body(fields)
    if len(written) <= LARGEST:
        return written
    fields["data"] = {"leftOut": f"The data is left out: all would be {len(written)} bytes, more than {LARGEST}."}
    size = len(body)
    while len(written := json_body(fields)) > LARGEST and size > _SMALLEST:
        size //= 2
        fields["body"] = shortened(body, size)
    return written
