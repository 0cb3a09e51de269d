"""The rows of the sample sessions: what the server would have written, had it run them."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from core.clock import HOUR, MINUTE, SECOND
from core.demo.parts import Part, SampleSession
from core.demo.scripts import RELEASE
from core.demo.work import Asked, Work
from core.ids import Entropy, run_mark
from core.sessions.asking import ALLOW, REFUSE
from core.sessions.runs.courses import MESSAGE
from core.sessions.stages.definition import Definition, encode
from core.sessions.stages.planning import plan
from core.sessions.stages.reading import read
from core.sessions.stages.work import Planned
from storage.ids import Instant, PersonId, WorkspaceId
from storage.usage import month_of

Row = dict[str, object]

_ANSWERS = {"allowed": "allow", "refused": "refuse"}
_CHOICES = msgspec.json.encode([ALLOW, REFUSE]).decode()
_SILENT = frozenset({"approval", "complete"})
_OUTCOMES = {"passed": "succeeded", "failed": "failed", "cancelled": "cancelled", "interrupted": "interrupted"}
_VERIFY = ("make", "test")
_LAST = 5


def workflow() -> Definition:
    """The workflow of the sample weeks."""
    return read(RELEASE, "toml")


@dataclass(frozen=True, slots=True)
class Known:
    """The numbers that the home has given already."""

    people: Mapping[str, PersonId]
    workspaces: Mapping[str, WorkspaceId]
    bots: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SessionRows:
    """The rows of all sessions, and what their turns printed, by the numbers of session and turn."""

    work: Work
    known: Known
    entropy: Entropy
    sessions: list[Row] = field(default_factory=list)
    stages: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    approvals: list[Row] = field(default_factory=list)
    responsibilities: list[Row] = field(default_factory=list)
    printed: dict[tuple[int, int], str] = field(default_factory=dict)

    def fill(self) -> None:
        definition = workflow()
        for session in self.work.sessions:
            self._add(session, definition)
        for asked in self.work.approvals:
            self._ask(asked)

    def _add(self, session: SampleSession, definition: Definition) -> None:
        number = self.work.numbers[session]
        begun = Instant(self.work.end - session.ago)
        ended = self._stage(session, number, begun, definition)
        owner = self.known.people[self.work.who(session.owner)]
        workspace = self.known.workspaces[session.workspace]
        runs = session.workflow is not None
        self.sessions.append(
            {
                "id": number,
                "workspace_id": workspace,
                "kind": session.kind,
                "state": session.state,
                "outcome": session.outcome,
                "detail": session.detail,
                "title": session.title,
                "prompt": session.prompt or "",
                "owner_id": owner,
                "creator_id": owner,
                "ticket_id": session.ticket,
                "bot_id": None if session.bot is None else self.known.bots[session.bot],
                "bot_name": session.bot,
                "provider": session.provider,
                "model": session.model,
                "workflow": session.workflow,
                "workflow_snapshot": encode(definition) if runs else None,
                "parameters": json.dumps(session.parameters),
                "modes": json.dumps(session.modes),
                "auto_complete": session.auto_complete,
                "automation_id": None if session.automation is None else self.work.automation(session.automation),
                "execution_id": self.work.started(session),
                "branch": session.branch,
                "base_ref": None if session.branch is None else "main",
                "created_at": begun,
                "started_at": None if session.state == "queued" else Instant(begun + SECOND),
                "ended_at": None if session.state == "queued" else ended,
                "updated_at": ended,
            }
        )
        for role in ("owner", "creator"):
            self.responsibilities.append(holds(workspace, "session", number, role, owner))

    def _stage(self, session: SampleSession, number: int, begun: Instant, definition: Definition) -> Instant:
        """The stages and turns of a session, one after the other; answers when the last one ended."""
        runs = session.workflow is not None
        prompt = None if runs else session.prompt
        parameters = session.parameters if runs else {}
        planned = plan(session.kind, session.modes, prompt, definition if runs else None, parameters)
        at, turn = begun, 0
        parts = session.parts or (Part("pending"),) * len(planned)
        for place, part in enumerate(parts):
            said = _message(part.message) if part.message is not None else planned[place]
            ran = part.state != "pending"
            began = Instant(at + SECOND)
            at = Instant(began + round(part.minutes * MINUTE)) if ran else at
            stage = len(self.stages) + 1
            self.stages.append(
                {
                    "id": stage,
                    "session_id": number,
                    "number": place + 1,
                    "name": said.name,
                    "kind": said.kind,
                    "title": said.title,
                    "spec": said.spec,
                    "state": part.state,
                    "detail": part.detail,
                    "started_at": began if ran else None,
                    "ended_at": at if ran else None,
                }
            )
            promised = not ran and place == 0 and said.kind == "prompt"
            if promised or (ran and said.kind not in _SILENT):
                turn += 1
                self._turn(session, number, turn, stage, said, part, began, at)
        return at

    def _turn(
        self,
        session: SampleSession,
        number: int,
        turn: int,
        stage: int,
        said: Planned,
        part: Part,
        began: Instant,
        ended: Instant,
    ) -> None:
        ran = part.state != "pending"
        by_command = said.kind == "command" or said.name == "verification"
        by_person = said.kind == "prompt" and session.automation is None and session.workflow is None
        provider = "shell" if by_command else session.provider
        printed = (part.output or part.text) if ran else ""
        row: Row = {
            "id": len(self.turns) + 1,
            "session_id": number,
            "number": turn,
            "stage_id": stage,
            "purpose": _purpose(session, said),
            "prompt": _prompt(session, said, part),
            "author_id": self.known.people[self.work.who(session.owner)] if by_person else None,
            "provider": provider,
            "model": None if by_command else session.model,
            "outcome": _outcome(session, part) if ran else None,
            "detail": part.detail if part.state != "passed" and said.name != "review" else "",
            "text": (part.text or "\n".join(printed.splitlines()[-_LAST:])) if ran else "",
            "exit_code": part.exit_code if ran else None,
            "mark": run_mark(self.entropy),
            "output_bytes": len(printed.encode()),
            "created_at": began,
            "started_at": began if ran else None,
            "ended_at": ended if ran else None,
        }
        self.turns.append(row)
        if ran:
            self.printed[number, turn] = printed
        if part.used is not None and not by_command:
            self._charge(session, row, part, ended)

    def _charge(self, session: SampleSession, turn: Row, part: Part, at: Instant) -> None:
        cost, tokens = part.used or (None, None)
        read_, written = tokens or (None, None)
        self.usage.append(
            {
                "at": at,
                "month": month_of(at),
                "workspace_id": self.known.workspaces[session.workspace],
                "session_id": turn["session_id"],
                "turn_id": turn["id"],
                "ticket_id": session.ticket,
                "automation_id": None if session.automation is None else self.work.automation(session.automation),
                "purpose": turn["purpose"],
                "provider": session.provider,
                "model": session.model,
                "cost": cost,
                "source": "unknown" if cost is None else "reported",
                "input_tokens": read_,
                "output_tokens": written,
            }
        )

    def _ask(self, asked: Asked) -> None:
        number, approval, session = asked
        begun = Instant(self.work.end - session.ago + 3 * MINUTE)
        settled = 4 * HOUR if approval.state == "expired" else 2 * MINUTE
        answer = _ANSWERS.get(approval.state)
        person = self.known.people[self.work.who(approval.asked_of)]
        self.approvals.append(
            {
                "id": number,
                "workspace_id": self.known.workspaces[session.workspace],
                "session_id": self.work.numbers[session],
                "title": approval.title,
                "detail": approval.detail,
                "choices": _CHOICES,
                "state": approval.state,
                "answer": answer,
                "approver_id": person,
                "answered_by": None if answer is None else person,
                "created_at": begun,
                "expires_at": Instant(begun + 4 * HOUR),
                "answered_at": Instant(begun + settled),
            }
        )


def holds(workspace: WorkspaceId, kind: str, subject: int | str, role: str, person: PersonId) -> Row:
    return {
        "workspace_id": workspace,
        "subject_kind": kind,
        "subject_id": str(subject),
        "role": role,
        "person_id": person,
    }


def _message(text: str) -> Planned:
    (said,) = plan("chat", (), text, None, {})
    return Planned(MESSAGE, said.kind, "Message", said.spec)


def _purpose(session: SampleSession, said: Planned) -> str:
    if said.kind == "phase":
        return "step" if said.name == "verification" else said.name
    if said.kind == "command":
        return "step"
    return "main" if session.kind == "develop" else "chat"


def _prompt(session: SampleSession, said: Planned, part: Part) -> str:
    if said.name == "verification":
        return shlex.join(_VERIFY)
    if said.kind == "phase":
        return f"{said.title} of the change: {session.title}"
    if said.kind == "command":
        return said.title
    return part.message or session.prompt or said.title


def _outcome(session: SampleSession, part: Part) -> str:
    """Of a turn: a review that finds something has succeeded as a turn."""
    if part.state == "failed" and part.exit_code == 0:
        return "succeeded"
    if part.state == "failed" and session.outcome == "timed_out":
        return "timed_out"
    return _OUTCOMES[part.state]
