from collections.abc import Callable
from typing import Any

import pytest

from core.errors import InvalidError
from core.sessions import settings_words as words

Check = Callable[[Any], object]


def verify(lists: list[list[str]]) -> list[list[str]]:
    return words.commands(lists, "verify")


@pytest.mark.parametrize(
    ("check", "said", "place"),
    [
        (words.branch, "-x", "base"),
        (words.branch, "a b", "base"),
        (words.branch, "a..b", "base"),
        (words.branch, "a.lock", "base"),
        (words.branch, "a\n", "base"),
        (words.branch, "", "base"),
        (words.branch, "x" * 251, "base"),
        (verify, [[]], "verify[0]"),
        (verify, [["true"], [""]], "verify[1]"),
        (verify, [["true"]] * 21, "verify"),
        (verify, [["echo", "a\0b"]], "verify[0][1]"),
        (verify, [["echo", "\ud800"]], "verify[0][1]"),
        (verify, [["x"] * 201], "verify[0]"),
        (verify, [["x" * 8193]], "verify[0][0]"),
        (words.hooks, {"on_monday": []}, "hooks"),
        (words.hooks, {"on_done": [[]]}, "hooks.on_done[0]"),
        (words.hook_seconds, 0, "hook_seconds"),
        (words.hook_seconds, 3601, "hook_seconds"),
        (words.instructions, "x" * 50_001, "instructions"),
        (words.folder, "/" + "x" * 4_096, "folder"),
        (words.secret, "short", "request_secret"),
        (words.secret, "with\nline end", "request_secret"),
        (words.secret, "schlüssel", "request_secret"),
        (words.secret, "x" * 257, "request_secret"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(check: Check, said: Any, place: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check(said)

    assert refused.value.place == place


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (words.branch, "main"),
        (words.branch, "release/2.0-rc_1@home"),
        (words.branch, "größe"),
        (verify, [["make", "-C", "a b", ""]]),
        (words.hooks, {"on_start": [["a"]], "pre_merge": [["b"], ["c"]]}),
        (words.hook_seconds, 1),
        (words.secret, "x" * 8),
    ],
)
def test_what_can_be_stays_as_it_is(check: Check, said: Any) -> None:
    assert check(said) == said
