"""The home: one private folder with the configuration, the database, the logs and the socket.

Where it is follows from an option, the environment or the platform, in this order; who may touch it is checked
before anything in it is believed."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from core.errors import HomeError, InvalidError

_LONGEST_SOCKET_PATH = 100  # the kernels take 104 to 108 bytes, the final zero included
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Home:
    """The folder, as an absolute path without links, and the names of what is in it."""

    path: Path

    @classmethod
    def find(cls, option: str | Path | None = None, environment: Mapping[str, str] = os.environ) -> "Home":
        """The home that the option, `CALLBOARD_HOME` or the platform names."""
        if option == "":  # a script's variable that was empty: the real home is not what was meant
            raise InvalidError("The home was named, but by nothing: give its folder, or leave --home out.")
        named = option or environment.get("CALLBOARD_HOME")
        if not named:
            from platformdirs import user_data_path

            named = user_data_path("callboard", appauthor=False)
        path = Path(named).expanduser().resolve()
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise InvalidError("The home's path is not text in UTF-8: choose another.") from None
        return cls(path)

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def notifications(self) -> Path:
        """Channels and rules as JSON, beside those of the configuration."""
        return self.path / "notifications.json"

    @property
    def database(self) -> Path:
        return self.path / "callboard.db"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def lock(self) -> Path:
        """Locked by the server for as long as it lives; the file says its process id."""
        return self.path / "server.lock"

    @property
    def start_lock(self) -> Path:
        """Locked by the client that starts the server, so that many at once start one."""
        return self.path / "start.lock"

    @property
    def start_log(self) -> Path:
        """What a server started in the background printed before it had a log."""
        return self.logs / "start.log"

    @property
    def socket(self) -> Path:
        """In the home, or, where that path is too long for a socket, in a short private folder of the owner."""
        inside = self.path / "callboard.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        from hashlib import sha256

        name = sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(f"/tmp/callboard-{self._owner()}", f"{name}.sock")  # noqa: S108 - checked to be private

    @property
    def exists(self) -> bool:
        return self.path.is_dir()

    def create(self) -> None:
        """Make what is missing, private from the first moment, and check what is there."""
        made = "made"
        try:
            made = "written" if self.exists else "made"
            for folder in (*reversed(self.path.parents), self.path):
                if not folder.exists():  # what is above it is private too: who can write there could replace it
                    folder.mkdir(mode=0o700, exist_ok=True)
            self.check()
            self.logs.mkdir(mode=0o700, exist_ok=True)
            if self.socket.parent != self.path:
                self.socket.parent.mkdir(mode=0o700, exist_ok=True)
                _require_private(self.socket.parent, follow=False)
        except OSError as error:
            raise HomeError(f"The home {self.path} cannot be {made}: {error.strerror}.") from None

    def check(self) -> None:
        """Refuse a home or a configuration that somebody else owns or can write."""
        _require_private(self.path)
        for file in (self.config, self.notifications):
            if file.exists():
                _require_private(file)

    def _owner(self) -> int:
        try:
            return self.path.stat().st_uid
        except OSError:
            return os.getuid()


def _require_private(path: Path, *, follow: bool = True) -> None:
    found = path.stat(follow_symlinks=follow)
    if found.st_uid not in (os.getuid(), 0) or stat.S_ISLNK(found.st_mode):
        raise HomeError(f"{path} belongs to another account: run this as its owner, or choose another home.")
    if found.st_mode & _OTHERS_WRITE:
        raise HomeError(f"{path} can be written to by others; stop that with: chmod go-w {quote(str(path))}")
