"""What a measurement answers, and how it is printed."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing beside its yardstick and the target that was set for it."""

    what: str
    ours: str
    yardstick: str
    ratio: float | None
    target: str
    met: bool

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        verdict = "ok" if self.met else "MISSED"
        return f"{self.what:<58} {self.ours:>14} {self.yardstick:>26} {ratio:>8}  {self.target:<12} {verdict}"


HEADER = f"{'figure':<58} {'callboard':>14} {'yardstick':>26} {'ratio':>8}  {'target':<12}"


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
