"""Whatever passes the log, it stays ASCII on lines of its own; and a flooded server logs no secret."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import log
from tests.hostile.corpus import CORPUS
from tests.hostile.flooded import Flooded


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    yield log.configure(tmp_path, size=100_000_000)
    log.close()
    logging.captureWarnings(False)
    logging.getLogger().setLevel(level)


def test_every_text_is_one_line_of_ascii(path: Path) -> None:
    logger = logging.getLogger("hostile")
    for sample in CORPUS:
        logger.warning("%s", sample.text, extra={"title": sample.text, sample.text: sample.text})
        try:
            raise ValueError(sample.text)
        except ValueError:
            logger.exception("failed")
    written = path.read_bytes()
    assert written.isascii()
    assert written.decode().replace("\n", "").isprintable()
    lines = [json.loads(line) for line in written.splitlines()]
    assert len(lines) == 2 * len(CORPUS)
    assert [line["message"][:50] for line in lines[::2]] == [sample.text[:50] for sample in CORPUS]


def test_the_log_of_a_flooded_server_is_ascii_without_secrets(home: Flooded) -> None:
    home.raw("/automations/http-trigger/s3cr3t-t0k3n-in-a-path", b"{}")
    home.raw("/notices", b"\xff\x1b]0;x\x07")
    written = b"".join(file.read_bytes() for file in sorted((home.home / "logs").iterdir()))
    assert written.isascii()
    assert written.decode().replace("\n", "").isprintable()
    assert all(json.loads(line) for line in written.splitlines())
    assert b"cbk_" not in written.replace(b"cbk_***", b"")
    assert b"s3cr3t" not in written
