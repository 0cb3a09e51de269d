"""What the app showed last, kept in a private file so that the next start paints before the server answers."""

import os
from pathlib import Path

import msgspec

from core.api.bots import Pin
from core.api.inbox import InboxCounts, InboxGrouping, InboxItem
from core.api.work import WorkSection

VERSION = 2
ROWS = 60
_LONGEST_TEXT = 2_000


class LastSeen(msgspec.Struct, frozen=True):
    """The first rows of the inbox as they were last."""

    items: list[InboxItem] = []
    starred: int = 0
    counts: InboxCounts = InboxCounts(0, 0, 0)
    person: str = ""
    zone: str = "UTC"
    theme: str = ""
    pins: list[Pin] = []
    sections: list[WorkSection] = []
    folded: list[str] = []
    group: InboxGrouping = "none"
    version: int = VERSION


def folder_of(home: Path, socket: Path) -> Path:
    """In the home where it is one's own; else in the person's own cache, apart for each server."""
    try:
        if home.stat().st_uid == os.getuid() and os.access(home, os.W_OK):
            return home / "cache"
    except OSError:
        pass
    from hashlib import sha256

    from platformdirs import user_cache_path

    return user_cache_path("callboard", appauthor=False) / sha256(os.fsencode(socket)).hexdigest()[:16]


class Cache:
    """One file per account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / f"app-{os.getuid()}.json"

    def load(self) -> LastSeen:
        """What was kept; nothing when there is no such file, or none that can be read."""
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=LastSeen)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return LastSeen()
        return kept if kept.version == VERSION else LastSeen()

    def keep(self, seen: LastSeen) -> None:
        """Replace the file at once or not at all. A cache that cannot be written is no trouble to speak of."""
        import tempfile

        replace = msgspec.structs.replace
        items = [
            replace(item, title=item.title[:_LONGEST_TEXT], body=item.body[:_LONGEST_TEXT])
            for item in seen.items[:ROWS]
        ]
        sections = [
            replace(
                section,
                items=[
                    replace(item, title=item.title[:_LONGEST_TEXT], doing=item.doing[:_LONGEST_TEXT])
                    for item in section.items
                ],
            )
            for section in seen.sections
        ]
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)  # private from the first moment
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.json.encode(replace(seen, items=items, sections=sections)))
                os.replace(name, self._file)
            except BaseException:
                os.unlink(name)
                raise
        except OSError:
            return
