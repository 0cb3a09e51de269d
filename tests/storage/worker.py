"""A worker process of the crash test: claims jobs, and for each writes a line and settles it in one transaction,
until there are none. It stops dead, by SIGKILL, with the jobs that it is told to die of."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from sqlalchemy import Connection

from core.ids import SystemEntropy, lease_token
from storage import claims
from storage.claims import Job
from storage.database import Database
from storage.engines import Dialect, Postgres, Sqlite
from storage.ids import Instant
from tests.storage.notes import note

LEASE = 300_000


async def work(dialect: Dialect, name: str, dies_after: int) -> None:
    database = Database(dialect)
    settled = 0
    while True:
        token, now = lease_token(SystemEntropy()), Instant(time.time_ns() // 1000)
        taken = await database.write(
            lambda c, token=token, now=now: claims.claim(  # type: ignore[misc]
                c, "q", 5, worker=name, token=token, now=now, lease=LEASE
            )
        )
        if not taken and await database.read(lambda c: claims.next_due(c, "q")) is None:
            break
        if not taken:
            await asyncio.sleep(0.02)
        for job in taken:
            if settled == dies_after:
                os.kill(os.getpid(), signal.SIGKILL)
            settled += await database.write(lambda c, job=job, token=token: _settle(c, job, token))  # type: ignore[misc]
    await database.close()
    print(settled)  # noqa: T201


def _settle(connection: Connection, job: Job, token: str) -> bool:
    """The work and its end in one transaction: the unique name would refuse a second time."""
    if not claims.finish(connection, job.id, token, Instant(time.time_ns() // 1000)):
        return False
    connection.execute(note(job.key, str(job.attempt)))
    return True


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    dialect: Dialect = Sqlite(Path(told["path"])) if "path" in told else Postgres(told["url"])
    asyncio.run(work(dialect, told["name"], told["dies_after"]))
