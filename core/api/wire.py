"""What every call and answer has in common: the envelope, the page, and a call as data.

A call is a value. The blocking client of the command line and the asynchronous one of the app both send it, and
both answer with its type: there is one list of what can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from msgspec import Struct

API = "/api/v1"
"""Where every path of a call begins."""

DEEPEST = 64
"""How many objects and lists may be open at once in a body."""

T = TypeVar("T")
Scalar = str | int | bool | None


class Page(Struct, Generic[T], frozen=True):
    """Some of a list. `next` is the cursor to ask the following page with, and nothing at the end."""

    items: list[T]
    next: str | None = None


class Done(Struct, frozen=True):
    """An answer with nothing to say but that it was done."""

    done: bool = True


class Failure(Struct, frozen=True):
    """An answer that says why not."""

    error: str
    code: str
    ok: bool = False


class ListQuery(Struct, frozen=True):
    """How every list is asked."""

    limit: int = 50
    cursor: str | None = None
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request of the API, and the type of its answer."""

    method: str
    path: str  # below `API`
    answer: type[T]
    query: Mapping[str, Scalar] = field(default_factory=dict)
    body: Struct | None = None
