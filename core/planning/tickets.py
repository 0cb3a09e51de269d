"""Tickets as people and programs make, change, move and delete them. It is a team's board: whoever belongs to the
workspace may do so, and only deleting is left to the maker and the admins."""

from functools import partial

from msgspec import UNSET, UnsetType

from core import filtering, paging
from core.api.tickets import NewTicket, ScopedNotifications, Ticket, TicketChange, TicketMove
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller
from core.errors import ConflictError
from core.filters import TICKET_FIELDS
from core.people.audit import write
from core.people.workspaces import visible_workspace
from core.planning import checking
from core.planning.access import among, require_deleting_ticket, visible_ticket
from core.planning.arming import moved
from core.planning.creating import make, member, mission_named, reviewer_named
from core.planning.following import follow
from core.planning.moving import move
from core.planning.notifications import leave, route_ticket, written
from core.planning.planned import Planned
from core.planning.telling import Change, tell_ticket
from core.planning.views import shown_tickets
from storage import changes, responsibilities
from storage import tickets as store
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import PersonId
from storage.people import WorkspaceRow
from storage.tickets import TicketRow

ROLES = ("creator", "developer", "qa")


class Tickets(Planned):
    """A team's board."""

    async def page(self, caller: Caller, query: ListQuery, slug: str | None = None) -> Page[Ticket]:
        """The tickets of one workspace, or of all that the caller sees, newest first."""
        limit, below = paging.one_more(query), None if query.cursor is None else paging.number(query.cursor)
        criteria = filtering.parse(query.filter, TICKET_FIELDS, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Ticket]:
            workspace = None if slug is None else visible_workspace(connection, caller, slug)
            rows = store.page(connection, criteria, among=among(caller, workspace), below=below, limit=limit)
            return paging.page(rows, query.limit, partial(shown_tickets, connection), lambda row: str(row.seq))

        return await self._database.read(unit)

    async def show(self, caller: Caller, slug: str, id: str) -> Ticket:
        return await self._database.read(
            lambda connection: _shown(connection, visible_ticket(connection, caller, slug, id)[1])
        )

    async def create(self, caller: Caller, slug: str, new: NewTicket) -> Ticket:
        """Make a ticket. The same id with the same content makes it once, and is answered alike."""

        def unit(connection: Connection) -> Ticket:
            workspace = visible_workspace(connection, caller, slug)
            change = self._change(connection, caller)
            mission = mission_named(connection, workspace, new.mission_id)
            row = make(change, workspace, new, mission)
            if row.created_at == change.now and new.notifications is not None:
                note_rules(change, caller, workspace, "ticket", row.id, new.notifications)
            follow(change, workspace.id, row.mission_id)
            return _shown(connection, row)

        return await self._write(unit)

    async def change(self, caller: Caller, slug: str, id: str, change: TicketChange) -> Ticket:
        """Change what is named."""

        def unit(connection: Connection) -> Ticket:
            workspace, row = visible_ticket(connection, caller, slug, id)
            now = self._change(connection, caller)
            values = _columns(now, workspace, row, change)
            held = _hand_over(connection, workspace, row, change)
            changed = [name for name, value in values.items() if getattr(row, name) != value]
            if not (changed or held):
                return _shown(connection, row)
            store.change(connection, row.seq, {**values, "updated_at": now.now})
            after = store.existing(connection, row.seq)
            if {"notifications", "mission_id"}.intersection(changed):
                route_ticket(connection, after)
            if "notifications" in changed:
                note_rules(now, caller, workspace, "ticket", row.id, change.notifications)
            named = sorted(_WIRE.get(name, name) for name in {*changed, *held} if name not in _SILENT)
            tell_ticket(now, "task:updated", after, title=after.title, changed=named)
            if row.mission_id not in (None, after.mission_id):
                _note_mission(now, workspace, str(row.mission_id))
            for mission in dict.fromkeys((row.mission_id, after.mission_id)):
                follow(now, workspace.id, mission)
            return _shown(connection, store.existing(connection, row.seq))

        return await self._write(unit)

    async def move(self, caller: Caller, slug: str, id: str, to: TicketMove) -> Ticket:
        """Bring it to another state."""
        reason = checking.text(to.reason, "reason", checking.LONGEST_REASON)
        summary, score = checking.text(to.summary, "summary"), checking.score(to.score)

        def unit(connection: Connection) -> Ticket:
            _, row = visible_ticket(connection, caller, slug, id)
            if to.from_ not in (None, row.state):
                raise ConflictError(
                    f"The ticket {row.id} is not {to.from_} any more, but {row.state}: look at it again."
                )
            return _shown(connection, move(self._change(connection, caller), row, to.to, reason, summary, score))

        return await self._write(unit)

    async def delete(self, caller: Caller, slug: str, id: str) -> Done:
        """Delete a ticket. What was told of it stays."""

        def unit(connection: Connection) -> Done:
            _, row = visible_ticket(connection, caller, slug, id)
            require_deleting_ticket(connection, caller, row)
            change = self._change(connection, caller)
            forget(change, row)
            follow(change, row.workspace_id, row.mission_id)
            return Done()

        return await self._write(unit)


