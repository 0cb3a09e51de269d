"""What is to be run and how it ended, as values: shared by those who ask for a process and those who watch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from core.errors import UnavailableError

MARK = "CALLBOARD_RUN_ID"
"""The variable that every process of a run carries in its environment, whatever it did to its group."""

Ended = Literal["exit", "stopped", "timeout", "silent"]


@dataclass(frozen=True, slots=True)
class Command:
    """An argument list, never a shell line. `env` is the whole environment but for the mark; what `stdin` has is
    written and then closed, and without it there is nothing to read."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    mark: str
    stdin: bytes = b""


class Identity(NamedTuple):
    """What finds a process again after a crash, and never takes another one for it."""

    pid: int
    started: int  # in the kernel's ticks since the boot
    boot: str


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds; nothing means without a limit. Silence is time without a byte of output. `patience` is how long
    each step of a stop waits before the next, which asks less politely."""

    total: float | None = 3600.0
    silence: float | None = 900.0
    patience: float = 5.0


class Exit(NamedTuple):
    """How a process ended: by itself, because it was stopped, or at one of its limits."""

    ended: Ended
    code: int | None  # as a shell would say it: 128 and the signal's number for a signal
    seconds: float
    detail: str = ""


class StartError(UnavailableError):
    """The process could not be started. The sentence says what to do."""
