"""What `callboard --version` and `--help` cost, beside Python that does nothing."""

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure, median

CALLBOARD = [sys.executable, "-m", "tui.cli.main"]


def measure(rounds: int = 15) -> list[Figure]:
    bare = _cpu([sys.executable, "-c", "pass"], rounds)
    figures = []
    for option in ("--version", "--help"):
        cost = _cpu([*CALLBOARD, option], rounds)
        figures.append(
            Figure(
                f"callboard {option}, CPU",
                f"{cost * 1000:.0f} ms",
                f"python -c pass {bare * 1000:.0f} ms",
                cost / bare,
                "< 150 ms",
                cost < 0.15,
            )
        )
    return figures


def _cpu(command: list[str], rounds: int) -> float:
    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command, stdout=subprocess.DEVNULL, check=True, cwd=Path(__file__).parents[2], env=os.environ
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return median([once() for _ in range(rounds)])
