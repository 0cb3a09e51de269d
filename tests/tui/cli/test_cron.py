"""`callboard cron`: answers without a server, one by one and line by line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core.automations.cron.corpus import cases
from tests.tui.cli.board import run, surroundings

IN_MARCH = ("--tz", "Europe/Berlin", "--after", "2026-03-28T12:00:00Z")


def answers(*lines: str | bytes, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What `cron next -` answers to these lines."""
    stdin = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    command = [sys.executable, "-P", "-m", "tui.cli.main", "cron", "next", "-", *options]
    done = subprocess.run(command, input=stdin, capture_output=True, check=True, env=surroundings(), timeout=60)
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_next_runs_as_json_are_instants_in_utc() -> None:
    found = run("cron", "next", "30 2 * * *", *IN_MARCH, "-n", "2", "--json")

    assert found.json() == {"runs": ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]}


def test_an_instant_without_a_zone_is_in_utc() -> None:
    found = run("cron", "next", "0 9 * * *", "--after", "2026-03-28 10:00", "-n", "1", "--json", TZ="Asia/Tokyo")

    assert found.json() == {"runs": ["2026-03-29T09:00:00Z"]}


def test_a_person_sees_words_both_zones_and_clock_changes() -> None:
    found = run("cron", "next", "30 2 * * *", *IN_MARCH, "-n", "2", TZ="America/Sao_Paulo")

    assert found.out.splitlines() == [
        "At 02:30, every day.",
        "",
        "EUROPE/BERLIN                YOUR TIME                   UTC",
        "Sun 29 Mar 2026, 03:00 CEST  Sat 28 Mar 2026, 22:00 -03  2026-03-29T01:00:00Z",
        "Mon 30 Mar 2026, 02:30 CEST  Sun 29 Mar 2026, 21:30 -03  2026-03-30T00:30:00Z",
        "",
        "29 Mar: 02:30 does not exist, runs at 03:00.",
        "25 Oct: 02:30 comes twice, runs the first time.",
        "28 Mar 2027: 02:30 does not exist, runs at 03:00.",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0 22-2 * * *"], "hour: '22-2' runs backwards. Write 22-23,0-2."),
        (["-1 * * * mon"], "minute: '-1' cannot be read. Write * for all, a number in 0-59"),
        (["@hourly"], "expression: '@hourly' is not taken here. Write 0 * * * *."),
        (["0 0 30 2 *", "--json"], "day of month: Day 30 never comes in February."),
        (["0 0 * * *", "--tz", "Berlin"], "'Berlin' is no time zone. Did you mean Europe/Berlin?"),
        (["0 0 * * *", "--tz", "../etc/passwd"], "is no time zone."),
        (["0 0 * * *", "--after", "tomorrow"], "after: 'tomorrow' is not a time. Write it like 2026-"),
        (["0 0 * * *", "--after", "0001-01-01T00:00+14:00"], "after: '0001-01-01T00:00+14:00' is too long ago."),
        (["0 0 * * *", "-n", "0"], "'-n'"),
        (["\x1b[2J\udcff * * * *"], "minute: "),
    ],
)
def test_what_is_refused_ends_with_2_and_one_sentence(arguments: list[str], sentence: str) -> None:
    found = run("cron", "next", *arguments)

    assert (found.code, found.out) == (2, "")
    assert found.err.count("\n") == 1
    assert sentence in found.err


def test_explain_refuses_the_same() -> None:
    found = run("cron", "explain", "-1 * * * mon")

    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("callboard: minute: '-1' cannot be read.")


def test_explain_says_what_kind_of_job_it_is() -> None:
    fixed = run("cron", "explain", "30 2 * * 0", *IN_MARCH).out
    real = run("cron", "explain", "*/5 * * * *", *IN_MARCH).out
    untouched = run("cron", "explain", "30 9 * * *", *IN_MARCH).out
    steady = run("cron", "explain", "30 9 * * *", "--tz", "Asia/Kolkata").out

    assert "At 02:30, on Sundays." in fixed
    assert "Fixed times: what a clock change skips runs once" in fixed
    assert "29 Mar: 02:00 to 03:00 does not exist, nothing runs in it." in real
    assert "Follows real time" in real
    assert untouched.endswith("No change of the clock touches these runs within a year.\n")
    assert steady.endswith("The clock of Asia/Kolkata does not change within a year.\n")


def test_explain_as_json_has_the_words_the_runs_and_the_notes() -> None:
    found = run("cron", "explain", "30 2 29 3 *", *IN_MARCH, "--json").json()

    assert found == {
        "expression": "30 2 29 3 *",
        "zone": "Europe/Berlin",
        "words": "At 02:30, on 29 March",
        "runs": [
            *("2026-03-29T01:00:00Z", "2027-03-29T00:30:00Z", "2028-03-29T00:30:00Z"),
            *("2029-03-29T00:30:00Z", "2030-03-29T01:30:00Z"),
        ],
        "notes": [{"at": "2026-03-29T01:00:00Z", "sentence": "29 Mar: 02:30 does not exist, runs at 03:00"}],
    }


def test_the_whole_corpus_is_answered_line_by_line() -> None:
    asked = [json.dumps({"expr": case.expr, "tz": case.tz, "after": case.after, "n": 5}) for case in cases()]

    assert answers(*asked) == [{"runs": case.expected} for case in cases()]


def test_what_a_line_leaves_out_is_taken_from_the_options_or_is_usual() -> None:
    options = ("--tz", "Asia/Tokyo", "--after", "2026-01-01T00:00:00Z")

    usual = answers('{"expr": "0 9 * * *"}', '{"expr": "0 9 * * *", "after": null, "tz": null}')
    chosen = answers('{"expr": "0 9 * * *", "n": 1}', options=options)

    assert [len(answer["runs"]) for answer in usual] == [5, 5]
    assert all(each.endswith("T09:00:00Z") for answer in usual for each in answer["runs"])
    assert chosen == [{"runs": ["2026-01-02T00:00:00Z"]}]


def test_a_hostile_line_has_an_error_as_its_answer_and_ends_nothing() -> None:
    hostile: list[str | bytes] = [
        *("", "nope", "[]", "5", "null", '"0 9 * * *"', "[" * 50_000, '{"expr":' * 20_000, "9" * 5_000, "\x00"),
        *(b"\xff\xfe", b"\x1b[2J", b"x" * 200_000, b"{" + b" " * 70_000 + b"}"),
        *("{}", '{"expr": 5}', '{"expr": ["0 9 * * *"]}', '{"expr": "0 9 * * *", "n": true}'),
        *(
            '{"expr": "0 9 * * *", "n": "5"}',
            '{"expr": "0 9 * * *", "n": 0}',
            '{"expr": "0 9 * * *", "n": 1e999}',
        ),
        *('{"expr": "0 9 * * *", "n": 1000000000}', '{"expr": "0 9 * * *", "tz": 1}'),
        *('{"expr": "0 9 * * *", "tz": "\\u0000"}', '{"expr": "0 9 * * *", "tz": "../../etc/passwd"}'),
        *('{"expr": "0 9 * * *", "after": 5}', '{"expr": "0 9 * * *", "after": "\\ud800"}'),
        *('{"expr": "\\ud800 * * * *"}', '{"expr": "5/10 * * * *"}', '{"expr": "@daily"}'),
    ]

    found = answers(*hostile, '{"expr": "0 0 * * *", "after": "2026-01-01T00:00:00Z", "n": 1}')

    assert [list(answer) for answer in found] == [["error"]] * len(hostile) + [["runs"]]
    assert all(answer["error"].endswith(".") for answer in found[:-1])


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    command = [sys.executable, "-P", "-m", "tui.cli.main", "cron", "next", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=surroundings()) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write('{"expr": "5/10 * * * *"}\n')
        running.stdin.flush()
        first = running.stdout.readline()
        running.stdin.close()
        rest = running.stdout.read()

    assert (json.loads(first), rest, running.returncode) == (
        {"error": "minute: '5/10' has a step without a range. Write 5-59/10."},
        "",
        0,
    )


def test_the_names_of_zones_are_completed() -> None:
    words = "callboard cron next x --tz europe/berl"

    found = run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="5")

    assert found.out == "plain,Europe/Berlin\n"


def test_no_server_is_started_and_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    heavy = ["sqlalchemy", "aiohttp", "textual", "asyncio", "core.home"]
    script = (
        "import sys; from tui.cli.main import main; code = main(sys.argv[1:]);"
        f"print(code, *(m for m in {heavy!r} if m in sys.modules))"
    )
    command = [
        sys.executable,
        "-P",
        "-c",
        script,
        "--home",
        str(tmp_path / "home"),
        "cron",
        "explain",
        "0 9 * * *",
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings(), timeout=60)

    assert done.stdout.splitlines()[-1] == "0"
    assert not (tmp_path / "home").exists()
