"""What goes with the right to see a workspace: its notifications, and what was muted in it.

As many as a transaction can take go in the one that takes the right, and the rest right after it. What a kill
leaves is found by retention."""

from collections.abc import Sequence
from functools import partial

from storage import changes, mutes, strays
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant, ItemId, PersonId, WorkspaceId

AT_ONCE = 500

_FEW = 20
_ALL = ""  # the subject of a change that says: look at the whole inbox again


def forget(
    connection: Connection,
    person: PersonId,
    items: Sequence[ItemId],
    now: Instant,
    *,
    workspace: WorkspaceId | None = None,
) -> int:
    """Remove those of the items that the person may see no longer, and their mutes of the workspace."""
    if workspace is not None:
        mutes.remove_of_workspace(connection, person, workspace)
    gone = strays.remove(connection, items)
    news = [NewChange("inbox", str(one.id), person, one.workspace_id, now) for one in gone]
    whole = [NewChange("inbox", _ALL, person, None, now)]
    changes.append(connection, news if len(news) <= _FEW else whole)
    return len(gone)


async def forget_rest(database: Database, person: PersonId, now: Instant) -> None:
    """Remove what is left of it, a few at a time."""
    while items := await database.read(partial(strays.of_others, person=person, limit=AT_ONCE)):
        if not await database.write(partial(forget, person=person, items=items, now=now)):
            return
