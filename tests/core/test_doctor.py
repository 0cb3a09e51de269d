"""The doctor: what is well is said to be, and what is not comes with what to do."""

import asyncio
from pathlib import Path

import pytest

from core import doctor
from core.doctor import Check, examine
from core.home import Home
from tests.servers import here, home_in, served


def found(home: Home, name: str) -> Check:
    (check,) = [check for check in examine(home) if check.name == name]
    return check


def test_a_home_that_works_is_well(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home):
        checks = {check.name: check for check in examine(home)}
    assert {checks[name].state for name in ("python", "home", "configuration", "server", "schema", "tcp")} == {
        "ok"
    }


def test_what_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    assert all(check.advice or check.state == "ok" for check in examine(home_in(tmp_path)))


def test_no_home_and_no_server_are_no_fault(tmp_path: Path) -> None:
    assert found(home_in(tmp_path), "home").state == "ok"
    assert found(home_in(tmp_path), "server").state == "ok"


def test_a_socket_that_a_kill_left_is_told(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    with served(home) as process:
        process.process.kill()
        process.process.wait(20)
    check = found(home, "server")
    assert (check.state, "callboard up" in check.advice) == ("warn", True)


def test_a_wrong_configuration_does_not_hide_the_rest(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text("[server]\nhtp = 1\n")
    assert found(home, "configuration").state == "fail"
    assert "did you mean http?" in found(home, "configuration").said
    assert found(home, "terminal").said


def test_what_others_can_read_or_write_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    async def made(home: Home) -> None:
        async with here(home):
            pass

    home = home_in(tmp_path)
    asyncio.run(made(home))
    home.database.chmod(0o644)
    assert "chmod go-rwx callboard.db" in found(home, "home").advice
    home.path.chmod(0o777)
    assert (found(home, "home").state, "chmod go-w" in found(home, "home").said) == ("fail", True)


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 34, 1), "fail"),
        ((3, 40, 1), "warn"),
        ((3, 44, 6), "ok"),
        ((3, 50, 6), "warn"),
        ((3, 50, 7), "ok"),
        ((3, 51, 2), "warn"),
        ((3, 51, 3), "ok"),
        ((3, 52, 0), "ok"),
    ],
)
def test_a_sqlite_with_a_known_fault_is_told(version: tuple[int, ...], state: str) -> None:
    assert doctor._sqlite(version).state == state


@pytest.mark.parametrize(("indexed", "state"), [(True, "ok"), (False, "warn")])
def test_a_sqlite_without_full_text_search_is_told(indexed: bool, state: str) -> None:
    assert doctor._search(indexed).state == state


@pytest.mark.parametrize(("lingers", "state"), [(True, "ok"), (False, "warn")])
def test_a_user_whose_services_end_at_logout_is_told(lingers: bool, state: str) -> None:
    def exists(path: Path) -> bool:
        return lingers or "linger" not in str(path)

    (check,) = doctor._lingering(exists, uid=1)
    assert check.state == state
