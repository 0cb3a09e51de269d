"""A process under supervision: what it says arrives, what it does ends, and nothing of it stays behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.sessions.supervision.command import MARK, Identity, Limits, StartError
from core.sessions.supervision.marks import alive, identity_of, marked
from core.sessions.supervision.running import supervise
from tests.core.sessions.supervision.processes import (
    STUBBORN,
    UNLIMITED,
    Watcher,
    command,
    new_mark,
    python,
    shell,
    until,
)

IMPATIENT = Limits(total=None, silence=None, patience=0.1)

WHO_AM_I = """
import os, sys
print(os.getpid() == os.getpgrp() == os.getsid(0), os.environ[sys.argv[1]], end=" ")
print(sorted(os.listdir("/proc/self/fd"), key=int)[:-1])
"""

FLOOD = """
import asyncio, os, sys
from pathlib import Path
from core.sessions.supervision.command import Command, Limits
from core.sessions.supervision.running import supervise
from core.sessions.supervision.transcript import Transcript

def peak():
    [line] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024

async def nothing(_):
    pass

async def main():
    transcript = Transcript(Path(sys.argv[1]), "1")
    before = peak()
    command = Command(("head", "-c", "200M", "/dev/zero"), Path("/"), dict(os.environ), "flood")
    await supervise(command, Limits(), out=transcript.write, err=transcript.write, started=nothing, stale=nothing,
                    stop=asyncio.Event())
    transcript.close()
    print(transcript.total, peak() - before)

