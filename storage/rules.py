"""Rules that were added while the server ran, those of tickets and missions, and when each last fired."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.metadata import Serial, metadata

rules = Table(
    "rules",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(128), nullable=False, unique=True),
    Column("source", String(8), nullable=False),  # api, deadline, gate
    Column("owner", String(300)),  # of a rule that a mission's gate added: the mission, with which it goes
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE")),
    Column("written", Text, nullable=False),  # the rule, in the words of the configuration
    Column("created_by", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_rules_owner", "owner"),
    sqlite_autoincrement=True,
)

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("version", BigInteger, nullable=False),
)
"""Counts the changes of `rules` and `scoped_rules`: whoever routes knows by it whether theirs are the latest."""

scoped_rules = Table(
    "scoped_rules",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True),  # ticket, mission
    Column("subject_id", String(200), primary_key=True),
    Column("mission_id", String(200)),  # of a ticket: the mission that it belongs to
    Column("name", Text),  # of a mission, which some events name by its name alone
    Column("written", Text),  # its notifications, if it has any
    Index("ix_scoped_rules_name", "workspace_id", "name"),
)

rule_cooldowns = Table(
    "rule_cooldowns",
    metadata,
    Column("rule_id", String(128), primary_key=True),
    Column("scope", String(300), primary_key=True),  # empty for a global rule
    Column("fired_at", BigInteger, nullable=False),
    Column("fired", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
    Column("dropped_since", BigInteger, nullable=False),  # since it last fired
    Column("held_since", BigInteger),  # the first that was held back since then
)
