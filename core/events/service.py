"""Events from outside: recorded for programs, sent from person to person, and read back as a list."""

from collections.abc import Sequence
from functools import partial

import msgspec

from core import paging
from core.api.events import Event, EventRecorded, EventRequest, NoticeRequest
from core.api.wire import ListQuery, Page
from core.caller import Caller
from core.clock import Clock, to_datetime
from core.errors import InvalidError, NotAllowedError, NotFoundError
from core.events.reading import read
from core.events.record import NewEvent, keep, prepare
from core.filtering import parse
from core.filters import EVENT_FIELDS
from core.ids import Entropy
from core.text import storable
from storage import people
from storage.database import Connection, Database
from storage.events import EventRow
from storage.ids import EventSeq, PersonId, WorkspaceId

_MOST_RECIPIENTS = 1_000


class Events:
    """What can be asked of the events of a workspace."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._workspaces: dict[str, WorkspaceId] = {}  # a slug keeps its workspace for good

    async def post(self, caller: Caller, slug: str, request: EventRequest) -> EventRecorded:
        """Record an event in the workspace; the same id again answers as it did the first time."""
        workspace = await self._visible(caller, slug)
        event = NewEvent(
            request.event,
            request.data,
            workspace=workspace,
            mission=request.mission_id,
            ticket=request.task_id,
            external_id=request.id,
            actor=caller.person,
        )
        return await self._record(event, slug, request.recipients)

    async def notify(self, caller: Caller, request: NoticeRequest) -> EventRecorded:
        """Send a word to one person, who must belong to the workspace if one is named."""
        workspace = None if request.workspace is None else await self._visible(caller, request.workspace)
        if workspace is None and not caller.admin:
            raise NotAllowedError(
                "Name a workspace that you share with this person: only an admin can do without."
            )
        if not request.title.strip():
            raise InvalidError("A notice needs a title.", "title")
        event = NewEvent(
            "system:notice",
            {
                "title": request.title,
                "body": request.body,
                "severity": request.severity,
                **({"link": _checked_link(request.link)} if request.link else {}),
            },
            workspace=workspace,
            external_id=request.id,
            actor=caller.person,
        )
        return await self._record(event, request.workspace, [request.person], place="person")

    async def page(self, caller: Caller, slug: str, query: ListQuery) -> Page[Event]:
        """The workspace's events that the caller may read, newest first."""
        workspace = await self._visible(caller, slug)
        criteria = parse(query.filter, EVENT_FIELDS, self._clock.now(), caller.zone)
        before = EventSeq(paging.number(query.cursor)) if query.cursor else None
        paging.one_more(query)
        part = await self._database.read(
            lambda connection: read(connection, caller, workspace, criteria, before, query.limit)
        )
        return Page([_shown(row, slug) for row in part.rows], None if part.next is None else str(part.next))

    async def _record(
        self, event: NewEvent, slug: str | None, recipients: Sequence[str] | None, place: str = "recipients"
    ) -> EventRecorded:
        row = prepare(event, now=self._clock.now(), entropy=self._entropy)

        def unit(connection: Connection) -> EventRecorded:
            told = row
            if recipients:
                named = _named(connection, recipients, event.workspace, slug, place)
                told = row._replace(recipients=msgspec.json.encode(named).decode())
            return EventRecorded(keep(connection, told))

        return await self._database.write(unit)

    async def _visible(self, caller: Caller, slug: str) -> WorkspaceId:
        workspace = self._workspaces.get(slug)
        if workspace is None and storable(slug) == slug:
            found = await self._database.read(partial(people.workspace_by_slug, slug=slug))
            if found is not None:
                workspace = self._workspaces[slug] = found.id
        if workspace is None or not caller.sees(workspace):
            raise NotFoundError(f"There is no workspace {slug!r}.")
        return workspace


def _named(
    connection: Connection, names: Sequence[str], workspace: WorkspaceId | None, slug: str | None, place: str
) -> list[PersonId]:
    """The people of these names, each of whom must be able to see the workspace."""
    wanted = list(dict.fromkeys(names))
    if len(wanted) > _MOST_RECIPIENTS:
        raise InvalidError(f"An event has {_MOST_RECIPIENTS} recipients at most.", place)
    audience = None if workspace is None else set(people.members_and_admins(connection, workspace))
    known = people.people_by_names(connection, wanted)
    found: list[PersonId] = []
    for name in wanted:
        person = known.get(name)
        if audience is None and (person is None or person.left_at is not None):
            raise InvalidError(f"There is no person called {name!r}.", place)
        if person is None or (audience is not None and person.id not in audience):
            raise InvalidError(f"{name!r} is not a member of the workspace {slug!r}.", place)
        found.append(person.id)
    return found


def _checked_link(link: str) -> str:
    if len(link) > 2_000 or not link.isprintable() or " " in link:
        raise InvalidError("A link is one line of at most 2000 characters, without spaces.", "link")
    return link


def _shown(row: EventRow, slug: str) -> Event:
    return Event(
        id=row.id,
        seq=row.seq,
        event=row.name,
        data=msgspec.json.decode(row.payload),
        workspace=slug,
        recorded_at=to_datetime(row.recorded_at),
        mission_id=row.mission_id,
        task_id=row.ticket_id,
    )
