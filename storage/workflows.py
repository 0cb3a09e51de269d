"""Workflows, and what a workspace says of itself to those who work in it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.criteria import Criterion, contains
from storage.ids import Instant, PersonId, WorkflowId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import people, workspaces

workflows = Table(
    "workflows",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("definition", Text, nullable=False),  # JSON, as it was checked
    Column("source", Text, nullable=False),  # as it was written
    Column("format", String(4), nullable=False),  # toml, json
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "name"),
    sqlite_autoincrement=True,
)

workspace_settings = Table(
    "workspace_settings",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("folder", Text),  # where its work is done
    Column("base", Text),  # the branch that work starts from
    Column("settings", Text, nullable=False, server_default="{}"),  # commands, hooks, instructions: JSON
    Column("request_secret", Text),  # what GitHub signs its news of pull requests with
    Column("updated_at", BigInteger, nullable=False),
)


class NewWorkflowRow(NamedTuple):
    """A workflow that is not stored yet."""

    workspace_id: WorkspaceId
    name: str
    description: str
    definition: str
    source: str
    format: str
    creator_id: PersonId
    created_at: Instant
    updated_at: Instant


class WorkflowRow(NamedTuple):
    """A workflow, as stored, with what its workspace and its creator are called."""

    id: WorkflowId
    workspace_id: WorkspaceId
    workspace: str
    name: str
    description: str
    definition: str
    source: str
    format: str
    revision: int
    creator: str
    created_at: Instant
    updated_at: Instant


_NAMES = {"workspace": workspaces.c.slug, "creator": people.c.name}
_WORKFLOW = (
    select(*(_NAMES[name] if name in _NAMES else workflows.c[name] for name in WorkflowRow._fields))
    .join(workspaces, workspaces.c.id == workflows.c.workspace_id)
    .join(people, people.c.id == workflows.c.creator_id)
)
_BY_NAME = _WORKFLOW.where(
    workflows.c.workspace_id == bindparam("workspace"), workflows.c.name == bindparam("name")
)
_ADD = insert_or_change(workflows).on_conflict_do_nothing().returning(workflows.c.id)
_CHANGE = update(workflows).where(workflows.c.id == bindparam("workflow"))
_DELETE = delete(workflows).where(workflows.c.id == bindparam("workflow"))
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((workflows.c.name, workflows.c.description), wanted.texts),
    "workspace": lambda wanted: workspaces.c.slug.in_(wanted.texts),
    "creator": lambda wanted: people.c.name.in_(wanted.texts),
}


def add_workflow(connection: Connection, row: NewWorkflowRow) -> WorkflowId | None:
    """The new workflow, or nothing when its workspace has one of this name."""
    return connection.execute(_ADD, row._asdict()).scalar_one_or_none()


def workflow_by_name(connection: Connection, workspace: WorkspaceId, name: str) -> WorkflowRow | None:
    row = connection.execute(_BY_NAME, {"workspace": workspace, "name": name}).one_or_none()
    return None if row is None else WorkflowRow._make(row)


def change_workflow(connection: Connection, workflow: WorkflowId, values: Mapping[str, object]) -> None:
    """Set these columns, as another revision."""
    changed = _CHANGE.values(revision=workflows.c.revision + 1, **values)
    connection.execute(changed, {"workflow": workflow})


def delete_workflow(connection: Connection, workflow: WorkflowId) -> None:
    connection.execute(_DELETE, {"workflow": workflow})


def workflows_page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    among: Collection[WorkspaceId] | None,
    limit: int,
    after: int,
) -> list[WorkflowRow]:
    """Workflows in the order in which they were made: all of them, or those of these workspaces."""
    statement = _WORKFLOW.where(workflows.c.id > after, *conditions(_MATCHES, criteria))
    if among is not None:
        statement = statement.where(workflows.c.workspace_id.in_(list(among)))
    statement = statement.order_by(workflows.c.id).limit(limit)
    return [WorkflowRow._make(row) for row in connection.execute(statement)]


class WorkspaceSettingsRow(NamedTuple):
    """What a workspace says of itself, as stored."""

    folder: str | None = None
    base: str | None = None
    settings: str = "{}"
    request_secret: str | None = None


_SETTINGS_OF = select(*(workspace_settings.c[name] for name in WorkspaceSettingsRow._fields)).where(
    workspace_settings.c.workspace_id == bindparam("workspace")
)
_insertion = insert_or_change(workspace_settings)
_SET = _insertion.on_conflict_do_update(
    index_elements=["workspace_id"],
    set_={name: _insertion.excluded[name] for name in (*WorkspaceSettingsRow._fields, "updated_at")},
)


def settings_of(connection: Connection, workspace: WorkspaceId) -> WorkspaceSettingsRow:
    """What the workspace says of itself; the defaults where it has said nothing yet."""
    row = connection.execute(_SETTINGS_OF, {"workspace": workspace}).one_or_none()
    return WorkspaceSettingsRow() if row is None else WorkspaceSettingsRow._make(row)


def set_settings(
    connection: Connection, workspace: WorkspaceId, settings: WorkspaceSettingsRow, now: Instant
) -> None:
    connection.execute(_SET, {"workspace_id": workspace, **settings._asdict(), "updated_at": now})
