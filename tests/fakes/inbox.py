"""A server's inbox in memory, as the app meets it: the same order, the same changes, the same refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from core.api.bots import PinList
from core.api.filters import SavedFilter, SavedFilters, Saving
from core.api.inbox import (
    InboxActionRequest,
    InboxActionResult,
    InboxCounts,
    InboxGrouping,
    InboxIndex,
    InboxItem,
    UndoRequest,
    UndoResult,
)
from core.api.mutes import Mute, Muting
from core.api.people import Me
from core.api.stream import Change, Frame, Hello, Reset
from core.api.wire import Call, Done, Page
from core.api.work import Sidebar, WorkUndone
from core.clock import Clock, from_datetime, to_datetime
from core.errors import ConflictError, NotFoundError, UnreachableError
from core.filtering import FilterError
from core.inbox.grouping import grouped
from storage.inbox_groups import KeyedRow

T = TypeVar("T")
Test = Callable[[InboxItem], bool]

_SINGLY = 200  # items of one action that are told one by one

_KEYS: dict[str, Callable[[InboxItem], int | str]] = {
    "day": lambda item: from_datetime(item.created_at),
    "source": lambda item: item.source,
    "severity": lambda item: item.severity,
}

_IS: dict[str, Test] = {
    "unread": lambda item: item.read_at is None and _in_inbox(item),
    "read": lambda item: item.read_at is not None and _in_inbox(item),
    "starred": lambda item: item.starred_at is not None and _in_inbox(item),
    "dismissed": lambda item: item.dismissed_at is not None,
    "snoozed": lambda item: item.snoozed_until is not None and item.dismissed_at is None,
    "all": lambda item: True,
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
        self.saved: list[SavedFilter] = []
        self.mutes: dict[int, Mute] = {}
        self.zone: tzinfo = ZoneInfo("Europe/Berlin")
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

    def say_saved(self) -> None:
        """Other filters are saved."""
        self._tell([1], "filters")

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
            case ("GET", "/me/filters"):
                return SavedFilters(self.saved)
            case ("PUT", "/me/filters"):
                self.saved = [*cast(Saving, call.body).filters]
                self.say_saved()
                return SavedFilters(self.saved)
            case ("GET", "/mutes"):
                return Page(list(self.mutes.values()))
            case ("POST", "/mutes"):
                return self._mute(cast(Muting, call.body))
            case ("DELETE", path) if path.startswith("/mutes/"):
                del self.mutes[int(path.rpartition("/")[2])]
                return Done()
            case ("GET", "/inbox/counts"):
                return self._counts()
            case ("GET", "/inbox/index"):
                return self._index(
                    str(call.query["filter"]), cast(InboxGrouping, call.query.get("group", "none"))
                )
            case ("GET", "/inbox"):
                return self._page(call)
            case ("GET", path):
                return self._one(int(path.rpartition("/")[2]))
            case ("POST", "/inbox/actions"):
                return self._act(cast(InboxActionRequest, call.body))
            case ("POST", "/inbox/undo"):
                return self._undo(cast(UndoRequest, call.body))
            case ("POST", "/work/undo"):
                undone = self._undo(cast(UndoRequest, call.body))
                refs = [f"notification/{number}" for number in undone.changed]
                return WorkUndone(undone.action, refs, len(refs))
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
        limit = int(call.query.get("limit") or 50)
        return Page(listed[:limit], "more" if len(listed) > limit else None)

    def _index(self, filter: str, group: InboxGrouping) -> InboxIndex:
        listed = self._listed(filter)
        if group != "none":
            rows: list[KeyedRow] = [(item.id, item.starred_at is not None, _KEYS[group](item)) for item in listed]
            ids, starred, groups = grouped(rows, group, self.zone)
            return InboxIndex(ids, starred, self._seq, groups)
        count = sum(item.starred_at is not None for item in listed)
        return InboxIndex([item.id for item in listed], count, self._seq)

    def _mute(self, muting: Muting) -> Mute:
        number = max(self.mutes, default=0) + 1
        mute = Mute(
            number, muting.source, muting.event, muting.workspace, muting.until, to_datetime(self.clock.now())
        )
        self.mutes[number] = mute
        return mute

    def _listed(self, filter: str) -> list[InboxItem]:
        tests = _tests(filter)
        found = [item for item in self.items.values() if all(test(item) for test in tests)]
        return sorted(found, key=lambda item: (item.starred_at is None, -item.id))

    def _counts(self) -> InboxCounts:
        shown = [item for item in self.items.values() if _in_inbox(item)]
        unread = sum(item.read_at is None for item in shown)
        snoozed = sum(map(_IS["snoozed"], self.items.values()))
        return InboxCounts(unread, sum(item.starred_at is not None for item in shown), len(shown), snoozed)

    def _act(self, request: InboxActionRequest) -> InboxActionResult:
        now = to_datetime(self.clock.now())
        before, changed = [], []
        ids = request.ids
        if request.filter is not None:
            ids = [item.id for item in self._listed(request.filter) if item.id <= (request.upto or item.id)]
        for number in ids:
            item = self._one(number)
            after = _acted(item, request, now)
            if after != item:
                before.append(item)
                changed.append(number)
                self.items[number] = after
        if not changed:
            return InboxActionResult([], None)
        self._told(changed)
        if not request.undoable:
            return InboxActionResult(changed, None, len(changed))
        self._step += 1
        self._steps.append((self._step, request.action, before))
        return InboxActionResult(changed, self._step, len(changed))

    def _told(self, changed: Sequence[int]) -> None:
        """Of very many, that all is to be looked at again."""
        if len(changed) <= _SINGLY:
            self._tell(changed)
            return
        self._seq += 1
        change = Change("inbox", None, self._seq)
        self._log.append(change)
        for queue in self._subscribers:
            queue.put_nowait(change)

    def _undo(self, request: UndoRequest) -> UndoResult:
        wanted = [entry for entry in self._steps if request.step in (None, entry[0])]
        if not wanted:
            raise ConflictError("There is nothing to undo.")
        step = wanted[-1]
        self._steps.remove(step)
        for item in step[2]:
            self.items[item.id] = item
        ids = [item.id for item in step[2]]
        self._told(ids)
        return UndoResult(step[1], ids)


def _tests(filter: str) -> list[Test]:
    """Enough of the filter language: `is:` and words of the title."""
    tests: list[Test] = []
    placed = False
    for word in filter.split():
        field, colon, value = word.partition(":")
        values = value.split(",")
        if colon and field in ("is", "-is") and _IS.keys() >= set(values):
            tests.append(_any_of(values, negated=field == "-is"))
            placed = placed or (field == "is" and not {"unread", "starred"} >= set(values))
        elif colon and field == "event":
            tests.append(lambda item, value=value: item.event == value)  # type: ignore[misc]
        elif colon:
            start = filter.index(word)
            raise FilterError(f"There is no field '{field}' here.", start, start + len(field))
        else:
            tests.append(lambda item, word=word: word.lower() in item.title.lower())  # type: ignore[misc]
    return tests if placed else [*tests, _in_inbox]


def _any_of(states: Sequence[str], *, negated: bool) -> Test:
    return lambda item: any(_IS[state](item) for state in states) is not negated


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
