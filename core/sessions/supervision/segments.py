"""The files of a transcript: pieces of one stream of bytes, each named by where in the stream it begins.

So what is there, what is missing in the middle and how much there ever was can be read from names and sizes
alone, by anybody, while it is written and after a crash."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from core.errors import NotFoundError

_NAME = re.compile(r"(?P<name>.+)\.(?P<begin>[0-9a-f]{16})", re.DOTALL)


class Segment(NamedTuple):
    path: Path
    begin: int
    size: int

    @property
    def end(self) -> int:
        return self.begin + self.size


class Region(NamedTuple):
    """A stretch of the stream that is there without a gap."""

    begin: int
    end: int
    segments: tuple[Segment, ...]


def path_of(folder: Path, name: str, begin: int) -> Path:
    return folder / f"{name}.{begin:016x}"


def segments(folder: Path, name: str) -> list[Segment]:
    """Those of this transcript, in order."""
    found = []
    try:
        entries = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    for entry in entries:
        match = _NAME.fullmatch(entry)
        if match is None or match["name"] != name:
            continue
        path = folder / entry
        try:
            found.append(Segment(path, int(match["begin"], 16), path.stat().st_size))
        except FileNotFoundError:  # it was just left behind
            continue
    return sorted(found, key=lambda segment: segment.begin)


def regions(found: list[Segment]) -> list[Region]:
    """Segments that touch are one region."""
    joined: list[Region] = []
    for segment in found:
        if joined and joined[-1].end == segment.begin:
            last = joined.pop()
            joined.append(Region(last.begin, segment.end, (*last.segments, segment)))
        else:
            joined.append(Region(segment.begin, segment.end, (segment,)))
    return joined


def read_region(region: Region, begin: int, end: int) -> bytes:
    """These bytes of it. FileNotFoundError when a part of it has been left behind in the meantime."""
    pieces = []
    for segment in region.segments:
        if segment.begin < end and begin < segment.end:
            with segment.path.open("rb") as file:
                start = max(begin, segment.begin)
                file.seek(start - segment.begin)
                pieces.append(file.read(min(end, segment.end) - start))
    return b"".join(pieces)


def remove(folder: Path, name: str) -> None:
    """Remove a transcript."""
    for segment in segments(folder, name):
        segment.path.unlink(missing_ok=True)


def check_name(name: str) -> str:
    if not name or "/" in name or "\0" in name or name.startswith("."):
        raise NotFoundError(f"There is no transcript {name!r}.")
    return name
