"""The inbox as a list: the fields that it is filtered by, the cursor of its pages, and its items on the wire."""

from functools import partial

import msgspec

from core.api.inbox import InboxItem, Severity
from core.caller import Caller
from core.clock import maybe_datetime, to_datetime
from core.errors import InvalidError
from core.filtering import parse, refused
from core.filters import INBOX_FIELDS
from core.inbox.keeping import Figures, leaves_at
from storage import people
from storage.criteria import Criterion
from storage.database import Connection, Database
from storage.ids import Instant, ItemId
from storage.inbox import ItemRow, Narrowing, Place

_HISTORY = {"dismissed", "snoozed", "all"}


async def narrow(database: Database, caller: Caller, filter: str, now: Instant) -> Narrowing:
    """What the filter asks for. To ask for what has left the inbox is to look at the history."""
    criteria = parse(filter, INBOX_FIELDS, now, caller.zone)
    if not criteria:
        return Narrowing()
    if any(criterion.what == "workspace" for criterion in criteria):
        named = partial(_with_workspaces, caller=caller, criteria=criteria, filter=filter)
        criteria = await database.read(named)
    history = any(
        criterion.what == "is" and not criterion.negated and _HISTORY.intersection(criterion.texts)
        for criterion in criteria
    )
    return Narrowing(history, criteria)


def place_of(cursor: str) -> Place:
    """The place in the list that a cursor names."""
    section, _, number = cursor.partition("-")
    fits = section in {"s", "n"}
    if not fits or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise InvalidError("This cursor is not one of this list; start again without it.", "cursor")
    return Place(section == "s", ItemId(int(number)))


def cursor_of(row: ItemRow) -> str:
    """The cursor of the page that begins below this item."""
    return f"{'s' if row.starred else 'n'}-{row.id}"


def shown(row: ItemRow, figures: Figures) -> InboxItem:
    return InboxItem(
        id=row.id,
        title=row.title,
        body=row.body,
        severity=msgspec.convert(row.severity, Severity),
        event=row.event,
        reason=row.reason,
        link=row.link,
        link_label=row.link_label,
        workspace=row.workspace,
        created_at=to_datetime(row.created_at),
        read_at=maybe_datetime(row.read_at),
        starred_at=maybe_datetime(row.starred_at),
        dismissed_at=maybe_datetime(row.dismissed_at),
        snoozed_until=maybe_datetime(row.snoozed_until),
        source=row.source,
        ticket=row.ticket_id,
        leaves_at=maybe_datetime(leaves_at(row, figures)),
    )


def _with_workspaces(
    connection: Connection, *, caller: Caller, criteria: tuple[Criterion, ...], filter: str
) -> tuple[Criterion, ...]:
    """The criteria with the ids of the workspaces that they name by slug."""
    return tuple(
        criterion._replace(values=tuple(_workspace(connection, caller, slug, filter) for slug in criterion.texts))
        if criterion.what == "workspace"
        else criterion
        for criterion in criteria
    )


def _workspace(connection: Connection, caller: Caller, slug: str, filter: str) -> int:
    found = people.workspace_by_slug(connection, slug)
    if found is None or not caller.sees(found.id):
        raise refused(f"There is no workspace {slug!r}.", filter, "workspace", slug)
    return found.id
