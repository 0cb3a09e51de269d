"""The server is killed at random moments while clients post: what it acknowledged is there, exactly once, in the
inbox and in the outbox."""

import json
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from core.api import events, inbox
from core.api import server as server_api
from core.api.events import EventRequest
from core.api.people import me
from core.client import Client
from core.errors import CallboardError
from core.home import Home
from tests.forks import Fork

KILLS = 50
CLIENTS = 8
PATIENCE = 30.0
ROUTED = {
    "channels": {"desk": {"type": "desktop"}},
    "rules": [
        {
            "id": "once",
            "events": ["system:notice"],
            "channels": ["desk"],
            "title": "{{title}}",
            "cooldownMs": 24 * 3600 * 1000,
        }
    ],
}


def test_fifty_kills_under_eight_clients_lose_and_double_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "notifications.json").write_text(json.dumps(ROUTED))
    chance = random.Random(20261121)
    server = start(home)
    me = owner(home)
    posters = [Poster(home, number, me) for number in range(CLIENTS)]
    for poster in posters:
        poster.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.0, 0.25))  # the moment of the kill is the case
        server.kill()
        server.wait()
        server = start(home)
    for poster in posters:
        poster.finish()
    for poster in posters:
        poster.join()

    caught_up(home)
    acknowledged = {title for poster in posters for title in poster.acknowledged}
    attempted = {title for poster in posters for title in poster.attempted}
    told = Counter(all_titles(home))
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    routed, went_out, counted = outbox(home)

    assert len(acknowledged) >= KILLS
    assert acknowledged - told.keys() == set()
    assert [title for title, times in told.items() if times > 1] == []
    assert told.keys() - attempted == set()
    assert routed == told
    assert (went_out, counted) == (1, (1, len(told) - 1))


class Poster(threading.Thread):
    """A client that posts one event after another, and the same one again until it is acknowledged."""

    def __init__(self, home: Path, number: int, recipient: str) -> None:
        super().__init__()
        self._home = home
        self._number = number
        self._recipient = recipient
        self._finish = threading.Event()
        self.acknowledged: set[str] = set()
        self.attempted: set[str] = set()

    def finish(self) -> None:
        self._finish.set()

    def run(self) -> None:
        count = 0
        while not self._finish.is_set():
            try:
                with Client(Home(self._home).socket) as client:
                    while not self._finish.is_set():
                        self._post(client, f"post-{self._number}-{count}")
                        count += 1
            except CallboardError:
                self._finish.wait(0.005)

    def _post(self, client: Client, title: str) -> None:
        """One event under an id of its own: tried again after a lost answer, it must not be recorded twice."""
        self.attempted.add(title)
        request = EventRequest(
            "system:notice", {"title": title, "body": "x"}, id=title, recipients=[self._recipient]
        )
        client.send(events.post("default", request))
        self.acknowledged.add(title)


def start(home: Path) -> Fork:
    server = Fork(home, "")
    assert server.stdout.readline().startswith("ready")
    return server


def outbox(home: Path) -> tuple[Counter[str], int, tuple[int, int]]:
    """How often each title was routed, how many went out, and how many the cooldown has as fired and dropped."""
    with closing(sqlite3.connect(home / "callboard.db")) as connection:
        routed = Counter(title for (title,) in connection.execute("SELECT title FROM deliveries"))
        (went_out,) = connection.execute("SELECT count(*) FROM deliveries WHERE state <> 'dropped'").fetchone()
        counted = connection.execute("SELECT fired, dropped FROM rule_cooldowns").fetchone()
    return routed, went_out, counted


def owner(home: Path) -> str:
    with Client(Home(home).socket) as client:
        return client.send(me()).name


def caught_up(home: Path) -> None:
    """The dispatcher has addressed all that was recorded."""
    deadline = time.monotonic() + PATIENCE
    with Client(Home(home).socket) as client:
        while client.send(server_api.status()).behind:
            assert time.monotonic() < deadline, "the dispatcher did not catch up"
            threading.Event().wait(0.02)


def all_titles(home: Path) -> list[str]:
    titles: list[str] = []
    cursor: str | None = None
    with Client(Home(home).socket) as client:
        while True:
            page = client.send(inbox.page(limit=200, cursor=cursor))
            titles += [item.title for item in page.items]
            cursor = page.next
            if cursor is None:
                return titles
