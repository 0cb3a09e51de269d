"""Zones by their names."""

import subprocess
import sys

import pytest

from core.automations.cron import zone, zone_data_version
from core.errors import InvalidError


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/Argentina/ComodRivadavia", "Etc/GMT+5", "EST5EDT"]
)
def test_an_iana_name_is_a_zone(name: str) -> None:
    assert zone(name).key == name
    assert zone(name) is zone(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("europe/berlin", "Did you mean Europe/Berlin?"),
        ("Berlin", "Did you mean Europe/Berlin?"),
        ("new york", "Did you mean America/New_York?"),
        ("Europe/Berln", "Did you mean Europe/Berlin?"),
        ("America", "Did you mean America/"),
        ("../etc/passwd", "Write an IANA name"),
        ("/etc/localtime", "Write an IANA name"),
        ("Europe/../UTC", "Write an IANA name"),
        ("localtime", "Write an IANA name"),
        ("posixrules", "Write an IANA name"),
        ("Factory", "Write an IANA name"),
        ("zones", "Write an IANA name"),
        ("", "The time zone is empty. Write an IANA name"),
        ("x" * 300, "Write an IANA name"),
        ("UTC\0", ""),
        ("\ud800", ""),
    ],
)
def test_anything_else_is_refused_with_a_name_that_may_be_meant(name: str, hint: str) -> None:
    with pytest.raises(InvalidError) as refused:
        zone(name)

    assert hint in refused.value.sentence
    assert refused.value.sentence.isprintable()


def test_the_zone_data_has_a_version() -> None:
    assert zone_data_version()[:4].isdigit()


def test_reading_expressions_loads_neither_a_database_nor_a_server() -> None:
    heavy = ["sqlalchemy", "aiohttp", "msgspec", "textual", "click", "asyncio"]
    script = f"import sys, core.automations.cron; print(*(m for m in {heavy!r} if m in sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (0, "\n")
