"""The judge itself: it finds every attack of the corpus when it is planted, and nothing in what is ours."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import clean
from tests.hostile.corpus import CORPUS, Kind, Sample
from tests.hostile.foreign import Manner, foreign, without_sequences

BEGIN = "\x1b[?1049h\x1b[?1000h\x1b[?25l\x1b[>25u\x1b[?2026$p\x1b[?2004h\x1b[?7l\x1b]22;default\x07"
END = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
DANGEROUS = [sample for sample in CORPUS if sample.dangerous]


def session(text: str) -> bytes:
    """An app that draws a frame with the text in it."""
    title = "\x1b[1;1H\x1b[38;5;253;48;5;233mNotifications\x1b[0m\r\n"
    frame = f"\x1b[?2026h{title}\x1b[2;1H\x1b[1m{text}\x1b[0m\x1b[?2026l"
    return (BEGIN + frame + END).encode("utf-8", "surrogatepass")


def test_the_corpus_is_large_and_every_text_has_a_name_of_its_own() -> None:
    assert len(CORPUS) >= 500
    assert [name for name, count in Counter(sample.id for sample in CORPUS).items() if count > 1] == []
    assert {sample.kind for sample in CORPUS} == set(Kind)


@pytest.mark.parametrize("sample", DANGEROUS, ids=lambda sample: sample.id)
def test_a_planted_attack_is_found_on_the_screen(sample: Sample) -> None:
    assert foreign(session(sample.text), columns=100, rows=30)


@pytest.mark.parametrize(
    ("manner", "only_lines"),
    [(Manner.PIPE, {"lines-many"}), (Manner.TTY, {"lines-many", "lines-crlf"})],
)
def test_a_planted_attack_is_found_in_what_a_command_prints(manner: Manner, only_lines: set[str]) -> None:
    written = {sample.id: f"title {sample.text}\n".encode("utf-8", "surrogatepass") for sample in DANGEROUS}
    assert {name for name, stream in written.items() if not foreign(stream, manner)} == only_lines


def test_cleaned_texts_are_at_home_everywhere() -> None:
    for sample in CORPUS:
        line = clean(sample.text[:2000])
        assert foreign(session(line)) == [], sample.id
        assert foreign(f"{line}\n".encode(), Manner.PIPE) == [], sample.id
        assert foreign(f"\x1b[1m{line}\x1b[0m\r\n".encode(), Manner.TTY) == [], sample.id


@given(st.lists(st.sampled_from(CORPUS).map(lambda sample: sample.text[:50]) | st.text(max_size=5), max_size=8))
@settings(max_examples=300, deadline=None)
def test_texts_run_together_are_at_home_when_cleaned(texts: list[str]) -> None:
    assert foreign(session(clean("".join(texts)))) == []
    assert foreign(clean("".join(texts), multiline=True).encode(), Manner.PIPE) == []


@pytest.mark.parametrize("sample", [sample for sample in CORPUS if sample.visible], ids=lambda sample: sample.id)
def test_what_must_be_seen_survives(sample: Sample) -> None:
    assert clean(sample.text) == sample.visible
    assert sample.visible in without_sequences(session(clean(sample.text)))


def test_bytes_that_are_no_utf_8_are_found() -> None:
    assert foreign(b"title \x9b31m\n", Manner.PIPE)


def test_a_second_session_after_the_end_is_found() -> None:
    assert foreign(session("x") + b"\x1b[1;1Hghost")


def test_the_end_of_a_line_within_a_row_is_found() -> None:
    assert foreign(session("one\r\ntwo"))
