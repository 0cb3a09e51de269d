"""What `clean` shows of hostile and of ordinary text, and that cells are counted as the screen draws them."""

import json
import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from rich.cells import cell_len

from core.characters import ADDED_SINCE, TWO_STYLES, cells
from core.graphemes import graphemes
from core.text import (
    MARKS,
    PLAIN,
    Kind,
    clean,
    csv_cell,
    cut,
    excerpt,
    glyph,
    json_ascii,
    kind,
    pad,
    storable,
    width,
)

ODD = (
    "\x1b\x07\x00\x9b\r\n\t\x7f\u200d\u200c\u200b\ufe0f\ufe0e\u202e\u0301\u094d\u0915\u0937\u20e3\u2764\U0001f469"
)
ODD += (
    "\U0001f3fd\U0001f1fb\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e007f\u0646\u0e33\u1161\u11a8#1a "
)
# Every character but the middle of the ideographs, of the Hangul syllables and of the private and empty planes.
SAMPLE = [
    chr(number)
    for number in range(0x110000)
    if number < 0x3500 or 0x4DB0 < number < 0x4F00 or 0xA000 < number < 0xAD00 or 0xD7A0 < number < 0xD810
    or 0xF8F0 < number < 0x13500 or 0x16000 < number < 0x17100 or 0x1AFF0 < number < 0x20020
    or number & 0xFFFF > 0xFFF0 or 0xDFFFF < number < 0xE0200
]  # fmt: skip
NEWER = {chr(number) for first, last in ADDED_SINCE for number in range(first, last + 1)}
odd_text = st.text(st.sampled_from(ODD) | st.characters(), max_size=40)

