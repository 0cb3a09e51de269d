"""What is read of a crontab, and what the scripts that are made of it do."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.automations.cron import parse
from core.automations.cron.crontab import Entry, read_crontab

A_CRONTAB = r"""# Edit this file to introduce tasks to be run by cron.
#
# m h  dom mon dow   command
SHELL=/bin/bash
MAILTO = "ops@example.org"
PATH='/opt/bin:/bin'

# Back up the tickets
30 2 * * 1-5   /opt/backup --all  "a b"
# ---------------
@daily	touch /tmp/seen
# 0 5 * * * off
*/10 * * * * date +\%F
CRON_TZ=Europe/Berlin
0 9 * * mon  mail -s hello me%Hello,%100\% done%
@reboot /opt/start
0 25 * * * never
0 9 * * *
22 22-2 * * * late
"""


def only(text: str, *, user_column: bool = False) -> Entry:
    found = read_crontab(text, user_column=user_column)
    assert found.refusals == []
    [entry] = found.entries
    return entry


def refusal(text: str, *, user_column: bool = False) -> str:
    found = read_crontab(text, user_column=user_column)
    assert found.entries == []
    [refused] = found.refusals
    return refused.why


def outcome(script: str, home: Path) -> str:
    done = subprocess.run(
        ["/bin/sh"],
        input=script.encode(),
        capture_output=True,
        check=True,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        timeout=60,
    )
    return done.stdout.decode()


def test_the_entries_have_their_schedule_command_and_name() -> None:
    entries = read_crontab(A_CRONTAB).entries

    assert [(entry.line, entry.schedule, entry.expression, entry.command, entry.name) for entry in entries] == [
        (9, "30 2 * * 1-5", "30 2 * * 1-5", '/opt/backup --all  "a b"', "Back up the tickets"),
        (11, "@daily", "0 0 * * *", "touch /tmp/seen", None),
        (13, "*/10 * * * *", "*/10 * * * *", "date +%F", None),
        (15, "0 9 * * mon", "0 9 * * mon", "mail -s hello me", None),
    ]


def test_what_follows_the_first_percent_is_input_a_line_each() -> None:
    assert [entry.stdin for entry in read_crontab(A_CRONTAB).entries] == [None, None, None, "Hello,\n100% done\n"]


def test_the_variables_in_force_are_those_above_the_line() -> None:
    first, *_, last = read_crontab(A_CRONTAB).entries

    assert first.environment == {"SHELL": "/bin/bash", "MAILTO": "ops@example.org", "PATH": "/opt/bin:/bin"}
    assert (first.zone, last.zone) == (None, "Europe/Berlin")


def test_what_cannot_be_taken_is_said_with_its_line() -> None:
    refused = [(each.line, each.why) for each in read_crontab(A_CRONTAB).refusals]

    assert refused == [
        (16, "@reboot is no time: what starts with the machine belongs in a service."),
        (17, "hour: 25 is out of range. Write a number from 0 to 23."),
        (18, "There is no command after the schedule."),
        (19, "hour: '22-2' runs backwards. Write 22-23,0-2."),
    ]


@pytest.mark.parametrize(
    ("alias", "expression"),
    [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("@Annually", "0 0 1 1 *"),
    ],
)
def test_the_names_of_schedules_are_five_fields(alias: str, expression: str) -> None:
    entry = only(f"{alias} true")

    assert (entry.expression, entry.command) == (parse(expression).text, "true")


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("# Nightly: sync", "Nightly: sync"),
        ("##  Nightly\t sync ##", "Nightly sync ##"),
        ("#", None),
        ("# =====", None),
        ("# m h dom mon dow command", None),
        ("# minute hour day", None),
        ("# @daily off", None),
        ("# * * * * * command to be executed", None),
        ("# 5 apples and 3 pears to buy", "5 apples and 3 pears to buy"),
        ("# " + "x" * 500, "x" * 119 + "…"),
        ("# Sync\n", None),
        ("# Sync\nA=1", None),
    ],
)
def test_the_comment_directly_above_is_the_name(comment: str, name: str | None) -> None:
    assert only(f"{comment}\n0 1 * * * true").name == name


def test_a_name_is_not_given_twice() -> None:
    assert [entry.name for entry in read_crontab("# One\n0 1 * * * a\n0 2 * * * b\n").entries] == ["One", None]


@pytest.mark.parametrize(
    ("line", "environment"),
    [
        ("A=1", {"A": "1"}),
        (" A\t=  b c  ", {"A": "b c"}),
        ('A=" b "', {"A": " b "}),
        ("'A' = 'it\"s'", {"A": 'it"s'}),
        ("A=", {"A": ""}),
        ("A=$HOME/x=y", {"A": "$HOME/x=y"}),
    ],
)
def test_a_variable_is_read_without_its_quotes_and_not_expanded(line: str, environment: dict[str, str]) -> None:
    assert only(f"{line}\n0 1 * * * true").environment == environment


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("A='b", "The quotes around the value of 'A' do not end."),
        ("A-B=1", "'A-B' is no name for a variable."),
        ("1=1", "'1' is no name for a variable."),
        ("@every_minute true", "expression: '@every_minute' is not taken here."),
        ("@daily", "There is no command after the schedule."),
        ("@daily   ", "There is no command after the schedule."),
        ("* * * * * %input", "There is no command after the schedule."),
        ("5 * * *", "expression: It has 4 fields, not five."),
        ("hello", "expression: It has 1 field, not five."),
        ("0~30 * * * * true", "minute: '0~30' cannot be read."),
        ("* * * * * \x00", "The line has a character that is no text"),
        ("* * * * * \ud800", "The line has a character that is no text"),
        ("* * * * * " + "x" * 20_000, "The line is longer than 16384 characters"),
        ("CRON_TZ=Berlin\n* * * * * true", "CRON_TZ: 'Berlin' is no time zone. Did you mean Europe/Berlin?"),
    ],
)
def test_a_line_that_cannot_be_taken_is_refused_in_a_sentence(line: str, why: str) -> None:
    assert refusal(line).startswith(why)


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_part_of_it() -> None:
    entry = only("\ufeff# Sync\r\nA=1\r\n\r\n# Name\r\n0 1 * * * true\r\n")

    assert (entry.name, entry.environment, entry.command) == ("Name", {"A": "1"}, "true")


def test_a_column_for_the_user_is_read_only_when_it_is_asked_for() -> None:
    line = "17 *\t* * *\troot\tcd / && run-parts /etc/cron.hourly"

    with_column, without = only(line, user_column=True), only(line)

    assert (with_column.user, with_column.command) == ("root", "cd / && run-parts /etc/cron.hourly")
    assert (without.user, without.command) == (None, "root\tcd / && run-parts /etc/cron.hourly")
    assert refusal("@daily", user_column=True) == "There is no user after the schedule."
    assert refusal("@daily root", user_column=True) == "There is no command after the user."


@pytest.mark.parametrize(
    ("written", "command", "stdin"),
    [
        (r"a\%b", "a%b", None),
        (r"a\\%b", r"a\\", "b\n"),
        (r"a\\\%b", r"a\\%b", None),
        (r"a\n%b\n", r"a\n", "b\\n\n"),
        (r"a%b%%c", "a", "b\n\nc\n"),
        (r"a%b\%c%", "a", "b%c\n"),
        ("a%", "a", None),
        ("a\\", "a\\", None),
    ],
)
def test_percent_and_backslash_are_read_as_cron_does(written: str, command: str, stdin: str | None) -> None:
    entry = only(f"0 1 * * * {written}")

    assert (entry.command, entry.stdin) == (command, stdin)


def test_a_plain_command_is_a_script_that_one_can_read() -> None:
    assert only("A=b c\n0 1 * * * true && false | cat # why").script == (
        "export A='b c'\ncd \"${HOME:-/}\" || exit\ntrue && false | cat # why\n"
    )


def test_a_script_runs_as_cron_would_run_the_command(tmp_path: Path) -> None:
    """In the home folder, with its variables as they were written, its shell and its input."""
    variables = 'GREETING=it\'s $HOME `id` "x"\nSHELL=/bin/bash\n'
    line = '0 1 * * * pwd; echo "$GREETING"; [[ a ]] && cat; cat%b\'\\%s%'

    found = outcome(only(variables + line).script, tmp_path)

    assert found == f"{tmp_path}\nit's $HOME `id` \"x\"\nb'%s\n"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\n\r%\\"), min_size=1))
def test_no_value_and_no_input_gets_out_of_its_quotes(text: str) -> None:
    value = text.strip(" \t\"'") or "x"

    entry = only(f'A="{value}"\n0 1 * * * printf %s "$A"; cat%{text}'.replace("printf %s", r"printf \%s"))

    assert outcome(entry.script, Path("/")) == f"{value}{text}\n"


_PIECES = [
    *"*%\\#=@ \t\n\r\"'5",
    "0 1 * * *",
    "@daily",
    "@reboot",
    "A=",
    "CRON_TZ=",
    "UTC",
    "# x",
    "\x00",
    "\ud800",
    "1-0",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)), st.booleans())
def test_any_text_is_read_to_its_end(text: str, user_column: bool) -> None:
    found = read_crontab(text, user_column=user_column)

    assert all(entry.command.strip() and entry.script for entry in found.entries)
    assert all(parse(entry.expression).text == entry.expression for entry in found.entries)
    assert all(refused.why.isprintable() and refused.why.endswith((".", "?")) for refused in found.refusals)
    lines = [entry.line for entry in found.entries] + [refused.line for refused in found.refusals]
    assert len(set(lines)) == len(lines)
