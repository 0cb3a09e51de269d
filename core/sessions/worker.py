"""A server as the one that runs a session: by a name that no other process ever has."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.ids import Entropy
from core.sessions.supervision.marks import boot_id


@dataclass(frozen=True, slots=True)
class Worker:
    """This process. `home` is its folder on this machine since the last boot: who has the home's lock is the only
    server there, so that any other of the same home is gone."""

    name: str
    home: str
    boot: str

    @classmethod
    def here(cls, home: Path, entropy: Entropy) -> "Worker":
        boot, found = boot_id(), home.stat()
        return cls(
            f"{boot}:{os.getpid()}:{entropy.bits(64):016x}", f"{boot}:{found.st_dev:x}:{found.st_ino:x}", boot
        )
