from hypothesis import given
from hypothesis import strategies as st

from core.text import clean, width
from tui.wrapping import wrap


def test_lines_break_at_spaces() -> None:
    assert wrap("one two three four", 9) == ["one two", "three", "four"]


def test_what_is_indented_stays_indented() -> None:
    assert wrap("list:\n    a\n\n    b", 20) == ["list:", "    a", "", "    b"]


def test_a_word_that_is_too_long_is_broken() -> None:
    assert wrap("abcdefghij kl", 4) == ["abcd", "efgh", "ij", "kl"]


def test_wide_characters_count_as_two_cells() -> None:
    assert wrap("日本語のお知らせ", 6) == ["日本語", "のお知", "らせ"]


@given(st.text(max_size=200), st.integers(2, 40))
def test_no_line_is_wider_than_asked(text: str, size: int) -> None:
    assert all(width(line) <= size for line in wrap(clean(text, multiline=True), size))


@given(st.text(max_size=200), st.integers(2, 40))
def test_nothing_but_spaces_is_lost(text: str, size: int) -> None:
    shown = clean(text, multiline=True)
    kept = "".join(wrap(shown, size))
    assert "".join(kept.split()) == "".join(shown.split())
