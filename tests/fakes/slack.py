"""Slack's incoming webhooks: what they take, by slack_sdk's own rules, and the words in which they refuse."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import msgspec
from aiohttp.web import Response
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.fakes.http_double import Asked, HttpDouble, Said

PATH = "/services/T0AB12CD3/B0EF45GH6/xWvUtSrQpOnMlKjIhGfEdCbA"
_WORDS = {
    400: "invalid_payload",
    401: "invalid_token",
    403: "action_prohibited",
    404: "no_service",
    410: "channel_is_archived",
}
_MOST_ATTACHMENTS = 100
_LONGEST_TEXT = 40_000


@dataclass
class FakeSlack(HttpDouble):
    """One webhook, and the messages that it showed."""

    shown: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def webhook(self) -> str:
        return self.url + PATH

    def words(self, status: int, asked: Asked) -> Said:
        if status == 429:
            return '{"retry_after":1,"ok":false,"error":"rate_limited"}', "application/json"
        return _WORDS.get(status, f"rollup_error {asked.path}"), "text/html"

    async def answer(self, asked: Asked) -> Response:
        if asked.path != PATH:
            return self._refusal(404, "no_service")
        if asked.method != "POST":
            return self._refusal(400, "invalid_payload")
        try:
            payload = _payload(asked)
        except (msgspec.DecodeError, KeyError, UnicodeDecodeError):
            return self._refusal(400, "invalid_payload")
        if wrong := _wrong(payload):
            return self._refusal(400, wrong)
        self.shown.append(payload)
        return Response(text="ok", content_type="text/html")

    def _refusal(self, status: int, word: str) -> Response:
        self.refused.append(word)
        return Response(status=status, text=word, content_type="text/html")


def _payload(asked: Asked) -> Any:
    if asked.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return msgspec.json.decode(parse_qs(asked.body.decode())["payload"][0])
    return asked.json


def _wrong(payload: Any) -> str:
    if not isinstance(payload, dict):
        return "invalid_payload"
    attachments = payload.get("attachments") or []
    if not (payload.get("text") or payload.get("blocks") or attachments):
        return "no_text"
    if len(payload.get("text") or "") > _LONGEST_TEXT:
        return "msg_too_long"
    if len(attachments) > _MOST_ATTACHMENTS:
        return "too_many_attachments"
    try:
        for blocks in (payload.get("blocks"), *(one.get("blocks") for one in attachments)):
            for block in Block.parse_all(blocks or []):
                block.to_dict()
    except SlackObjectFormationError:
        return "invalid_blocks"
    return ""
