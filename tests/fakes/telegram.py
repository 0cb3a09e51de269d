"""Telegram's Bot API, as far as a bot needs it that sends messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp.web import Response

from core.clock import SECOND
from tests.fakes.failing import WAIT_SECONDS
from tests.fakes.http_double import Asked, HttpDouble, Said
from tests.fakes.telegram_entities import UnreadableError, read_html, utf16

TOKEN = "123456789:AAFakeTokenOfABotThatIsNotThere_01"
CHAT = -1001234567890
BLOCKED, DELETED, MOVED, NEW_CHAT = 31, 32, -33, -1000000000033
TOPIC = 7
_WORDS = {
    400: "Bad Request: message is too odd",
    401: "Unauthorized",
    403: "Forbidden: not enough rights to send text messages to the chat",
    404: "Not Found",
    429: f"Too Many Requests: retry after {WAIT_SECONDS}",
}
_EMPTY = re.compile(r"[\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\xa0]*")
_LONGEST = 4096


class _RefusedError(Exception):
    def __init__(self, status: int, said: str, **parameters: object) -> None:
        super().__init__(said)
        self.status, self.said, self.parameters = status, said, parameters


@dataclass
class FakeTelegram(HttpDouble):
    """One bot, a group with a topic, and some chats that are no more."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unreadable: bool = False  # it can read no HTML at all

    def words(self, status: int, asked: Asked) -> Said:
        description = _WORDS.get(status, f"Internal {asked.path}")
        said: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if status == 429:
            said["parameters"] = {"retry_after": WAIT_SECONDS}
        return msgspec.json.encode(said).decode(), "application/json"

    async def answer(self, asked: Asked) -> Response:
        try:
            result = self._result(asked)
        except _RefusedError as refused:
            self.refused.append(refused.said)
            said = {"ok": False, "error_code": refused.status, "description": refused.said}
            if refused.parameters:
                said["parameters"] = refused.parameters
            return _json(refused.status, said)
        return _json(200, {"ok": True, "result": result})

    def _result(self, asked: Asked) -> object:
        found = re.fullmatch(r"/bot([0-9]+:[A-Za-z0-9_-]{10,})/([A-Za-z]+)(?:\?.*)?", asked.path)
        if found is None:
            raise _RefusedError(404, "Not Found")
        if found[1] != TOKEN:
            raise _RefusedError(401, "Unauthorized")
        fields = _fields(asked)
        match found[2].lower():
            case "getme":
                return {"id": 123456789, "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
            case "getchat":
                return {**_chat(fields), "accent_color_id": 0, "max_reaction_count": 11,
                        "accepted_gift_types": dict.fromkeys(_GIFTS, False)}  # fmt: skip
            case "sendmessage":
                return self._sent(fields)
        raise _RefusedError(404, "Not Found: method not found")

    def _sent(self, fields: Mapping[str, Any]) -> object:
        chat = _chat(fields)
        text = str(fields.get("text") or "")
        entities: list[dict[str, object]] = []
        if str(fields.get("parse_mode", "")).lower() == "html":
            try:
                if self.unreadable:
                    raise UnreadableError('Unsupported start tag "b" at byte offset 0')
                text, entities = read_html(text)
            except UnreadableError as error:
                raise _RefusedError(400, f"Bad Request: can't parse entities: {error}") from None
        if _EMPTY.fullmatch(text):
            raise _RefusedError(400, "Bad Request: message text is empty")
        if utf16(text) > _LONGEST:
            raise _RefusedError(400, "Bad Request: message is too long")
        topic = fields.get("message_thread_id")
        if topic is not None and int(topic) != TOPIC:
            raise _RefusedError(400, "Bad Request: message thread not found")
        message = {
            "message_id": len(self.shown) + 1,
            "date": self.clock.now() // SECOND,
            "chat": chat,
            "text": text,
            **({"entities": entities} if entities else {}),
            **({"message_thread_id": int(topic), "is_topic_message": True} if topic is not None else {}),
        }
        self.shown.append(message)
        return message


_GIFTS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"
)  # fmt: skip


def _chat(fields: Mapping[str, Any]) -> dict[str, object]:
    match str(fields.get("chat_id")):
        case named if named == str(BLOCKED):
            raise _RefusedError(403, "Forbidden: bot was blocked by the user")
        case named if named == str(DELETED):
            raise _RefusedError(403, "Forbidden: the group chat was deleted")
        case named if named == str(MOVED):
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _RefusedError(400, moved, migrate_to_chat_id=NEW_CHAT)
        case named if named in (str(CHAT), str(NEW_CHAT), "@callboard_alerts"):
            return {"id": CHAT if named.startswith("@") else int(named), "type": "supergroup", "title": "Ops"}
    raise _RefusedError(400, "Bad Request: chat not found")


def _fields(asked: Asked) -> Mapping[str, Any]:
    """Bots send JSON, or forms in which objects are JSON."""
    if asked.headers.get("Content-Type", "").startswith("application/json"):
        fields: Mapping[str, Any] = asked.json if asked.body else {}
        return fields
    return dict(parse_qsl(asked.body.decode()))


def _json(status: int, said: dict[str, Any]) -> Response:
    return Response(status=status, body=msgspec.json.encode(said), content_type="application/json")
