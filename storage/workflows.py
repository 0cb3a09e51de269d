"""Workflows, and what a workspace says of itself to those who work in it."""

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
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.ids import Instant, WorkspaceId
from storage.metadata import Serial, metadata

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


class WorkspaceSettingsRow(NamedTuple):
    """What a workspace says of itself, as stored."""

    folder: str | None = None
    base: str | None = None
    settings: str = "{}"
    request_secret: str | None = None


_SETTINGS = select(*(workspace_settings.c[name] for name in WorkspaceSettingsRow._fields)).where(
    workspace_settings.c.workspace_id == bindparam("workspace")
)
_insertion = insert_or_change(workspace_settings)
_SET = _insertion.on_conflict_do_update(
    index_elements=["workspace_id"],
    set_={name: _insertion.excluded[name] for name in (*WorkspaceSettingsRow._fields, "updated_at")},
)


def settings_of(connection: Connection, workspace: WorkspaceId) -> WorkspaceSettingsRow:
    """What the workspace says of itself; the defaults where it has said nothing yet."""
    row = connection.execute(_SETTINGS, {"workspace": workspace}).one_or_none()
    return WorkspaceSettingsRow() if row is None else WorkspaceSettingsRow._make(row)


def set_settings(
    connection: Connection, workspace: WorkspaceId, settings: WorkspaceSettingsRow, now: Instant
) -> None:
    connection.execute(_SET, {"workspace_id": workspace, **settings._asdict(), "updated_at": now})
