"""What a turn writes: kept under a cap, read from anywhere while it is written, and after a crash."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotFoundError
from core.sessions.supervision.transcript import Piece, Transcript, excerpt, read, remove
from tests.core.sessions.supervision.processes import until

CRASH = """
import os, sys, time
from pathlib import Path
from core.sessions.supervision.transcript import Transcript, read
folder = Path(sys.argv[1])
transcript = Transcript(folder, "1", 4000)
for number in range(1000):
    transcript.write(b"line %d\\n" % number)
while read(folder, "1", at=None, size=100, backwards=True).total < transcript.total:
    time.sleep(0.01)
os.kill(os.getpid(), 9)
"""

FULL = """
import resource, sys, time
from pathlib import Path
from core.sessions.supervision.transcript import Transcript
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
transcript = Transcript(Path(sys.argv[1]), "1", 100_000)
transcript.write(b"x" * 999 + b"\\n")
while not transcript.trouble:
    transcript.write(b"y" * 999 + b"\\n")
    time.sleep(0.01)
transcript.close()
print(transcript.total, transcript.trouble)
"""


@contextmanager
def writing(folder: Path, cap: int = 1000) -> Iterator[Transcript]:
    transcript = Transcript(folder, "1", cap)
    try:
        yield transcript
    finally:
        transcript.close()


def written(folder: Path, data: bytes, cap: int = 1000) -> Path:
    with writing(folder, cap) as transcript:
        transcript.write(data)
    return folder


def forwards(folder: Path, size: int) -> list[Piece]:
    pages = [read(folder, "1", at=None, size=size)]
    while pages[-1].end < pages[-1].total:
        pages.append(read(folder, "1", at=pages[-1].end, size=size))
    return pages


def backwards(folder: Path, size: int) -> list[Piece]:
    pages = [read(folder, "1", at=None, size=size, backwards=True)]
    while pages[-1].offset > 0:
        pages.append(read(folder, "1", at=pages[-1].offset, size=size, backwards=True))
    return pages[::-1]


def lines(count: int) -> bytes:
    return b"".join(b"line %d \xc3\xa9\n" % number for number in range(count))


def test_all_of_a_short_one_is_there(tmp_path: Path) -> None:
    folder = written(tmp_path / "turns", b"hello\n")
    assert read(folder, "1", at=None, size=100) == Piece(0, b"hello\n", 6, None, False)


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    folder = written(tmp_path / "turns", lines(1000))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_of_a_long_one_the_beginning_and_the_end_are_there_and_the_middle_is_counted(tmp_path: Path) -> None:
    everything = lines(1000)
    folder = written(tmp_path / "turns", everything)
    first, *_ = pages = forwards(folder, 300)
    [gap] = [page.gap for page in pages if page.gap]
    assert everything.startswith(first.data)
    assert everything.endswith(pages[-1].data)
    assert (pages[-1].total, pages[-1].end) == (len(everything), len(everything))
    assert sum(len(page.data) for page in pages) + gap[1] - gap[0] == len(everything)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 1000


def test_pages_are_the_same_in_both_directions_and_are_made_of_lines(tmp_path: Path) -> None:
    folder = written(tmp_path / "turns", lines(1000))
    there, back = forwards(folder, 300), backwards(folder, 300)
    assert b"".join(page.data for page in there) == b"".join(page.data for page in back)
    assert all(page.data.startswith(b"line ") and page.data.endswith(b"\n") for page in (*there, *back))
    assert [page.gap for page in there if page.gap] == [page.gap for page in back if page.gap]


def test_a_page_ends_with_a_character_when_there_are_no_lines(tmp_path: Path) -> None:
    folder = written(tmp_path / "turns", "žluťoučký kůň 🐎".encode() * 100)
    pages = [*forwards(folder, 101), *backwards(folder, 101)]
    assert all(page.data.decode() for page in pages)


def test_bytes_that_are_no_text_are_kept_as_they_are(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 3
    folder = written(tmp_path / "turns", noise, cap=2000)
    assert b"".join(page.data for page in forwards(folder, 50)) == noise
    assert b"".join(page.data for page in backwards(folder, 50)) == noise


def test_a_gap_shows_wherever_it_begins(tmp_path: Path) -> None:
    everything = lines(60) + lines(1000)
    folder = written(tmp_path / "turns", lines(60))
    written(folder, lines(1000))
    pages = forwards(folder, 300)
    assert all(everything[page.offset : page.end] == page.data for page in pages)
    assert (pages[-1].total, pages[-1].end) == (len(everything), len(everything))


@settings(max_examples=30, deadline=None)
@given(
    pieces=st.lists(st.binary(max_size=400) | st.text("\nž🐎 ", max_size=300).map(str.encode), max_size=30),
    size=st.integers(16, 300),
)
def test_whatever_is_written_is_there_or_in_a_gap(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], size: int
) -> None:
    folder = tmp_path_factory.mktemp("turns")
    with writing(folder) as transcript:
        for piece in pieces:
            transcript.write(piece)
    everything = b"".join(pieces)
    pages = forwards(folder, size)
    assert pages[-1].total == len(everything)
    assert all(everything[page.offset : page.end] == page.data for page in pages)
    for before, after in itertools.pairwise(pages):
        assert after.offset == before.end or after.gap == (before.end, after.offset)


async def test_a_reader_sees_it_grow_and_knows_whether_there_may_be_more(tmp_path: Path) -> None:
    folder = tmp_path / "turns"
    with writing(folder) as transcript:
        transcript.write(b"one\n")
        await until(lambda: read(folder, "1", at=0, size=100).data == b"one\n")
        transcript.write(b"two \xc3")
        await until(lambda: read(folder, "1", at=4, size=100).data == b"two ")
        transcript.write(b"\xa9")
        await until(lambda: read(folder, "1", at=8, size=100).data == b"\xc3\xa9")
        assert read(folder, "1", at=10, size=100) == Piece(10, b"", 10, None, True)
    assert read(folder, "1", at=10, size=100) == Piece(10, b"", 10, None, False)


def test_after_a_crash_it_can_be_read_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "turns"
    subprocess.run([sys.executable, "-c", CRASH, str(folder)], timeout=60, check=False)
    total = sum(len(b"line %d\n" % number) for number in range(1000))
    left = read(folder, "1", at=None, size=100, backwards=True)
    assert (left.total, left.live, left.data.endswith(b"line 999\n")) == (total, False, True)
    with writing(folder, 4000) as transcript:
        assert transcript.total == total
        transcript.write(b"more\n")
    left = read(folder, "1", at=None, size=100, backwards=True)
    assert (left.total, left.data.endswith(b"line 999\nmore\n")) == (total + 5, True)


def test_a_full_disk_ends_nothing_and_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "turns"
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    total, _, trouble = said.stdout.partition(" ")
    assert "Output is being lost" in trouble
    assert said.stderr.count("Output is being lost") <= 1
    left = read(folder, "1", at=None, size=100)
    assert (left.total, left.data[:10]) == (int(total), b"x" * 10)


def test_a_folder_that_cannot_be_made_ends_nothing_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "turns").write_text("a file")
    with writing(tmp_path / "turns") as transcript:
        transcript.write(b"hello\n")
        assert "Output is being lost" in transcript.trouble
    assert (transcript.total, excerpt(tmp_path / "turns", "1")) == (6, "")


def test_the_last_lines_are_the_message_of_a_failure(tmp_path: Path) -> None:
    folder = written(tmp_path / "turns", lines(1000))
    assert excerpt(folder, "1", 30) == "line 998 é\nline 999 é"


def test_one_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "none", "1", at=None, size=100, backwards=True) == Piece(0, b"", 0, None, False)
    assert excerpt(tmp_path / "none", "1") == ""


def test_one_is_removed_and_no_other(tmp_path: Path) -> None:
    for name in ("1", "1.1", "11"):
        transcript = Transcript(tmp_path, name)
        transcript.write(name.encode())
        transcript.close()
    remove(tmp_path, "1")
    assert [excerpt(tmp_path, name) for name in ("1", "1.1", "11")] == ["", "1.1", "11"]


@pytest.mark.parametrize("name", ["", "../1", "/etc/passwd", ".1", "a\0b"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        read(tmp_path, name, at=None, size=100)
    with pytest.raises(NotFoundError):
        Transcript(tmp_path, name)
    assert os.listdir(tmp_path) == []
