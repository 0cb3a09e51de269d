"""My Work as it is read: the sections of the sidebar, and the pages of the one table of all types."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from core.api.wire import Page
from core.api.work import Sidebar, WorkItem, WorkQuery, WorkSection, WorkSort
from core.caller import Caller
from core.errors import InvalidError
from core.filtering import parse
from core.filters import WORK_FIELDS
from core.mywork.kind import Kind
from core.paging import MOST
from core.text import storable
from storage import changes, mywork
from storage.criterion import Criterion
from storage.database import Connection
from storage.ids import Instant
from storage.mywork import Asker
from storage.mywork_order import Place

MOST_IN_SECTION: Final = 200
_LONGEST_CURSOR = 1_000
_LARGEST = 2**62


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last thing of a page, and the order in which that was its last."""

    sort: WorkSort
    order: Literal["down", "up"]
    key: int | str
    type: str
    at: int
    id: int


def asker_of(caller: Caller, now: Instant) -> Asker:
    """Whose My Work it is: an admin's own is everywhere."""
    return Asker(caller.person, None if caller.admin else caller.workspaces, now)


def narrowed(caller: Caller, filter: str, now: Instant) -> tuple[Criterion, ...]:
    """The filter, in the words of storage."""
    return parse(filter, WORK_FIELDS, now, caller.zone)


def sidebar(connection: Connection, asker: Asker, kinds: Sequence[Kind], limit: int) -> Sidebar:
    """A section for each type, also where it has nothing."""
    if not 1 <= limit <= MOST_IN_SECTION:
        raise InvalidError(f"A section holds 1 to {MOST_IN_SECTION} items.", "limit")
    seq = changes.last(connection)
    return Sidebar([_section(connection, asker, kind, limit) for kind in kinds], seq)


def page(
    connection: Connection,
    asker: Asker,
    kinds: Sequence[Kind],
    criteria: Sequence[Criterion],
    query: WorkQuery,
) -> Page[WorkItem]:
    """A page of all that is the person's, finished and hidden included."""
    if not 1 <= query.limit <= MOST:
        raise InvalidError(f"A page holds 1 to {MOST} items.", "limit")
    places = mywork.found(
        connection,
        asker,
        [kind.things for kind in kinds],
        criteria,
        sort=query.sort,
        down=query.order == "down",
        after=_place_of(query, kinds) if query.cursor else None,
        limit=query.limit + 1,
    )
    here = places[: query.limit]
    more = _cursor_of(query, kinds, here[-1]) if len(places) > query.limit else None
    return Page(_items(connection, asker, kinds, here), more)


def _section(connection: Connection, asker: Asker, kind: Kind, limit: int) -> WorkSection:
    first = mywork.first(connection, asker, kind.things, limit)
    shown = kind.shown(connection, asker, first.ids) if first.ids else {}
    return WorkSection(
        kind.type, first.total, first.needing, [shown[each] for each in first.ids if each in shown]
    )


def _items(
    connection: Connection, asker: Asker, kinds: Sequence[Kind], places: Sequence[Place]
) -> list[WorkItem]:
    shown: dict[tuple[int, int], WorkItem] = {}
    for rank, kind in enumerate(kinds):
        ids = [place.id for place in places if place.rank == rank]
        if ids:
            shown |= {(rank, item.id): item for item in kind.shown(connection, asker, ids).values()}
    return [shown[place.rank, place.id] for place in places if (place.rank, place.id) in shown]


def _cursor_of(query: WorkQuery, kinds: Sequence[Kind], place: Place) -> str:
    cursor = _Cursor(query.sort, query.order, place.key, kinds[place.rank].type, place.at, place.id)
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _place_of(query: WorkQuery, kinds: Sequence[Kind]) -> Place:
    cursor = _read(query.cursor or "")
    ranks = {kind.type: rank for rank, kind in enumerate(kinds)}
    if (
        cursor is None
        or (cursor.sort, cursor.order) != (query.sort, query.order)
        or cursor.type not in ranks
        or isinstance(cursor.key, int) is not (query.sort in {"updated", "created", "type"})
        or not (0 <= cursor.id < _LARGEST and abs(cursor.at) < _LARGEST)
    ):
        raise InvalidError("This cursor is not one of this list; start again without it.", "cursor")
    return Place(cursor.key, ranks[cursor.type], cursor.at, cursor.id)


def _read(text: str) -> _Cursor | None:
    if len(text) > _LONGEST_CURSOR or not text.isascii():
        return None
    try:
        cursor = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        return None
    fits = abs(cursor.key) < _LARGEST if isinstance(cursor.key, int) else storable(cursor.key) == cursor.key
    return cursor if fits else None
