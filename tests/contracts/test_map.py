"""That the pages which explain the code name it as it is."""

import re
from pathlib import Path

import pytest

from tests.contracts.source import ROOT

_PAGES = sorted((ROOT / "docs").rglob("*.md"))
_FILE = re.compile(r"`((?:[a-z0-9_]+/)*[a-z0-9_]+\.py)`")
_FOLDER = re.compile(r"`((?:core|storage|tui|tests|styles)/(?:[a-z_]+/)*)`")
_PACKAGES = ("core", "storage", "styles", "tests", "tui")
_MODULES = [f"/{path.relative_to(ROOT)}" for package in _PACKAGES for path in (ROOT / package).rglob("*.py")]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_a_page_names_only_code_that_is_there(page: Path) -> None:
    text = page.read_text()
    files = [name for name in _FILE.findall(text) if not any(module.endswith(f"/{name}") for module in _MODULES)]
    folders = [name for name in _FOLDER.findall(text) if not (ROOT / name).is_dir()]
    assert files + folders == []


def test_the_map_names_every_module_of_the_store() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    named = set(_FILE.findall(text))
    there = {path.name for path in (ROOT / "storage").glob("*.py")} - {"__init__.py"}
    assert there - named == set()
