"""Workspaces and their members. A workspace that is not the caller's does not exist for them.

Who manages people makes workspaces and says who belongs to their own ones; an admin, to any."""

from collections.abc import Callable, Sequence

from core import filtering, paging
from core.api.people import Workspace, WorkspaceCreation
from core.api.wire import ListQuery, Page
from core.caller import Caller, Permission
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filters import WORKSPACE_FIELDS
from core.people import words
from core.people.audit import Audit, HiddenError, write
from core.people.changes import workspace_changed
from core.people.leaving import AT_ONCE, forget, forget_rest
from core.people.service import visible_person
from storage import strays
from storage import workspaces as store
from storage.database import Connection, Database
from storage.ids import Instant, ItemId
from storage.people import PersonRow, WorkspaceRow, person_by_name, workspace_by_slug

_LONGEST_NAME = 200
_MOST_MEMBERS = 1000


class Workspaces:
    """`changed` is called after each change of who belongs where, so that the doors look again at once."""

    def __init__(self, database: Database, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._clock = clock
        self._audit = Audit(database, clock, changed)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Workspace]:
        """The caller's workspaces in order of slug; all of them for an admin."""
        limit, after = paging.one_more(query), paging.name(query.cursor)
        among = None if caller.admin else caller.workspaces
        criteria = filtering.parse(query.filter, WORKSPACE_FIELDS, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Workspace]:
            rows = store.workspaces_page(connection, criteria, among=among, limit=limit, after=after)
            return paging.page(rows, query.limit, lambda some: _shown(connection, some), lambda row: row.slug)

        return await self._database.read(unit)

    async def show(self, caller: Caller, slug: str) -> Workspace:
        return await self._database.read(
            lambda connection: _shown(connection, [visible_workspace(connection, caller, slug)])[0]
        )

    async def add(self, caller: Caller, creation: WorkspaceCreation) -> Workspace:
        """Make a workspace. Whoever makes it is a member too."""

        def unit(connection: Connection) -> Workspace:
            caller.require(Permission.PEOPLE_MANAGE)
            slug, now = words.slug(creation.slug), self._clock.now()
            if len(creation.members) > _MOST_MEMBERS:
                raise InvalidError(f"A workspace begins with {_MOST_MEMBERS} members at most.", "members")
            name = words.line(creation.name, "name", _LONGEST_NAME) or slug
            members = [_joining(connection, caller, person) for person in creation.members]
            workspace = store.add_workspace(connection, slug, name, now)
            if workspace is None:
                raise ConflictError(f"There is already a workspace called {slug}.")
            store.add_membership(connection, workspace, caller.person, now)
            for member in members:
                store.add_membership(connection, workspace, member.id, now)
            names = sorted({caller.name, *(member.name for member in members)})
            write(connection, caller, "workspace.create", slug, "done", {"members": names}, now)
            workspace_changed(connection, workspace, slug, now, caller.person)
            for member in members:
                workspace_changed(connection, workspace, slug, now, member.id)
            return _shown(connection, [WorkspaceRow(workspace, slug, name, now)])[0]

        return await self._audit.attempt(caller, "workspace.create", creation.slug, unit)

    async def add_member(self, caller: Caller, slug: str, person: str) -> Workspace:
        def unit(connection: Connection) -> Workspace:
            workspace = visible_workspace(connection, caller, slug)
            caller.require(Permission.PEOPLE_MANAGE)
            member, now = _joining(connection, caller, person), self._clock.now()
            if store.add_membership(connection, workspace.id, member.id, now):
                _write(connection, caller, "member.add", workspace, member, now)
            return _shown(connection, [workspace])[0]

        return await self._audit.attempt(caller, "member.add", f"{slug}/{person}", unit)

    async def remove_member(self, caller: Caller, slug: str, person: str) -> Workspace:
        """Take somebody out of a workspace. What they did there stays; what they were told there leaves their
        inbox, unless they are an admin, who sees it all the same."""
        told = await self._database.read(lambda connection: _told_there(connection, caller, slug, person))
        now = self._clock.now()

        def unit(connection: Connection) -> tuple[Workspace, PersonRow]:
            workspace = visible_workspace(connection, caller, slug)
            caller.require(Permission.PEOPLE_MANAGE)
            member = visible_person(connection, caller, person)
            if not store.remove_membership(connection, workspace.id, member.id):
                raise NotFoundError(f"{member.name} is not a member of {workspace.slug}.")
            if not member.admin:
                forget(connection, member.id, told, now, workspace=workspace.id)
            _write(connection, caller, "member.remove", workspace, member, now)
            return _shown(connection, [workspace])[0], member

        left, member = await self._audit.attempt(caller, "member.remove", f"{slug}/{person}", unit)
        if not member.admin:
            await forget_rest(self._database, member.id, now)
        return left


def visible_workspace(connection: Connection, caller: Caller, slug: str) -> WorkspaceRow:
    """The workspace of this slug, if the caller belongs to it or is an admin."""
    row = workspace_by_slug(connection, slug)
    sentence = f"There is no workspace {words.quoted(slug)} here, or none of yours."
    if row is None:
        raise NotFoundError(sentence)
    if not caller.sees(row.id):
        raise HiddenError(sentence)
    return row


def _told_there(connection: Connection, caller: Caller, slug: str, name: str) -> list[ItemId]:
    """Notifications that the person would lose with the workspace: found ahead, where no writer waits for it."""
    workspace, person = workspace_by_slug(connection, slug), person_by_name(connection, name)
    if workspace is None or person is None or not caller.may(Permission.PEOPLE_MANAGE):
        return []
    return strays.of_workspace(connection, person.id, workspace.id, AT_ONCE)


def _joining(connection: Connection, caller: Caller, name: str) -> PersonRow:
    row = visible_person(connection, caller, name)
    if row.left_at is not None:
        raise ConflictError(f"{row.name} has left; bring them back first.")
    return row


def _write(
    connection: Connection,
    caller: Caller,
    action: str,
    workspace: WorkspaceRow,
    member: PersonRow,
    now: Instant,
) -> None:
    write(connection, caller, action, f"{workspace.slug}/{member.name}", "done", {}, now)
    workspace_changed(connection, workspace.id, workspace.slug, now, member.id)


def _shown(connection: Connection, rows: Sequence[WorkspaceRow]) -> list[Workspace]:
    members = store.members_of(connection, [row.id for row in rows])
    return [Workspace(row.slug, row.name, members[row.id], to_datetime(row.created_at)) for row in rows]
