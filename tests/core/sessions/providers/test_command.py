"""The provider that runs a program for each turn, with real programs: the shell, llm, and one that misbehaves."""

import ast
import asyncio
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from core.provider_settings import Price, ProviderSettings
from core.secret import Secret
from core.sessions.providers.command import CommandProvider
from core.sessions.providers.registry import Providers
from core.sessions.supervision.command import Limits
from core.sessions.supervision.marks import marked
from core.sessions.turns import Outcome, Tokens, Turn
from tests.core.sessions.providers.conftest import Turns, Watched
from tests.fakes.agents import rude_command

RUDE = (sys.executable, "-I", str(rude_command.__file__))
OUTSIDE = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "LC_TIME": "C", "SECRET": "s", "KEY": "k"}


def rude(what: str, *arguments: str, **settings: Any) -> CommandProvider:
    return CommandProvider("rude", ProviderSettings(argv=(*RUDE, what, *arguments), **settings), OUTSIDE)


def shell() -> CommandProvider:
    found = Providers({}, os.environ).get("shell")
    assert isinstance(found, CommandProvider)
    return found


async def told(provider: CommandProvider, turn: Turn, watched: Watched) -> dict[str, Any]:
    result = await provider.run(turn, watched.stand())
    assert result.outcome is Outcome.SUCCEEDED, result.detail
    found: dict[str, Any] = ast.literal_eval(result.text)
    return found


async def test_the_environment_is_a_list_of_what_is_allowed(turns: Turns, watched: Watched) -> None:
    provider = rude("told", env={"MINE": Secret("m")}, pass_env=("KEY", "ABSENT"))

    env = (await told(provider, turns("x", env={"CALLBOARD_SESSION": "1", "PARAM_A": "a\0b"}), watched))["env"]

    assert (env["MINE"], env["KEY"], env["LC_TIME"]) == ("m", "k", "C")
    assert (env["TERM"], env["NO_COLOR"]) == ("dumb", "1")
    assert (env["CALLBOARD_SESSION"], env["PARAM_A"]) == ("1", "a\ufffdb")
    assert "SECRET" not in env
    assert "ABSENT" not in env


async def test_the_prompt_goes_in_on_standard_input(turns: Turns, watched: Watched) -> None:
    prompt = "--version\n" + "ü" * 20_000

    found = await told(rude("told"), turns(prompt, instructions="Be kind."), watched)

    assert found["stdin"] == f"Be kind.\n\n{prompt}"
    assert found["argv"] == []


async def test_a_prompt_as_an_argument_is_one_and_no_option(turns: Turns, watched: Watched) -> None:
    by_itself = rude("told", "{prompt}", prompt="arg")
    behind_dashes = rude("told", "--", "{prompt}", prompt="arg")
    turn = turns("--version {model} $(id)")

    assert (await told(by_itself, turn, watched))["argv"] == [" --version {model} $(id)"]
    assert (await told(behind_dashes, turn, watched))["argv"] == ["--", "--version {model} $(id)"]
    assert (await told(by_itself, turn, watched))["stdin"] == ""


async def test_a_prompt_that_is_too_long_for_an_argument_says_so(turns: Turns, watched: Watched) -> None:
    result = await rude("told", "{prompt}", prompt="arg").run(turns("x" * 200_000), watched.stand())

    assert result.outcome is Outcome.FAILED
    assert "on standard input" in result.detail


async def test_a_prompt_in_a_file_is_private(turns: Turns, watched: Watched) -> None:
    turn = turns("hello")
    (turn.private / "prompt").symlink_to(turn.workdir / "stolen")

    found = await told(rude("told", "{prompt_file}", prompt="file"), turn, watched)

    assert found["argv"] == [str(turn.private / "prompt")]
    assert (turn.private / "prompt").read_text() == "hello"
    assert stat.S_IMODE((turn.private / "prompt").stat().st_mode) == 0o600
    assert not (turn.workdir / "stolen").exists()


async def test_placeholders_are_filled_once_and_never_split(turns: Turns, watched: Watched) -> None:
    provider = rude("told", "-m", "{model}", "--dir={workdir}", "{access}", write_access="w x", read_access="r")
    turn = turns("p")

    assert (await told(provider, turn, watched))["argv"] == [f"--dir={turn.workdir}", "w x"]
    named = turns("p", model="a {workdir} b", read_only=True)
    assert (await told(provider, named, watched))["argv"] == [
        *("-m", "a {workdir} b", f"--dir={turn.workdir}", "r"),
    ]


