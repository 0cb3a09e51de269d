"""What the change feed says of people, workspaces and keys: only that there is something to look at again."""

from storage.changes import NewChange, append
from storage.database import Connection
from storage.ids import Instant, KeyId, PersonId, WorkspaceId


def people_changed(connection: Connection, person: PersonId, now: Instant) -> None:
    """Somebody came, left, or may do other things. The subject is a number: not all may know the name."""
    append(
        connection,
        [NewChange("people", str(person), None, None, now), NewChange("me", str(person), person, None, now)],
    )


def profile_changed(connection: Connection, person: PersonId, now: Instant) -> None:
    append(connection, [NewChange("me", str(person), person, None, now)])


def workspace_changed(
    connection: Connection, workspace: WorkspaceId, slug: str, now: Instant, person: PersonId | None = None
) -> None:
    """A workspace has other members. `person` is who came or went, and hears of it either way."""
    rows = [NewChange("workspaces", slug, None, workspace, now)]
    if person is not None:
        rows.append(NewChange("me", str(person), person, None, now))
    append(connection, rows)


def keys_changed(connection: Connection, key: KeyId, owner: PersonId, now: Instant) -> None:
    append(connection, [NewChange("keys", key, owner, None, now)])
