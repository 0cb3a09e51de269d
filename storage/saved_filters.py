"""The filters that a person has saved, each with a name, in their order."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from storage.metadata import metadata

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("list", String(16), primary_key=True),  # which list it is for
    Column("name", String(64), primary_key=True),
    Column("filter", Text, nullable=False),
    Column("position", Integer, nullable=False),
)
