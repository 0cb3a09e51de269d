"""Telegram, by a bot's `sendMessage`: HTML, split into several messages where it is too long for one."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from core.secret import Secret

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
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
            return "botToken", "a bot's token looks like 123456789:AAE…, as @BotFather gave it"
        if not _CHAT.fullmatch(str(self.chat_id)):
            return "chatId", "a chat is a number, as -1001234567890, or the @name of a channel"
        return None
