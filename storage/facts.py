"""Facts about the home itself: single values by name."""

from sqlalchemy import Column, String, Table, Text

from storage.metadata import metadata

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
