"""The sources that a person has muted, and until when."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from storage.metadata import Serial, metadata

mutes = Table(
    "mutes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("source", Text, nullable=False),
    Column("event", String(200)),
    Column("workspace_id", BigInteger),
    Column("until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_mutes_person_id_source", "person_id", "source"),
    sqlite_autoincrement=True,
)
