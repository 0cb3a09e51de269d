"""Signatures as Standard Webhooks asks for them: who gets a delivery can tell that it is ours, and new."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from core.secret import Secret

_PREFIX = "whsec_"


def keys_of(secret: Secret) -> list[bytes] | None:
    """The keys of a setting that holds one secret, or several with spaces between them; None when one is no
    base64."""
    try:
        keys = [b64decode(word.removeprefix(_PREFIX), validate=True) for word in secret.reveal().split()]
    except ValueError:
        return None
    return keys if keys and all(keys) else None


def signatures(keys: Sequence[bytes], identity: str, moment: int, body: bytes) -> str:
    """One signature for each key. Receivers take any that fits, so that a secret can be changed on both sides."""
    signed = f"{identity}.{moment}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}" for key in keys)