async def test_a_model_that_could_be_an_option_never_reaches_the_program(turns: Turns, watched: Watched) -> None:
    result = await rude("told", "-m", "{model}").run(turns("x", model="--yolo"), watched.stand())

    assert (result.outcome, watched.started) == (Outcome.FAILED, [])
    assert result.detail.startswith("--yolo could be taken for an option")


async def test_the_default_model_is_the_first_and_has_its_price(turns: Turns, watched: Watched) -> None:
    script = "echo 'Token usage: 1,000 input, 10 output' >&2"
    provider = CommandProvider(
        "priced",
        ProviderSettings(
            argv=("/bin/sh", "{prompt_file}"),
            prompt="file",
            parser="llm",
            models=("large", "small"),
            price={"large": Price(input=1.25, output=10.0), "small": Price(input=0.1, output=0.00001)},
        ),
    )

    usual = await provider.run(turns(script), watched.stand())
    small = await provider.run(turns(script, model="small"), watched.stand())
    other = await provider.run(turns(script, model="other"), watched.stand())

    assert usual.usage.tokens == Tokens(1000, None, 10)
    assert (usual.usage.cost, small.usage.cost, other.usage.cost) == (1350, 100, None)


async def test_the_shell_runs_a_script_that_no_process_list_shows(turns: Turns, watched: Watched) -> None:
    script = 'tr "\\0" " " </proc/$$/cmdline; echo; cat; echo "$PARAM_NAME"; echo oops >&2; exit 3'
    turn = turns(script, env={"PARAM_NAME": "$(touch bad)"}, instructions="rm -rf everything")

    result = await shell().run(turn, watched.stand())

    lines = result.text.splitlines()
    assert lines[0].split() == ["/bin/sh", str(turn.private / "prompt")]
    assert lines[1:] == ["$(touch bad)"]
    assert (result.outcome, result.exit_code) == (Outcome.FAILED, 3)
    assert result.detail == "It ended with exit code 3. oops"
    assert "oops\n" in watched.text  # of two pipes, either may be read first
    assert len(watched.started) == 1


async def test_a_turn_that_may_only_read_says_when_nothing_holds_it(turns: Turns, watched: Watched) -> None:
    await shell().run(turns("true", read_only=True), watched.stand())

    assert watched.text.startswith("This provider cannot be kept from changing files")


async def test_git_knows_who_commits_and_its_configuration_stays(turns: Turns, watched: Watched) -> None:
    turn = turns(
        "git config user.name; git config user.email; git commit -q --allow-empty -m x; git log --format=%an"
    )
    outside = {"PATH": os.environ["PATH"], "HOME": str(turn.private), "GIT_CONFIG_NOSYSTEM": "1"}
    await shell().run(turns("git init -q"), Watched().stand())
    before = (turn.workdir / ".git/config").read_bytes()
    provider = CommandProvider("shell", shell().settings, outside)

    nobody = await provider.run(turn, watched.stand())
    (turn.private / ".gitconfig").write_text("[user]\n\tname = Ann Keller\n\temail = ann@example.org\n")
    ann = await provider.run(turn, watched.stand())

    assert nobody.text.splitlines() == ["Callboard", "callboard@localhost", "Callboard"]
    assert ann.text.splitlines() == ["Ann Keller", "ann@example.org", "Ann Keller", "Callboard"]
    assert (turn.workdir / ".git/config").read_bytes() == before


async def test_a_conversation_is_continued_only_where_the_provider_can(turns: Turns, watched: Watched) -> None:
    can = CommandProvider(
        "can", ProviderSettings(argv=(*RUDE, "told"), resume=(*RUDE, "told", "-r", "{resume_id}")), OUTSIDE
    )

    continued = await told(can, turns("x", resume_id="r 1"), watched)
    refused = await rude("told").run(turns("x", resume_id="r 1"), watched.stand())

    assert can.can_resume
    assert continued["argv"] == ["-r", "r 1"]
    assert (refused.outcome, refused.detail[:40]) == (Outcome.FAILED, "rude cannot continue a conversation: sta")


