"""Telegram: what a message looks like there, how a long one is split, and what its refusals mean."""

from typing import Any

import pytest
from aiohttp.web import Response
from hypothesis import given, settings
from hypothesis import strategies as st

from core.channels.adapters.telegram import TelegramSettings
from core.channels.adapters.telegram_html import LIMIT, parts_of, utf16
from core.channels.outcome import Gone, Outcome, Refused, Sent, Transient
from core.secret import Secret
from core.text import clean
from tests.core.channels.sending import client, message, telegram_at
from tests.fakes import telegram
from tests.fakes.failing import Failing
from tests.fakes.http_double import Asked
from tests.fakes.telegram import CHAT, NEW_CHAT, TOKEN, TOPIC, FakeTelegram
from tests.fakes.telegram_entities import read_html

LONG = "\n\n".join(f"Paragraph {number}. " + "Some words about it. " * 20 for number in range(30))


def html(body: str) -> str:
    """A body as it is within its message."""
    (part,) = parts_of(message(body=body))
    return part.html.removeprefix("<b>🚨 Ticket t1 failed</b>\n\n").removesuffix(
        "\n\n<i>Callboard · task:transition</i>"
    )


def test_the_title_is_bold_and_the_event_below() -> None:
    (part,) = parts_of(message(title="ℹ️ <b>Done</b> & dusted", body="All of it."))
    assert part.html == (
        "<b>ℹ️ &lt;b&gt;Done&lt;/b&gt; &amp; dusted</b>\n\nAll of it.\n\n<i>Callboard · task:transition</i>"
    )
    assert part.plain == "ℹ️ <b>Done</b> & dusted\n\nAll of it.\n\nCallboard · task:transition"


def test_what_was_held_back_and_the_link_are_below() -> None:
    (part,) = parts_of(message(held_back=3, link="https://board.example/t?a=1&b=2"))
    assert part.html.endswith(
        '3 more held back by the rule\'s cooldown</i>\n<a href="https://board.example/t?a=1&amp;b=2">Open</a>'
    )


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
        ("<b>x</b> <i>y</i> <u>z</u>", "<b>x</b> <i>y</i> <u>z</u>"),
        ("<STRONG>x</Strong>", "<strong>x</strong>"),
        ('<a href="https://x.example/?a=1&amp;b=2">x</a>', '<a href="https://x.example/?a=1&amp;b=2">x</a>'),
        ("<a href='tg://user?id=42'>x</a>", '<a href="tg://user?id=42">x</a>'),
        ('<code class="language-python">x</code>', '<code class="language-python">x</code>'),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
        ('<span class="tg-spoiler">x</span>', '<span class="tg-spoiler">x</span>'),
        ("<blockquote expandable>x</blockquote>", "<blockquote expandable>x</blockquote>"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
         '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>'),
        ('<b class="x" onclick="y">x</b>', "<b>x</b>"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("<br/>", "&lt;br/&gt;"),
        ("<!-- x -->", "&lt;!-- x --&gt;"),
        ('<a href="javascript:x">x</a>', '&lt;a href="javascript:x"&gt;x&lt;/a&gt;'),
        ("<a>x</a>", "&lt;a&gt;x&lt;/a&gt;"),
        ("<span>x</span>", "&lt;span&gt;x&lt;/span&gt;"),
        ("<tg-emoji emoji-id=\"x\">y</tg-emoji>", '&lt;tg-emoji emoji-id="x"&gt;y&lt;/tg-emoji&gt;'),
        ("<b>open", "<b>open</b>"),
        ("closed</b>", "closed&lt;/b&gt;"),
        ("<b><i>x</b></i>", "<b><i>x</i></b>"),
        ("<b", "&lt;b"),
        ("<b><", "<b>&lt;</b>"),
        ("<b></b>x", "x"),
        ("&lt;b&gt; &amp;", "&amp;lt;b&amp;gt; &amp;amp;"),
        ("**b** _i_ a_b_c", "**b** _i_ a_b_c"),
    ],
)  # fmt: skip
def test_telegrams_own_tags_stay_balanced_and_all_else_is_escaped(body: str, sent: str) -> None:
    assert html(body) == sent
    read_html(sent)


def test_a_long_body_goes_on_in_other_messages_between_paragraphs() -> None:
    parts = parts_of(message(body=LONG))
    assert len(parts) > 3
    assert all(LIMIT // 2 < utf16(part.plain) <= LIMIT for part in parts[:-1])
    assert all(part.plain.startswith("Paragraph") for part in parts[1:])
    assert parts[-1].plain.endswith("Callboard · task:transition")


def test_a_tag_is_closed_where_a_message_ends_and_opened_again_in_the_next() -> None:
    first, second = parts_of(message(body='<a href="https://x.example/">' + "words " * 1_000 + "</a>"))
    assert first.html.endswith("words</a>")
    assert second.html.startswith('<a href="https://x.example/">words')


@pytest.mark.parametrize(
    "body",
    ["x" * 9_000, "👩‍👩‍👧" * 2_000, "e\u0301" * 5_000, "&<>" * 3_000, "\n" * 9_000 + "x",
     "x " + "\u2800" * 9_000, "🇩🇪" * 3_000],
    ids=["letters", "families", "marks", "signs", "lines", "blanks", "flags"],
)  # fmt: skip
def test_parts_are_cut_between_letters_and_none_is_empty(body: str) -> None:
    parts = parts_of(message(body=body))
    joined = "".join(part.plain for part in parts)
    for part in parts:
        text, _ = read_html(part.html)
        assert text == part.plain
        assert utf16(text) <= LIMIT
        assert text.strip(" \n\u2800")
        assert not text.startswith(("\u200d", "\u0301"))
    assert joined.count("👩‍👩‍👧") == body.count("👩‍👩‍👧")
    assert joined.count("e\u0301") == body.count("e\u0301")
    assert joined.count("🇩🇪") == body.count("🇩🇪")


def test_a_body_without_end_is_cut() -> None:
    parts = parts_of(message(body="<b>" + "words " * 100_000))
    assert len(parts) < 15
    assert "…" in parts[-1].plain


_PIECES = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "</a>", "<a href='https://x.y/'>", "<pre>", "</pre>", "<", ">", "&", "&amp;",
     "</", "\n\n", "\n", " ", "word ", "long" * 120, "👩‍👩‍👧", "🇩🇪", "e\u0301\u0302", "\x1b[31m", "\u202e",
     "\u2800" * 40,
     "<blockquote expandable>", "<code ",
     "</blockquote>", '<span class="tg-spoiler">', "</span>", "<u", "=\"", "'", "\ud800", "नमस्ते"],
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=8), max_size=60).map("".join))
def test_whatever_is_sent_telegram_reads_it_and_nothing_is_lost(body: str) -> None:
    parts = parts_of(message(body=body), limit=600)
    for part in parts:
        text, _ = read_html(part.html)
        assert text == part.plain
        assert utf16(text) <= 600
        assert clean(text, multiline=True) == text
    (whole,) = parts_of(message(body=body), limit=100_000)
    assert _squeezed("".join(part.plain for part in parts)) == _squeezed(whole.plain)


