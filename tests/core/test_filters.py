"""The fields of every list, and what the guide says of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.filtering import FilterError, field_called, names_of, parse
from core.filters import LISTS
from storage.ids import Instant

GUIDE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^callboard (\w+)(?: list)? --filter '(.*)'$", GUIDE, re.MULTILINE)
MISTAKE = re.compile(r"^\$ callboard (\w+) list --filter '(.*)'\ncallboard: (.*)\n  .*\n  ( *\^+)$", re.MULTILINE)
NOW = ManualClock(Instant(1_772_452_800_000_000)).now()


def test_the_guide_has_examples_of_many_lists() -> None:
    assert len({name for name, _ in EXAMPLES}) > 6


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_each_example_of_the_guide_is_a_filter(name: str, text: str) -> None:
    assert parse(text, LISTS[name], NOW)


def test_a_mistake_is_as_the_guide_shows_it() -> None:
    (name, text, said, marks) = MISTAKE.findall(GUIDE)[0]

    with pytest.raises(FilterError) as raised:
        parse(text, LISTS[name], NOW)

    assert raised.value.sentence == said
    assert marks == " " * raised.value.start + "^" * (raised.value.end - raised.value.start)


@pytest.mark.parametrize("name", LISTS)
def test_every_field_says_what_it_takes(name: str) -> None:
    fields = LISTS[name]

    assert all(field.help for called in names_of(fields) if (field := field_called(called, fields)))


def test_the_fields_are_known_without_a_database() -> None:
    program = (
        "import sys, core.filters, core.completing, core.events.catalogue\n"
        "sys.exit(any(name.split('.')[0] in ('sqlalchemy', 'alembic', 'aiohttp') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0
