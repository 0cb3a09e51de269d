"""Who holds which role for a ticket, a session, an automation or a merge."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.ids import PersonId, WorkspaceId
from storage.people import responsibilities
from storage.prepared import Prepared, PreparedRows


class HeldRole(NamedTuple):
    """Who holds a role of something, as stored."""

    workspace_id: WorkspaceId
    subject_kind: str
    subject_id: str
    role: str
    person_id: PersonId


_KEY = (
    responsibilities.c.workspace_id == bindparam("workspace"),
    responsibilities.c.subject_kind == bindparam("kind"),
    responsibilities.c.subject_id == bindparam("subject"),
    responsibilities.c.role == bindparam("role"),
)
_HOLDER = select(responsibilities.c.person_id).where(*_KEY)
_HOLDERS = select(responsibilities.c.subject_id, responsibilities.c.person_id).where(
    *_KEY[:2], responsibilities.c.subject_id.in_(bindparam("subjects", expanding=True))
)
_DROP = delete(responsibilities).where(*_KEY)
_insertion = insert_unless_there(responsibilities)
_ADDED = _insertion.values({column.name: bindparam(column.name) for column in responsibilities.c})
_ASSIGN = Prepared(
    _ADDED.on_conflict_do_update(
        index_elements=["workspace_id", "subject_kind", "subject_id", "role"],
        set_={"person_id": _insertion.excluded.person_id},
    )
)
_BEGIN = PreparedRows(responsibilities, HeldRole._fields)


def begin(
    connection: Connection, workspace: WorkspaceId, kind: str, subject: str, holders: Mapping[str, PersonId]
) -> None:
    """Who holds the roles of something new."""
    begin_all(connection, [HeldRole(workspace, kind, subject, role, person) for role, person in holders.items()])


def begin_all(connection: Connection, rows: Sequence[HeldRole]) -> None:
    """The same of many things."""
    _BEGIN.run(connection, rows)


def holder(connection: Connection, workspace: WorkspaceId, kind: str, subject: str, role: str) -> PersonId | None:
    """Who holds the role for this ticket, session, automation or merge."""
    found = connection.execute(_HOLDER, {"workspace": workspace, "kind": kind, "subject": subject, "role": role})
    return found.scalar_one_or_none()


def holders(
    connection: Connection, workspace: WorkspaceId, kind: str, subjects: Collection[str]
) -> dict[str, set[PersonId]]:
    """Everybody who holds any role for each of these, where there is somebody."""
    found: dict[str, set[PersonId]] = {}
    values = {"workspace": workspace, "kind": kind, "subjects": list(subjects)}
    for subject, person in connection.execute(_HOLDERS, values) if subjects else ():
        found.setdefault(subject, set()).add(PersonId(person))
    return found


def assign(
    connection: Connection, workspace: WorkspaceId, kind: str, subject: str, role: str, person: PersonId | None
) -> None:
    """From now on this person holds the role, or nobody does."""
    if person is None:
        connection.execute(_DROP, {"workspace": workspace, "kind": kind, "subject": subject, "role": role})
        return
    _ASSIGN.run(
        connection,
        {
            "workspace_id": workspace,
            "subject_kind": kind,
            "subject_id": subject,
            "role": role,
            "person_id": person,
        },
    )