def _squeezed(text: str) -> str:
    return "".join(text.replace("\u2800", "").split())


async def send(double: FakeTelegram, channel: dict[str, Any] | None = None, **facts: Any) -> Outcome:
    http = client(double.allowed)
    outcome = await telegram_at(double, http, **(channel or {})).send(message(**facts))
    await http.close()
    return outcome


async def test_a_message_is_sent_without_previews_of_links() -> None:
    async with FakeTelegram().open() as double:
        assert await send(double) == Sent(receipt="1")
    asked = double.asked[0].json
    assert asked["link_preview_options"] == {"is_disabled": True}
    assert (asked["chat_id"], asked["parse_mode"]) == (CHAT, "HTML")


async def test_a_topic_is_written_to() -> None:
    async with FakeTelegram().open() as double:
        assert isinstance(await send(double, {"message_thread_id": TOPIC}), Sent)
        assert isinstance(await send(double, {"message_thread_id": TOPIC + 1}), Refused)
    assert double.shown[0]["message_thread_id"] == TOPIC


async def test_what_telegram_cannot_read_is_sent_once_more_as_plain_text() -> None:
    async with FakeTelegram(unreadable=True).open() as double:
        assert isinstance(await send(double, body="<b>x</b> & y"), Sent)
    assert double.shown[0]["text"] == "🚨 Ticket t1 failed\n\nx & y\n\nCallboard · task:transition"
    assert len(double.asked) == 2


async def test_a_group_that_became_a_supergroup_is_written_to_where_it_is_now() -> None:
    async with FakeTelegram().open() as double:
        http = client(double.allowed)
        channel = telegram_at(double, http, chat_id=telegram.MOVED)
        outcome = await channel.send(message())
        assert await channel.send(message(id="notif_2")) == Sent(receipt="2")
        await http.close()
    assert isinstance(outcome, Sent)
    assert str(NEW_CHAT) in outcome.sentence
    assert len(double.asked) == 3


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ({"chat_id": telegram.BLOCKED}, "bot was blocked by the user"),
        ({"chat_id": telegram.DELETED}, "the group chat was deleted"),
        ({"chat_id": 99}, "chat not found"),
        ({"bot_token": Secret("987654321:" + TOKEN[10:])}, "Unauthorized"),
        ({"bot_token": Secret("no-token")}, "Not Found"),
    ],
)
async def test_a_chat_or_a_bot_that_is_no_more_is_gone(channel: dict[str, Any], said: str) -> None:
    async with FakeTelegram().open() as double:
        outcome = await send(double, channel)
        checked = await telegram_at(double, http := client(double.allowed), **channel).check()
        await http.close()
    assert isinstance(outcome, Gone)
    assert said in outcome.sentence
    assert isinstance(checked, Gone)


class FailingOnce(FakeTelegram):
    """The second message meets a server that is down."""

    async def answer(self, asked: Asked) -> Response:
        answer = await super().answer(asked)
        if len(self.shown) == 1 and self.failures_left is None:
            self.fails(Failing.BUSY, 1)
        return answer


async def test_what_of_a_long_message_has_arrived_is_not_sent_again() -> None:
    async with FailingOnce().open() as double:
        http = client(double.allowed)
        channel = telegram_at(double, http)
        first = await channel.send(message(body=LONG))
        second = await channel.send(message(body=LONG))
        await http.close()
    assert isinstance(first, Transient)
    assert second == Sent(receipt=",".join(str(number + 1) for number in range(len(double.shown))))
    assert [shown["text"] for shown in double.shown] == [part.plain for part in parts_of(message(body=LONG))]


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({}, None),
        ({"chat_id": -1001234567890}, None),
        ({"chat_id": "@callboard_alerts"}, None),
        ({"chat_id": "callboard"}, "chatId"),
        ({"chat_id": "12 34"}, "chatId"),
        ({"bot_token": Secret("no token")}, "botToken"),
        ({"bot_token": Secret("123:abc/../getMe#aaaaaaa")}, "botToken"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_named(facts: dict[str, Any], key: str | None) -> None:
    wrong = TelegramSettings(**{"bot_token": Secret(TOKEN), "chat_id": "-100", **facts}).wrong()
    assert (wrong[0] if wrong else None) == key
