"""Backup under load, and a restore that checks everything first and fires nothing."""

import asyncio
import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.api import inbox, people, sessions
from core.api.channels import ChannelChange, NewChannel, add_channel, change_channel
from core.api.deliveries import deliveries
from core.api.events import EventRequest, NoticeRequest, notify, post
from core.api.people import KeyCreation, PersonCreation
from core.api.rules import NewRule, add_rule
from core.api.sessions import SessionCreation
from core.api.wire import Call
from core.backup import restore
from core.errors import ConflictError, HomeError, InvalidError, NotAllowedError, UnavailableError
from core.home import Home
from core.live_client import LiveClient
from storage.database import Connection
from storage.deliveries import CLAIMS, insert_many
from storage.ids import Instant
from storage.migrate import HEAD
from storage.postgresql import Postgres
from tests.servers import Here, here, home_in
from tests.storage.outbox import delivery

BACKUP = Call("GET", "/server/backup", object)


async def backed_up(server: Here, file: Path) -> Path:
    def download() -> None:
        with server.blocking() as client, file.open("wb") as target:
            for piece in client.download(BACKUP):
                target.write(piece)

    await asyncio.to_thread(download)
    return file


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """A home with a notice, a key and deliveries, one of them under way, in an archive."""
    async with here(Home(tmp_path / "first")) as server:
        server.home.config.write_text("[retention]\nread_days = 7\n")
        server.home.notifications.write_text('{"channels": {"here": {"type": "desktop"}}}')
        me = await server.client.send(people.me())
        await server.client.send(notify(NoticeRequest(me.name, "before")))
        await server.client.send(people.create_key(KeyCreation("ci")))
        for name in ("ops", "later"):
            await server.client.send(add_channel(NewChannel(name, "webhook", {"url": "https://a.example.com/"})))
            await server.client.send(change_channel(name, ChannelChange(enabled=False)))
        late = Instant(2**60)
        waiting = [
            delivery(1, channel=1, give_up_at=late),
            delivery(2, channel=1, give_up_at=late),
            delivery(3, channel=1, state="sent"),
            delivery(4, channel=2, give_up_at=late),
        ]
        await server.server.database.write(partial(insert_many, rows=waiting))
        claiming = partial(CLAIMS.claim, group=1, limit=1, worker="w", token="t", now=Instant(0), lease=1)
        await server.server.database.write(claiming)
        while not (await server.client.send(inbox.counts())).total:
            pass
        return await backed_up(server, tmp_path / "backup.tar.gz")


def rewritten(
    archive: Path, change: Callable[[str, bytes], bytes | None], *more: tuple[tarfile.TarInfo, bytes]
) -> Path:
    """The archive with its files changed, or left out."""
    changed = archive.with_name("changed.tar.gz")
    with tarfile.open(archive) as source, tarfile.open(changed, "w:gz") as target:
        for member in source:
            content = change(member.name, source.extractfile(member).read())  # type: ignore[union-attr]
            if content is not None:
                member.size = len(content)
                target.addfile(member, io.BytesIO(content))
        for member, content in more:
            target.addfile(member, io.BytesIO(content))
    return changed


async def test_what_was_there_is_there_again(tmp_path: Path, archive: Path) -> None:
    home = home_in(tmp_path)
    done = restore(home, archive)
    assert (done.schema, done.held_deliveries, len(done.working_keys), done.set_aside) == (HEAD, 3, 1, None)
    assert "read_days = 7" in home.config.read_text()
    assert "desktop" in home.notifications.read_text()
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in home.path.rglob("*")} == {0}
    async with here(home) as server:
        assert [item.title for item in (await server.client.send(inbox.page())).items] == ["before"]
        latest = (await server.client.send(people.audit(limit=1))).items
        assert [record.action for record in latest] == ["server.restore"]
        with closing(sqlite3.connect(home.database)) as connection:
            found = connection.execute("SELECT state, reason IS NULL, lease_token FROM deliveries ORDER BY seq")
            assert found.fetchall() == [("cancelled", 0, None)] * 2 + [("sent", 1, None), ("cancelled", 0, None)]


