"""The yardstick for the API: a bare aiohttp handler that makes one row durable before it answers.

The rows of the requests that arrive together share a commit. It checks nobody, keeps no types and tells nobody.
`python -m tests.bench.bare_server SOCKET DATABASE`"""

import asyncio
import json
import queue
import sqlite3
import sys
import threading

from aiohttp import web


class Rows:
    """One writer thread, one commit for all that waits."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[tuple[str, asyncio.Future[None]]] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._write, daemon=True).start()

    async def add(self, payload: str) -> None:
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put((payload, done))
        await done

    def _write(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, payload TEXT)")
        while True:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO rows (payload) VALUES (?)", [(payload,) for payload, _ in batch])
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, [done for _, done in batch])


def _settle(waiting: "list[asyncio.Future[None]]") -> None:
    for done in waiting:
        done.set_result(None)


async def main(socket: str, database: str) -> None:
    rows = Rows(database)

    async def post(request: web.Request) -> web.Response:
        await rows.add(json.dumps(await request.json()))
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_post("/api/v1/projects/default/events", post)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.UnixSite(runner, socket).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
