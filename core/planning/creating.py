"""Making a ticket, by itself or with the mission that it belongs to."""

from collections.abc import Mapping

from core.api.tickets import NewTicket
from core.errors import ConflictError, InvalidError
from core.ids import ticket_id
from core.people.words import quoted
from core.planning import checking
from core.planning.arming import set_now
from core.planning.notifications import route_ticket, written
from core.planning.telling import Change, tell_ticket
from core.text import storable
from storage import missions, people, responsibilities
from storage import tickets as store
from storage.database import Connection
from storage.ids import PersonId, TicketSeq, WorkspaceId
from storage.missions import MissionRow
from storage.people import WorkspaceRow
from storage.tickets import LONGEST_ID, TicketRow

_ID_TRIES = 8


def make(
    change: Change, workspace: WorkspaceRow, new: NewTicket, mission: MissionRow | None, place: str = ""
) -> TicketRow:
    """The new ticket, pending. One of the same id that was made of the same wish is answered as it is now."""
    connection = change.connection
    creation = None if new.id is None else checking.digest(new)
    if new.id is not None:
        there = store.by_id(connection, workspace.id, checking.id_given(new.id, LONGEST_ID, f"{place}id"))
        if there is not None:
            checking.same_wish("ticket", there.id, there.creation, creation)
            return there
    developer = member(connection, workspace, new.assign_to)
    deadline = checking.deadline(new.deadline, f"{place}deadline")
    values: dict[str, object] = {
        "workspace_id": workspace.id,
        "mission_id": None if mission is None else mission.id,
        "title": checking.title(new.title, f"{place}title"),
        "description": checking.text(new.description, f"{place}description"),
        "state": "pending",
        "agent": None
        if new.assign_to is None or developer is not None
        else checking.agent(new.assign_to, f"{place}assignTo"),
        "score": checking.score(new.score, f"{place}score"),
        "weight": checking.weight(new.weight, f"{place}weight"),
        **set_now(change, deadline),
        "notifications": written(new.notifications),
        "creation": creation,
        "created_at": change.now,
        "updated_at": change.now,
    }
    reviewer = reviewer_named(connection, workspace, new.qa_reviewer, f"{place}qaReviewer")
    seq, ticket = _added(change, values, new.id)
    _give_out(connection, workspace.id, ticket, {"creator": change.actor, "developer": developer, "qa": reviewer})
    row = store.existing(connection, seq)
    try:
        route_ticket(connection, row)
    except InvalidError as error:
        raise InvalidError(error.sentence.removeprefix(f"{error.place}: "), f"{place}{error.place}") from None
    tell_ticket(change, "task:created", row, title=row.title)
    return row


def _give_out(
    connection: Connection, workspace: WorkspaceId, ticket: str, held: Mapping[str, PersonId | None]
) -> None:
    """Who answers for a new ticket. Roles may have been given out for its id before there was a ticket."""
    if responsibilities.holders(connection, workspace, "ticket", [ticket]):
        for role, person in held.items():
            responsibilities.assign(connection, workspace, "ticket", ticket, role, person)
        return
    there = {role: person for role, person in held.items() if person is not None}
    if there:
        responsibilities.begin(connection, workspace, "ticket", ticket, there)


def member(connection: Connection, workspace: WorkspaceRow, name: str | None) -> PersonId | None:
    """The person of this name, if they are here and see the workspace."""
    person = None if name is None else people.person_by_name(connection, name)
    if person is None or person.id not in people.members_and_admins(connection, workspace.id):
        return None
    return person.id


def reviewer_named(
    connection: Connection, workspace: WorkspaceRow, name: str | None, place: str
) -> PersonId | None:
    found = member(connection, workspace, name)
    if name is not None and found is None:
        raise InvalidError(f"{quoted(name)} is not a member of the workspace {workspace.slug}.", place)
    return found


def mission_named(connection: Connection, workspace: WorkspaceRow, id: str | None) -> MissionRow | None:
    """The mission that a ticket is to belong to."""
    if id is None:
        return None
    found = missions.by_id(connection, workspace.id, storable(id))
    if found is None:
        raise InvalidError(f"There is no mission {quoted(id)} in {workspace.slug}.", "missionId")
    return found


def _added(change: Change, values: dict[str, object], given: str | None) -> tuple[TicketSeq, str]:
    """Store the ticket under its id, or under one of its own."""
    for _ in range(_ID_TRIES):
        called = given or ticket_id(change.entropy)
        seq = store.add(change.connection, {**values, "id": called})
        if seq is not None:
            return seq, called
    raise ConflictError(f"There is already a ticket {given} in this workspace: take another id.")
