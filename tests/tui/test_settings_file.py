"""A setting is written into the person's file, and nothing else in it is touched."""

from pathlib import Path

import pytest

from core.errors import InvalidError
from tui.settings_file import keep, written

FILE = """# My keys
mouse = 'off'
theme = "nord"  # at night

[keymap]
theme = "T"  # no setting
quit = ["Q", "ctrl+q"]
"""


def test_a_setting_that_is_there_is_replaced_where_it_stands() -> None:
    assert written(FILE, {"theme": "dracula"}) == FILE.replace('"nord"', '"dracula"')
    assert written(FILE, {"mouse": "on"}) == FILE.replace("'off'", '"on"')


def test_a_setting_that_is_not_there_is_put_before_all_tables() -> None:
    assert written(FILE, {"layout": "wide"}) == 'layout = "wide"\n' + FILE
    assert written("", {"theme": "nord", "layout": "wide"}) == 'layout = "wide"\ntheme = "nord"\n'


@pytest.mark.parametrize("text", ["theme = 7\n", 'theme = """nord"""\n', "theme = [\n"])
def test_what_cannot_be_changed_safely_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "app.toml"
    path.write_text(text)
    with pytest.raises(InvalidError, match='write theme = "dracula" there'):
        keep(path, {"theme": "dracula"})
    assert path.read_text() == text


def test_a_link_stays_one_and_the_file_keeps_its_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config" / "app.toml"
    link.parent.mkdir()
    real.write_text(FILE)
    real.chmod(0o644)
    link.symlink_to(real)
    keep(link, {"theme": "dracula"})
    assert link.is_symlink()
    assert 'theme = "dracula"' in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o644


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    keep(tmp_path / "callboard" / "app.toml", {"theme": "nord"})
    assert (tmp_path / "callboard" / "app.toml").read_text() == 'theme = "nord"\n'
