"""What the type of a setting says: what it is without its description, and what may stand there."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from core.secret import Secret


def bare(kind: Any) -> Any:
    """A type without what is said about it."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def alternatives(kind: Any) -> tuple[Any, ...]:
    """A type, or all of those that may stand in its place."""
    plain = bare(kind)
    return get_args(plain) if get_origin(plain) in (Union, UnionType) else (plain,)


def read_secret(kind: type, value: object) -> Secret:
    """A secret, for the library that knows all other types."""
    if kind is not Secret:
        raise NotImplementedError
    if not isinstance(value, str):
        raise ValueError("Expected `str`")
    return Secret(value)
