"""The reference pages are what the code says, and every link of the docs leads somewhere."""

import re
from pathlib import Path

import pytest

from tui.reference import PAGES, page

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == page(name), "run `make docs`"


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_every_link_leads_to_a_file(file: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text(encoding="utf-8"))

    assert [link for link in links if not (file.parent / link).exists()] == []
