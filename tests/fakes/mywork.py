"""A server's My Work in memory, as the app meets it: sessions, draft plans and round tables beside the inbox."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from msgspec.structs import replace

from core.api.bots import Pin, PinList
from core.api.inbox import InboxItem, UndoRequest
from core.api.wire import Call, Page
from core.api.work import (
    Sidebar,
    WorkActionRequest,
    WorkActionResult,
    WorkItem,
    WorkSection,
    WorkType,
    WorkUndone,
)
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError
from tests.fakes.inbox import FakeInbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOPICS = {"session": "sessions", "plan": "plans", "roundtable": "roundtables"}


def thing(number: int, title: str = "", type: WorkType = "session", **facts: Any) -> WorkItem:
    """A running session, unless told otherwise."""
    state = facts.get("state", "running" if type == "session" else "open")
    minutes = facts.pop("minutes", number)
    known = {
        "ref": f"{type}/{number}",
        "type": type,
        "id": number,
        "title": title or f"{type.capitalize()} {number}",
        "state": state,
        "doing": "",
        "needs": state in ("asking", "failed", "waiting"),
        "over": state in ("done", "cancelled"),
        "workspace": "atelier",
        "link": f"callboard:{type}/{number}",
        "created_at": NOW - timedelta(minutes=minutes + 60),
        "updated_at": NOW - timedelta(minutes=minutes),
        "since": NOW - timedelta(minutes=minutes),
    }
    return WorkItem(**{**known, **facts})


def sessions(count: int) -> list[WorkItem]:
    return [thing(number) for number in range(1, count + 1)]


def morning() -> list[WorkItem]:
    """A few of each type."""
    return [
        thing(13, "Move the invoices to the new ledger", state="asking", doing="Run cargo test?", minutes=4),
        thing(12, "Upgrade the toolchain", state="failed", doing="verify failed twice", minutes=180),
        thing(14, "Sign-in page", doing="implementing step 3 of 6", minutes=12),
        thing(15, "Why is the build slow?", doing="is at work", minutes=1),
        thing(16, "Phở đặc biệt 🍜 日本語", state="queued", doing="waits for a free place", minutes=0),
        thing(3, "Split the store in two", "plan", state="clarifications", doing="3 questions to answer",
              needs=True, minutes=1500),
        thing(4, "Offline mode", "plan", state="outline", doing="step 4 of 6", minutes=9000),
        thing(2, "Which queue for the events?", "roundtable", state="open", doing="round 2 of 3", minutes=25),
        thing(9, "Export invoices as CSV", state="done", doing="merged", minutes=2000),
        thing(8, "Tidy up the styles", state="cancelled", hidden=True, minutes=4000),
    ]  # fmt: skip


class FakeWork(FakeInbox):
    """Answers the calls of My Work beside those of the inbox."""

    def __init__(
        self,
        clock: Clock,
        work: Sequence[WorkItem] = (),
        items: Sequence[InboxItem] = (),
        pins: Sequence[Pin] = (),
    ) -> None:
        super().__init__(clock, items)
        self.pinned = list(pins)
        self.work = {one.ref: one for one in work}
        self.refusal: Exception | None = None  # of the next action
        self._hidings: list[tuple[int, list[str]]] = []

    def put(self, *these: WorkItem) -> None:
        """They are like this now."""
        for one in these:
            self.work[one.ref] = one
            self._tell([one.id], TOPICS[one.type])

    def end(self, ref: str) -> None:
        one = self.work.pop(ref)
        self._tell([one.id], TOPICS[one.type])

    def bring_back(self, ref: str) -> None:
        """What was hidden needs the person."""
        self.work[ref] = replace(self.work[ref], hidden=False, needs=True, state="asking")
        self._tell([1], "work")

    def _answer(self, call: Call[Any]) -> object:
        match call.method, call.path:
            case "GET", "/me/pins":
                return PinList(self.pinned)
            case "GET", "/work/sidebar":
                return self._sidebar(cast(int, call.query["limit"]))
            case "GET", "/work":
                return self._table(call)
            case "POST", "/work/actions":
                return self._hide(cast(WorkActionRequest, call.body))
            case "POST", "/work/undo":
                return self._take_back(cast(UndoRequest, call.body))
        return super()._answer(call)

    def _sidebar(self, limit: int) -> Sidebar:
        sections = []
        for kind in get_args(WorkType):
            there = [
                one
                for one in self.work.values()
                if one.type == kind and not one.hidden and (one.needs or not one.over)
            ]
            there.sort(key=lambda one: (not one.needs, one.type != "session"))
            needing = sum(one.needs for one in there)
            sections.append(WorkSection(kind, len(there), needing, there[:limit]))
        return Sidebar(sections, self._seq)

    def _table(self, call: Call[Any]) -> Page[WorkItem]:
        shown = [*self.work.values(), *(_as_work(item) for item in self.items.values())]
        for test in _tests(str(call.query["filter"])):
            shown = [one for one in shown if test(one)]
        times = {"updated": "updated_at", "created": "created_at"}
        by, down = str(call.query["sort"]), call.query["order"] == "down"
        column = times.get(by, by)
        shown.sort(key=lambda one: (str(getattr(one, column) or ""), one.ref), reverse=down is (by in times))
        start, limit = int(call.query["cursor"] or 0), int(call.query["limit"] or 50)
        more = str(start + limit) if start + limit < len(shown) else None
        return Page(shown[start : start + limit], more)

    def _hide(self, request: WorkActionRequest) -> WorkActionResult:
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal
        hide = request.action == "hide"
        changed = [ref for ref in self._named(request) if self._set(ref, hide)]
        if not changed:
            return WorkActionResult([], None)
        self._step += 1
        self._hidings.append((self._step, changed))
        self._tell([1], "work")
        return WorkActionResult(changed, self._step)

    def _named(self, request: WorkActionRequest) -> list[str]:
        if request.filter is None:
            return request.refs
        query = {"filter": request.filter, "sort": "updated", "order": "down", "cursor": None, "limit": 5_000}
        return [one.ref for one in self._table(Call("GET", "/work", object, query)).items]

    def _set(self, ref: str, hidden: bool) -> bool:
        if ref in self.work:
            changed = self.work[ref].hidden != hidden
            self.work[ref] = replace(self.work[ref], hidden=hidden)
            return changed
        number = int(ref.rpartition("/")[2])
        changed = (self.items[number].dismissed_at is not None) != hidden
        at = to_datetime(self.clock.now()) if hidden else None
        self.items[number] = replace(self.items[number], dismissed_at=at)
        self._tell([number])
        return changed

    def _take_back(self, request: UndoRequest) -> WorkUndone:
        wanted = [step for step in self._hidings if request.step in (None, step[0])]
        latest = max((step[0] for step in self._steps), default=0)
        if wanted and (request.step is not None or wanted[-1][0] > latest):
            self._hidings.remove(wanted[-1])
            for ref in wanted[-1][1]:
                hidden = self.work[ref].hidden if ref in self.work else True
                self._set(ref, not hidden)
            self._tell([1], "work")
            return WorkUndone("hide", wanted[-1][1])
        if not self._steps:
            raise ConflictError("There is nothing to undo.")
        done = self._undo(request)
        return WorkUndone(done.action, [f"notification/{number}" for number in done.changed])


def _as_work(item: InboxItem) -> WorkItem:
    state = "dismissed" if item.dismissed_at else "read" if item.read_at else "unread"
    return thing(
        item.id,
        item.title,
        "notification",
        state=state,
        needs=False,
        over=state in ("read", "dismissed"),
        workspace=item.workspace,
        link=f"callboard:notification/{item.id}",
        created_at=item.created_at,
        updated_at=item.created_at,
        since=item.created_at,
        severity=item.severity,
        starred=item.starred_at is not None,
        hidden=item.dismissed_at is not None,
    )


_IS: dict[str, Callable[[WorkItem], bool]] = {
    "open": lambda one: not one.over and not one.hidden,
    "needs": lambda one: one.needs,
    "over": lambda one: one.over,
    "hidden": lambda one: one.hidden,
}


def _tests(filter: str) -> list[Callable[[WorkItem], bool]]:
    """Enough of the filter language: `is:`, `type:`, `state:` and words of the title."""
    tests: list[Callable[[WorkItem], bool]] = []
    for word in filter.split():
        field, colon, value = word.partition(":")
        match field:
            case "is" if value in _IS:
                tests.append(_IS[value])
            case "type" | "state" if colon:
                tests.append(lambda one, field=field, value=value: getattr(one, field) == value)  # type: ignore[misc]
            case _ if colon:
                start = filter.index(word)
                raise InvalidError(f"There is no field '{field}' here.", f"filter, character {start + 1}")
            case _:
                tests.append(lambda one, word=word: word.lower() in one.title.lower())  # type: ignore[misc]
    return tests
