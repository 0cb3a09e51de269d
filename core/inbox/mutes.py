"""Muted sources: what comes from them arrives as read, so that it raises no alert and stands in no way.

What waits for an answer is never muted: somebody waits at the other end."""

from collections import defaultdict
from collections.abc import Sequence

from core import paging
from core.api.mutes import Mute, Muting
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller
from core.clock import DAY, Clock, from_datetime, maybe_datetime, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.events.catalogue import CATALOGUE
from core.events.record import check_name
from core.filtering import parse
from core.filters import MUTE_FIELDS
from core.inbox.sources import LONGEST, sources_of
from core.text import storable
from storage import changes, mutes, people
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant, MuteId, PersonId, WorkspaceId
from storage.inbox import NewItemRow
from storage.mutes import MutedRow, MuteRow, NewMuteRow

MOST = 200

_LONGEST = 3660 * DAY


class Mutes:
    """What a person can ask of their own mutes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, caller: Caller, query: ListQuery) -> Page[Mute]:
        """What is muted now, in the order in which it was."""
        limit, now = paging.one_more(query), self._clock.now()
        after = paging.number(query.cursor) if query.cursor else 0
        criteria = parse(query.filter, MUTE_FIELDS, now, caller.zone)
        rows = await self._database.read(
            lambda connection: mutes.page(connection, caller.person, criteria, limit=limit, after=after, now=now)
        )
        return paging.page(rows, query.limit, lambda some: [_shown(row) for row in some], lambda row: str(row.id))

    async def mute(self, caller: Caller, muting: Muting) -> Mute:
        """Mute a source, or give a mute its new end."""
        now = self._clock.now()
        source, event, until = _source(muting.source), _event(muting.event), _until(caller, muting, now)

        def unit(connection: Connection) -> Mute:
            workspace = None if muting.workspace is None else _workspace(connection, caller, muting.workspace)
            mutes.remove_ended(connection, caller.person, now)
            mute = mutes.put(connection, NewMuteRow(caller.person, source, event, workspace, until, now))
            if mutes.count(connection, caller.person) > MOST:
                raise ConflictError(f"You have muted {MOST} sources: unmute one first.")
            _changed(connection, caller.person, mute, now)
            return _shown(mutes.existing(connection, mute))

        return await self._database.write(unit)

    async def unmute(self, caller: Caller, number: int) -> Done:
        def unit(connection: Connection) -> Done:
            mute = MuteId(number)
            if not mutes.remove(connection, caller.person, mute):
                raise NotFoundError(f"You have no mute {number}: it has ended, or was taken back.")
            _changed(connection, caller.person, mute, self._clock.now())
            return Done()

        return await self._database.write(unit)


def silenced(connection: Connection, items: Sequence[NewItemRow], now: Instant) -> list[NewItemRow]:
    """The items, of which those from muted sources are read already, and say why."""
    rows = mutes.of_people(connection, {item.person_id for item in items}, now) if items else []
    if not rows:
        return list(items)
    muted: dict[tuple[PersonId, str], list[MutedRow]] = defaultdict(list)
    for row in rows:
        muted[row.person_id, row.source].append(row)
    return [
        item._replace(read_at=now, reason=f"{item.reason} (muted)") if _is_muted(item, muted) else item
        for item in items
    ]


def _is_muted(item: NewItemRow, muted: dict[tuple[PersonId, str], list[MutedRow]]) -> bool:
    kind = CATALOGUE.get(item.event)
    if kind is not None and kind.asks:
        return False
    return any(
        row.event in (None, item.event) and row.workspace_id in (None, item.workspace_id)
        for source in sources_of(item.source)
        for row in muted.get((item.person_id, source), ())
    )


def _source(text: str) -> str:
    source = storable(text).strip()
    if not 0 < len(source) <= LONGEST:
        raise InvalidError(
            f"Name what the notification comes from in 1 to {LONGEST} characters: automation/12, task.", "source"
        )
    return source


def _event(name: str | None) -> str | None:
    if name is not None:
        check_name(name)
    return name


def _until(caller: Caller, muting: Muting, now: Instant) -> Instant | None:
    """The end as an instant; without a zone, it is the person's own time."""
    if muting.until is None:
        return None
    until = from_datetime(muting.until if muting.until.tzinfo else muting.until.replace(tzinfo=caller.zone))
    if not now < until <= now + _LONGEST:
        raise InvalidError(
            "Mute until a time to come, within ten years; without a time it is muted for good.", "until"
        )
    return until


def _workspace(connection: Connection, caller: Caller, slug: str) -> WorkspaceId:
    found = people.workspace_by_slug(connection, slug)
    if found is None or not caller.sees(found.id):
        raise InvalidError("There is no workspace of this name, or none of yours.", "workspace")
    return found.id


def _changed(connection: Connection, person: PersonId, mute: MuteId, now: Instant) -> None:
    changes.append(connection, [NewChange("mutes", str(mute), person, None, now)])


def _shown(row: MuteRow) -> Mute:
    return Mute(
        id=row.id,
        source=row.source,
        event=row.event,
        workspace=row.workspace,
        until=maybe_datetime(row.until),
        created_at=to_datetime(row.created_at),
    )
