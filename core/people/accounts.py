"""Accounts of the operating system, and whom the home is open to."""

import grp
import os
import pwd
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

_NOBODY = {65534, 0xFFFFFFFF}
"""What the kernel says for an account that has no number here: from another user namespace, or none at all."""


class Account(NamedTuple):
    """An account: its login and its groups."""

    login: str
    groups: frozenset[int]


class Accounts(Protocol):
    def find(self, uid: int) -> Account | None:
        """The account of that number, or nothing when there is none. It may ask a directory over the network."""

    def group(self, gid: int) -> str:
        """What a group is called."""


class SystemAccounts:
    """The accounts of this machine."""

    def find(self, uid: int) -> Account | None:
        if uid in _NOBODY:
            return None
        try:
            entry = pwd.getpwuid(uid)
            return Account(entry.pw_name, frozenset(os.getgrouplist(entry.pw_name, entry.pw_gid)))
        except (KeyError, OSError, OverflowError):
            return None

    def group(self, gid: int) -> str:
        try:
            return grp.getgrgid(gid).gr_name
        except (KeyError, OSError, OverflowError):
            return str(gid)


@dataclass(frozen=True)
class DoorPolicy:
    """Whom the socket lets in: the account that the server runs as, and the members of a group."""

    owner_uid: int
    group: int | None = None
    accounts: Accounts = field(default_factory=SystemAccounts)