async def test_no_session_that_waited_or_ran_goes_on_by_itself(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    async with here(Home(tmp_path / "first")) as server:
        for prompt in ("sleep 600", "sleep 600", "touch it"):
            await server.client.send(sessions.create_session(SessionCreation("default", prompt=prompt)))
        while (await server.client.send(sessions.session(2))).state != "running":
            pass
        archive = await backed_up(server, tmp_path / "backup.tar.gz")

    done = restore(home, archive)

    async with here(home) as server:
        while (await server.client.send(sessions.sessions(filter="is:active"))).items:
            pass
        found = (await server.client.send(sessions.sessions())).items
    assert done.held_sessions == 1
    assert [(one.state, one.outcome, one.can_resume) for one in found] == [("waiting", "interrupted", True)] * 3


async def test_a_backup_under_load_has_everything_acknowledged_before_it(tmp_path: Path) -> None:
    async with here(Home(tmp_path / "first")) as server:
        acknowledged: list[str] = []
        enough = asyncio.Event()

        async def load(number: int) -> None:
            while True:
                event = EventRequest("task:created", {"title": str(number)})
                acknowledged.append((await server.client.send(post("default", event))).id)
                if len(acknowledged) == 50:
                    enough.set()

        tasks = [asyncio.create_task(load(number)) for number in range(4)]
        await enough.wait()
        before = set(acknowledged)
        file = await backed_up(server, tmp_path / "backup.tar.gz")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    home = home_in(tmp_path)
    restore(home, file)
    with closing(sqlite3.connect(home.database)) as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM events")}
    assert before <= kept


async def test_a_backup_is_for_admins_and_recorded(tmp_path: Path) -> None:
    async with here(home_in(tmp_path), http="127.0.0.1:0") as server:
        await server.client.send(people.add_person(PersonCreation("ann")))
        key = (await server.client.send(people.create_key(KeyCreation("ci", owner="ann")))).key
        remote = LiveClient.to(f"http://{server.server.http}", key)
        with pytest.raises(NotAllowedError):
            await remote.send(BACKUP)
        await remote.close()
        await backed_up(server, tmp_path / "backup.tar.gz")
        records = (await server.client.send(people.audit())).items
        assert [(r.actor, r.outcome) for r in records if r.action == "server.backup"][1] == ("ann", "refused")
        assert not list(server.home.backups.iterdir())


def test_a_home_in_use_is_not_restored(tmp_path: Path, archive: Path) -> None:
    async def attempt() -> None:
        async with here(home_in(tmp_path)) as server:
            with pytest.raises(HomeError, match="already running"):
                restore(server.home, archive, force=True)

    asyncio.run(attempt())


async def test_a_home_with_something_in_it_needs_force_and_keeps_what_was_there(
    tmp_path: Path, archive: Path
) -> None:
    home = home_in(tmp_path)
    async with here(home):
        home.notifications.write_text("{}")
    before = home.database.read_bytes()
    with pytest.raises(ConflictError, match=r"not empty.*--force"):
        restore(home, archive)
    assert home.database.read_bytes() == before
    done = restore(home, archive, force=True)
    assert done.set_aside is not None
    assert (Path(done.set_aside) / "callboard.db").read_bytes() == before
    assert (Path(done.set_aside) / "notifications.json").read_text() == "{}"


def as_it_is(name: str, content: bytes) -> bytes:
    return content


def of_tomorrow(name: str, content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "schema": "9999"}).encode() if name == "manifest.json" else content


def without_manifest(name: str, content: bytes) -> bytes | None:
    return None if name == "manifest.json" else content


def flipped(name: str, content: bytes) -> bytes:
    return content[:5000] + b"\x00\xff" + content[5002:] if name == "callboard.db" else content


def no_database(name: str, content: bytes) -> bytes:
    return b"nothing" if name == "callboard.db" else content


def of_no_format(name: str, content: bytes) -> bytes:
    return b"[1, 2]" if name == "manifest.json" else content


def linked(name: str) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return entry, b""


