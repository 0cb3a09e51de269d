"""One flooded home for all tests of a worker, copied from one for the whole run: filling it takes ten seconds."""

from collections.abc import Iterator

import pytest

from tests.databases import Run
from tests.hostile.flooded import Flooded, fill, flooded


@pytest.fixture(scope="session")
def home(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flooded]:
    with run.once("flooded") as place:
        if place is not None:
            fill(place)
    with flooded(run.folder / "flooded", tmp_path_factory.mktemp("flooded")) as found:
        yield found
