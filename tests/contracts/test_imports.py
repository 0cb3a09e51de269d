"""Who may import whom: checked in the source, and once more at run time."""

import json
import subprocess
import sys

from tests.contracts.source import ROOT, modules

_HEAVY = {"textual", "rich", "sqlalchemy", "alembic", "aiohttp", "psycopg"}
_SCREEN = {"textual", "rich", "click", "tui", "styles"}
_TELL = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def imported_by(program: str) -> set[str]:
    """The packages that a fresh interpreter has imported at the end of the program."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\n{_TELL}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(told.stdout.splitlines()[-1]))


def test_the_contracts_between_the_packages_are_kept() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_asking_for_the_version_imports_nothing_heavy() -> None:
    program = "import sys; sys.argv = ['callboard', '--version']; from tui.cli.main import main\n"
    ask = "try:\n    main()\nexcept SystemExit:\n    pass"
    assert imported_by(program + ask) & _HEAVY == set()


def test_the_core_runs_without_a_screen() -> None:
    names = [module.path.removesuffix(".py").replace("/", ".") for module in modules("core")]
    everything = "\n".join(f"import {name.removesuffix('.__init__')}" for name in names)
    assert imported_by(everything) & _SCREEN == set()
