"""What is kept of what a service says: no secret, nothing that moves a cursor, and not much."""

import json
from urllib.parse import quote

import pytest

from core.channels.outbound.scrubbing import MAX_SENTENCE, Scrubber, shortened
from core.secret import Secret

TOKEN = 'p@ss "word"/+é\\x'


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        TOKEN.upper(),
        quote(TOKEN),
        quote(TOKEN, safe=""),
        json.dumps(TOKEN)[1:-1],
        "p@ss &quot;word&quot;/+é\\x",
    ],
)
def test_a_secret_is_hidden_in_each_form_in_which_it_comes_back(form: str) -> None:
    assert Scrubber([Secret(TOKEN)])(f"no {form} here") == "no *** here"


def test_a_secret_that_is_percent_encoded_is_hidden_as_it_is_read() -> None:
    assert Scrubber(["a%2Fb%2Fc%2Fd"])("at a/b/c/d") == "at ***"


@pytest.mark.parametrize(
    "said", ["https://h.example/T01/B02/xYz98765", "/T01/B02/xYz98765", "xYz98765 is unknown", "?k=xYz98765"]
)
def test_a_url_that_is_a_secret_is_hidden_with_its_path_and_each_part_of_it(said: str) -> None:
    assert "xYz98765" not in Scrubber([Secret("https://h.example/T01/B02/xYz98765")])(said)


def test_a_path_of_short_parts_is_hidden_as_a_whole() -> None:
    assert Scrubber([Secret("https://h.example/a1/b2/c3d4")])("no a1/b2/c3d4 here") == "no *** here"


def test_a_token_within_a_header_is_hidden_by_itself() -> None:
    assert Scrubber([Secret("Token token=abcdef123456")])("abcdef123456 has ended") == "*** has ended"


def test_a_secret_that_cleaning_puts_together_is_hidden() -> None:
    assert "hunter2hunter2" not in Scrubber(["hunter2hunter2"])("no hunter2\u200bhunter2 here")


def test_a_sentence_has_one_line_and_500_characters_at_most() -> None:
    sentence = Scrubber()("a\n\x1b[31m" + "e\u0301\u0302\u0303\u0304\u0305" * 2_000)
    assert len(sentence) <= MAX_SENTENCE
    assert sentence.startswith("a ␛[31me")
    assert "\n" not in sentence


def test_what_is_short_stays_as_it_is() -> None:
    assert shortened("a text", 6) == "a text"
    assert Scrubber(["abc", ""])("abc is a word") == "abc is a word"
