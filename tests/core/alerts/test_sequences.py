"""Alerts byte for byte: whole, harmless, and none that makes the terminal answer."""

import re
from base64 import b64decode

import pytest

from core.alerts.sequences import CHUNK, SCREEN, chunks, sequence
from core.alerts.terminals import Wrapper
from core.alerts.ways import WAYS, Way
from core.alerts.words import Alert

PLAIN = Alert("Merge failed", "Conflicts in 2 files", "critical")
HOSTILE = Alert(
    "x\x1b]52;c;aGk=\x07;\x9c\x9b31m\u202eevil\u2066\u200f\x00\n9;4;3",
    "\x1b\\\x1bP\x07 y \x90\u061c\u2028z;;" * 40,
    "low",
)
WRAPPERS: tuple[Wrapper, ...] = ("", "tmux", "screen")
WITHOUT_CONTROLS = r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029]*"


def test_osc_99_is_base64_with_an_id_and_an_urgency() -> None:
    assert sequence(PLAIN, "osc99", name="7") == (
        "\x1b]99;i=callboard-7:e=1:p=title:d=0;Q2FsbGJvYXJkOiBNZXJnZSBmYWlsZWQ=\x1b\\"
        "\x1b]99;i=callboard-7:e=1:p=body:d=1:u=2;Q29uZmxpY3RzIGluIDIgZmlsZXM=\x1b\\"
    )


def test_osc_99_leaves_the_focus_to_a_terminal_that_knows_it() -> None:
    assert sequence(Alert("Hi", "", "low"), "osc99", away=True) == (
        "\x1b]99;i=callboard-1:e=1:p=title:d=1:u=0:o=unfocused;Q2FsbGJvYXJkOiBIaQ==\x1b\\"
    )


def test_osc_777_has_a_title_without_semicolons() -> None:
    alert = Alert("Budget; 80 %", "spent; nearly", "normal")
    assert sequence(alert, "osc777") == "\x1b]777;notify;Callboard: Budget, 80 %;spent; nearly\x1b\\"
    assert sequence(Alert("Hi; you", "", "low"), "osc777") == "\x1b]777;notify;Callboard;Hi; you\x1b\\"


def test_osc_9_begins_with_a_letter() -> None:
    assert sequence(Alert("4;3;50", "", "low"), "osc9") == "\x1b]9;Callboard: 4;3;50\x1b\\"
    assert sequence(PLAIN, "osc9") == "\x1b]9;Callboard: Merge failed · Conflicts in 2 files\x1b\\"


def test_the_bell_is_one_byte_and_can_go_along() -> None:
    assert sequence(PLAIN, "bell", wrapper="tmux") == "\a"
    assert sequence(Alert("Hi", "", "low"), "osc9", bell=True) == "\x1b]9;Callboard: Hi\x1b\\\a"


def test_tmux_is_given_every_escape_twice() -> None:
    assert sequence(Alert("Hi", "", "low"), "osc9", wrapper="tmux", bell=True) == (
        "\x1bPtmux;\x1b\x1b]9;Callboard: Hi\x1b\x1b\\\x1b\\\a"
    )


def test_screen_is_given_short_strings_that_do_not_end_each_other() -> None:
    made = sequence(Alert("Hi", "", "low"), "osc9", wrapper="screen")
    assert made == "\x1bP\x1b]9;Callboard: Hi\a\x1b\\"
    long = sequence(Alert("語" * 100, "本" * 400, "low"), "osc99", wrapper="screen")
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", long)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == long
    assert max(len(piece.encode()) for piece in pieces) <= SCREEN
    assert sequence(Alert("語" * 100, "本" * 400, "low"), "osc99").replace("\x1b\\", "\a") == "".join(pieces)


def test_a_long_text_is_in_chunks_that_end_between_characters() -> None:
    text = "a" + "語" * 1000
    pieces = chunks(text, CHUNK)
    assert "".join(pieces) == text
    assert [len(piece.encode()) for piece in pieces] == [2047, 954]
    assert chunks("", CHUNK) == []


def _unwrapped(made: str, wrapper: Wrapper) -> str:
    if wrapper == "tmux":
        inner = re.findall(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", made)
        return "".join(inner).replace("\x1b\x1b", "\x1b")
    if wrapper == "screen":
        return "".join(re.findall(r"\x1bP(.*?)\x1b\\", made, re.DOTALL)).replace("\a", "\x1b\\")
    return made


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("way", [way for way in WAYS if way.startswith("osc")])
@pytest.mark.parametrize("alert", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_whatever_the_text_it_is_whole_sequences_and_nothing_else(
    alert: Alert, way: Way, wrapper: Wrapper
) -> None:
    made = _unwrapped(sequence(alert, way, wrapper=wrapper, away=True), wrapper)
    parts = re.findall(rf"\x1b\]({WITHOUT_CONTROLS})\x1b\\", made)
    assert "".join(f"\x1b]{part}\x1b\\" for part in parts) == made
    assert parts
    for part in parts:
        assert part.startswith(
            (
                "99;i=callboard-1:e=1:p=title:",
                "99;i=callboard-1:e=1:p=body:",
                "777;notify;Callboard",
                "9;Callboard: ",
            )
        )
        if part.startswith("99;"):
            assert not re.search(r"[:;](a|c)=|p=(\?|close|alive)", part.split(";")[1])
            assert re.fullmatch(WITHOUT_CONTROLS, b64decode(part.split(";")[2]).decode())


def test_texts_are_short_enough_for_a_notification() -> None:
    made = sequence(Alert("t" * 500, "b" * 5000, "low"), "osc777")
    _, _, title, body = made.removesuffix("\x1b\\").split(";")
    assert (len(title), len(body)) == (len("Callboard: ") + 80, 400)
