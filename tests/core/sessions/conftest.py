"""What the tests of sessions share: the same founded home as the tests of people, and where sessions run."""

import os
import shutil
from pathlib import Path

import pytest

from tests.core.people.conftest import accounts, home
from tests.core.sessions.forge import Forge
from tests.core.sessions.git.conftest import template
from tests.core.sessions.git.test_pull_requests import Gh
from tests.core.sessions.studio import Studio
from tests.road import Road

__all__ = ["accounts", "forge", "gh", "home", "project", "studio", "template"]


@pytest.fixture
def studio(road: Road, tmp_path: Path) -> Studio:
    """Where sessions run, on one engine after the other."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Studio(road, folder)


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A repository with one commit."""
    return shutil.copytree(template, tmp_path / "project", symlinks=True)


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gh:
    """A program that answers in the place of GitHub's, and nobody's configuration."""
    gh = Gh(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{gh.folder}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    return gh


@pytest.fixture
def forge(studio: Studio, project: Path, gh: Gh) -> Forge:
    """What becomes of branches, on one engine after the other."""
    return Forge(studio, project)
