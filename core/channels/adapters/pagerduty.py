"""PagerDuty, by its Events API v2: alerts are told apart, and resolved, by their thread."""

import re
import socket
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from core.channels.adapter import Rate
from core.channels.adapters.footer import browsable
from core.channels.message import Message
from core.channels.outbound.http_client import JSON, Answer, HttpClient, based, json_body
from core.channels.outbound.scrubbing import shortened
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, Sent
from core.clock import to_datetime
from core.secret import Secret
from core.text import clean

_KEY = re.compile(r"[!-~]{1,200}")


class PagerdutySettings(Struct, frozen=True, rename="camel"):
    """PagerDuty, by the Events API v2."""

    routing_key: Annotated[
        Secret,
        Meta(
            description="The integration key of an Events API v2 integration: 32 letters and digits.",
            examples=["${PAGERDUTY_ROUTING_KEY}"],
        ),
    ]
    source: Annotated[
        str | None, Meta(description="What PagerDuty shows as the source; this machine's name if absent.")
    ] = None
    base_url: Annotated[
        str | None, Meta(description="Where PagerDuty is: takes the place of https://events.pagerduty.com.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _KEY.fullmatch(self.routing_key.reveal()):
            return "routingKey", "this is no integration key of the Events API v2: one has 32 letters and digits"
        return None


URL = "https://events.pagerduty.com/v2/enqueue"
RATE = Rate(2, 1.0, 10)

_NAME = "PagerDuty"
_SUMMARY = 1024
_KEY_SIZE = 255
_BODY = 16_000
_LARGEST = 200_000  # of 512 kB, with room for all else
_WORDS_OF_KEY = ("routing_key", "routing key", "integration key")


class Pagerduty:
    """Sends events: an alert is opened with its thread as the key, and resolved by the same."""

    at_once = 2

    def __init__(self, settings: PagerdutySettings, http: HttpClient, rate: Rate | None = RATE) -> None:
        self.rate = rate
        self._http = http
        self._url = based(URL, settings.base_url)
        self._key = settings.routing_key
        self._source = clean(settings.source or socket.gethostname()) or "callboard"

    async def send(self, message: Message) -> Outcome:
        event = {"routing_key": self._key.reveal(), **event_of(message, self._source)}
        answer = await self._http.post(self._url, JSON, json_body(event), (self._key,))
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 202:
            key = answer.field("dedup_key")
            return Sent(receipt=answer.scrub(key) if isinstance(key, str) else "")
        return _refusal(answer)

    async def check(self) -> Outcome:
        """There is no request that PagerDuty answers without doing something."""
        failure = await self._http.reach(self._url, (self._key,))
        if failure is not None:
            return failure
        return Sent(
            sentence="PagerDuty can be reached. Whether it knows the key shows only when something is sent."
        )

    async def close(self) -> None:
        """Nothing is held open."""


def event_of(message: Message, source: str) -> dict[str, object]:
    """The event, but for the routing key."""
    action = "resolve" if message.resolves else "trigger"
    summary = shortened(clean(message.title[: 4 * _SUMMARY]), _SUMMARY).strip()
    event: dict[str, object] = {
        "event_action": action,
        "dedup_key": dedup_key(message.thread),
        "payload": {
            "summary": summary or message.event,
            "source": source,
            "severity": message.severity,
            "timestamp": to_datetime(message.at).isoformat(timespec="milliseconds"),
            "class": clean(message.event),
            "custom_details": _details(message),
        },
        "client": "Callboard",
    }
    if link := browsable(message.link):
        event["client_url"] = link
        event["links"] = [{"href": link, "text": "Open"}]
    return event


def dedup_key(thread: str) -> str:
    """The thread, or what stands for one that is too long for a key."""
    key = clean(thread)
    if len(key) <= _KEY_SIZE:
        return key
    return f"{key[:180]}-{sha256(thread.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _details(message: Message) -> dict[str, object]:
    body = clean(message.body[:_BODY], multiline=True)
    details: dict[str, object] = {"event": clean(message.event), "rule": clean(message.rule), "body": body}
    size = len(json_body(message.data))
    details["data"] = message.data if size <= _LARGEST else f"left out: {size} bytes are too many"
    if message.held_back:
        details["heldBack"] = message.held_back
    return details


def _refusal(answer: Answer) -> Outcome:
    errors = answer.field("errors")
    words = [answer.field("message"), *(errors if isinstance(errors, list) else [errors])]
    said = ": ".join(word for word in words if isinstance(word, str))
    if answer.status == 400 and any(word in said.lower() for word in _WORDS_OF_KEY):
        return Gone(answer.sentence(_NAME, said))
    if answer.success:
        wrong = answer.sentence(_NAME, f"not as an event that was taken, but {said or answer.text.strip()}")
        return Refused(wrong) if answer.whole else Ambiguous(wrong)
    return answer.outcome(_NAME, said)
