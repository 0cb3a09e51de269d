"""A session that prints without end grows neither the server nor the disk."""

import time
from pathlib import Path

from core.api import sessions as api
from core.api.sessions import CommandCreation, SessionDetail
from core.client import Client
from tests.servers import home_in, served

MEGABYTE = 1024 * 1024
PRINTED = 200 * MEGABYTE
CAP = 2 * MEGABYTE
PATIENCE = 60.0


def test_two_hundred_megabytes_are_kept_under_a_cap_and_grow_the_server_by_little(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text(f"[sessions]\noutput_mb = {CAP // MEGABYTE}\n")
    home.config.chmod(0o600)
    argv = ["sh", "-c", f"yes 'a line that is printed again and again' | head -c {PRINTED}; echo; echo the end"]
    with served(home) as server, Client(home.socket) as client:
        small = client.send(api.run_command(CommandCreation("default", ["echo", "x"])))
        ended(client, small)
        before = peak(server.pid)
        session = client.send(api.run_command(CommandCreation("default", argv)))
        done = ended(client, session)
        grown = peak(server.pid) - before
        last = client.send(api.output(session.id, size=1000, backwards=True))
        first = client.send(api.output(session.id, at=0, size=1000))

    kept = sum(file.stat().st_size for file in (home.path / "sessions" / str(session.id)).glob("turn-1.*"))
    assert (done.state, done.turns[0].output_bytes, last.total) == ("done", last.total, PRINTED + 9)
    assert first.text.startswith("a line")
    assert last.text.endswith("the end\n")
    assert kept <= CAP + MEGABYTE
    assert grown < 40 * MEGABYTE


def ended(client: Client, session: SessionDetail) -> SessionDetail:
    end = time.monotonic() + PATIENCE
    while (now := client.send(api.session(session.id))).state in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.05)
    return now


def peak(pid: int) -> int:
    """The most memory that the process has ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
