"""Slack: what a message looks like there, and what its refusals mean."""

from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from core.channels.adapters.slack import Slack, SlackSettings, payload
from core.channels.outcome import Gone, Outcome, Refused, RetryAt, Sent
from core.secret import Secret
from storage.ids import Instant
from tests.core.channels.sending import client, message, slack_at
from tests.fakes.failing import Failing
from tests.fakes.http_double import Asked, Said
from tests.fakes.slack import FakeSlack


def attachment(**facts: Any) -> Any:
    attachments: Any = payload(message(**facts))["attachments"]
    return attachments[0]


def section(**facts: Any) -> str:
    return str(attachment(**facts)["blocks"][0]["text"]["text"])


@pytest.mark.parametrize(
    ("severity", "colour"), [("info", "#36a64f"), ("warning", "#daa520"), ("critical", "#ff0000")]
)
def test_each_severity_has_its_colour(severity: str, colour: str) -> None:
    assert attachment(severity=severity)["color"] == colour


def test_the_title_is_the_text_and_the_body_a_block() -> None:
    shown = payload(message(title="ℹ️ Done", body="All *42* tests."))
    assert shown["text"] == "ℹ️ Done"
    assert section(body="All *42* tests.") == "All *42* tests."


def test_nothing_from_outside_is_a_mention_or_a_link_with_another_face() -> None:
    body = "<!channel> <@U123> <http://evil.example|bank> & @here"
    escaped = "&lt;!channel&gt; &lt;@U123&gt; &lt;<http://evil.example>|bank&gt; &amp; @here"
    assert section(body=body) == escaped
    assert payload(message(title=body))["text"] == escaped.replace("<http://evil.example>", "http://evil.example")
    assert attachment(body=body)["blocks"][0]["text"]["verbatim"] is True


def test_an_address_in_the_body_can_be_clicked() -> None:
    assert section(body="see https://ci.example/42?a=1&b=2.") == "see <https://ci.example/42?a=1&amp;b=2.>"


@pytest.mark.parametrize(
    "body",
    ["&" * 5_000, "x" * 5_000, "<b>" * 2_000, "👩‍👩‍👧" * 2_000, "http://x.y/" + "a" * 9_000, "x" * 2_998 + "&"],
    ids=["signs", "letters", "tags", "families", "address", "last sign"],
)
def test_a_long_body_is_cut_before_it_is_escaped(body: str) -> None:
    text = section(body=body)
    assert len(text) <= 3000
    assert text.endswith("…")
    assert not text.removesuffix("…").endswith(("&", "&a", "&am", "&amp", "\u200d"))


def test_what_was_held_back_is_in_the_footer_alone() -> None:
    shown = attachment(held_back=12, held_since=Instant(1_772_445_600_000_000))
    footer = shown["blocks"][1]["elements"][0]["text"]
    assert footer == (
        "Callboard · task:transition · 12 more held back by the rule's cooldown since 2026-03-02 10:00 UTC"
    )
    assert "12" not in shown["fallback"]


def test_a_link_is_shown_only_where_a_browser_goes() -> None:
    assert "<https://board.example/t/1|Open>" in str(attachment(link="https://board.example/t/1"))
    assert "Open" not in str(attachment(link="javascript:alert(1)"))
    assert "Open" not in str(attachment(link="https://x.example/|Bank>"))


def test_slacks_own_library_takes_the_blocks() -> None:
    blocks = attachment(body="&<>" * 3_000, link="https://board.example/t/1", held_back=1)["blocks"]
    assert [block.to_dict()["type"] for block in Block.parse_all(blocks)] == ["section", "context", "context"]


class Refusing(FakeSlack):
    """Says one thing to everything."""

    status, word = 400, ""

    def words(self, status: int, asked: Asked) -> Said:
        return self.word, "text/html"


@pytest.mark.parametrize(
    ("how", "word", "means"),
    [
        (Failing.BAD, "invalid_payload", Refused),
        (Failing.BAD, "invalid_blocks", Refused),
        (Failing.BAD, "too_many_attachments", Refused),
        (Failing.BAD, "user_not_found", Refused),
        (Failing.BAD, "invalid_token", Gone),
        (Failing.FORBIDDEN, "invalid_token", Gone),
        (Failing.FORBIDDEN, "team_disabled", Gone),
        (Failing.FORBIDDEN, "action_prohibited", Refused),
        (Failing.FORBIDDEN, "posting_to_general_channel_denied", Refused),
        (Failing.MISSING, "channel_not_found", Gone),
        (Failing.MISSING, "no_service", Gone),
        (Failing.MISSING, "no_active_hooks", Gone),
        (Failing.MISSING, "no_team", Gone),
        (Failing.GONE, "channel_is_archived", Gone),
        (Failing.TOO_MANY, "rate_limited", RetryAt),
    ],
)
async def test_the_words_of_a_refusal_say_whether_the_webhook_is_gone(
    how: Failing, word: str, means: type[Outcome]
) -> None:
    async with Refusing().open() as double:
        double.word = word
        double.fails(how)
        http = client(double.allowed)
        outcome = await slack_at(double, http).send(message())
        await http.close()
    assert type(outcome) is means
    assert word in outcome.sentence


async def test_a_base_takes_the_place_of_slack() -> None:
    async with FakeSlack().open() as double:
        http = client(double.allowed)
        settings = SlackSettings(
            Secret("https://hooks.slack.com" + double.webhook[len(double.url) :]), double.url
        )
        assert await Slack(settings, http).send(message()) == Sent()
        await http.close()
    assert len(double.shown) == 1


@pytest.mark.parametrize(
    ("url", "key"),
    [("${SLACK}", "webhookUrl"), ("hooks.slack.com/x", "webhookUrl"), ("https://x.example/", None)],
)
def test_a_webhook_is_a_whole_address(url: str, key: str | None) -> None:
    wrong = SlackSettings(Secret(url)).wrong()
    assert (wrong[0] if wrong else None) == key
