"""The text of an API key: what it looks like, and what is kept of it.

The checksum is there so that a mistyped key is recognised without asking the database, and a scanner of leaked
secrets without asking us. It is no part of the security, which rests on 32 random bytes."""

import re
from base64 import urlsafe_b64encode
from binascii import crc32
from hashlib import sha256

from core.ids import Entropy

PREFIX_LENGTH = 12
_BEGINNING = "cbk_"
_SHAPE = re.compile(r"cbk_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}", re.ASCII)
_PREFIX = re.compile(r"cbk_[A-Za-z0-9_-]{8}", re.ASCII)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_token(entropy: Entropy) -> str:
    random = urlsafe_b64encode(entropy.bits(256).to_bytes(32, "big")).rstrip(b"=").decode()
    return _BEGINNING + random + _checksum(_BEGINNING + random)


def well_formed(token: str) -> bool:
    """Whether this can be a key at all."""
    return _SHAPE.fullmatch(token) is not None and _checksum(token[:-6]) == token[-6:]


def hash_of(token: str) -> bytes:
    """What is stored of a well-formed key."""
    return sha256(token.encode("ascii")).digest()


def prefix_of(token: str) -> str | None:
    """What a key is recognised by, or nothing when it does not begin like one."""
    found = _PREFIX.match(token)
    return None if found is None else found.group()


def _checksum(text: str) -> str:
    number = crc32(text.encode("ascii"))
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits
