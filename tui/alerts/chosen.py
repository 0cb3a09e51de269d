"""The ways that a person chose for their terminals, in a private file beside the cache."""

import os
from pathlib import Path

import msgspec

from core.alerts.ways import Way

_LARGEST = 64  # terminals


class _Chosen(msgspec.Struct, frozen=True):
    ways: dict[str, Way] = {}


class ChosenWays:
    """One file per account."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"alerts-{os.getuid()}.json"

    def load(self) -> dict[str, Way]:
        """By place what was chosen there; nothing when there is no such file, or none that can be read."""
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=_Chosen).ways
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def choose(self, key: str, way: Way | None) -> None:
        """Remember this way for this place, or none. Raises `OSError` when it cannot be written."""
        import tempfile

        ways = self.load()
        ways.pop(key, None)
        if way is not None:
            ways[key] = way
        kept = dict(list(ways.items())[-_LARGEST:])
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.file.parent)  # private from the first moment
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(_Chosen(kept)))
            os.replace(name, self.file)
        except BaseException:
            os.unlink(name)
            raise
