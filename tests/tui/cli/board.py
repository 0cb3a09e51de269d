"""A home and the real commands on it, as processes."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


def run(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tui.cli.main", *arguments],
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env=surroundings(**environment),
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert no_control_characters(out), out
    assert no_control_characters(err), err
    return Outcome(done.returncode, out, err)


def surroundings(**more: str) -> dict[str, str]:
    """This environment without what it says about Callboard."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CALLBOARD_")}
    return {**inherited, "LC_ALL": "C.UTF-8", **more}


def no_control_characters(text: str) -> bool:
    return not any((char < " " and char != "\n") or "\x7f" <= char < "\xa0" for char in text)
