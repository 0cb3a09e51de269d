"""A home and the real commands on it, as processes, or in this one."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tui.cli.main import main

PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Board:
    """A home, and the commands on it."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Outcome:
        """Run `callboard --home … arguments` and wait for its end."""
        return run("--home", str(self.home), *arguments, stdin=stdin, **environment)

    def json(self, *arguments: str) -> Any:
        return self.run(*arguments, "--json").json()

    @property
    def me(self) -> str:
        name: str = self.json("me")["name"]
        return name


@dataclass(frozen=True)
class NearBoard(Board):
    """Commands run in this process, which is quick: for what does not depend on a process of its own."""

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Outcome:
        return run_here("--home", str(self.home), *arguments, stdin=stdin, **environment)


def run(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tui.cli.main", *arguments],
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env=surroundings(**environment),
    )
    return _outcome(done.returncode, done.stdout, done.stderr)


def run_here(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
    """Run `callboard arguments` in this process."""
    out, err = io.BytesIO(), io.BytesIO()
    given = io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape")), "utf-8", "surrogateescape")
    with (
        mock.patch.dict(os.environ, surroundings(**environment), clear=True),
        mock.patch.object(sys, "stdin", given),
        redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)),
        redirect_stderr(io.TextIOWrapper(err, "utf-8", write_through=True)),
    ):
        code = main(arguments)
        return _outcome(code, out.getvalue(), err.getvalue())


def _outcome(code: int, out: bytes, err: bytes) -> Outcome:
    outcome = Outcome(code, out.decode(), err.decode())
    assert no_control_characters(outcome.out), outcome.out
    assert no_control_characters(outcome.err), outcome.err
    return outcome


def surroundings(**more: str) -> dict[str, str]:
    """This environment without what it says about Callboard."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CALLBOARD_")}
    return {**inherited, "LC_ALL": "C.UTF-8", **more}


def no_control_characters(text: str) -> bool:
    return not any((char < " " and char != "\n") or "\x7f" <= char < "\xa0" for char in text)
