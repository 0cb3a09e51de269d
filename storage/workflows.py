"""Workflows, and what a workspace says of itself to those who work in it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

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
