"""The app in a real terminal, beside the smallest Textual app: first frame, keys, bytes, events to screen."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.api import events, inbox
from core.api.events import EventRequest
from core.api.inbox import InboxActionRequest
from core.api.people import me
from core.client import Client
from core.home import Home
from core.launch import stop
from tests.bench.figures import Figure, median, percentile
from tests.bench.screen import Screen
from tests.bench.serving import CALLBOARD, ROOT, callboard_server

ITEMS = 100_000
STARTS = 7
KEYS = 120
EVENTS = 200
BARE = [sys.executable, "-m", "tests.bench.bare_app"]


def measure(items: int = ITEMS) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, items)
        with callboard_server(home):
            top = newest(home)
            figures = [_first_frame(home, top, items, "server warm"), *_keys(home, top, items), _live(home)]
        figures.insert(1, _first_frame(home, b"live-", items, "server cold"))
        return figures


def fill(home: Path, items: int) -> None:
    subprocess.run([sys.executable, "-m", "core.demo.bulk", str(home), str(items)], check=True, cwd=ROOT)


def newest(home: Path) -> bytes:
    """A notification that stands at the top of the list, so that its text shows when the list does."""
    with Client(Home(home).socket) as client:
        client.send(inbox.act(InboxActionRequest("unstar", filter="is:starred")))
        request = EventRequest("system:notice", {"title": "top-of-list"}, recipients=[client.send(me()).name])
        client.send(events.post("default", request))
    return b"top-of-list"


def app_of(home: Path) -> list[str]:
    return [*CALLBOARD, "--home", str(home)]


def open_screen(command: list[str]) -> Screen:
    return Screen(command, str(ROOT))


def _first_frame(home: Path, newest: bytes, items: int, server: str) -> Figure:
    with open_screen(app_of(home)) as screen:  # leaves the last known content behind, as any earlier start does
        screen.wait_for(newest)
        screen.settle()
    ours, bare = [], []
    for _ in range(STARTS):
        if server == "server cold":
            stop(Home(home))
        with open_screen(app_of(home)) as screen:
            ours.append(screen.wait_for(newest) - screen.started)
        with open_screen(BARE) as screen:
            bare.append(screen.wait_for(b"bare-ready") - screen.started)
    if server == "server cold":
        stop(Home(home))
    ratio = median(ours) / median(bare)
    return Figure(
        f"first frame with {items:,} items, {server}",
        f"{median(ours) * 1000:.0f} ms",
        f"bare Textual {median(bare) * 1000:.0f} ms",
        ratio,
        "<= 1.3x",
        ratio <= 1.3,
    )


def _keys(home: Path, newest: bytes, items: int) -> list[Figure]:
    ours, ours_bytes, ours_idle = _walk(app_of(home), newest, b"j", "▌".encode())
    bare, bare_bytes, bare_idle = _walk(BARE, b"bare-ready", b"\x1b[B", b"line ")
    p95, bare_p95 = percentile(ours, 0.95) * 1000, percentile(bare, 0.95) * 1000
    return [
        Figure(
            f"key to changed screen at {items:,} rows, p95 (p50 {median(ours) * 1000:.1f} ms)",
            f"{p95:.1f} ms",
            f"bare Textual scroll {bare_p95:.1f} ms",
            p95 / bare_p95,
            "<= 30 ms",
            p95 <= 30,
        ),
        Figure(
            "bytes for a cursor move, the text beside it included",
            f"{median(ours_bytes):,.0f} B",
            f"bare Textual scroll {median(bare_bytes):,.0f} B",
            None,
            "<= 1,024 B",
            median(ours_bytes) <= 1024,
        ),
        Figure(
            "bytes in three idle seconds",
            f"{ours_idle} B",
            f"bare Textual {bare_idle} B",
            None,
            "0 B",
            ours_idle == 0,
        ),
    ]


def _walk(command: list[str], ready: bytes, key: bytes, sign: bytes) -> tuple[list[float], list[int], int]:
    with open_screen(command) as screen:
        screen.wait_for(ready)
        screen.settle(1.0)
        before = screen.size()
        time.sleep(3)
        idle = screen.size() - before
        answers = [screen.respond(key, sign) for _ in range(KEYS)]
        return [seconds for seconds, _ in answers], [count for _, count in answers], idle


def _live(home: Path) -> Figure:
    ours = event_to_screen(home, app_of(home), EVENTS)
    bare = event_to_screen(home, [*BARE, str(Home(home).socket)], EVENTS)
    p50, p99 = median(ours) * 1000, percentile(ours, 0.99) * 1000
    return Figure(
        f"event posted to visible, p50 (p99 {p99:.1f} ms, target 60)",
        f"{p50:.1f} ms",
        f"bare Textual over SSE {median(bare) * 1000:.1f} ms",
        median(ours) / median(bare),
        "<= 15 ms",
        p50 <= 15 and p99 <= 60,
    )


def event_to_screen(home: Path, command: list[str], count: int) -> list[float]:
    """Seconds from posting each of so many events until its title is on the screen."""
    times = []
    with open_screen(command) as screen, Client(Home(home).socket) as client:
        person = client.send(me()).name
        screen.settle(1.5)
        for number in range(count):
            if number % 20 == 0:
                screen.press(b"g")  # the list keeps its place: go where the new ones come in
                screen.settle()
            title = f"live-{number:05d}"
            request = EventRequest("system:notice", {"title": title, "body": "b"}, recipients=[person])
            before = screen.size()
            posted = time.perf_counter()
            client.send(events.post("default", request))
            times.append(screen.wait_for(title.encode(), before) - posted)
            time.sleep(0.03)
    return times
