"""`make bench`: every figure beside its yardstick. `python -m tests.bench units pages` measures only those."""

import sys
from collections.abc import Callable, Iterable

from tests.bench import (
    commands,
    delivering,
    living,
    million,
    pages,
    posting,
    routing,
    scheduling,
    terminal,
    triggering,
    units,
)
from tests.bench.figures import HEADER, Figure

MEASUREMENTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "terminal": terminal.measure,
    "living": living.measure,
    "posting": posting.measure,
    "triggering": triggering.measure,
    "units": units.measure,
    "pages": pages.measure,
    "million": million.measure,
    "commands": commands.measure,
    "scheduling": scheduling.measure,
    "routing": routing.measure,
    "delivering": delivering.measure,
}


def main(names: list[str]) -> None:
    print(HEADER)  # noqa: T201
    for name, measure in MEASUREMENTS.items():
        if names and name not in names:
            continue
        for figure in measure():
            print(figure.line(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
