"""The doubles are honest: each service's own published client is content with them, and fails where it should."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.models.blocks import ContextBlock, HeaderBlock, MarkdownTextObject, SectionBlock
from slack_sdk.webhook.async_client import AsyncWebhookClient
from standardwebhooks import Webhook
from telegram import Bot, LinkPreviewOptions, MessageEntity
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from core.clock import SystemClock, to_datetime
from core.secret import Secret
from tests.core.channels.sending import client, message, webhook_at
from tests.fakes import telegram
from tests.fakes.failing import WAIT_SECONDS, Failing
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import CHAT, NEW_CHAT, TOKEN, TOPIC, FakeTelegram
from tests.fakes.webhook import SECRET, FakeReceiver


async def test_slacks_client_is_answered_ok() -> None:
    async with FakeSlack().open() as double:
        sent = await AsyncWebhookClient(double.webhook, retry_handlers=[]).send(
            text="Hello", blocks=[SectionBlock(text=MarkdownTextObject(text="*Hello*"))]
        )
    assert (sent.status_code, sent.body) == (200, "ok")
    assert double.shown[0]["text"] == "Hello"


@pytest.mark.parametrize(
    ("path", "text", "status", "word"),
    [("", "", 400, "no_text"), ("/services/T1/B2/x3", "Hello", 404, "no_service")],
)
async def test_slacks_client_is_refused_in_slacks_words(path: str, text: str, status: int, word: str) -> None:
    async with FakeSlack().open() as double:
        to = AsyncWebhookClient(double.url + path if path else double.webhook, retry_handlers=[])
        refused = await to.send(text=text)
    assert (refused.status_code, refused.body) == (status, word)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
    ],
    ids=["section", "header", "context"],
)
async def test_blocks_beyond_slacks_limits_are_refused(block: dict[str, object]) -> None:
    async with FakeSlack().open() as double:
        to = AsyncWebhookClient(double.webhook, retry_handlers=[])
        refused = await to.send_dict({"text": "x", "blocks": [block]})
        within = await to.send_dict({"text": "x", "attachments": [{"color": "good", "blocks": [block]}]})
    assert (refused.body, within.body) == ("invalid_blocks", "invalid_blocks")


async def test_blocks_within_slacks_limits_are_taken() -> None:
    elements = [MarkdownTextObject(text="x")] * 10
    async with FakeSlack().open() as double:
        taken = await AsyncWebhookClient(double.webhook, retry_handlers=[]).send(
            text="x", blocks=[HeaderBlock(text="x" * 150), ContextBlock(elements=list(elements))]
        )
    assert taken.body == "ok"


async def test_slacks_client_comes_back_when_it_is_told_when() -> None:
    async with FakeSlack().open() as double:
        double.fails(Failing.TOO_MANY, 1)
        handler = Patient()
        to = AsyncWebhookClient(double.webhook, retry_handlers=[handler])
        assert (await to.send(text="Hello")).body == "ok"
    assert handler.told == str(WAIT_SECONDS)
    assert len(double.asked) == 2


class Patient(AsyncRateLimitErrorRetryHandler):
    """Notes how long it is told to wait, and does not."""

    told = ""

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        assert response is not None
        self.told = response.headers["Retry-After"][0]
        state.next_attempt_requested = True


@pytest.fixture
async def double() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram().open() as double:
        yield double


@pytest.fixture
async def bot(double: FakeTelegram) -> AsyncIterator[Bot]:
    async with a_bot(double, TOKEN) as bot:
        yield bot


def a_bot(double: FakeTelegram, token: str) -> Bot:
    requests = [HTTPXRequest(httpx_kwargs={"trust_env": False}) for _ in range(2)]
    return Bot(token, base_url=f"{double.url}/bot", request=requests[0], get_updates_request=requests[1])


async def test_telegrams_client_reads_what_was_sent(bot: Bot) -> None:
    sent = await bot.send_message(
        CHAT,
        '<b>bold <i>both</i></b> <a href="https://x.example/?a&amp;b">x</a> 👍 <code>1 &lt; 2</code>',
        parse_mode="HTML",
        message_thread_id=TOPIC,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text == "bold both x 👍 1 < 2"
    assert {(entity.type, sent.parse_entity(entity)) for entity in sent.entities} == {
        (MessageEntity.BOLD, "bold both"),
        (MessageEntity.ITALIC, "both"),
        (MessageEntity.TEXT_LINK, "x"),
        (MessageEntity.CODE, "1 < 2"),
    }
    assert sent.message_thread_id == TOPIC
    assert sent.date.year == to_datetime(SystemClock().now()).year


async def test_telegrams_client_finds_bot_and_chat(bot: Bot) -> None:
    assert (await bot.get_me()).username == "fake_bot"
    assert (await bot.get_chat(CHAT)).title == "Ops"


@pytest.mark.parametrize(
    ("chat", "text", "error", "said"),
    [
        (telegram.BLOCKED, "x", Forbidden, "bot was blocked by the user"),
        (telegram.DELETED, "x", Forbidden, "group chat was deleted"),
        (99, "x", BadRequest, "Chat not found"),
        (CHAT, "\u200b \n", BadRequest, "text is empty"),
        (CHAT, "x" * 4097, BadRequest, "too long"),
        (CHAT, "👍" * 2_049, BadRequest, "too long"),
        (CHAT, "é <x>", BadRequest, 'Unsupported start tag "x" at byte offset 3'),
        (CHAT, "<b>x", BadRequest, 'find end tag corresponding to start tag "b"'),
        (CHAT, "x</b>", BadRequest, "Unexpected end tag at byte offset 1"),
        (CHAT, "<b>x</i>", BadRequest, 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        (CHAT, "<b", BadRequest, "Unclosed start tag at byte offset 0"),
        (CHAT, "<a href=a%>x</a>", BadRequest, "Unexpected end of name token at byte offset 8"),
        (CHAT, "<span>x</span>", BadRequest, 'must have class "tg-spoiler"'),
    ],
    ids=range(13),
)
async def test_telegrams_client_is_refused_in_telegrams_words(
    bot: Bot, chat: int, text: str, error: type[TelegramError], said: str
) -> None:
    with pytest.raises(error) as raised:
        await bot.send_message(chat, text, parse_mode="HTML")
    assert said.lower() in raised.value.message.lower()


async def test_what_telegram_takes_is_4096_units_without_the_tags(bot: Bot) -> None:
    sent = await bot.send_message(CHAT, f"<b>{'👍' * 2_047}</b>&amp;&lt;", parse_mode="HTML")
    assert sent.text == "👍" * 2_047 + "&<"


async def test_telegrams_client_is_told_where_a_group_has_gone(bot: Bot) -> None:
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(telegram.MOVED, "x")
    assert raised.value.new_chat_id == NEW_CHAT


@pytest.mark.parametrize("token", ["987654321:AAFakeTokenOfABotThatIsNotThere_01", "1:x"])
async def test_telegrams_client_is_refused_with_a_token_that_is_not_known(
    double: FakeTelegram, token: str
) -> None:
    with pytest.raises(InvalidToken):
        await a_bot(double, token).initialize()


async def test_telegrams_client_is_told_to_wait(
    double: FakeTelegram, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    double.fails(Failing.TOO_MANY, 1)
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(CHAT, "x")
    assert raised.value.retry_after == timedelta(seconds=WAIT_SECONDS)


async def test_the_published_library_of_webhooks_reads_what_the_receiver_takes() -> None:
    async with FakeReceiver(secret=SECRET).open() as double:
        http = client(double.allowed, clock=SystemClock())
        await webhook_at(double, http, secret=Secret(SECRET)).send(message())
        await http.close()
    (asked,) = double.asked
    assert Webhook(SECRET).verify(asked.body, dict(asked.headers)) == double.taken["notif_01HXYZ"]
