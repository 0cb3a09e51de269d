"""What the change feed says of a person's notifications that changed: each of them where they are few, and where
they are many, once: look at the whole inbox again."""

from collections.abc import Sequence

from storage import changes
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import Instant, PersonId, WorkspaceId

TOLD_SINGLY = 200
WHOLE = ""
"""The subject of a change that means the whole list."""


def tell(
    connection: Connection, person: PersonId, items: Sequence[tuple[int, WorkspaceId | None]], now: Instant
) -> None:
    """Say that these changed, each with the workspace that it is about."""
    if len(items) > TOLD_SINGLY:
        tell_whole(connection, person, now)
    else:
        changes.append(connection, [NewChange("inbox", str(item), person, space, now) for item, space in items])


def tell_whole(connection: Connection, person: PersonId, now: Instant) -> None:
    """Say that the whole inbox is to be looked at again."""
    changes.append(connection, [NewChange("inbox", WHOLE, person, None, now)])
