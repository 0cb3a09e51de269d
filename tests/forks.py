"""Processes of a server, forked from one in which everything is imported already: most of a start is imports, and
the tests start some hundred servers. Everything else is as it is for a program that was started anew."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from core.errors import CallboardError
from core.home import Home

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["tests.forks", "core.server", "storage.migrate", "sqlalchemy.dialects.sqlite"])


class Fork:
    """A server that may or may not start, with the few calls of `subprocess.Popen` that tests need. Its standard
    output and errors are one pipe."""

    def __init__(self, home: Path, http: str) -> None:
        reading, writing = _forks.Pipe(duplex=False)
        self._process = _forks.Process(
            target=_serve, args=(home, http, writing, dict(os.environ), os.getcwd()), daemon=True
        )
        self._process.start()
        writing.close()
        self.stdout = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        reading.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, patience: float | None = None) -> int:
        self._process.join(patience)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("the server", patience or 0.0)
        return code

    def ended(self) -> tuple[str, int]:
        """Wait until it ends by itself; answers what it said, and its exit code."""
        with self.stdout:
            return self.stdout.read(), self.wait(20)

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _serve(home: Path, http: str, output: Connection, environment: dict[str, str], folder: str) -> None:
    from core.server import run

    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    output.close()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    try:
        sys.exit(run(Home(home.resolve()), http=http or None))
    except CallboardError as error:
        sys.exit(error.sentence)
