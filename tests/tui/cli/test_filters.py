"""Filters on the command line: a mistake is marked, and the shell completes them."""

import pytest
from click.shell_completion import ShellComplete

from core.api.inbox import InboxActionRequest, act, page
from core.errors import InvalidError
from core.filtering import FilterError
from tests.tui.cli.board import Board
from tui.cli.errors import MarkedError
from tui.cli.marking import marked
from tui.cli.root import callboard


@pytest.mark.parametrize(
    ("arguments", "drawn"),
    [
        (
            ["inbox", "list", "--filter", "is:unread 東京 nope:1 x"],
            ["  is:unread 東京 nope:1 x", " " * 17 + "^^^^"],
        ),
        (["inbox", "dismiss", "--yes", "-f", "is:"], ["  is:", "  ^^^"]),
    ],
)
def test_a_mistake_is_marked_below_the_filter(board: Board, arguments: list[str], drawn: list[str]) -> None:
    outcome = board.run(*arguments)

    assert (outcome.code, outcome.out) == (2, "")
    said, *rest = outcome.err.splitlines()
    assert said.startswith("callboard: filter, characters ")
    assert rest == drawn


def drawing(text: str, start: int, end: int) -> list[str]:
    error = marked(FilterError("It is wrong.", start, end), page(filter=text))
    assert isinstance(error, MarkedError)
    return error.drawing.splitlines()


def test_of_a_long_filter_what_is_around_the_mistake_is_shown() -> None:
    line, marks = drawing("a" * 300 + " nope:1 " + "b" * 300, 301, 305)

    assert len(line) < 90
    assert line[marks.index("^") : marks.index("^") + 4] == "nope"


def test_what_is_hostile_in_a_filter_is_not_drawn_as_it_came() -> None:
    line, marks = drawing("\x1b[2J\nx nope:1", 7, 11)

    assert "\x1b" not in line
    assert line[marks.index("^") :].startswith("nope")


def test_what_is_wrong_elsewhere_is_not_marked() -> None:
    error = InvalidError("There is no workspace 'x'.", "filter")

    assert marked(error, page(filter="workspace:x")) is error
    assert marked(FilterError("It is wrong.", 0, 1), act(InboxActionRequest("read", [1]))).args == (
        "filter, character 1: It is wrong.",
    )


@pytest.mark.parametrize(
    ("arguments", "typed", "offered"),
    [
        (["inbox", "list", "--filter"], "deploy -is:un", "deploy -is:unread"),
        (["inbox", "dismiss", "-f"], "is:unread sev:w", "is:unread sev:warning"),
        (["sessions", "list", "--filter"], "state:runn", "state:running"),
        (["automations", "enable", "--filter"], "state:dis", "state:disabled"),
        (["audit", "--filter"], "outcome:r", "outcome:refused"),
        (["events", "list", "--filter"], "event:merge:f", "event:merge:failed"),
    ],
)
def test_the_shell_completes_a_filter(arguments: list[str], typed: str, offered: str) -> None:
    found = ShellComplete(callboard, {}, "callboard", "_CALLBOARD_COMPLETE").get_completions(arguments, typed)

    assert offered in [item.value for item in found]
