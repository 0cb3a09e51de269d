"""A repository with one commit, copied for each test from a template."""

import os
import shutil
from pathlib import Path

import pytest

from core.sessions.git.repository import Repository
from tests.core.sessions.git.repositories import commit, found, git


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "project"
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch=main", "--template=")
    (path / ".gitignore").write_text("*.log\n")
    (path / "folder").mkdir()
    (path / "folder" / "deep.txt").write_text("deep\n")
    commit(path, readme="one\ntwo\nthree\n", other="other\n")
    return path


@pytest.fixture(autouse=True)
def nobody_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither git's variables nor the configuration of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "GH_", "XDG_CONFIG"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "project", symlinks=True)


@pytest.fixture
async def repository(project: Path) -> Repository:
    return await found(project)
