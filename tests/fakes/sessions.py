"""A server with sessions in memory, as the app meets it: their turns, their output, their questions, the pins."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from msgspec.structs import replace

from core.api.approvals import Approval, ApprovalAnswer, ApprovalChoice
from core.api.automations import Automation
from core.api.bots import Bot, Pin, PinList, Pinning
from core.api.inbox import InboxItem
from core.api.providers import Provider
from core.api.sessions import (
    MergeRequest,
    MergeResult,
    Message,
    Output,
    RequestBinding,
    Resumption,
    Session,
    SessionCreation,
    SessionDetail,
    Stage,
    Turn,
)
from core.api.wire import Call, Page
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filtering import FilterError
from tests.fakes.automations import FakeAutomations

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACTIVE = ("queued", "running", "asking")


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def session(number: int, title: str = "", **facts: Any) -> SessionDetail:
    """A Develop session at work, unless told otherwise."""
    known = {
        "id": number,
        "kind": "develop",
        "state": "running",
        "detail": "",
        "title": title or f"Session {number}",
        "workspace": "atelier",
        "owner": "dana",
        "creator": "dana",
        "provider": "claude",
        "modes": [],
        "auto_complete": False,
        "only_if_unchanged": False,
        "denied_tools": 0,
        "failed_tools": 0,
        "unmetered": 0,
        "approvals": 0,
        "can_resume": False,
        "created_at": ago(6),
        "started_at": ago(5),
        "updated_at": ago(3),
        "prompt": "",
        "parameters": {},
        "stages": [],
        "turns": [],
        "changes": None,
    }
    missing = dict.fromkeys(SessionDetail.__struct_fields__)
    return SessionDetail(**{**missing, **known, **facts})


def stage(number: int, title: str, state: str = "passed", **facts: Any) -> Stage:
    known = {"number": number, "attempt": 1, "name": f"step-{number}", "kind": "prompt", "title": title}
    times = {"detail": "", "started_at": None, "ended_at": None, "state": state}
    return Stage(**{**known, **times, **facts})


def turn(number: int, prompt: str = "Go on.", **facts: Any) -> Turn:
    """One that succeeded, unless told otherwise."""
    known = {
        "number": number,
        "purpose": "main",
        "prompt": prompt,
        "provider": "claude",
        "outcome": "succeeded",
        "detail": "",
        "text": "",
        "denied_tools": 0,
        "failed_tools": 0,
        "output_bytes": 0,
        "started_at": ago(5),
        "ended_at": ago(3),
    }
    missing = dict.fromkeys(Turn.__struct_fields__)
    return Turn(**{**missing, **known, **facts})


def at_work(number: int, prompt: str = "Go on.", **facts: Any) -> Turn:
    return turn(number, prompt, **{"outcome": None, "ended_at": None, **facts})


ALLOW = ApprovalChoice("once", "Allow once", "allow_once")
ALWAYS = ApprovalChoice("always", "Always allow `cargo` in this conversation", "allow_always")
REFUSE = ApprovalChoice("no", "Refuse", "reject_once")


def approval(number: int, of: int | None = None, title: str = "Run cargo test?", **facts: Any) -> Approval:
    known = {
        "id": number,
        "state": "open",
        "title": title,
        "detail": "cargo test --workspace\nin /srv/atelier",
        "choices": [ALLOW, ALWAYS, REFUSE],
        "workspace": "atelier",
        "session": of,
        "approver": "dana",
        "created_at": ago(2),
        "expires_at": NOW + timedelta(hours=3, minutes=58),
    }
    missing = dict.fromkeys(Approval.__struct_fields__)
    return Approval(**{**missing, **known, **facts})


def listed(one: SessionDetail) -> Session:
    """The session as it is in a list."""
    return Session(**{name: getattr(one, name) for name in Session.__struct_fields__})


class Transcript:
    """What a turn printed. Between `gap` nothing was kept."""

    def __init__(self, text: str = "", *, running: bool = False, gap: tuple[int, int] | None = None) -> None:
        self.kept = text.encode()
        self.running = running
        self.gap = gap

    def read(self, turn: int, at: int | None, size: int, *, backwards: bool) -> Output:
        data, gap, total = self.kept, self.gap, len(self.kept)
        told: tuple[int | None, int | None] = (None, None)
        if backwards:
            end = total if at is None else min(at, total)
            if gap is not None and gap[0] < end <= gap[1]:
                told, end = gap, gap[0]
            lowest = gap[1] if gap is not None and end > gap[1] else 0
            begin = max(lowest, end - size)
            if begin > lowest:
                line = data[begin:end].find(b"\n") + 1
                begin += line if line < end - begin else 0
        else:
            begin = min(at or 0, total)
            if gap is not None and gap[0] <= begin < gap[1]:
                told, begin = gap, gap[1]
            highest = gap[0] if gap is not None and begin < gap[0] else total
            end = min(begin + size, highest)
            if end < highest:
                end = begin + (data[begin:end].rfind(b"\n") + 1 or end - begin)
        text = data[begin:end].decode("utf-8", "replace")
        return Output(turn, begin, text, end, total, *told, self.running)


class FakeSessions(FakeAutomations):
    """Answers the calls of sessions, approvals and pins beside those of automations and of the inbox."""

    def __init__(
        self,
        clock: Clock,
        sessions: Sequence[SessionDetail] = (),
        approvals: Sequence[Approval] = (),
        items: Sequence[InboxItem] = (),
        automations: Sequence[Automation] = (),
    ) -> None:
        super().__init__(clock, automations, (), items)
        self.sessions = {one.id: one for one in sessions}
        self.approvals = {one.id: one for one in approvals}
        self.outputs: dict[tuple[int, int], Transcript] = {}
        self.pinned: list[Pin] = []
        self.asked: list[tuple[str, int, object]] = []  # what was to be done to which session
        self.begun: list[SessionCreation] = []
        self.merge = MergeResult(True, "feature", "main", "0f" * 20, [], "")
        self.refuse: Exception | None = None  # the next thing that is to be done to a session

    # What happens on the server

    def put(self, one: SessionDetail) -> None:
        """It is like this now."""
        self.sessions[one.id] = one
        self._tell([one.id], "sessions")

    def print(self, number: int, turn: int, text: str) -> None:
        """A running turn prints."""
        transcript = self.outputs.setdefault((number, turn), Transcript(running=True))
        transcript.kept += text.encode()

    def settle(self, one: Approval) -> None:
        """It is answered, or asked no more."""
        self.approvals[one.id] = one
        self._count(one)
        self._tell([one.id], "approvals")

    def _count(self, one: Approval) -> None:
        if one.session in self.sessions:
            still = sum(
                other.session == one.session and other.state == "open" for other in self.approvals.values()
            )
            state = "asking" if still else "running"
            self.put(replace(self.sessions[one.session], approvals=still, state=state))

    def pin(self, *pins: Pin) -> None:
        self.pinned = list(pins)
        self._tell([1], "pins")

    # What a client asks

    def _answer(self, call: Call[Any]) -> object:
        match call.method, call.path.strip("/").split("/"):
            case "GET", ["sessions"]:
                found = [listed(one) for one in sorted(self.sessions.values(), key=lambda one: -one.id)]
                return self._narrowed(call, found)
            case "POST", ["sessions"]:
                return self._begin(cast(SessionCreation, call.body))
            case "GET", ["sessions", number]:
                return self._session(int(number))
            case "GET", ["sessions", number, "output"]:
                return self._output(self._session(int(number)), call.query)
            case "POST", ["sessions", number, what]:
                return self._do(self._session(int(number)), what, call.body)
            case "GET", ["approvals"]:
                return self._narrowed(call, sorted(self.approvals.values(), key=lambda one: -one.id))
            case "GET", ["approvals", number]:
                return self._approval(int(number))
            case "POST", ["approvals", number, "answer"]:
                return self._settled(self._approval(int(number)), cast(ApprovalAnswer, call.body))
            case "GET", ["providers"]:
                return Page([Provider("claude", "command", "claude", ["sonnet"], True, True, "2.0")])
            case "GET", ["me", "pins"]:
                return PinList(self.pinned)
            case "PUT", ["me", "pins"]:
                return self._pin(cast(Pinning, call.body))
        return super()._answer(call)

    def _session(self, number: int) -> SessionDetail:
        if number not in self.sessions:
            raise NotFoundError(f"There is no session {number}, or none that you may see.")
        return self.sessions[number]

    def _approval(self, number: int) -> Approval:
        if number not in self.approvals:
            raise NotFoundError(f"There is no approval {number}, or none that you may see.")
        return self.approvals[number]

    def _narrowed(self, call: Call[Any], found: Sequence[Any]) -> Page[Any]:
        for word in str(call.query.get("filter") or "").split():
            field, colon, value = word.partition(":")
            match field, value:
                case "is", "active":
                    found = [one for one in found if one.state in ACTIVE]
                case "is", "open":
                    found = [one for one in found if one.state == "open"]
                case (("state" | "kind" | "session"), _) if colon:
                    found = [one for one in found if str(getattr(one, field)) == value]
                case _ if colon:
                    start = str(call.query["filter"]).index(word)
                    raise FilterError(f"There is no field '{field}' here.", start, start + len(field))
                case _:
                    found = [one for one in found if word.lower() in one.title.lower()]
        start, limit = int(call.query.get("cursor") or 0), int(call.query.get("limit") or 50)
        page = list(found[start : start + limit])
        return Page(page, str(start + limit) if start + limit < len(found) else None)

    def _output(self, one: SessionDetail, query: Any) -> Output:
        number = int(query["turn"])
        transcript = self.outputs.get((one.id, number), Transcript())
        return transcript.read(number, query["at"], int(query["size"]), backwards=bool(query["backwards"]))

    def _begin(self, creation: SessionCreation) -> SessionDetail:
        self._refuse()
        self.begun.append(creation)
        number = max(self.sessions, default=0) + 1
        title = creation.title or creation.prompt or creation.workflow or ""
        self.put(session(number, title, kind=creation.kind, state="queued", started_at=None))
        return self.sessions[number]

    def _do(self, one: SessionDetail, what: str, body: Any) -> object:
        self._refuse()
        self.asked.append((what, one.id, body))
        match what, body:
            case "merge", MergeRequest():
                return self.merge
            case "messages", Message():
                number = max((turn.number for turn in one.turns), default=0) + 1
                said = turn(number, body.prompt, author="dana", outcome=None, started_at=None, ended_at=None)
                one = replace(one, state="queued", turns=[*one.turns, said])
            case "stop", _:
                one = replace(one, state="cancelled")
            case "resume", Resumption():
                one = replace(one, state="queued", can_resume=False)
            case "complete", _:
                one = replace(one, state="done")
            case "pull-request", RequestBinding():
                one = replace(one, pull_request=body.url or "https://example.org/1", pull_request_state="open")
        self.put(one)
        return one

    def _refuse(self) -> None:
        refusal, self.refuse = self.refuse, None
        if refusal is not None:
            raise refusal

    def _settled(self, one: Approval, body: ApprovalAnswer) -> Approval:
        self._refuse()
        if one.state != "open":
            raise ConflictError(f"{one.answered_by or 'Nobody'} has answered this already: it was {one.state}.")
        choice = next((choice for choice in one.choices if choice.id == body.choice), None)
        if choice is None:
            raise InvalidError("There is no such choice.", "choice")
        state = "allowed" if choice.kind.startswith("allow") else "refused"
        at = to_datetime(self.clock.now())
        now = replace(one, state=state, answer=choice.id, answered_by="dana", answered_at=at)
        self.settle(now)
        return now

    def _pin(self, body: Pinning) -> PinList:
        self._refuse()
        named: dict[tuple[str, int], Automation | Bot] = {
            **{("automation", one.id): one for one in self.automations.values()},
            **{("bot", one.id): one for one in self.bots},
        }
        found = [(thing, named[thing.kind, thing.id]) for thing in body.pins]
        self.pin(*(Pin(thing.kind, thing.id, one.name, one.workspace) for thing, one in found))
        return PinList(self.pinned)
