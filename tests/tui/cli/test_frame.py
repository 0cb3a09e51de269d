"""The frame of the command line: help, version, where the server is, exit codes, and how mistakes are told."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal, clean_environment
from tests.tui.cli.board import Board, Outcome, run, surroundings

HEAVY = ("textual", "rich", "sqlalchemy", "aiohttp", "alembic", "asyncio")


def test_the_version_is_printed() -> None:
    assert run("--version").out.startswith("callboard 0.")


def test_the_version_is_that_of_the_package() -> None:
    import tomllib

    from core.version import VERSION

    with open("pyproject.toml", "rb") as file:
        assert tomllib.load(file)["project"]["version"] == VERSION


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["inbox", "--help"], ["config", "path"]])
def test_what_is_asked_often_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from tui.cli.main import main; main(sys.argv[1:]);"
        f"sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(),
    )

    assert done.stderr.strip() == ""


def test_the_help_at_the_top_names_every_command_without_loading_any() -> None:
    from tui.cli.root import ENTRIES

    code = (
        "import sys; from tui.cli.main import main; main(['--help']);"
        f"sys.exit(' '.join(m for m in {[each.module for each in ENTRIES.values()]!r} if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == ""
    assert all(f"  {name} " in done.stdout for name in ENTRIES)


def test_every_command_of_the_table_has_its_help() -> None:
    from click import Context

    from tui.cli.root import ENTRIES, callboard

    for name in ENTRIES:
        command = callboard.get_command(Context(callboard), name)
        assert command is not None
        assert command.name == name
        assert command.help


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["inbx"], "Did you mean 'inbox'? See: callboard --help"),
        (["inbox", "lst"], "Did you mean 'list'? See: callboard inbox --help"),
        (["status", "--jsn"], "Did you mean '--json'? See: callboard status --help"),
        (["inbox", "show", "seven"], "'seven' is not a valid integer"),
        (["inbox", "star"], "Say which"),
        (["inbox", "star", "1", "--filter", "is:read"], "Say which"),
        (["emit"], "Missing argument 'EVENT'"),
        (["emit", "a:b", "-d", "nothing"], "is not key=text"),
        (["keys", "rotate", "k", "--grace", "1 day"], "is no duration"),
        (["me", "set"], "Say what to change"),
        (["me", "set", "--quiet", "evening"], "22:00-07:00"),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
        (["\x1b[31mred\x1b[0m"], "No such command"),
        ([], "The app needs a terminal"),
        (["--home", "/nowhere"], "The app needs a terminal"),
        (["--home", "", "config", "path"], "named, but by nothing"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(arguments: list[str], said: str) -> None:
    outcome = run(*arguments)

    assert_refused(outcome, 2)
    assert said in outcome.err


@pytest.mark.parametrize("arguments", [["status"], ["inbox", "list"], ["emit", "a:b"], ["me", "--json"]])
def test_a_named_socket_without_a_server_is_exit_code_3(arguments: list[str], tmp_path: Path) -> None:
    socket = str(tmp_path / "no.sock")

    for outcome in (
        run("--socket", socket, *arguments),
        run(*arguments, "--socket", socket),
        run(*arguments, CALLBOARD_SOCKET=socket),
    ):
        assert_refused(outcome, 3)
        assert socket in outcome.err


def test_the_home_is_an_option_on_either_side_or_the_environment(tmp_path: Path) -> None:
    expected = str(tmp_path / "config.toml")

    assert run("--home", str(tmp_path), "config", "path").out.strip() == expected
    assert run("config", "--home", str(tmp_path), "path").out.strip() == expected
    assert run("config", "path", "--home", str(tmp_path)).out.strip() == expected
    assert run("config", "path", CALLBOARD_HOME=str(tmp_path)).out.strip() == expected


def test_a_home_that_is_an_option_wins_over_a_socket_of_the_environment(home: Board) -> None:
    assert home.run("down", CALLBOARD_SOCKET="/nowhere.sock").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shipped_for_the_shells(shell: str) -> None:
    script = subprocess.run(
        [sys.executable, "-m", "tui.cli.main", "completion", shell], capture_output=True, text=True, check=True
    ).stdout

    assert "_CALLBOARD_COMPLETE" in script


@pytest.mark.parametrize(
    ("words", "expected"),
    [("callboard in", ["inbox"]), ("callboard inbox st", ["star"]), ("callboard --ho", ["--home"])],
)
def test_commands_and_options_are_completed(words: str, expected: list[str]) -> None:
    done = run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" ")))

    assert [line.split(",")[1] for line in done.out.splitlines()] == expected


@pytest.mark.parametrize("arguments", [["--version"], ["config", "example"], ["--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told_and_not_taken_for_success(arguments: list[str], unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tui.cli.main", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=surroundings(PYTHONUNBUFFERED=unbuffered),
        )

    assert done.returncode == 1
    assert done.stderr == "callboard: No space left on device.\n"


def assert_refused(outcome: Outcome, code: int) -> None:
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("callboard: ")
    assert len(outcome.err.splitlines()) in (1, 3)  # below the sentence, a filter is drawn with its mistake


def test_a_long_wait_is_shown_on_a_terminal_and_ended_quietly(tmp_path: Path) -> None:
    silent = tmp_path / "silent.sock"
    command = [sys.executable, "-P", "-m", "tui.cli.main", "--socket", str(silent), "inbox", "count"]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(silent))
        listener.listen()
        with Terminal(command, environment=clean_environment()) as terminal:
            terminal.wait_for("Waiting for the server …")
            terminal.press("ctrl+c")
            code = terminal.wait_closed()

    assert code == 130
    assert "Traceback" not in terminal.screen
    assert "Waiting" not in terminal.screen


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_output_is_no_fault(closed: str) -> None:
    command = f'exec "$@" {closed}>&-'
    arguments = [sys.executable, "-P", "-m", "tui.cli.main", "inbx" if closed == "2" else "config", "example"]
    done = subprocess.run(
        ["sh", "-c", command, "sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(),
    )

    assert (done.returncode, done.stdout, done.stderr) == (2 if closed == "2" else 0, "", "")
