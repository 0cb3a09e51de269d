"""A worker process of the crash test: claims deliveries, and for each writes a line and settles it in one
transaction, until there are none. It stops dead, by SIGKILL, with those that it is told to die of."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from sqlalchemy import Connection

from core.ids import SystemEntropy, lease_token
from storage.database import Database
from storage.deliveries import CLAIMS, DueRow
from storage.engines import Dialect, Postgres, Sqlite
from storage.ids import Instant
from tests.storage.notes import note
from tests.storage.outbox import CHANNEL

LEASE = 300_000


async def work(dialect: Dialect, name: str, dies_after: int) -> None:
    database = Database(dialect)
    settled = 0
    while True:
        token, now = lease_token(SystemEntropy()), Instant(time.time_ns() // 1000)
        taken = await database.write(
            lambda c, token=token, now=now: CLAIMS.claim(  # type: ignore[misc]
                c, CHANNEL, 5, worker=name, token=token, now=now, lease=LEASE
            )
        )
        if not taken and await database.read(lambda c: CLAIMS.next_due(c, CHANNEL)) is None:
            break
        if not taken:
            await asyncio.sleep(0.02)
        for due in taken:
            if settled == dies_after:
                os.kill(os.getpid(), signal.SIGKILL)
            settled += await database.write(lambda c, due=due, token=token: _settle(c, due, token))  # type: ignore[misc]
    await database.close()
    print(settled)  # noqa: T201


def _settle(connection: Connection, due: DueRow, token: str) -> bool:
    """The work and its end in one transaction: the unique name would refuse a second time."""
    if not CLAIMS.settle(connection, due.seq, token, {"state": "sent"}):
        return False
    connection.execute(note(due.id, str(due.attempt)))
    return True


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    dialect: Dialect = Sqlite(Path(told["path"])) if "path" in told else Postgres(told["url"])
    asyncio.run(work(dialect, told["name"], told["dies_after"]))
