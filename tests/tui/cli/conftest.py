"""Homes with a real server, shared by the tests of a module, and homes without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.cli.board import Board, NearBoard


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A home whose server runs for the whole module. Commands on it need no processes of their own."""
    made = Board(tmp_path_factory.mktemp("home", numbered=True))
    assert made.run("up").code == 0
    yield NearBoard(made.home)
    assert made.run("down").code == 0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Board]:
    """A home of the test's own, without a server."""
    made = Board(tmp_path / "home")
    yield made
    if made.home.exists():
        made.run("down")
