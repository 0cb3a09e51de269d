"""The change feed: what connected clients must look at again. It is both the live bus and the log that a
reconnecting client resumes from."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from storage.metadata import Serial, metadata

changes = Table(
    "changes",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("person_id", BigInteger),  # nobody in particular when null
    Column("workspace_id", BigInteger),
    Column("at", BigInteger, nullable=False),
    Index("ix_changes_at", "at"),
    sqlite_autoincrement=True,
)
