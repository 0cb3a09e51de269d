"""The people of a home: who founded it, who they are, what they may do, and that they left."""

from collections.abc import Callable

from msgspec import UNSET, Struct

from core import filtering, paging
from core.api.people import Me, Person, PersonChange, PersonCreation, ProfileChange
from core.api.wire import ListQuery, Page
from core.caller import DEFAULT_PERMISSIONS, Caller, Permission
from core.clock import Clock
from core.errors import ConflictError, NotAllowedError, NotFoundError
from core.filters import MANAGED_PEOPLE_FIELDS, PEOPLE_FIELDS
from core.ids import Entropy
from core.people import words
from core.people.audit import SERVER, Audit, HiddenError, write
from core.people.changes import people_changed, profile_changed, workspace_changed
from core.people.leaving import AT_ONCE, forget, forget_rest
from core.people.revoking import revoke_all_of
from core.people.standing import known_permissions, standing_of
from core.people.views import shown_me, shown_people
from storage import people as store
from storage import strays
from storage.database import Connection, Database
from storage.ids import ItemId, PersonId
from storage.people import PersonRow
from storage.workspaces import add_membership, add_workspace, workspaces_of

_LONGEST_NAME = 200


class People:
    """`changed` is called after each change of who may do what, so that the doors look again at once."""

    def __init__(
        self, database: Database, clock: Clock, entropy: Entropy, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._changed = changed
        self._audit = Audit(database, clock, changed)

    async def found(self, uid: int, login_name: str) -> PersonId:
        """The person whose account the server runs as. They own the home's files, so when they are new to it (as
        on its first start, or after it was restored elsewhere) they come in as an admin. The first person's
        workspace is called `default`."""
        person = await self._database.write(lambda connection: self._found(connection, uid, login_name))
        self._changed()
        return person

    def _found(self, connection: Connection, uid: int, login_name: str) -> PersonId:
        known = store.person_by_uid(connection, uid)
        if known is not None:
            return known.id
        now, name = self._clock.now(), words.name_of_login(login_name)
        first = not store.anybody(connection)
        namesake = store.person_by_name(connection, name)
        if namesake is not None:
            store.change_person(connection, namesake.id, {"uid": uid, "admin": True, "left_at": None})
            write(connection, SERVER, "person.change", name, "done", {"uid": uid, "admin": True}, now)
            return namesake.id
        person = store.add_person(connection, name, uid=uid, display_name="", admin=True, now=now)
        if person is None:
            raise ConflictError(f"The name {name} is taken; try again.")
        store.set_grants(connection, person, DEFAULT_PERMISSIONS)
        write(connection, SERVER, "person.create", name, "done", {"uid": uid, "admin": True}, now)
        workspace = add_workspace(connection, "default", "Default", now) if first else None
        if workspace is not None:
            add_membership(connection, workspace, person, now)
            write(connection, SERVER, "workspace.create", "default", "done", {"members": [name]}, now)
            workspace_changed(connection, workspace, "default", now)
        people_changed(connection, person, now)
        return person

    async def me(self, caller: Caller) -> Me:
        return await self._database.read(lambda connection: self._me(connection, caller))

    async def change_me(self, caller: Caller, change: ProfileChange) -> Me:
        """Change one's own profile."""

        def unit(connection: Connection) -> Me:
            row = _here(connection, caller)
            values = _profile(row, change)
            if values:
                now = self._clock.now()
                store.change_person(connection, row.id, values)
                write(connection, caller, "profile.change", row.name, "done", {"fields": sorted(values)}, now)
                profile_changed(connection, row.id, now)
            return self._me(connection, caller)

        me = await self._database.write(unit)
        if change.time_zone is not UNSET:
            self._changed()
        return me

    async def page(self, caller: Caller, query: ListQuery) -> Page[Person]:
        """The people whom the caller may see, in order of name."""
        limit, after = paging.one_more(query), paging.name(query.cursor)
        manages = caller.may(Permission.PEOPLE_MANAGE)
        sharing = None if manages else caller.workspaces
        fields = MANAGED_PEOPLE_FIELDS if manages else PEOPLE_FIELDS
        criteria = filtering.parse(query.filter, fields, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Person]:
            rows = store.people_page(
                connection, criteria, sharing=sharing, also=caller.person, limit=limit, after=after
            )
            return paging.page(
                rows, query.limit, lambda some: shown_people(connection, caller, some), lambda row: row.name
            )

        return await self._database.read(unit)

    async def show(self, caller: Caller, name: str) -> Person:
        return await self._database.read(
            lambda connection: _shown(connection, caller, visible_person(connection, caller, name))
        )

    async def add(self, caller: Caller, creation: PersonCreation) -> Person:
        """Make a person, who will connect with an account of this name, or only with API keys."""

        def unit(connection: Connection) -> Person:
            caller.require(Permission.PEOPLE_MANAGE)
            name, now = words.person_name(creation.name), self._clock.now()
            granted = words.permissions(creation.permissions)
            require_own(caller, granted)
            if creation.admin:
                _require_admin(caller)
            display_name = words.line(creation.display_name, "display_name", _LONGEST_NAME)
            person = store.add_person(
                connection, name, uid=None, display_name=display_name, admin=creation.admin, now=now
            )
            if person is None:
                raise ConflictError(f"There is already a person called {name}.")
            store.set_grants(connection, person, granted)
            detail = {"admin": creation.admin, "permissions": sorted(granted)}
            write(connection, caller, "person.create", name, "done", detail, now)
            people_changed(connection, person, now)
            return _shown(connection, caller, _by_name(connection, name))

        return await self._audit.attempt(caller, "person.create", creation.name, unit)

    async def change(self, caller: Caller, name: str, change: PersonChange) -> Person:
        """Change what a person may do, or let them go, or have them back. Who is no longer an admin loses the
        notifications of workspaces that they do not belong to."""
        demotes, now = change.admin is False and caller.may(Permission.PEOPLE_MANAGE), self._clock.now()
        told = await self._database.read(lambda connection: _told_elsewhere(connection, name)) if demotes else []

        def unit(connection: Connection) -> tuple[Person, PersonId]:
            row = visible_person(connection, caller, name)
            caller.require(Permission.PEOPLE_MANAGE)
            detail = self._change(connection, caller, row, change)
            if detail:
                write(connection, caller, "person.change", row.name, "done", detail, now)
                people_changed(connection, row.id, now)
            forget(connection, row.id, told, now)
            return _shown(connection, caller, _by_name(connection, name)), row.id

        changed, person = await self._audit.attempt(caller, "person.change", name, unit)
        if demotes:
            await forget_rest(self._database, person, now)
        return changed

    def _change(
        self, connection: Connection, caller: Caller, row: PersonRow, change: PersonChange
    ) -> dict[str, object]:
        """Make the change, and say what there was before and is after."""
        if row.admin:
            _require_admin(caller)
        values: dict[str, object] = {}
        detail: dict[str, object] = {}
        if change.display_name is not UNSET:
            values["display_name"] = words.line(change.display_name, "display_name", _LONGEST_NAME)
        if change.admin is not UNSET and change.admin != row.admin:
            _require_admin(caller)
            values["admin"] = change.admin
            detail["admin"] = [row.admin, change.admin]
        if change.left is not UNSET and change.left != (row.left_at is not None):
            values["left_at"] = self._clock.now() if change.left else None
            detail["left"] = [not change.left, change.left]
        if change.permissions is not UNSET:
            detail |= _regrant(connection, caller, row, words.permissions(change.permissions))
        goes = row.admin and row.left_at is None and (values.get("left_at") or values.get("admin") is False)
        if goes and store.able_admins(connection) in ([], [row.id]):
            raise ConflictError(f"{row.name} is the last admin who can connect; make another person admin first.")
        if values.get("display_name") == row.display_name:
            del values["display_name"]
        if values:
            store.change_person(connection, row.id, values)
            detail.setdefault("fields", sorted(values))
        if values.get("left_at"):
            revoke_all_of(connection, caller, row, "its owner left", now=self._clock.now(), entropy=self._entropy)
        return detail

    def _me(self, connection: Connection, caller: Caller) -> Me:
        return shown_me(connection, caller, _here(connection, caller))


def visible_person(connection: Connection, caller: Caller, name: str) -> PersonRow:
    """The person of this name, if the caller may see them: themselves, who shares a workspace, or with
    `people.manage` anybody."""
    row = store.person_by_name(connection, name)
    sentence = f"There is no person {words.quoted(name)} here, or none that you may see."
    if row is None:
        raise NotFoundError(sentence)
    if row.id == caller.person or caller.may(Permission.PEOPLE_MANAGE):
        return row
    if row.left_at is None and workspaces_of(connection, row.id) & caller.workspaces:
        return row
    raise HiddenError(sentence)


def require_own(caller: Caller, granted: frozenset[Permission]) -> None:
    """Nobody grants what they do not hold."""
    beyond = sorted(permission for permission in granted if not caller.may(permission))
    if beyond:
        raise NotAllowedError(f"You cannot grant {', '.join(beyond)}, which you do not hold; ask an admin.")


def _told_elsewhere(connection: Connection, name: str) -> list[ItemId]:
    """Notifications that the person has only as an admin."""
    row = store.person_by_name(connection, name)
    return [] if row is None else strays.of_others(connection, row.id, AT_ONCE)


def _regrant(
    connection: Connection, caller: Caller, row: PersonRow, wanted: frozenset[Permission]
) -> dict[str, object]:
    before = known_permissions(store.grants_of(connection, [row.id])[row.id])
    if before == wanted:
        return {}
    require_own(caller, wanted - before)
    store.set_grants(connection, row.id, wanted)
    return {"permissions": [sorted(before), sorted(wanted)]}


def _require_admin(caller: Caller) -> None:
    if not caller.admin:
        raise NotAllowedError("Only an admin in person can change an admin, or make one; an API key cannot.")


def _profile(row: PersonRow, change: ProfileChange) -> dict[str, object]:
    """What changes in the profile, checked."""
    values = {name: value for name, value in _set(change).items() if value != getattr(row, name)}
    if change.display_name is not UNSET:
        values["display_name"] = words.line(change.display_name, "display_name", _LONGEST_NAME)
    if change.time_zone is not UNSET:
        values["time_zone"] = words.time_zone(change.time_zone)
    if values.keys() & {"quiet_from", "quiet_to"}:
        begin = row.quiet_from if change.quiet_from is UNSET else change.quiet_from
        end = row.quiet_to if change.quiet_to is UNSET else change.quiet_to
        values["quiet_from"], values["quiet_to"] = words.quiet_hours(begin, end)
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def _set(change: Struct) -> dict[str, object]:
    """The fields of a change that were given."""
    given = {name: getattr(change, name) for name in change.__struct_fields__}
    return {name: value for name, value in given.items() if value is not UNSET}


def _here(connection: Connection, caller: Caller) -> PersonRow:
    standing = standing_of(connection, caller.person)
    if standing is None:
        raise NotFoundError("You are no longer a person of this home; ask an admin.")
    return standing.person


def _by_name(connection: Connection, name: str) -> PersonRow:
    row = store.person_by_name(connection, name)
    if row is None:
        raise NotFoundError(f"There is no person {name} here, or none that you may see.")
    return row


def _shown(connection: Connection, caller: Caller, row: PersonRow) -> Person:
    return shown_people(connection, caller, [row])[0]
