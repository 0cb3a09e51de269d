"""What the tests of sessions share: the same founded home as the tests of people, and where sessions run."""

from pathlib import Path

import pytest

from tests.core.people.conftest import accounts, home
from tests.core.sessions.studio import Studio
from tests.road import Road

__all__ = ["accounts", "home", "studio"]


@pytest.fixture
def studio(road: Road, tmp_path: Path) -> Studio:
    """Where sessions run, on one engine after the other."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Studio(road, folder)
