"""What every test may ask for: a database on each engine, a clock that stands still, and seeded randomness."""

import gc
import random
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock, from_datetime
from storage.database import Database
from storage.engines import Dialect, Postgres, Sqlite
from tests.databases import Cluster, Run, sqlite_template
from tests.spares import Spares

_RUN = pytest.StashKey[Run]()


class SeededEntropy:
    """Randomness that is the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)


def pytest_configure(config: pytest.Config) -> None:
    joined = getattr(config, "workerinput", None)
    config.stash[_RUN] = Run.begin() if joined is None else Run.join(joined["callboard_run"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["callboard_run"] = str(node.config.stash[_RUN].folder)


def pytest_collection() -> None:
    """Thousands of tests and all they import are made, and nothing is thrown away."""
    gc.disable()


def pytest_collection_finish() -> None:
    """All of it stays to the end: left out, it does not cost every search for garbage a second."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_RUN].end()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Workers report in UTF-8, and hostile text need not be any."""
    return encodable((yield))


def encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: encodable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(encodable(entry) for entry in value)
    return value


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[_RUN]


@pytest.fixture(scope="session")
def cluster(run: Run) -> Iterator[Cluster]:
    """The PostgreSQL server of this test run."""
    cluster = Cluster(run)
    yield cluster
    cluster.close()


@pytest.fixture
def sqlite(run: Run, tmp_path: Path) -> Sqlite:
    """A fresh SQLite database at the newest schema."""
    path = tmp_path / "callboard.db"
    shutil.copyfile(sqlite_template(run), path)
    path.chmod(0o600)
    return Sqlite(path)


@pytest.fixture(scope="session")
def spares(cluster: Cluster) -> Iterator[Spares]:
    """The databases of this worker."""
    spares = Spares(cluster)
    yield spares
    spares.close()


@pytest.fixture
def postgresql(spares: Spares) -> Iterator[Postgres]:
    """An empty PostgreSQL database at the newest schema."""
    database = spares.lend()
    yield database
    spares.take_back(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """A fresh database at the newest schema, on one engine after the other."""
    fresh: Dialect = request.getfixturevalue(request.param)
    return fresh


@pytest.fixture
async def database(dialect: Dialect) -> AsyncIterator[Database]:
    """The store on a fresh database, on one engine after the other."""
    database = Database(dialect)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_datetime(datetime(2026, 3, 2, 9, tzinfo=UTC)))


@pytest.fixture
def entropy() -> SeededEntropy:
    return SeededEntropy()
