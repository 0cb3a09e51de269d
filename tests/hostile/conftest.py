"""One flooded home for all tests of a worker: filling it takes seconds."""

from collections.abc import Iterator

import pytest

from tests.hostile.flooded import Flooded, flooded


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flooded]:
    with flooded(tmp_path_factory.mktemp("flooded")) as found:
        yield found
