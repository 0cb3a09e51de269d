"""The app at work on a hundred thousand unread notifications: filter, resize, memory, two terminals, and a crowd;
beside it neomutt on a mailbox of the same size, where it is installed."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core.api import events, inbox
from core.api.events import EventRequest
from core.api.inbox import InboxActionRequest
from core.api.people import me
from core.client import Client
from core.home import Home
from tests.bench.figures import Figure, median, percentile
from tests.bench.serving import callboard_server, crowd
from tests.bench.terminal import BARE, app_of, event_to_screen, fill, newest, open_screen

ITEMS = 100_000
CROWD = 19
_LETTERS = "abcdefghijklmnopqrst"
_ABOVE = 60  # rows that fill the list, so that what is looked for comes into sight by the last letter alone
_SIZES = ((24, 80), (50, 160), (20, 60), (40, 120))


def measure(items: int = ITEMS) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, items)
        with callboard_server(home):
            newest(home)
            unread = _all_unread(home)
            figures = [_memory(home, unread), _resize(home), _filter(home, items), _two(home), _twenty(home)]
        mutt = shutil.which("neomutt")
        return [*figures, *(_neomutt(mutt, Path(folder), items) if mutt else ())]


def _memory(home: Path, unread: int) -> Figure:
    ours, bare = _resident(app_of(home), b"top-of-list"), _resident(BARE, b"bare-ready")
    return Figure(
        f"memory of the app with {unread:,} unread, paged through",
        f"{ours:.0f} MB",
        f"bare Textual {bare:.0f} MB",
        ours / bare,
        "<= 1.5x",
        ours / bare <= 1.5,
    )


def _resident(command: list[str], ready: bytes) -> float:
    with open_screen(command) as screen:
        screen.wait_for(ready)
        screen.settle(1.0)
        for _ in range(60):
            screen.press(b"\x1b[6~")  # page down
            screen.settle(0.03)
        screen.settle(0.5)
        return screen.resident()


def _resize(home: Path) -> Figure:
    ours, bare = _resized(app_of(home), b"top-of-list"), _resized(BARE, b"bare-ready")
    worst = max(ours) * 1000
    return Figure(
        f"resize to whole frame, worst of {len(ours)}",
        f"{worst:.0f} ms",
        f"bare Textual {max(bare) * 1000:.0f} ms",
        max(ours) / max(bare),
        "<= 200 ms",
        worst <= 200,
    )


def _resized(command: list[str], ready: bytes) -> list[float]:
    times = []
    with open_screen(command) as screen:
        screen.wait_for(ready)
        screen.settle(1.0)
        for _ in range(3):
            for rows, columns in _SIZES:
                times.append(screen.resize(rows, columns))
    return times


def _filter(home: Path, items: int) -> Figure:
    person = _person(home)
    with Client(Home(home).socket) as client:
        titles = [f"kestrel {letter}nest" for letter in _LETTERS] + ["kestrel zz"] * _ABOVE
        for title in titles:
            request = EventRequest("system:notice", {"title": title, "body": "b"}, recipients=[person])
            client.send(events.post("default", request))
    times = []
    with open_screen(app_of(home)) as screen:
        screen.wait_for(b"kestrel zz")
        screen.settle(1.0)
        screen.press(b"/")
        screen.settle(0.5)
        screen.press(b"kestrel ")
        screen.settle(0.6)
        for letter in _LETTERS:
            times.append(screen.respond(letter.encode(), f"kestrel {letter}nest".encode(), 0.4)[0])
            screen.press(b"\x7f")
            screen.settle(0.4)
    p95 = percentile(times, 0.95) * 1000
    return Figure(
        f"filter keystroke to result at {items:,}, p95 (p50 {median(times) * 1000:.0f} ms)",
        f"{p95:.0f} ms",
        "",
        None,
        "<= 50 ms",
        p95 <= 50,
    )


def _two(home: Path) -> Figure:
    """A star that is set in one terminal, until it is to be seen in the other."""
    times = []
    with open_screen(app_of(home)) as one, open_screen(app_of(home)) as other:
        for screen in (one, other):
            screen.wait_for(b"kestrel zz")
            screen.settle(1.0)
        for _ in range(20):
            before, pressed = other.size(), time.perf_counter()
            one.press(b"s")
            other.wait_for_more(before)
            times.append(other.changed - pressed)
            one.settle(0.3)
            other.settle(0.3)
    p95 = percentile(times, 0.95) * 1000
    return Figure(
        f"an action in one terminal seen in another, p95 (p50 {median(times) * 1000:.0f} ms)",
        f"{p95:.0f} ms",
        "",
        None,
        "<= 100 ms",
        p95 <= 100,
    )


def _twenty(home: Path) -> Figure:
    with crowd(Home(home).socket, CROWD):
        times = event_to_screen(home, app_of(home), 100)
    p99 = percentile(times, 0.99) * 1000
    return Figure(
        f"event to visible with {CROWD + 1} clients, p99 (p50 {median(times) * 1000:.1f} ms)",
        f"{p99:.0f} ms",
        "",
        None,
        "<= 150 ms",
        p99 <= 150,
    )


def _neomutt(program: str, folder: Path, items: int) -> Iterator[Figure]:
    """What to compare with, and so without a target."""
    box = _mailbox(folder / "mbox", items)
    config = folder / "muttrc"
    config.write_text(f'set sort=reverse-date\nset folder="{folder}"\nset spoolfile="{box}"\n')
    command = [program, "-F", str(config), "-R", "-f", str(box)]
    with open_screen(command) as screen:
        started = screen.wait_for(b"top-of-list") - screen.started
        screen.settle(0.5)
        times = []
        for _ in range(60):
            before, pressed = screen.size(), time.perf_counter()
            screen.press(b"j")
            screen.wait_for_more(before)
            times.append(screen.changed - pressed)
            screen.settle(0.05)
        filtered = screen.respond(b"l~s 'number 4242$'\r", b"number 4242", 0.5)[0]
        resident = screen.resident()
    yield Figure(f"neomutt: first frame with {items:,}", "", f"{started * 1000:.0f} ms", None, "", True)
    yield Figure(
        "neomutt: key to changed screen, p95", "", f"{percentile(times, 0.95) * 1000:.1f} ms", None, "", True
    )
    yield Figure("neomutt: filter to result", "", f"{filtered * 1000:.0f} ms", None, "", True)
    yield Figure("neomutt: memory", "", f"{resident:.0f} MB", None, "", True)


def _mailbox(path: Path, items: int) -> Path:
    with path.open("w", encoding="ascii") as box:
        for number in range(items):
            at = time.gmtime(1_700_000_000 + number * 20)
            title = "top-of-list" if number == items - 1 else f"Verification failed, number {number}"
            box.write(
                f"From hook@atelier {time.asctime(at)}\nFrom: hook@atelier\nTo: dana@atelier\n"
                f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', at)}\nSubject: {title}\n"
                f"Message-ID: <{number}@atelier>\n\nThe checks of the session failed.\n\n"
            )
    return path


def _all_unread(home: Path) -> int:
    with Client(Home(home).socket, timeout=120.0) as client:
        client.send(inbox.act(InboxActionRequest("unread", filter="is:read")))
        return client.send(inbox.counts()).unread


def _person(home: Path) -> str:
    with Client(Home(home).socket) as client:
        return client.send(me()).name
