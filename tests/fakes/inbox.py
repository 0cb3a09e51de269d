"""A server's inbox in memory, as the app meets it: the same order, the same changes, the same refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from core.api.bots import PinList
from core.api.inbox import (
    InboxActionRequest,
    InboxActionResult,
    InboxCounts,
    InboxIndex,
    InboxItem,
    UndoRequest,
    UndoResult,
)
from core.api.people import Me
from core.api.stream import Change, Frame, Hello, Reset
from core.api.wire import Call, Page
from core.api.work import Sidebar
from core.clock import Clock, to_datetime
from core.errors import ConflictError, NotFoundError, UnreachableError
from core.filtering import FilterError

T = TypeVar("T")
Test = Callable[[InboxItem], bool]

_IS: dict[str, Test] = {
    "unread": lambda item: item.read_at is None and _in_inbox(item),
    "read": lambda item: item.read_at is not None and _in_inbox(item),
    "starred": lambda item: item.starred_at is not None and _in_inbox(item),
    "dismissed": lambda item: item.dismissed_at is not None,
    "snoozed": lambda item: item.snoozed_until is not None and item.dismissed_at is None,
}


def _in_inbox(item: InboxItem) -> bool:
    return item.dismissed_at is None and item.snoozed_until is None


class FakeInbox:
    """Answers the calls of the inbox, and tells its subscribers what changed."""

    def __init__(self, clock: Clock, items: Sequence[InboxItem] = (), *, person: str = "Dana Reyes") -> None:
        self.clock = clock
        self.items = {item.id: item for item in items}
        self.person = person
        self.down = False
        self.starts = 0
        self.sent: list[Call[Any]] = []
        self._log: list[Change] = []
        self._seq = 0
        self._oldest = 0  # changes up to here are forgotten
        self._subscribers: set[asyncio.Queue[Frame | None]] = set()
        self._steps: list[tuple[int, str, list[InboxItem]]] = []
        self._step = 0

    # What happens on the server

    def ensure(self) -> None:
        self.starts += 1

    def arrive(self, item: InboxItem) -> None:
        """An event became a notification."""
        self.items[item.id] = item
        self._tell([item.id])

    def say(self, frame: Frame) -> None:
        """Whatever it is, to everybody who listens."""
        for queue in self._subscribers:
            queue.put_nowait(frame)

    def break_off(self) -> None:
        """The server goes away."""
        self.down = True
        for queue in self._subscribers:
            queue.put_nowait(None)

    def come_back(self, *, forgetting: bool = False) -> None:
        self.down = False
        if forgetting:
            self._oldest = self._seq

    def _tell(self, ids: Sequence[int], topic: str = "inbox") -> None:
        for number in ids:
            self._seq += 1
            change = Change(topic, str(number), self._seq)
            self._log.append(change)
            for queue in self._subscribers:
                queue.put_nowait(change)

    # What a client asks

    async def changes(self, after: int | None = None) -> AsyncIterator[Frame]:
        self._refuse_when_down()
        queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            if after is not None and after < self._oldest:
                yield Reset(self._seq)
            else:
                start = self._seq if after is None else after
                yield Hello(start)
                for change in [change for change in self._log if change.seq > start]:
                    yield change
            while (frame := await queue.get()) is not None:
                yield frame
            raise UnreachableError("The connection to the server was lost.")
        finally:
            self._subscribers.discard(queue)

    async def send(self, call: Call[T]) -> T:
        await asyncio.sleep(0)
        self._refuse_when_down()
        self.sent.append(call)
        return cast(T, self._answer(call))

    def _refuse_when_down(self) -> None:
        if self.down:
            raise UnreachableError("No server answers at callboard.sock: start it with `callboard up`.")

    def _answer(self, call: Call[Any]) -> object:
        match (call.method, call.path):
            case ("GET", "/me"):
                return Me(
                    "dana", self.person, True, "Europe/Berlin", "never", None, None, [], ["atelier"], "socket"
                )
            case ("GET", "/me/pins"):
                return PinList([])
            case ("GET", "/work/sidebar"):
                return Sidebar([], self._seq)
            case ("GET", "/inbox/counts"):
                return self._counts()
            case ("GET", "/inbox/index"):
                ids = [item.id for item in self._listed(str(call.query["filter"]))]
                starred = sum(self.items[number].starred_at is not None for number in ids)
                return InboxIndex(ids, starred, self._seq)
            case ("GET", "/inbox"):
                return self._page(call)
            case ("GET", path):
                return self._one(int(path.rpartition("/")[2]))
            case ("POST", "/inbox/actions"):
                return self._act(cast(InboxActionRequest, call.body))
            case ("POST", "/inbox/undo"):
                return self._undo(cast(UndoRequest, call.body))
        raise NotFoundError(f"There is no {call.path}.")

    def _one(self, number: int) -> InboxItem:
        if number not in self.items:
            raise NotFoundError("There is no such notification.")
        return self.items[number]

    def _page(self, call: Call[Any]) -> Page[InboxItem]:
        listed = self._listed(str(call.query.get("filter") or ""))
        if wanted := call.query.get("ids"):
            known = {item.id: item for item in listed}
            return Page([known[int(number)] for number in str(wanted).split(",") if int(number) in known])
        return Page(listed[: int(call.query.get("limit") or 50)])

    def _listed(self, filter: str) -> list[InboxItem]:
        tests = _tests(filter)
        found = [item for item in self.items.values() if all(test(item) for test in tests)]
        return sorted(found, key=lambda item: (item.starred_at is None, -item.id))

    def _counts(self) -> InboxCounts:
        shown = [item for item in self.items.values() if _in_inbox(item)]
        unread = sum(item.read_at is None for item in shown)
        return InboxCounts(unread, sum(item.starred_at is not None for item in shown), len(shown))

    def _act(self, request: InboxActionRequest) -> InboxActionResult:
        now = to_datetime(self.clock.now())
        before, changed = [], []
        for number in request.ids:
            item = self._one(number)
            after = _acted(item, request, now)
            if after != item:
                before.append(item)
                changed.append(number)
                self.items[number] = after
        if not changed:
            return InboxActionResult([], None)
        self._step += 1
        self._steps.append((self._step, request.action, before))
        self._tell(changed)
        return InboxActionResult(changed, self._step)

    def _undo(self, request: UndoRequest) -> UndoResult:
        wanted = [entry for entry in self._steps if request.step in (None, entry[0])]
        if not wanted:
            raise ConflictError("There is nothing to undo.")
        step = wanted[-1]
        self._steps.remove(step)
        for item in step[2]:
            self.items[item.id] = item
        ids = [item.id for item in step[2]]
        self._tell(ids)
        return UndoResult(step[1], ids)


def _tests(filter: str) -> list[Test]:
    """Enough of the filter language: `is:` and words of the title."""
    tests: list[Test] = []
    placed = False
    for word in filter.split():
        field, colon, value = word.partition(":")
        if colon and field == "is" and value in _IS:
            tests.append(_IS[value])
            placed = True
        elif colon:
            start = filter.index(word)
            raise FilterError(f"There is no field '{field}' here.", start, start + len(field))
        else:
            tests.append(lambda item, word=word: word.lower() in item.title.lower())  # type: ignore[misc]
    return tests if placed else [*tests, _in_inbox]


def _acted(item: InboxItem, request: InboxActionRequest, now: datetime) -> InboxItem:
    match request.action:
        case "read":
            return item if item.read_at else replace(item, read_at=now)
        case "unread":
            return replace(item, read_at=None)
        case "star":
            return item if item.starred_at else replace(item, starred_at=now)
        case "unstar":
            return replace(item, starred_at=None)
        case "dismiss":
            return item if item.dismissed_at else replace(item, dismissed_at=now)
        case "restore":
            return replace(item, dismissed_at=None)
        case "snooze":
            return replace(item, snoozed_until=request.until)
        case "unsnooze":
            return replace(item, snoozed_until=None)