DAMAGES: list[tuple[Any, list[tuple[tarfile.TarInfo, bytes]], str]] = [
    (of_tomorrow, [], "newer version"),
    (without_manifest, [], "no manifest"),
    (flipped, [], "callboard.db is not what was saved"),
    (no_database, [], "callboard.db is not what was saved"),
    (of_no_format, [], "damaged"),
    (as_it_is, [(tarfile.TarInfo("../../evil"), b"")], "an entry '../../evil' that does not belong"),
    (as_it_is, [(tarfile.TarInfo("/etc/evil"), b"")], "an entry '/etc/evil' that does not belong"),
    (as_it_is, [(tarfile.TarInfo("config.toml"), b"")], "does not belong"),
    (as_it_is, [linked("other")], "does not belong"),
]


@pytest.mark.parametrize(("change", "more", "said"), DAMAGES)
def test_a_damaged_archive_changes_nothing(
    tmp_path: Path, archive: Path, change: Any, more: list[tuple[tarfile.TarInfo, bytes]], said: str
) -> None:
    home = home_in(tmp_path)
    with pytest.raises(InvalidError, match=said):
        restore(home, rewritten(archive, change, *more))
    assert not home.path.exists()


@pytest.mark.parametrize("length", [0, 10, 1000, -20])
def test_an_archive_that_is_cut_short_changes_nothing(tmp_path: Path, archive: Path, length: int) -> None:
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:length])
    with pytest.raises(InvalidError, match="damaged"):
        restore(home_in(tmp_path), cut)
    assert not home_in(tmp_path).path.exists()


def test_no_archive_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="no such file"):
        restore(home_in(tmp_path), tmp_path / "nothing")
    with pytest.raises(InvalidError, match="damaged"):
        restore(home_in(tmp_path), Path("/dev/null"))


def test_a_database_that_is_not_whole_is_refused_though_its_sum_is_right(tmp_path: Path, archive: Path) -> None:
    from hashlib import sha256

    kept: dict[str, bytes] = {}
    rewritten(archive, lambda name, content: kept.setdefault(name, content))
    broken = kept["callboard.db"][:20_000] + b"\x55" * 30_000 + kept["callboard.db"][50_000:]
    manifest = json.loads(kept["manifest.json"])
    manifest["sha256"]["callboard.db"] = sha256(broken).hexdigest()
    new = {"callboard.db": broken, "manifest.json": json.dumps(manifest).encode()}
    with pytest.raises(InvalidError, match="database in it is damaged"):
        restore(home_in(tmp_path), rewritten(archive, lambda name, content: new.get(name, content)))


def test_a_home_on_postgresql_is_told_what_to_use(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_DATABASE_URL", "postgresql://x/y")
    with pytest.raises(InvalidError, match="pg_restore"):
        restore(home_in(tmp_path), archive)


async def test_a_server_on_postgresql_says_what_to_back_it_up_with(
    tmp_path: Path, postgresql: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_DATABASE_URL", postgresql.url)
    async with here(home_in(tmp_path)) as server:
        with pytest.raises(UnavailableError, match="pg_dump"):
            await backed_up(server, tmp_path / "backup.tar.gz")


async def test_what_was_recorded_and_not_addressed_when_it_was_saved_is_not_sent_by_the_restored_home(
    tmp_path: Path,
) -> None:
    first = Home(tmp_path / "first")
    async with here(first) as server:
        hook = NewChannel("ops", "webhook", {"url": "https://a.example.com/"})
        await server.client.send(add_channel(hook))
        await server.client.send(add_rule(NewRule(["task:created"], ["ops"])))
        await server.client.send(change_channel("ops", ChannelChange(enabled=False)))
        await server.client.send(post("default", EventRequest("task:created")))
        while not (await server.client.send(deliveries())).items:
            pass
        await server.server.database.write(_unaddressed)
        archive = await backed_up(server, tmp_path / "backup.tar.gz")
    home = home_in(tmp_path)

    restore(home, archive)

    async with here(home) as server:
        while not (found := (await server.client.send(deliveries())).items):
            pass
        await server.client.send(post("default", EventRequest("task:created")))
        while len(both := (await server.client.send(deliveries())).items) < 2:
            pass
    assert [(one.status, one.reason) for one in found] == [
        ("cancelled", "The home was restored from a backup: send this again if it is still wanted.")
    ]
    assert both[0].status == "pending"


def _unaddressed(connection: Connection) -> None:
    """As it is between the record of an event and its dispatch."""
    connection.exec_driver_sql("DELETE FROM deliveries")
    connection.exec_driver_sql("UPDATE cursors SET position = position - 1")
