"""The server itself on the wire."""

from datetime import datetime

from msgspec import Struct

from core.api.wire import Call


class Health(Struct, frozen=True):
    status: str = "ok"


class Status(Struct, frozen=True):
    pid: int
    version: str
    home: str
    socket: str
    http: str | None
    schema: str
    engine: str
    started_at: datetime
    behind: int  # events recorded that the dispatcher has not addressed yet
    clients: int  # connected to the change feed


def status() -> Call[Status]:
    return Call("GET", "/status", Status)
