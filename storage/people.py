"""People, their permissions, workspaces and who belongs to them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, Table, Text

from storage.metadata import Serial, metadata

people = Table(
    "people",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("uid", BigInteger, unique=True),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("time_zone", String(64), nullable=False, server_default="UTC"),
    Column("desktop_alerts", String(8), nullable=False, server_default="never"),
    Column("quiet_from", String(5)),
    Column("quiet_to", String(5)),
    Column("admin", Boolean, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),
)

grants = Table(
    "grants",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("permission", String(64), primary_key=True),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("since", BigInteger, nullable=False),
)

responsibilities = Table(
    "responsibilities",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("subject_kind", String(16), primary_key=True),
    Column("subject_id", String(128), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
)
"""Who holds which role for a ticket, session, automation or merge: what addressing asks, so that it needs
to know nothing of the areas that own those things."""
