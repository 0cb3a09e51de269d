"""What a person has hidden of My Work: sessions, plans and round tables. Notifications are dismissed instead."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from storage.metadata import metadata

hidden_work = Table(
    "hidden_work",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("type", String(12), primary_key=True),  # session, plan, roundtable
    Column("thing_id", BigInteger, primary_key=True),
    Column("hidden_at", BigInteger, nullable=False),
    Index("ix_hidden_work_thing", "type", "thing_id"),
)
