"""API keys as hashes, and the failed attempts that make one suspicious."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from storage.metadata import Serial, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("permissions", Text, nullable=False),  # a JSON list of permission names
    Column("prefix", String(16), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("announced_days", BigInteger),  # the smallest expiry announcement made so far; 0 is the expiry itself
    Column("revoked_at", BigInteger),
    Column("replaced_by", String(32)),
    Column("last_used_at", BigInteger),
)

auth_failures = Table(
    "auth_failures",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", String(128), nullable=False),  # "key:<prefix>" or "address:<ip>"
    Column("at", BigInteger, nullable=False),
    Index("ix_auth_failures_subject_at", "subject", "at"),
)
