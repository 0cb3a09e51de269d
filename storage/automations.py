"""Automations: what runs by itself, and when it will next."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from storage.metadata import Serial, metadata

_scheduled = text("next_run_at IS NOT NULL")
_kept = text("deleted_at IS NULL")

automations = Table(
    "automations",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String(10), nullable=False),  # manual, one-time, recurring, loop, http
    Column("kind", String(8), nullable=False),  # develop, chat, bot
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("prompt", Text),
    Column("workflow", String(64)),
    Column("bot_id", BigInteger),
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("provider", String(64)),
    Column("model", Text),
    Column("modes", Text, nullable=False, server_default="[]"),
    Column("ticket_id", String(200)),
    Column("auto_complete", Boolean, nullable=False, server_default="0"),
    Column("only_if_unchanged", Boolean, nullable=False, server_default="0"),
    Column("run_missed", Boolean, nullable=False, server_default="0"),
    Column("parallel", Boolean, nullable=False, server_default="0"),
    Column("cron", String(256)),
    Column("zone", String(64)),
    Column("run_at", BigInteger),  # of a one-time automation
    Column("wall_time", String(32)),  # the same, as it was written
    Column("zone_data", String(32)),  # the version of the zone data that the next run was computed with
    Column("next_run_at", BigInteger),  # none while nothing is due by itself
    Column("last_scheduled_for", BigInteger),  # what was due up to here is accounted for
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("disabled_reason", Text),
    Column("disabled_at", BigInteger),
    Column("disabled_by", Text),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("skips", Integer, nullable=False, server_default="0"),  # in a row
    Column("iteration", BigInteger, nullable=False, server_default="0"),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("token_fingerprint", String(8)),
    Column("token_made_at", BigInteger),
    Column("signature", String(10)),  # github, gitlab, standard
    Column("signature_secret", Text),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Index("ix_automations_due", "next_run_at", sqlite_where=_scheduled, postgresql_where=_scheduled),
    Index("ix_automations_workspace_id_id", "workspace_id", "id", sqlite_where=_kept, postgresql_where=_kept),
    Index("ix_automations_creator_id_id", "creator_id", "id", sqlite_where=_kept, postgresql_where=_kept),
    Index("ix_automations_bot_id", "bot_id"),
    sqlite_autoincrement=True,
)
