"""The claim kernel: work that exactly one worker does at a time, on both engines.

A job is a row. While it is ready, `run_at` is when it is due; while it is leased, `run_at` is when the lease
ends: so one index serves new work, retries, delayed work and the recovery from a crash alike. The lease token
is the fence: a worker that was too slow finds that its token is no longer the job's."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.metadata import Serial, metadata

_open = text("state IN ('ready', 'leased')")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("queue", String(32), nullable=False),
    Column("key", Text, nullable=False),  # what makes the job unique within its queue
    Column("payload", Text, nullable=False, server_default="{}"),
    Column("state", String(8), nullable=False, server_default="ready"),  # ready, leased, done, dead, held
    Column("run_at", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False, server_default="0"),  # 0: no limit
    Column("lease_token", String(32)),
    Column("leased_by", Text),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    UniqueConstraint("queue", "key"),
    Index("ix_jobs_due", "queue", "run_at", sqlite_where=_open, postgresql_where=_open),
    sqlite_autoincrement=True,
)
