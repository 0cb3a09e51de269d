"""The server is killed at random moments while it dismisses 5,000 notifications and more, and while it takes that
back: all of them are dismissed or none, and stars and read marks are what they were."""

import random
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.api import inbox as api
from core.api.inbox import InboxActionRequest
from core.client import Client
from core.clock import SystemClock
from core.errors import CallboardError
from core.home import Home
from storage import inbox, people
from storage.engines import Sqlite
from storage.ids import EventSeq, Instant
from storage.inbox import NewItemRow, inbox_items
from tests.crash.test_killed_server import owner, start

FILTERS = {"event:first:*": 5_000, "event:*:*": 5_500}  # what one transaction takes, and what it does not
KILLS = 3


def test_a_bulk_action_is_done_or_not_done_and_undone_or_not_undone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chance = random.Random(20261121)
    server = start(home)
    _fill(home, owner(home))
    before = _marks(home)
    kept = {item: marks[:-1] for item, marks in before.items()}
    dismissed = 0
    for kill in range(KILLS):
        matching, size = list(FILTERS.items())[kill % 2]
        request = InboxActionRequest("dismiss", filter=matching)
        call = _Calling(home, partial(_undo if dismissed else _act, request=request))
        call.start()
        threading.Event().wait(chance.uniform(0.0, 0.2))  # the moment of the kill is the case
        server.kill()
        server.wait()
        call.join()
        server = start(home)
        marks = _marks(home)
        now = sum(not shown for *_, shown in marks.values())
        assert now in ({0, dismissed} if dismissed else {0, size})
        assert not call.answered or now == (0 if dismissed else size)
        assert {item: own[:-1] for item, own in marks.items()} == kept
        dismissed = now

    with Client(Home(home).socket) as client:
        if dismissed:
            client.send(api.undo())
        assert client.send(api.counts()).total == len(before)
    server.kill()
    server.wait()
    assert _marks(home) == before


class _Calling(threading.Thread):
    """One call, which the server may not live to answer."""

    def __init__(self, home: Path, send: Callable[[Client], object]) -> None:
        super().__init__()
        self._home = home
        self._send = send
        self.answered = False

    def run(self) -> None:
        try:
            with Client(Home(self._home).socket) as client:
                self._send(client)
                self.answered = True
        except CallboardError:
            return


def _act(client: Client, request: InboxActionRequest) -> object:
    return client.send(api.act(request))


def _undo(client: Client, request: InboxActionRequest) -> object:
    return client.send(api.undo())


def _fill(home: Path, me: str) -> None:
    """Many notifications, some of them read, some starred."""
    dialect = Sqlite(Home(home).database)
    connection = dialect.open_writer()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    person = people.person_by_name(connection, me)
    assert person is not None
    first, every = list(FILTERS.values())
    now = SystemClock().now()
    inbox.insert_items(
        connection,
        [
            NewItemRow(
                person.id,
                EventSeq(100_000 + number),
                "first:done" if number < first else "second:done",
                None,
                f"Notification {number}",
                "",
                "info",
                "because",
                None,
                None,
                Instant(now + number),
            )
            for number in range(every)
        ],
    )
    item = inbox_items.c
    connection.execute(inbox_items.update().where(item.id % 3 == 0).values(read_at=item.created_at + item.id))
    connection.execute(
        inbox_items.update().where(item.id % 7 == 0).values(starred=True, starred_at=item.created_at + 1)
    )
    connection.exec_driver_sql("COMMIT")
    dialect.close(connection)


def _marks(home: Path) -> dict[int, tuple[object, ...]]:
    """What the person has done with each notification, and last, whether it is shown."""
    dialect = Sqlite(Home(home).database)
    connection = dialect.open_reader()
    item = inbox_items.c
    asked = inbox_items.select().with_only_columns(
        item.id, item.read_at, item.starred, item.starred_at, item.snoozed_until, item.dismissed_at.is_(None)
    )
    found = {row[0]: tuple(row[1:]) for row in connection.execute(asked)}
    dialect.close(connection)
    return found
