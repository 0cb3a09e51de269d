"""Who is told of an event, and why: the table of the catalogue applied to what is known of its people."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from core.caller import Permission
from core.events.catalogue import CATALOGUE
from core.events.kind import Held, Role, Told
from core.events.templates import text_of
from core.text import storable
from storage import people, responsibilities
from storage.database import Connection
from storage.events import EventRow
from storage.ids import PersonId, WorkspaceId

T = TypeVar("T")


class Directory:
    """What addressing asks about people, each question once for as long as the directory lives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[object, object] = {}

    def admins(self) -> list[PersonId]:
        return self._once("admins", lambda: people.admins(self._connection))

    def key_managers(self) -> list[PersonId]:
        return self._once("keys", lambda: people.holders(self._connection, Permission.KEYS_MANAGE))

    def members(self, workspace: WorkspaceId) -> list[PersonId]:
        return self._once(("members", workspace), lambda: people.members_and_admins(self._connection, workspace))

    def belongs(self, person: PersonId, workspace: WorkspaceId) -> bool:
        """Whether a membership row says so: admins are told as members without one."""
        return person in self._once(("belonging", workspace), lambda: people.members(self._connection, workspace))

    def called(self, name: str) -> PersonId | None:
        def ask() -> PersonId | None:
            if storable(name) != name:
                return None
            person = people.person_by_name(self._connection, name)
            return None if person is None else person.id

        return self._once(("called", name), ask)

    def name_of(self, person: PersonId) -> str:
        return self._once(("name", person), lambda: people.names(self._connection, [person]).get(person, ""))

    def holder(self, workspace: WorkspaceId, held: Held, subject: str) -> PersonId | None:
        return self._once(
            (workspace, held, subject),
            lambda: responsibilities.holder(self._connection, workspace, held.kind, subject, held.role),
        )

    def may_be_told(self, person: PersonId, workspace: WorkspaceId | None) -> bool:
        """Whether the person is still here, and may see the workspace."""
        if workspace is not None:
            return person in self._once(("seeing", workspace), lambda: frozenset(self.members(workspace)))
        return self._once(("present", person), lambda: bool(people.present(self._connection, [person])))

    def _once(self, question: object, ask: Callable[[], T]) -> T:
        if question not in self._known:
            self._known[question] = ask()
        return self._known[question]  # type: ignore[return-value]


def recipients(event: EventRow, payload: Mapping[str, object], directory: Directory) -> dict[PersonId, str]:
    """Each person who is told, once, and why. Nobody, where neither the catalogue nor the recorder says who; the
    admins, where those who were meant are gone."""
    found: dict[PersonId, str] = {}
    meant = False
    for told in _audience(event):
        if told.when and not told.when.holds(payload):
            continue
        if told.needs and not payload.get(told.needs):
            continue
        meant = True
        for role in told.roles:
            holders = [
                person
                for person in _holders(role, event, payload, directory)
                if directory.may_be_told(person, event.workspace_id)
            ]
            for person in holders:
                found.setdefault(person, _reason(role, person, event, directory))
            if holders:
                break
    if meant and not found:
        return dict.fromkeys(directory.admins(), Role.NOBODY_ELSE.reason)
    return found


_NAMED = (Told((Role.NAMED,)),)


def _audience(event: EventRow) -> tuple[Told, ...]:
    if event.recipients is not None:
        return _NAMED
    kind = CATALOGUE.get(event.name)
    return kind.told if kind else ()


def _holders(
    role: Role, event: EventRow, payload: Mapping[str, object], directory: Directory
) -> Iterator[PersonId]:
    match role:
        case Role.NAMED:
            yield from msgspec.json.decode(event.recipients or "[]", type=list[PersonId])
        case Role.ADMINS:
            yield from directory.admins()
        case Role.KEY_MANAGERS:
            yield from directory.key_managers()
        case Role.MEMBERS:
            yield from directory.admins() if event.workspace_id is None else directory.members(event.workspace_id)
        case _ if role.held is not None:
            person = _holder(role.held, event, payload, directory)
            if person is not None:
                yield person


def _holder(held: Held, event: EventRow, payload: Mapping[str, object], directory: Directory) -> PersonId | None:
    named = payload.get(held.field)
    if isinstance(named, str) and named:
        person = directory.called(named)
        if person is not None and directory.may_be_told(person, event.workspace_id):
            return person
    subject = storable(text_of(payload.get(held.subject)))
    if held.kind == "ticket":
        subject = event.ticket_id or subject
    if event.workspace_id is None or not subject:
        return None
    return directory.holder(event.workspace_id, held, subject)


def _reason(role: Role, person: PersonId, event: EventRow, directory: Directory) -> str:
    if role is Role.NAMED and event.actor_id is not None:
        return f"sent to you by {directory.name_of(event.actor_id)}"
    if role is Role.MEMBERS and (event.workspace_id is None or not directory.belongs(person, event.workspace_id)):
        return Role.ADMINS.reason
    return role.reason
