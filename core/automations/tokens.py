"""The token of a webhook: 32 random bytes that are shown once, kept as a hash, and known by a fingerprint."""

import hashlib
import re
from base64 import urlsafe_b64encode

from core.ids import Entropy

_BYTES = 32
_FINGERPRINT = 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token(entropy: Entropy) -> str:
    return urlsafe_b64encode(entropy.bits(_BYTES * 8).to_bytes(_BYTES, "big")).rstrip(b"=").decode()


def is_well_formed(text: str) -> bool:
    """Whether this could be a token at all."""
    return _TOKEN.fullmatch(text) is not None


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def fingerprint(hash: bytes) -> str:
    """What a history shows of a token: the first digits of its hash."""
    return hash.hex()[:_FINGERPRINT]
