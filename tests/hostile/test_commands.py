"""Whatever a command prints of others' text, to a pipe or a terminal, is harmless, and ordinary text is whole."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from core.text import clean
from tests.hostile.corpus import CORPUS, Kind, Sample
from tests.hostile.flooded import SENDABLE, WORKSPACE, Flooded
from tests.terminal import Manner, Terminal, clean_environment, foreign, without_sequences
from tests.tui.cli.board import run_here
from tui.cli.main import main

LISTS = {
    "inbox": "inbox list --all",
    "history": "inbox list --all -f is:dismissed",
    "events": "events list -n 5000",
    "people": "people list -n 1000",
    "workspaces": "workspaces list -n 1000",
    "keys": "keys list -n 1000",
    "sessions": "sessions list -n 1000",
    "session": "sessions show 1",
    "approvals": "approvals list",
    "audit": "audit -n 5000",
    "me": "me",
    "status": "status",
}
NAMES_ITS_THING = ("people", "workspaces", "keys")
LONGEST_NAME = 100
HOSTILE_NAME = "h\x1b]0;x\x07[b]\u202e"


def printed(home: Flooded, command: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        ["callboard", *command.split()], env=home.environment(), capture_output=True, timeout=60
    )


@pytest.mark.parametrize("command", LISTS.values(), ids=LISTS.keys())
def test_a_pipe_gets_nothing_foreign(home: Flooded, command: str) -> None:
    done = printed(home, command)
    assert (done.returncode, done.stderr) == (0, b"")
    assert foreign(done.stdout, Manner.PIPE) == []


@pytest.mark.parametrize("command", LISTS.values(), ids=LISTS.keys())
def test_a_terminal_gets_nothing_foreign(home: Flooded, command: str) -> None:
    with Terminal(["callboard", *command.split()], environment=home.environment()) as terminal:
        assert terminal.wait_closed() == 0
        assert foreign(terminal.written, Manner.TTY) == []


@pytest.mark.parametrize("command", [f"{command} --json" for command in LISTS.values()], ids=LISTS.keys())
def test_json_is_printable_ascii(home: Flooded, command: str) -> None:
    done = run_here(*command.split(), **home.environment())
    assert done.out.isascii()
    assert done.out.replace("\n", "").isprintable()
    assert done.json() is not None


def test_only_what_is_too_large_is_refused_as_a_text(home: Flooded) -> None:
    refused = {
        place: {sample.id for at, sample, _ in home.refused if at == place} for place in ("notice", "event")
    }
    assert refused == {"notice": {"huge-megabyte"}, "event": {"huge-megabyte"}}
    names = {sample.kind for place, sample, _ in home.refused if place in ("workspace", "display name", "key")}
    assert names <= {Kind.HUGE, Kind.LINES, Kind.CSI, Kind.INVISIBLE, Kind.MARKS, Kind.C0}
    assert all(len(sentence) > 20 for _, _, sentence in home.refused)


def test_json_holds_the_texts_as_they_came(home: Flooded) -> None:
    titles = {item["title"] for item in json.loads(printed(home, "inbox list --all --json").stdout)}
    sent = [f"n{number:03} {sample.text}" for number, sample in enumerate(SENDABLE)]
    whole = [title.replace("\0", "\ufffd") for title in sent if len(title) < 1_000]
    assert [title for title in whole if title not in titles] == []


def test_every_text_has_a_line_in_the_inbox_and_ordinary_ones_are_whole(home: Flooded) -> None:
    lines = printed(home, "inbox list --all").stdout.decode().splitlines()
    tags = set(home.tags)
    assert Counter(word for line in lines for word in line[:200].split() if word in tags) == dict.fromkeys(
        tags, 1
    )
    shown = "\n".join(lines)
    assert [sample.id for sample in SENDABLE if sample.visible and sample.visible.strip() not in shown] == []


@pytest.mark.parametrize("thing", NAMES_ITS_THING)
def test_names_in_lists_are_whole(home: Flooded, thing: str) -> None:
    shown = printed(home, LISTS[thing]).stdout.decode()
    named = [sample for sample in SENDABLE if sample.visible and len(sample.text) <= LONGEST_NAME]
    assert [sample.id for sample in named if sample.visible.strip() not in shown] == []


def test_a_notification_is_shown_whole_and_harmless(home: Flooded) -> None:
    items = json.loads(printed(home, "inbox list --all --json").stdout)
    wanted = {
        Kind.OSC: "52",
        Kind.LINES: "EVIL",
        Kind.MARKUP: "[@click",
        Kind.BIDI: "gnp",
        Kind.HUGE: "word word",
    }
    for part in wanted.values():
        item = next(item for item in items if part in item["title"])
        for manner in (Manner.PIPE, Manner.TTY):
            written = shown(home, ["inbox", "show", "--peek", str(item["id"])], manner)
            assert foreign(written, manner) == []
            assert clean(item["title"])[:40] in without_sequences(written)


@pytest.mark.parametrize("manner", [Manner.PIPE, Manner.TTY])
def test_what_a_session_printed_is_harmless(home: Flooded, manner: Manner) -> None:
    written = shown(home, ["sessions", "output", "1"], manner)

    assert foreign(written, manner) == []
    assert len(written) > LONGEST_NAME * len(CORPUS) // 10


@pytest.mark.parametrize("manner", [Manner.PIPE, Manner.TTY])
def test_a_session_is_shown_harmlessly(home: Flooded, manner: Manner) -> None:
    titles = {one["title"]: one["id"] for one in json.loads(printed(home, "sessions list -n 1000 --json").stdout)}
    for part in ("52", "EVIL", "[@click", "gnp"):
        number = next(number for title, number in titles.items() if part in title)
        assert foreign(shown(home, ["sessions", "show", str(number)], manner), manner) == []


def shown(home: Flooded, arguments: list[str], manner: Manner) -> bytes:
    if manner is Manner.PIPE:
        return subprocess.run(["callboard", *arguments], env=home.environment(), capture_output=True).stdout
    with Terminal(["callboard", *arguments], environment=home.environment(), columns=200) as terminal:
        terminal.wait_closed()
        return terminal.written


REFUSALS = {
    "unknown command": [],
    "unknown person": ["people", "change"],
    "notify": ["notify", "TEXT", "title"],
    "filter": ["inbox", "list", "-f"],
    "unknown workspace": ["events", "list", "-w"],
    "show": ["inbox", "show"],
    "new person": ["people", "add"],
    "unknown key": ["keys", "revoke"],
    "event name": ["emit"],
    "payload": ["emit", "x:y", "-d"],
}


@pytest.mark.parametrize("arguments", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_a_command_complains_about_is_said_harmlessly(
    home: Flooded, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLBOARD_HOME", str(home.home))
    monkeypatch.setenv("CALLBOARD_WORKSPACE", WORKSPACE)
    for sample in CORPUS:
        if not sample.text or "\0" in sample.text or sample.kind is Kind.HUGE:
            continue  # no program can be given these
        given = [sample.text if part == "TEXT" else part for part in arguments]
        code = main(given if given != arguments else [*given, sample.text])
        written = capfd.readouterr()
        assert code in (0, 1, 2), sample.id
        assert foreign(written.err.encode(), Manner.PIPE) == [], sample.id
        assert foreign(written.out.encode(), Manner.PIPE) == [], sample.id
        assert "Traceback" not in written.err, sample.id


def test_bytes_that_are_no_text_are_refused_in_words(home: Flooded) -> None:
    for argument in (b"\x9b31m", b"\xff", b"caf\xe9"):
        done = subprocess.run(
            [b"callboard", b"notify", home.person.encode(), argument], env=home.environment(), capture_output=True
        )
        assert done.returncode in (0, 1, 2)
        assert foreign(done.stderr + done.stdout, Manner.PIPE) == []
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("sample", [s for s in CORPUS if s not in SENDABLE], ids=lambda sample: sample.id)
def test_what_no_database_can_hold_is_refused_in_one_sentence(home: Flooded, sample: Sample) -> None:
    notice = {"person": home.person, "title": sample.text, "body": sample.text, "workspace": WORKSPACE}
    status, body = home.raw("/notices", json.dumps(notice).encode())
    assert status == 400
    assert json.loads(body)["error"]
    assert body.isascii()


def test_nul_is_stored_as_a_replacement(home: Flooded) -> None:
    notice = {"person": home.person, "title": "nothing \0 between", "workspace": WORKSPACE}
    assert home.raw("/notices", json.dumps(notice).encode())[0] in (200, 201)
    items = json.loads(printed(home, "inbox list --all --json").stdout)
    assert "\0" not in "".join(item["title"] + item["body"] for item in items)


def test_a_home_of_a_hostile_name_is_named_harmlessly(tmp_path: Path) -> None:
    home = tmp_path / HOSTILE_NAME
    environment = clean_environment(HOME=str(tmp_path), CALLBOARD_HOME=str(home))
    try:
        for command in (
            "inbox list --socket x\x1b[2J",
            "up",
            "up",
            "status",
            "doctor",
            "service",
            "config path",
            "me",
        ):
            done = subprocess.run(["callboard", *command.split()], env=environment, capture_output=True)
            assert foreign(done.stdout, Manner.PIPE) + foreign(done.stderr, Manner.PIPE) == [], command
            assert b"Traceback" not in done.stderr
    finally:
        subprocess.run(["callboard", "down"], env=environment, check=True, capture_output=True)


def test_a_server_in_front_names_its_home_harmlessly(tmp_path: Path) -> None:
    environment = clean_environment(HOME=str(tmp_path), CALLBOARD_HOME=str(tmp_path / HOSTILE_NAME))
    with Terminal(["callboard", "serve"], environment=environment) as terminal:
        terminal.wait_for("ready pid=")
        terminal.press("ctrl+c")
        assert terminal.wait_closed() == 0
        assert foreign(terminal.written, Manner.TTY) == []


def test_a_configuration_full_of_escapes_is_refused_harmlessly(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for line in (
        '"\\u001b]0;x\\u0007" = 1',
        '[server]\nhttp = "\\u009b31;66m"',
        "\x1b[31;66m",
        '[keys]\n"a\\u202e" = 1',
    ):
        (home / "config.toml").write_text(line)
        (home / "config.toml").chmod(0o600)
        done = subprocess.run(
            ["callboard", "--home", str(home), "config", "check"],
            env=clean_environment(HOME=str(tmp_path)),
            capture_output=True,
        )
        assert done.returncode != 0
        assert foreign(done.stdout + done.stderr, Manner.PIPE) == []
        assert b"Traceback" not in done.stderr


def test_completion_offers_no_hostile_help(home: Flooded) -> None:
    asked = {"_CALLBOARD_COMPLETE": "zsh_complete", "COMP_WORDS": "callboard inbox show ", "COMP_CWORD": "3"}
    done = subprocess.run(["callboard"], env=home.environment(**asked), capture_output=True)
    assert done.stdout.count(b"\n") > 10
    assert foreign(done.stdout, Manner.PIPE) == []
