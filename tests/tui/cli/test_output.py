"""What is printed, to a pipe and to a terminal."""

from datetime import UTC, datetime, timedelta

import pytest

from tui.cli import output
from tui.cli.output import Cell, Column

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLUMNS = [Column("ID", right=True), Column("TITLE", gives=True), Column("STATE")]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if standard output were a terminal of 30 columns with colours."""
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_pipe_gets_aligned_whole_texts_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(
        COLUMNS,
        [["7", Cell("Đơn hàng 検索", "bold"), "read"], ["12", "x" * 40, Cell("unread", "red")]],
        empty="-",
    )

    assert capsys.readouterr().out.splitlines() == [
        "ID  " + "TITLE".ljust(40) + "  STATE",
        " 7  " + "Đơn hàng 検索" + " " * 27 + "  read",
        "12  " + "x" * 40 + "  unread",
    ]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_what_fits_its_width(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(COLUMNS, [["12", "x" * 40, Cell("unread", "red")]], empty="-")

    title, row = capsys.readouterr().out.splitlines()
    assert row == "12  " + "x" * 17 + "…  \x1b[31munread\x1b[0m"
    assert title.startswith("\x1b[1mID\x1b[0m")


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_declined(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    output.print_parts([("Title", Cell("red", "red"))])

    assert "\x1b" not in capsys.readouterr().out


def test_text_from_outside_cannot_move_the_cursor_or_add_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2J\r\nb\x9b1A\u202ec\x07"

    output.print_table([Column("T")], [[hostile]], empty="-")
    output.print_parts([("T", hostile)])
    output.say(hostile)
    output.print_json({hostile: hostile})

    printed = capsys.readouterr().out
    assert not [char for char in printed if (char < " " and char != "\n") or "\x7f" <= char < "\xa0"]
    assert "\u202e" not in printed
    assert len(printed.splitlines()) == 2 + 1 + 1 + 3


def test_an_empty_table_says_nothing_to_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(COLUMNS, [], empty="Nothing here.")

    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("terminal")
def test_an_empty_table_says_so_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(COLUMNS, [], empty="Nothing here.")

    assert capsys.readouterr().out == "Nothing here.\n"


def test_times_are_exact_in_a_pipe() -> None:
    assert output.when(NOW, NOW) == "2026-03-02T09:00:00Z"
    assert output.local(NOW) == "2026-03-02T09:00:00Z"
    assert output.when(None, NOW) == ""


@pytest.mark.usefixtures("terminal")
def test_times_are_ages_on_a_terminal() -> None:
    assert output.when(NOW - timedelta(hours=5), NOW) == "5h"
    assert output.when(NOW + timedelta(days=6), NOW) == "in 6d"