asyncio.run(main())
"""


@pytest.fixture
async def watcher() -> Watcher:
    return Watcher()


def is_halted(identity: Identity) -> bool:
    return ") T " in Path(f"/proc/{identity.pid}/stat").read_text()


async def test_what_goes_in_comes_out_on_the_stream_it_was_written_to(watcher: Watcher) -> None:
    ended = await watcher.run(shell("cat; echo wrong >&2; exit 3", stdin=b"a prompt"))
    assert (ended.ended, ended.code, ended.detail) == ("exit", 3, "")
    assert (watcher.out, watcher.err) == (b"a prompt", b"wrong\n")


async def test_a_prompt_is_longer_than_a_pipe_holds(watcher: Watcher) -> None:
    await watcher.run(shell("wc -c", stdin=b"x" * 3_000_000))
    assert watcher.out.strip() == b"3000000"


async def test_a_prompt_that_nobody_reads_is_no_failure(watcher: Watcher) -> None:
    assert (await watcher.run(shell("exit 0", stdin=b"x" * 3_000_000))).code == 0


async def test_without_a_prompt_there_is_nothing_to_read(watcher: Watcher) -> None:
    ended = await watcher.run(shell("cat; readlink /proc/self/fd/0"))
    assert (ended.code, watcher.out) == (0, b"/dev/null\n")


async def test_a_process_that_dies_of_a_signal_says_which(watcher: Watcher) -> None:
    ended = await watcher.run(shell("kill -SEGV $$"))
    assert (ended.ended, ended.code) == ("exit", 128 + signal.SIGSEGV)
    assert "SIGSEGV" in ended.detail


async def test_a_flood_of_errors_blocks_nobody(watcher: Watcher) -> None:
    await watcher.run(shell("head -c 400000 /dev/zero >&2; echo done"))
    assert (len(watcher.err), watcher.out) == (400_000, b"done\n")


async def test_it_has_a_group_and_a_mark_of_its_own_and_no_file_of_the_server(
    watcher: Watcher, tmp_path: Path
) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        await watcher.run(python(WHO_AM_I, MARK, mark="mark"))
    assert watcher.out.decode().strip() == "True mark ['0', '1', '2']"


async def test_what_looks_like_an_option_or_a_shell_line_is_an_argument(watcher: Watcher) -> None:
    await watcher.run(command("printf", "%s|%s|%s", "--version", "$(id); `id`", "a  b"))
    assert watcher.out == b"--version|$(id); `id`|a  b"


async def test_its_identity_is_told_before_anything_is_read(watcher: Watcher) -> None:
    heard_before = []

    async def started(identity: Identity) -> None:
        heard_before.append((alive(identity), bytes(watcher.out)))

    stop = asyncio.Event()
    process = shell("echo early; sleep 0.01")
    await supervise(
        process, UNLIMITED, out=watcher.hear, err=watcher.hear, started=started, stale=watcher.stale, stop=stop
    )
    assert (heard_before, watcher.out) == ([(True, b"")], b"early\n")


async def test_output_of_a_process_that_ended_before_it_was_noted_is_not_lost(watcher: Watcher) -> None:
    async def started(identity: Identity) -> None:
        await until(lambda: not alive(identity))

    stop = asyncio.Event()
    ended = await supervise(
        shell("echo quick"),
        UNLIMITED,
        out=watcher.hear,
        err=watcher.hear,
        started=started,
        stale=watcher.stale,
        stop=stop,
    )
    assert (ended.code, watcher.out) == (0, b"quick\n")


async def test_a_start_that_cannot_be_noted_leaves_no_process(watcher: Watcher) -> None:
    async def started(identity: Identity) -> None:
        watcher.identity = identity
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        await supervise(
            command("sleep", "60"),
            UNLIMITED,
            out=watcher.hear,
            err=watcher.hear,
            started=started,
            stale=watcher.stale,
            stop=watcher.stop,
        )
    assert watcher.identity is not None
    assert not alive(watcher.identity)


async def test_a_listener_that_fails_ends_the_process(watcher: Watcher) -> None:
    def out(_: bytes) -> None:
        raise ValueError("not what was expected")

    mark = new_mark()
    with pytest.raises(ValueError, match="not what was expected"):
        await supervise(
            shell("echo hello; exec sleep 60", mark=mark),
            IMPATIENT,
            out=out,
            err=out,
            started=watcher.started,
            stale=watcher.stale,
            stop=watcher.stop,
        )
    assert not marked(mark)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "no command to run"),
        (("no-such-program-here",), "was not found: install it"),
        (("/no/such/program",), "install it, or correct its path"),
        ((__file__,), "chmod +x"),
        (("/etc",), "There is no program /etc"),
        (("echo", "a\0b"), "NUL character in argument 1"),
        (("echo", "\ud800"), "argument 1 is not a text"),
        (("echo", "x" * 200_000), "give the prompt on standard input"),
    ],
)
async def test_what_cannot_be_started_says_what_to_do(argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(StartError, match=said.replace("+", r"\+")):
        await Watcher().run(command(*argv))


async def test_a_folder_that_is_gone_is_named(watcher: Watcher, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"The folder .*gone to work in is not there"):
        await watcher.run(command("true", cwd=tmp_path / "gone"))


async def test_a_program_of_the_folder_that_is_worked_in_is_not_taken_for_the_one_in_the_path(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agent").write_text("#!/bin/sh\necho mine\n")
    (tmp_path / "agent").chmod(0o755)
    with pytest.raises(StartError, match="agent was not found"):
        await watcher.run(command("agent", cwd=tmp_path, env={"PATH": ":.:/usr/bin"}))
    await watcher.run(command("./agent", cwd=tmp_path))
    assert watcher.out == b"mine\n"


async def test_a_stop_asks_first(watcher: Watcher) -> None:
    watcher.stop_at = b"ready"
    ended = await watcher.run(shell("trap 'echo bye; exit 7' INT; echo ready; while :; do sleep 0.02; done"))
    assert (ended.ended, ended.code, watcher.out) == ("stopped", 7, b"ready\nbye\n")


async def test_who_ignores_the_question_is_asked_again_and_then_killed(watcher: Watcher) -> None:
    watcher.stop_at = b"ready"
    ended = await watcher.run(shell(STUBBORN), IMPATIENT)
    assert (ended.ended, ended.code) == ("stopped", 128 + signal.SIGKILL)


async def test_one_that_was_halted_can_be_stopped(watcher: Watcher) -> None:
    running = asyncio.create_task(watcher.run(python("import signal; signal.raise_signal(19); input()")))
    await until(lambda: watcher.identity is not None and is_halted(watcher.identity))
    watcher.stop.set()
    ended = await running
    assert (ended.ended, ended.code) == ("stopped", 128 + signal.SIGINT)


async def test_a_stop_before_the_start_starts_nothing(watcher: Watcher) -> None:
    watcher.stop.set()
    ended = await watcher.run(shell("echo started"))
    assert (ended.ended, ended.code, watcher.identity, watcher.out) == ("stopped", None, None, b"")


async def test_a_stop_while_it_starts_is_a_stop(watcher: Watcher) -> None:
    async def started(identity: Identity) -> None:
        watcher.stop.set()
        await until(lambda: not alive(identity))

    ended = await supervise(
        command("sleep", "60"),
        UNLIMITED,
        out=watcher.hear,
        err=watcher.hear,
        started=started,
        stale=watcher.stale,
        stop=watcher.stop,
    )
    assert ended.ended == "stopped"


async def test_a_stop_reaches_what_left_the_group(watcher: Watcher) -> None:
    mark = new_mark()
    watcher.stop_at = b"ready"
    script = "nohup setsid sh -c \"trap '' INT TERM; echo ready; while :; do sleep 0.05; done\" & wait"
    ended = await watcher.run(shell(script, mark=mark), IMPATIENT)
    assert ended.ended == "stopped"
    assert not marked(mark)


async def test_a_stop_reaches_what_dropped_the_mark_but_not_the_session(watcher: Watcher) -> None:
    watcher.stop_at = b"\n"
    script = "set -m; env -i sh -c \"trap '' INT TERM; echo $$; echo \\$\\$; sleep 60\" & wait"
    await watcher.run(shell(script), IMPATIENT)
    ours, theirs = watcher.out.split()[:2]
    assert ours != theirs
    assert not alive(identity_of(int(theirs)))


async def test_what_it_leaves_behind_at_a_normal_end_is_ended_and_told(watcher: Watcher) -> None:
    mark = new_mark()
    ended = await watcher.run(shell("setsid sleep 60 >/dev/null 2>&1 & exit 0", mark=mark))
    assert (ended.ended, ended.code) == ("exit", 0)
    assert "A process that it left behind was ended." in ended.detail
    assert not marked(mark)


async def test_a_process_that_holds_the_pipe_holds_up_nobody(watcher: Watcher) -> None:
    ended = await watcher.run(shell("sleep 60 & echo done"))
    assert (ended.code, watcher.out) == (0, b"done\n")
    assert "left behind" in ended.detail


async def test_too_long_is_a_timeout(watcher: Watcher) -> None:
    ended = await watcher.run(command("sleep", "60"), Limits(total=0.05, silence=None))
    assert ended.ended == "timeout"
    assert "ran longer than 0.05 s" in ended.detail


async def test_silence_is_told_once_and_then_ends_it(watcher: Watcher) -> None:
    ended = await watcher.run(shell("echo begun; sleep 60"), Limits(total=None, silence=0.1))
    assert (ended.ended, len(watcher.silences)) == ("silent", 1)
    assert "wrote nothing for 0.2 s" in ended.detail


async def test_one_who_cannot_be_told_of_silence_changes_nothing(watcher: Watcher) -> None:
    async def stale(_: float) -> None:
        raise OSError("the disk is full")

    ended = await supervise(
        command("sleep", "60"),
        Limits(total=None, silence=0.05),
        out=watcher.hear,
        err=watcher.hear,
        started=watcher.started,
        stale=stale,
        stop=watcher.stop,
    )
    assert ended.ended == "silent"


async def test_output_on_either_stream_is_no_silence(watcher: Watcher) -> None:
    script = "for i in 1 2 3 4 5 6 7 8 9 10; do echo x >&2; sleep 0.1; done"
    ended = await watcher.run(shell(script), Limits(total=None, silence=0.4))
    assert (ended.ended, watcher.err.count(b"x")) == ("exit", 10)


async def test_who_is_cancelled_ends_the_process_first(watcher: Watcher) -> None:
    mark = new_mark()
    running = asyncio.create_task(watcher.run(shell(STUBBORN, mark=mark)))
    await until(lambda: watcher.out)
    running.cancel()
    await until(lambda: running.cancelling())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not marked(mark)


def test_when_the_loop_is_closed_around_it_nothing_stays() -> None:
    mark = new_mark()

    async def leave() -> None:
        watcher = Watcher()
        running = asyncio.create_task(watcher.run(shell(STUBBORN, mark=mark)))
        await until(lambda: watcher.out or running.done())

    asyncio.run(leave())
    assert not marked(mark)


def test_a_flood_does_not_grow_the_server(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", FLOOD, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    total, grown = map(int, said.split())
    assert total == 200 * 1024 * 1024
    assert grown < 80
