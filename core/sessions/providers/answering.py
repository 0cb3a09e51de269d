"""A program that is asked one short question, such as its version, under a limit of time and of size."""

import asyncio
import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from core.sessions.supervision.command import Command, Ended, Identity, Limits
from core.sessions.supervision.running import supervise

_MOST = 16 * 1024
_numbers = itertools.count(1)


class Answer(NamedTuple):
    ended: Ended
    code: int | None
    out: str
    err: str


async def answer_of(argv: tuple[str, ...], env: Mapping[str, str], cwd: Path, seconds: float) -> Answer:
    """What it says, and how it ended. That it cannot be started at all is a StartError."""
    out, err = bytearray(), bytearray()
    ended = await supervise(
        Command(argv, cwd, env, new_mark()),
        Limits(seconds, None),
        out=lambda chunk: out.extend(chunk[: _MOST - len(out)]),
        err=lambda chunk: err.extend(chunk[: _MOST - len(err)]),
        started=not_kept,
        stale=not_told,
        stop=asyncio.Event(),
    )
    return Answer(ended.ended, ended.code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def new_mark() -> str:
    """A mark of its own: what carries it is ended with it, and nothing else."""
    return f"asked-{os.getpid()}-{next(_numbers)}"


async def not_kept(_: Identity) -> None:
    """It is over in a moment, and the kernel ends it with the server: there is nothing to find again."""


async def not_told(_: float) -> None:
    """Nobody waits for it to speak."""
