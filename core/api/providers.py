"""Providers on the wire: the programs that can run turns, and whether each can be used here."""

from typing import Literal
from urllib.parse import quote

from msgspec import Struct

from core.api.wire import Call, Page


class Provider(Struct, frozen=True):
    """What it is, and how it was found when it was last looked at. Nothing of its environment is ever told."""

    name: str
    kind: Literal["command", "acp"]
    parser: str | None  # of a command only
    models: list[str]  # any, when there are none; the first is the default
    can_resume: bool
    ready: bool | None  # nothing while it is still being looked at
    detail: str


def providers() -> Call[Page[Provider]]:
    return Call("GET", "/providers", Page[Provider])


def test_provider(name: str) -> Call[Provider]:
    """Look at it anew. Nothing is asked of a model."""
    return Call("POST", f"/providers/{quote(name, safe='')}/test", Provider)