async def test_nothing_done_is_no_success_where_the_format_has_one(turns: Turns, watched: Watched) -> None:
    for parser in ("codex", "claude", "gemini", "opencode", "aider"):
        result = await rude("nothing", parser=parser).run(turns("x"), watched.stand())
        assert (result.outcome, result.exit_code) == (Outcome.FAILED, 0)


@pytest.mark.parametrize("what", ["floods_errors", "long_line", "garbage"])
async def test_much_output_or_none_that_makes_sense_is_only_shown(
    what: str, turns: Turns, watched: Watched
) -> None:
    result = await rude(what).run(turns("x"), watched.stand())

    assert result.outcome is Outcome.SUCCEEDED
    assert len(result.text.encode()) <= 64 * 1024
    assert len(watched.shown) >= 100


async def test_a_sudden_end_keeps_what_was_said(turns: Turns, watched: Watched) -> None:
    result = await rude("dies").run(turns("x"), watched.stand())

    assert (result.outcome, result.exit_code, result.text) == (Outcome.FAILED, 137, "half a line")
    assert "SIGKILL" in result.detail


async def test_what_a_program_leaves_behind_is_ended(turns: Turns, watched: Watched) -> None:
    turn = turns("x")

    result = await rude("leaves_children").run(turn, watched.stand())

    assert result.outcome is Outcome.SUCCEEDED
    assert marked(turn.mark) == []


async def test_a_turn_is_stopped_and_ends_at_its_limit(turns: Turns, watched: Watched) -> None:
    running = asyncio.create_task(rude("never_ends").run(turns("x"), watched.stand()))
    async with asyncio.timeout(30):
        await watched.saw.wait()
        watched.stop.set()
        stopped = await running
    late = await rude("never_ends").run(turns("x", limits=Limits(0.3, None)), Watched().stand())

    assert (stopped.outcome, stopped.detail) == (Outcome.CANCELLED, "It was stopped.")
    assert late.outcome is Outcome.TIMED_OUT
    assert late.detail.startswith("It was ended because it ran longer than")


async def test_a_program_that_is_not_there_is_a_sentence(turns: Turns, watched: Watched) -> None:
    provider = CommandProvider("mine", ProviderSettings(argv=("no-such-program",)), OUTSIDE)

    result = await provider.run(turns("x"), watched.stand())
    probe = await provider.probe()

    assert result.outcome is Outcome.FAILED
    assert "no-such-program" in result.detail
    assert not probe.ready
    assert probe.detail == "no-such-program is not installed, or not on the server's PATH: see [providers.mine]."


async def test_a_probe_tells_the_version_and_starts_nothing_that_it_does_not_know(tmp_path: Path) -> None:
    program = tmp_path / "agent"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/ran"\n[ "$1" = --version ] && echo agent 1.2 || exit 4\n')
    program.chmod(0o755)

    unknown = await CommandProvider("a", ProviderSettings(argv=(str(program),)), OUTSIDE).probe()
    assert (unknown.ready, (tmp_path / "ran").exists()) == (True, False)
    known = await CommandProvider(
        "a", ProviderSettings(argv=(str(program),), version=("--version",)), OUTSIDE
    ).probe()
    broken = await CommandProvider("a", ProviderSettings(argv=(str(program),), version=("-v",)), OUTSIDE).probe()

    assert known == (True, "agent 1.2")
    assert broken == (False, f"{program} does not start: exit code 4")


async def test_llm_answers(turns: Turns, watched: Watched, tmp_path: Path) -> None:
    """The real program, with a model that repeats what it is told."""
    program = Path(sys.executable).with_name("llm")
    settings = ProviderSettings(
        argv=(str(program), "prompt", "-u", "-m", "{model}"),
        env={"LLM_USER_PATH": Secret(str(tmp_path / "llm"))},
        price={"echo": Price(input=1.0, output=2.0)},
    )
    provider = Providers({"llm": settings}, os.environ).get("llm")

    result = await provider.run(turns("--hello", model="echo"), watched.stand())
    unknown = await provider.run(turns("hello", model="nobody"), watched.stand())

    assert result.outcome is Outcome.SUCCEEDED, result.detail
    assert "--hello" in result.text
    tokens = result.usage.tokens
    assert tokens.input is not None
    assert tokens.output is not None
    assert result.usage.cost == tokens.input + 2 * tokens.output
    assert (unknown.outcome, unknown.exit_code) == (Outcome.FAILED, 1)
    assert "nobody" in unknown.detail
    assert unknown.usage.cost is None
