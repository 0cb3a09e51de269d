"""Telegram, by a bot's `sendMessage`: HTML, split into several messages where it is too long for one."""

import re
from collections import OrderedDict
from typing import Annotated

from msgspec import Meta, Struct

from core.channels.adapter import Rate
from core.channels.adapters.telegram_html import Part, parts_of
from core.channels.message import Message
from core.channels.outbound.http_client import JSON, Answer, Failure, HttpClient, json_body
from core.channels.outbound.retry import after_seconds
from core.channels.outcome import Ambiguous, Gone, Outcome, Sent
from core.secret import Secret

_TOKEN = re.compile(r"[A-Za-z0-9_:.~-]{1,200}")  # what stands in a URL as it is
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64}")


class TelegramSettings(Struct, frozen=True, rename="camel"):
    """Telegram, by a bot."""

    bot_token: Annotated[
        Secret,
        Meta(description="The bot's token, as @BotFather gave it.", examples=["${TELEGRAM_BOT_TOKEN}"]),
    ]
    chat_id: Annotated[
        int | str,
        Meta(description="The chat's number, or the @name of a channel.", examples=["-1001234567890"]),
    ]
    message_thread_id: Annotated[
        int | None, Meta(description="The topic within the chat, in groups with topics.")
    ] = None
    base_url: Annotated[
        str | None, Meta(description="Where the Bot API is: takes the place of https://api.telegram.org.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _TOKEN.fullmatch(self.bot_token.reveal()):
            return "botToken", "this is no bot's token: one looks like 123456789:AAE…, as @BotFather gave it"
        if not _CHAT.fullmatch(str(self.chat_id)):
            return "chatId", "a chat is a number, as -1001234567890, or the @name of a channel"
        return None


URL = "https://api.telegram.org"
RATE = Rate(1, 1.0, 3)

_NAME = "Telegram"
_REMEMBERED = 256
_UNREADABLE = "can't parse entities"
_GONE = (
    "bot can't initiate conversation with a user",
    "bot can't send messages to bots",
    "bot is not a member",
    "bot was blocked by the user",
    "bot was kicked",
    "chat not found",
    "group chat was deleted",
    "user is deactivated",
)


class Telegram:
    """Sends by a bot. What of a long message has arrived is remembered: only the rest is sent again."""

    at_once = 1

    def __init__(self, settings: TelegramSettings, http: HttpClient, rate: Rate | None = RATE) -> None:
        self.rate = rate
        self._http = http
        token = settings.bot_token.reveal()
        self._base = f"{(settings.base_url or URL).rstrip('/')}/bot{token}/"
        self._secrets = (settings.bot_token, token.partition(":")[2])
        self._chat: int | str = settings.chat_id
        self._thread = settings.message_thread_id
        self._arrived: OrderedDict[str, list[str]] = OrderedDict()  # by message, what Telegram calls its parts

    async def send(self, message: Message) -> Outcome:
        parts = parts_of(message)
        deadline = self._deadline()
        arrived = self._arrived.setdefault(message.id, [])
        moved = ""
        for part in parts[len(arrived) :]:
            before = self._chat
            outcome = await self._send(part, deadline)
            if not isinstance(outcome, Sent):
                self._forget_the_oldest()
                return outcome
            arrived.append(outcome.receipt)
            if self._chat != before:
                moved = f"The group is a supergroup now: set chatId to {self._chat}."
        del self._arrived[message.id]
        return Sent(receipt=",".join(arrived), sentence=moved)

    async def check(self) -> Outcome:
        """Whether the bot is known, and knows the chat."""
        deadline = self._deadline()
        questions: list[tuple[str, dict[str, object]]] = [("getMe", {}), ("getChat", {"chat_id": self._chat})]
        for method, asked in questions:
            answer = await self._ask(method, asked, deadline)
            if not isinstance(answer, Answer):
                return answer
            if not _taken(answer):
                return _refusal(answer)
        return Sent(sentence="The bot and the chat are known. Nothing was sent.")

    async def close(self) -> None:
        """Nothing is held open."""

    async def _send(self, part: Part, deadline: float) -> Outcome:
        """One part: as HTML, and once more where Telegram cannot read that, or where the group has moved."""
        fields: dict[str, object] = {"text": part.html, "parse_mode": "HTML"}
        answer = await self._post(fields, deadline)
        if isinstance(answer, Answer) and (chat := _moved_to(answer)):
            self._chat = chat
            answer = await self._post(fields, deadline)
        if isinstance(answer, Answer) and _UNREADABLE in _description(answer).lower():
            answer = await self._post({"text": part.plain}, deadline)
        if not isinstance(answer, Answer):
            return answer
        if _taken(answer):
            return Sent(receipt=answer.scrub(str(answer.field("result", "message_id"))))
        return _refusal(answer)

    async def _post(self, fields: dict[str, object], deadline: float) -> Answer | Failure:
        topic = {} if self._thread is None else {"message_thread_id": self._thread}
        preview = {"link_preview_options": {"is_disabled": True}}
        return await self._ask("sendMessage", {"chat_id": self._chat, **topic, **fields, **preview}, deadline)

    def _deadline(self) -> float:
        return self._http.clock.monotonic() + self._http.limit

    async def _ask(self, method: str, asked: dict[str, object], deadline: float) -> Answer | Failure:
        left = max(deadline - self._http.clock.monotonic(), 0.0)
        return await self._http.post(self._base + method, JSON, json_body(asked), self._secrets, limit=left)

    def _forget_the_oldest(self) -> None:
        while len(self._arrived) > _REMEMBERED:
            self._arrived.popitem(last=False)


def _taken(answer: Answer) -> bool:
    return answer.status == 200 and answer.field("ok") is True


def _description(answer: Answer) -> str:
    said = answer.field("description")
    return said if isinstance(said, str) else ""


def _moved_to(answer: Answer) -> int | None:
    chat = answer.field("parameters", "migrate_to_chat_id")
    return chat if isinstance(chat, int) and answer.status == 400 else None


def _refusal(answer: Answer) -> Outcome:
    said = _description(answer)
    known = answer.field("ok") is False
    if known and (answer.status in (401, 404) or any(word in said for word in _GONE)):
        return Gone(answer.sentence(_NAME, said))
    if answer.success and not answer.whole:
        return Ambiguous(answer.sentence(_NAME, "an answer that did not end"))
    at = after_seconds(answer.field("parameters", "retry_after"), answer.now)
    return answer.outcome(_NAME, said, at)
