"""Processes are found again, and no other is ever taken for them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from core.sessions.supervision.command import MARK, Identity
from core.sessions.supervision.marks import alive, end_marked, identity_of, look, marked, send, still
from tests.core.sessions.supervision.processes import new_mark


@contextmanager
def sleeping(mark: str, *argv: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that carries a mark, when it is there."""
    script = "echo; exec sleep 60"
    with subprocess.Popen(
        argv or ("sh", "-c", script), stdout=subprocess.PIPE, env={**os.environ, MARK: mark}
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_process_is_alive_until_it_ends_also_when_nobody_has_noticed() -> None:
    with sleeping(new_mark()) as process:
        identity = identity_of(process.pid)
        assert alive(identity)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not alive(identity)


def test_the_same_number_with_another_start_or_in_another_boot_is_another_process() -> None:
    with sleeping(new_mark()) as process:
        identity = identity_of(process.pid)
        assert not alive(identity._replace(started=identity.started - 1))
        assert not alive(identity._replace(boot="another"))
        assert not alive(Identity(process.pid, 0, ""))


def test_the_name_of_a_program_confuses_nobody() -> None:
    with sleeping(new_mark()) as plain:
        rename = "open('/proc/self/comm', 'w').write(') R 1 2 (3) S'); print(flush=True); input()"
        with sleeping(new_mark(), "python3", "-c", rename) as odd:
            assert identity_of(odd.pid).started >= identity_of(plain.pid).started
            assert alive(identity_of(odd.pid))


def test_only_the_whole_mark_is_the_mark() -> None:
    mark = new_mark()
    with sleeping(mark) as ours, sleeping(mark + "1"), sleeping("x" + mark):
        assert marked(mark) == [ours.pid]


def test_a_mark_in_another_variable_is_none() -> None:
    mark = new_mark()
    with subprocess.Popen(("sleep", "60"), env={"OTHER": f"{MARK}={mark}", f"X_{MARK}": mark}) as process:
        try:
            assert marked(mark) == []
        finally:
            process.kill()


async def test_all_of_a_mark_are_ended_and_no_other() -> None:
    mark = new_mark()
    with sleeping(mark) as first, sleeping(mark) as second, sleeping(new_mark()) as other:
        assert await end_marked(mark) == 2
        assert (first.wait(5), second.wait(5)) == (-9, -9)
        assert other.poll() is None


async def test_with_grace_they_are_asked_first() -> None:
    mark = new_mark()
    polite = "import signal, sys; signal.signal(15, lambda *_: sys.exit(3)); print(flush=True); signal.pause()"
    with sleeping(mark, "python3", "-c", polite) as process:
        await end_marked(mark, grace=5)
        assert process.wait(5) == 3


def test_a_process_that_has_got_the_number_since_is_not_signalled() -> None:
    mark = new_mark()
    script = (
        "import signal, sys; [signal.signal(n, lambda n, _: sys.exit(n)) for n in (2, 15)]; print(flush=True)"
    )
    with sleeping(mark, "python3", "-c", script + "; signal.pause()") as process:
        [seen] = [seen for seen in look((mark,)) if seen.marks]
        send([seen._replace(started=seen.started - 1)], signal.SIGINT)
        send([seen], signal.SIGTERM)  # of two that wait, the lower number is delivered first
        assert process.wait(20) == signal.SIGTERM
        assert still([seen]) == []