def forget(change: Change, row: TicketRow) -> None:
    """Remove a ticket with all that belongs to it, and tell so."""
    tell_ticket(change, "task:removed", row, title=row.title)
    store.remove(change.connection, row.seq)
    for role in ROLES:
        responsibilities.assign(change.connection, row.workspace_id, "ticket", row.id, role, None)
    leave(change.connection, row.workspace_id, "ticket", row.id, change.now)


def _note_mission(change: Change, workspace: WorkspaceRow, mission: str) -> None:
    """Whoever shows a mission that a ticket has left must look again."""
    changes.append(change.connection, [NewChange("missions", mission, None, workspace.id, change.now)])


def note_rules(
    change: Change,
    caller: Caller,
    workspace: WorkspaceRow,
    kind: str,
    id: str,
    notifications: ScopedNotifications | UnsetType | None,
) -> None:
    """Write down who gave a ticket or a mission rules of its own, which stand before everybody's."""
    detail: dict[str, object] = {"rules": [], "mute": False}
    if isinstance(notifications, ScopedNotifications):
        detail = {"rules": [rule.id for rule in notifications.rules], "mute": notifications.mute}
    target = f"{workspace.slug}/{kind}/{id}"
    write(change.connection, caller, f"{kind}.notifications", target, "done", detail, change.now)


_WIRE = {
    "mission_id": "missionId",
    "agent": "assignTo",
    "developer": "assignTo",
    "qa": "qaReviewer",
}
_SILENT = {"deadline_set_at", "deadline_state", "deadline_check_at"}


def _columns(now: Change, workspace: WorkspaceRow, row: TicketRow, change: TicketChange) -> dict[str, object]:
    """The columns of what is named."""
    values: dict[str, object] = {}
    if change.title is not UNSET:
        values["title"] = checking.title(change.title)
    if change.description is not UNSET:
        values["description"] = checking.text(change.description, "description")
    if change.score is not UNSET:
        values["score"] = checking.score(change.score)
    if change.weight is not UNSET:
        values["weight"] = checking.weight(change.weight)
    if change.mission_id is not UNSET:
        mission = mission_named(now.connection, workspace, change.mission_id)
        values["mission_id"] = None if mission is None else mission.id
    if change.notifications is not UNSET:
        values["notifications"] = written(change.notifications)
    if change.deadline is not UNSET:
        values |= moved(now, row, checking.deadline(change.deadline))
    if change.assign_to is not UNSET:
        known = member(now.connection, workspace, change.assign_to)
        agent = None if change.assign_to is None or known is not None else checking.agent(change.assign_to)
        values["agent"] = agent
    return values


def _hand_over(
    connection: Connection, workspace: WorkspaceRow, row: TicketRow, change: TicketChange
) -> list[str]:
    """Give the roles to whom the change names, and say which have changed hands."""
    wanted: dict[str, PersonId | None] = {}
    if change.assign_to is not UNSET:
        wanted["developer"] = member(connection, workspace, change.assign_to)
    if change.qa_reviewer is not UNSET:
        wanted["qa"] = reviewer_named(connection, workspace, change.qa_reviewer, "qaReviewer")
    changed = []
    for role, person in wanted.items():
        if responsibilities.holder(connection, workspace.id, "ticket", row.id, role) != person:
            responsibilities.assign(connection, workspace.id, "ticket", row.id, role, person)
            changed.append(role)
    return changed


def _shown(connection: Connection, row: TicketRow) -> Ticket:
    return shown_tickets(connection, [row])[0]