ORDINARY = {
    "english": "Deploy [build-123] ok [exit 1] {name} %s $(x) \\[b]",
    "vietnamese": "Tiếng Việt: Đường đua kỳ diệu",
    "vietnamese decomposed": unicodedata.normalize("NFD", "Tiếng Việt: Đường đua kỳ diệu"),
    "thai": "สวัสดีชาวโลก น้ำใจ ที่นี่",
    "hindi": "नमस्ते दुनिया, क्षत्रिय",
    "hindi half form": "क्‍ष",
    "sinhala": "ශ්‍රී ලංකා",
    "bengali": "র‍্যাব বাংলা",
    "tamil": "வணக்கம் உலகம்",
    "arabic": "مرحبا بالعالم مُحَمَّد",
    "persian": "می‌خواهم کتاب‌ها",
    "hebrew": "שלום עולם בְּרֵאשִׁית",
    "chinese": "你好,世界。𠀀𰻞",
    "japanese": "こんにちは、カタカナ。ガ",
    "korean": "안녕하세요",
    "korean jamo": unicodedata.normalize("NFD", "안녕하세요 각"),
    "khmer": "សួស្តី​".replace("\u200b", ""),
    "burmese": "မင်္ဂလာပါ ကြွှေ",
    "greek and russian": "Γειά σου Κόσμε, Привет мир ѐ",
    "family": "👨‍👩‍👧‍👦",
    "kiss": "👩🏽‍❤️‍💋‍👨🏿",
    "detective": "🕵️‍♂️ ⛹🏽‍♂️",
    "pride": "🏳️‍🌈 🏴‍☠️",
    "flags": "🇻🇳🇩🇪",
    "keycaps": "1️⃣#️⃣",
    "subdivisions": "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "styles": "❤️ ☎︎ ™️",
    "new emoji": "\U0001fae8\U0001fae9",
    "symbols": "→ ─│┌ ☃ ☰ ䷀",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text
    assert clean(text, multiline=True) == text


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_is_measured_as_the_screen_draws_it(text: str) -> None:
    assert width(text) == cell_len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("\x9b31m\x9d0;x\x9c", "�31m�0;x�"),
        ("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h\ni", "a b c d e f g h i"),
        ("a\tb", "a b"),
        ("x\u202eevil\u2066y", "x�evil�y"),
        ("a\u200e\u200f\u061cb", "ab"),
        ("a\u200b\u2060\ufeff\u00adb\u034fc\u3164d", "abcd"),
        ("hi\U000e0041\U000e0042", "hi"),
        ("🏴\U000e0067\U000e0062", "🏴"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4),
        ("e\u0301\u0301\u200b\u0301\u0301\u0301", "e" + "\u0301" * 4),
        ("\u0301x", "◌\u0301x"),
        ("\ud800x", "�x"),
        ("\ue000\U000f0000\ufdd0\uffff\U0010ffff\u0378", "������"),
        ("a\u200db", "ab"),
        ("a\ufe0fb", "ab"),
        ("1\ufe0f2", "12"),
        ("👩\u200d", "👩"),
        ("👩\u200dx", "👩x"),
        ("a\u200cb", "ab"),
        ("\U0001f3fd", "�"),
        ("👍\U0001f3fd\U0001f3fd", "👍\U0001f3fd�"),
        ("👩" + "\u200d👩" * 5, "👩\u200d👩\u200d👩\u200d👩👩\u200d👩"),
        ("क्\u200d ", "क् "),
    ],
)  # fmt: skip
def test_what_could_mislead_is_replaced_or_goes(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_lines_stay_apart_where_there_is_room_for_them() -> None:
    assert clean("a\r\n\tb\x85\u0301c", multiline=True) == "a\n    b\n◌\u0301c"


def test_plain_text_is_answered_as_the_same_object() -> None:
    for text in ("plain [ascii]", "Tiếng Việt", "สวัสดี"):
        assert clean(text) is text
        assert storable(text) is text


def test_cleaned_text_holds_nothing_that_is_not_drawn() -> None:
    shown = {clean(char) for char in SAMPLE}
    undrawn = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert {char for char in shown if char and unicodedata.category(char[0]) in undrawn} <= NEWER


def test_the_fast_path_lets_only_harmless_characters_through() -> None:
    plain = [char for char in SAMPLE if _in_class(char, PLAIN)]
    marks = [char for char in SAMPLE if _in_class(char, MARKS)]
    assert len(plain) > 8_000
    assert {(kind(char), glyph(char) == char) for char in plain} == {(Kind.PLAIN, True)}
    assert {kind(char) for char in marks} == {Kind.MARK}


def _in_class(char: str, members: str) -> bool:
    return re.match(f"[{members}]", char) is not None


def test_every_character_is_as_wide_as_the_screen_draws_it() -> None:
    assert [char for char in SAMPLE if cell_len(clean(char)) != sum(map(cells, clean(char)))] == []


def test_the_characters_of_two_styles_are_those_of_the_screen() -> None:
    assert {char for char in SAMPLE if cell_len(char + "\ufe0f") > cell_len(char)} == TWO_STYLES


@given(odd_text)
@settings(max_examples=400, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(clean(text, multiline=True), multiline=True) == clean(text, multiline=True)


@given(odd_text, odd_text)
@settings(max_examples=200, deadline=None)
def test_context_does_not_change_what_ordinary_letters_shield(left: str, right: str) -> None:
    assert clean(left + "ab" + right).startswith(clean(left + "a"))


@given(odd_text)
@settings(max_examples=300, deadline=None)
def test_cells_are_counted_as_the_screen_counts_them(text: str) -> None:
    assert width(clean(text)) == cell_len(clean(text))


@given(odd_text, st.integers(-1, 30))
@settings(max_examples=300, deadline=None)
def test_a_cut_text_fits_and_still_is_clean(text: str, size: int) -> None:
    shown = cut(clean(text), size)
    assert cell_len(shown) <= max(size, 0)
    assert clean(shown) == shown
    assert cell_len(pad(clean(text), size)) == max(size, 0)


@given(odd_text)
@settings(max_examples=200, deadline=None)
def test_graphemes_are_the_whole_text(text: str) -> None:
    assert "".join(graphemes(clean(text))) == clean(text)
    assert sum(map(width, graphemes(clean(text)))) == width(clean(text))


@pytest.mark.parametrize(
    ("text", "size", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("你好世界", 5, "你好…"),
        ("你好世界", 4, "你…"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3, "👨‍👩‍👧‍👦…"),
        ("🇻🇳🇩🇪", 3, "🇻🇳…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("น้ำใจ", 2, "…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("क्षत्रिय", 2, "…"),
    ],
)
def test_text_is_cut_between_letters(text: str, size: int, shown: str) -> None:
    assert cut(text, size) == shown


def test_padding_fills_the_column() -> None:
    assert pad("ab", 4) == "ab  "
    assert pad("你好世界", 4) == "你… "


@given(odd_text, st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_an_excerpt_fits_and_is_clean(text: str, size: int) -> None:
    shown = excerpt(text * 20, size)
    assert cell_len(shown) <= size
    assert clean(shown) == shown


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt("a\nb", 10) == "a b"
    assert excerpt("👨‍👩‍👧‍👦" * 5, 10) == "👨‍👩‍👧‍👦" * 5
    assert excerpt("\u200b" * 1000 + "x", 10) == "…"


@pytest.mark.parametrize(
    "text",
    ["A" * 1_000_000, "\x1b[31mred" * 110_000, "Tiếng Việt " * 90_000, "สวัสดี" * 160_000, "a\n" * 500_000],
    ids=["ascii", "escapes", "vietnamese", "thai", "lines"],
)
def test_a_megabyte_is_cleaned_in_a_blink_and_its_beginning_at_once(text: str) -> None:
    began = time.process_time()
    clean(text)
    cleaned = time.process_time()
    excerpt(text, 200)
    assert cleaned - began < 0.1
    assert time.process_time() - cleaned < 0.01


def test_what_cannot_be_stored_is_replaced() -> None:
    assert storable("a\x00b\ud800c\udfff") == "a�b�c�"
    assert storable("👍\x1b") == "👍\x1b"


def test_json_holds_no_control_character() -> None:
    text = "\x1b\x7f\x9b\u202e\n👍"
    written = json_ascii({"title": text})
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written) == {"title": text}


def test_json_that_nobody_has_read_is_part_of_what_it_stands_in() -> None:
    assert json.loads(json_ascii({"data": Raw(b'{"a":[1,"\xc3\xa9"]}')})) == {"data": {"a": [1, "é"]}}
    with pytest.raises(TypeError):
        json_ascii({"data": object()})


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ('say "hi", you', '"say ""hi"", you"'),
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\t=x", "' =x"),
        (" @x", "' @x"),
        ("\u200b=x", "'=x"),
        ("-12.5", "-12.5"),
        ("+1e5", "+1e5"),
        ("-cmd", "'-cmd"),
        ("a\x1bb\nc", "a␛b c"),
        ("", ""),
    ],
)
def test_a_csv_cell_is_text_and_never_a_formula(text: str, cell: str) -> None:
    assert csv_cell(text) == cell
