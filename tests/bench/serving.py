"""Servers that the bench measures, started as processes of their own and ended with the block."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLBOARD = [sys.executable, "-m", "tui.cli.main"]


@contextmanager
def callboard_server(home: Path) -> Iterator[int]:
    """A server on this home, and its process id."""
    with _until_ready([*CALLBOARD, "--home", str(home), "serve"]) as process:
        yield process.pid


@contextmanager
def bare_server(folder: Path) -> Iterator[Path]:
    """The bare durable handler, and its socket."""
    socket = folder / "bare.sock"
    with _until_ready([sys.executable, "-m", "tests.bench.bare_server", str(socket), str(folder / "bare.db")]):
        yield socket


@contextmanager
def crowd(socket: Path, count: int) -> Iterator[None]:
    """So many clients that follow what happens, in one process."""
    with _until_ready([sys.executable, "-m", "tests.bench.crowd", str(socket), str(count)]):
        yield


@contextmanager
def _until_ready(command: list[str]) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("ready"):
        raise RuntimeError(f"{' '.join(command)} did not start: {line!r}")
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
