"""Where a home is, and who may touch it."""

import os
import stat
from pathlib import Path

import pytest

from core.errors import HomeError, InvalidError
from core.home import Home


def test_the_option_wins_over_the_environment_and_that_over_the_platform(tmp_path: Path) -> None:
    environment = {"CALLBOARD_HOME": str(tmp_path / "named")}
    assert Home.find(tmp_path / "given", environment).path == tmp_path / "given"
    assert Home.find(None, environment).path == tmp_path / "named"
    assert Home.find(None, {}).path.name == "callboard"


def test_a_home_is_private_from_the_moment_it_exists(tmp_path: Path) -> None:
    home = Home(tmp_path / "new" / "home")
    home.create()
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.logs.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_home_that_others_can_write_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    home = Home(tmp_path / "my home")
    home.create()
    home.path.chmod(mode)
    with pytest.raises(HomeError, match=r"can be written to by others.*chmod go-w '.*my home'"):
        home.create()


def test_a_configuration_that_others_can_write_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.config.write_text("")
    home.config.chmod(0o666)
    with pytest.raises(HomeError, match=r"config\.toml can be written to by others"):
        home.check()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be made"):
        Home(tmp_path / "file" / "home").create()


def test_a_long_path_keeps_its_socket_elsewhere_and_always_in_the_same_place(tmp_path: Path) -> None:
    home = Home(tmp_path / ("long" * 30))
    before = home.socket
    home.create()
    assert len(str(before)) <= 100
    assert home.socket == before
    assert stat.S_IMODE(before.parent.stat().st_mode) == 0o700
    assert Home(tmp_path / ("long" * 31)).socket != before


def test_a_home_whose_path_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="not text in UTF-8"):
        Home.find(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))


def test_what_is_made_above_a_home_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Home(tmp_path / "deep" / "er").create()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700
