"""Addresses of mail as a person writes them: `ops@example.com`, or `Ops <ops@example.com>`."""

import re
from dataclasses import dataclass

_LONGEST = 254
_LONGEST_NAME = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r'\s*"?([^"<>\r\n]*?)"?\s*<([^<>\s]+)>\s*')


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox, with the name that is shown for it, if any."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    def __str__(self) -> str:
        return f'"{self.name}" <{self.email}>' if self.name else self.email


def parsed(text: str) -> Address | None:
    """The address, or nothing where this is none that every mail server takes."""
    named = _NAMED.fullmatch(text)
    name, email = (named[1].strip(), named[2]) if named else ("", text.strip())
    if len(email) > _LONGEST or not _ADDRESS.fullmatch(email):
        return None
    if len(name) > _LONGEST_NAME or "\\" in name or not (name.isprintable() and name.isascii()):
        return None
    return Address(email, name)


def unique(addresses: list[Address]) -> list[Address]:
    """Each mailbox once, in this order: a service refuses a mail that names one twice."""
    seen: dict[str, Address] = {}
    for address in addresses:
        seen.setdefault(address.email.lower(), address)
    return list(seen.values())
