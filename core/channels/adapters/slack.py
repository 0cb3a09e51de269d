"""Slack, by an incoming webhook: success is the answer `ok`, to the letter."""

import re
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from core.api.inbox import Severity
from core.channels.adapter import Rate
from core.channels.adapters.footer import browsable, footer
from core.channels.message import Message
from core.channels.outbound.http_client import JSON, Answer, Failure, HttpClient, based, json_body
from core.channels.outbound.retry import after_seconds
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, Sent
from core.graphemes import ELLIPSIS, graphemes
from core.secret import Secret
from core.text import clean


class SlackSettings(Struct, frozen=True, rename="camel"):
    """Slack, by an incoming webhook of an app."""

    webhook_url: Annotated[
        Secret,
        Meta(description="The webhook's address, which is a secret.", examples=["${SLACK_WEBHOOK_URL}"]),
    ]
    base_url: Annotated[
        str | None, Meta(description="Where Slack is: takes the place of https://hooks.slack.com.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not self.webhook_url.reveal().startswith(("https://", "http://")):
            return "webhookUrl", "this is the whole address, beginning with https://"
        return None


COLOURS: dict[Severity, str] = {"info": "#36a64f", "warning": "#daa520", "critical": "#ff0000"}
RATE = Rate(1, 1.0, 5)

_NAME = "Slack"
_TITLE = 1000
_TEXT = 3000  # what a section takes, escaped
_LOOKED_AT = 4 * _TEXT
_URL = re.compile(r"(https?://[^\s<>|\"'`]+)")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_GONE = frozenset(
    {
        "account_inactive",
        "channel_is_archived",
        "channel_not_found",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_team",
        "team_disabled",
        "token_revoked",
    }
)
_GONE_STATUSES = frozenset({404, 410})
_ALIVE = frozenset({"invalid_payload", "missing_text_or_fallback_or_attachments", "no_text"})
"""What a webhook that is there says to a payload with nothing in it."""


class Slack:
    """Posts to an incoming webhook."""

    at_once = 1

    def __init__(self, settings: SlackSettings, http: HttpClient, rate: Rate | None = RATE) -> None:
        self.rate = rate
        self._http = http
        self._url = based(settings.webhook_url.reveal(), settings.base_url)
        self._secrets = (settings.webhook_url, self._url)

    async def send(self, message: Message) -> Outcome:
        answer = await self._post(payload(message))
        if not isinstance(answer, Answer):
            return answer
        if answer.success and not answer.whole:
            return Ambiguous(answer.sentence(_NAME, "an answer that did not end"))
        if answer.status == 200 and answer.text == "ok":
            return Sent()
        return _refusal(answer)

    async def check(self) -> Outcome:
        """An empty payload is refused by a webhook that is there, and shown to nobody."""
        answer = await self._post({})
        if not isinstance(answer, Answer):
            return answer
        if answer.success or (answer.status == 400 and answer.text.strip() in _ALIVE):
            return Sent(sentence="The webhook is there. Nothing was sent.")
        return _refusal(answer)

    async def close(self) -> None:
        """Nothing is held open."""

    async def _post(self, value: object) -> Answer | Failure:
        return await self._http.post(self._url, JSON, json_body(value), self._secrets)


def payload(message: Message) -> dict[str, object]:
    """The title as the text, which is also what a notification shows; the body in an attachment of the
    severity's colour. Nothing in them is parsed: no mention, no link that shows another address."""
    title = clean(message.title[:_LOOKED_AT])
    blocks: list[object] = []
    if body := _escaped(clean(message.body[:_LOOKED_AT], multiline=True).strip(), _TEXT):
        blocks.append({"type": "section", "text": _mrkdwn(body)})
    blocks.append({"type": "context", "elements": [_mrkdwn(_escaped(footer(message), _TEXT))]})
    if link := browsable(message.link):
        blocks.append({"type": "context", "elements": [_mrkdwn(f"<{link.translate(_ESCAPES)}|Open>")]})
    return {
        "text": _escaped(title, _TITLE, links=False) or _escaped(clean(message.event), _TITLE, links=False),
        "attachments": [
            {
                "color": COLOURS[message.severity],
                "fallback": _escaped(title, _TITLE, links=False),
                "blocks": blocks,
            }
        ],
    }


def _mrkdwn(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _escaped(text: str, room: int, *, links: bool = True) -> str:
    """The text escaped, in at most so many characters: cut between letters, before it is escaped."""
    kept: list[str] = []
    used = 0
    for piece in _pieces(text, links):
        if used + len(piece) > room:
            while kept and used + len(ELLIPSIS) > room:
                used -= len(kept.pop())
            return "".join(kept) + ELLIPSIS
        kept.append(piece)
        used += len(piece)
    return "".join(kept)


def _pieces(text: str, links: bool) -> Iterator[str]:
    """The letters, each escaped, and each link as one."""
    for number, run in enumerate(_URL.split(text)):
        escaped = run.translate(_ESCAPES)
        if links and number % 2 and len(escaped) < _TEXT // 2:
            yield f"<{escaped}>"
        else:
            yield from (letter.translate(_ESCAPES) for letter in graphemes(run))


def _refusal(answer: Answer) -> Outcome:
    said = answer.text.strip()
    if answer.status in _GONE_STATUSES or (400 <= answer.status < 500 and said in _GONE):
        return Gone(answer.sentence(_NAME))
    if answer.success:
        return Refused(answer.sentence(_NAME, f"not ok, but {said}"))
    return answer.outcome(_NAME, at=after_seconds(answer.field("retry_after"), answer.now))
