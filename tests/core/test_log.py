"""What the log says, what it never says, and who can read it."""

import json
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import log
from core.errors import HomeError
from core.secret import Secret

KEY = "cbk_" + "aB3-_xYz" * 5 + "Qw3rTy123"
Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture(autouse=True)
def _log_is_closed() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    log.close()
    logging.captureWarnings(False)
    logging.getLogger().setLevel(level)


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    path = log.configure(tmp_path / "logs", "info", [Secret("hunter2hunter2")])
    return lambda: [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_line_is_one_json_object(lines: Lines) -> None:
    logging.getLogger("core.server").info("started with %d people", 3, extra={"port": 8321, "home": Path("/x")})
    [line] = lines()
    assert line.pop("at")
    assert line == {
        "level": "info",
        "logger": "core.server",
        "message": "started with 3 people",
        "port": 8321,
        "home": "/x",
    }


def test_text_of_others_stays_on_its_line_as_escapes(lines: Lines, tmp_path: Path) -> None:
    text = '\x1b]52;c;aGk=\x07\r\n{"level":"forged"}\x9b\u202e\u2028\ud800\x7f'
    logging.getLogger("x").warning("title %s", text)
    assert [line["message"] for line in lines()] == [f"title {text}"]
    written = (tmp_path / "logs" / log.NAME).read_bytes().removesuffix(b"\n")
    assert written.isascii()
    assert written.decode().isprintable()


def test_an_exception_is_in_its_line(lines: Lines) -> None:
    try:
        raise ValueError(f"bad {KEY}\x1b")
    except ValueError:
        logging.getLogger("x").exception("it failed")
    [line] = lines()
    assert str(line["exception"]).endswith("ValueError: bad cbk_***\x1b\n")


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"key {KEY}.", "key cbk_***."),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer ***"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic ***"),
        ("{'Authorization': 'Bearer abc'}", "{'Authorization': 'Bearer ***'}"),
        ("sent bearer abcdefghijklmnop", "sent bearer ***"),
        ("a bearer of news", "a bearer of news"),
        ("Api-Authentication: s3cret", "Api-Authentication: ***"),
        ("(b'Api-Authentication', b's3cret')", "(b'Api-Authentication', b'***')"),
        ("POST /api/automations/http-trigger/To-k_en?x=1", "POST /api/automations/http-trigger/***?x=1"),
        ("postgresql://me:pass@host/db", "postgresql://me:***@host/db"),
        ("password hunter2hunter2!", "password ***!"),
    ],
)
def test_secrets_are_not_logged(lines: Lines, said: str, logged: str) -> None:
    logging.getLogger("x").info("%s", said, extra={"beside": said})
    [line] = lines()
    assert (line["message"], line["beside"]) == (logged, logged)


def test_the_loggers_of_libraries_write_there_too(lines: Lines) -> None:
    logging.getLogger("aiohttp.server").error(
        "Error handling request %r", b"GET /api/automations/http-trigger/tok"
    )
    assert [line["message"] for line in lines()] == [
        "Error handling request b'GET /api/automations/http-trigger/***'"
    ]


def test_less_than_the_level_is_not_written(lines: Lines) -> None:
    logging.getLogger("x").debug("detail")
    assert lines() == []


def test_a_wrong_format_is_a_line_all_the_same() -> None:
    record = logging.makeLogRecord({"msg": "%d of %d", "args": (1,)})
    assert json.loads(log.JsonLines(log.Scrubber()).format(record))["message"] == "%d of %d (1,)"


def test_a_long_text_is_cut(lines: Lines) -> None:
    logging.getLogger("x").info("A" * 1_000_000)
    assert len(str(lines()[0]["message"])) < 10_000


def test_nobody_else_can_read_it_even_after_it_rotated(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        log.configure(tmp_path / "logs", size=500, keep=2)
        for number in range(30):
            logging.getLogger("x").info("line %d", number)
    finally:
        os.umask(before)
    files = sorted((tmp_path / "logs").iterdir())
    assert [file.name for file in files] == ["callboard.log", "callboard.log.1", "callboard.log.2"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert all(json.loads(line) for file in files for line in file.read_bytes().splitlines())


def test_after_the_file_was_moved_away_it_goes_on_in_a_new_one(tmp_path: Path) -> None:
    path = log.configure(tmp_path)
    logging.getLogger("x").info("before")
    path.rename(tmp_path / "moved")
    log.reopen()
    logging.getLogger("x").info("after")
    assert b"before" in (tmp_path / "moved").read_bytes()
    assert b"before" not in path.read_bytes()
    assert b"after" in path.read_bytes()


def test_the_last_configuration_counts(tmp_path: Path) -> None:
    log.configure(tmp_path / "one")
    log.configure(tmp_path / "two")
    logging.getLogger("x").info("hello")
    assert (tmp_path / "one" / log.NAME).read_bytes() == b""
    assert (tmp_path / "two" / log.NAME).read_bytes().count(b"\n") == 1


def test_a_log_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / log.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeError, match="cannot be written"):
        log.configure(tmp_path)
