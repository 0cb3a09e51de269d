"""One turn of an agent that speaks the protocol: a session in its process, and one prompt.

What the agent asks for is answered beside the reading, so that its words are shown while a person decides."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from core.errors import CallboardError, UnavailableError
from core.sessions.providers.acp.link import Link
from core.sessions.providers.acp.opening import choose_mode, choose_model, greet, open_session
from core.sessions.providers.acp.permissions import CANCELLED, is_refusal, question_of, selected
from core.sessions.providers.acp.updates import Updates
from core.sessions.providers.acp.wire import Capabilities, PermissionAsked, Prompted, Remarks, TokenCount
from core.sessions.providers.parsers.events import fitted
from core.sessions.providers.parsers.findings import Tail, ended_early, last_line, tokens
from core.sessions.supervision.command import Command, Exit, Limits
from core.sessions.supervision.running import Conversation, converse
from core.sessions.turns import Choice, Outcome, Question, Stand, TurnResult, Usage
from core.text import excerpt, storable

_log = logging.getLogger("callboard.sessions")

_CANCEL_SECONDS = 10.0
_LEAVE_SECONDS = 3.0
_MOST_PENDING = 20
_LONGEST_QUESTION = 1024 * 1024
_LONGEST_ID = 500
_CANNOT_HOLD = b"This agent has no mode that only reads: what it changes will be seen afterwards.\n"
_STOPPED_BECAUSE = {
    "max_tokens": "The agent stopped: its answer reached the model's limit of tokens.",
    "max_turn_requests": "The agent stopped: it reached its limit of requests to the model.",
    "refusal": "The agent refused to go on.",
}

_permission = msgspec.json.Decoder(PermissionAsked)
_remarks = msgspec.json.Decoder(Remarks)

Verdict = tuple[Outcome, str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked of the agent. The mode is one that only reads, when the turn may not do more."""

    text: str
    resume_id: str | None
    model: str | None
    mode: str | None
    read_only: bool


class AcpTurn:
    """Runs once."""

    def __init__(self, command: Command, limits: Limits, prompt: Prompt, stand: Stand) -> None:
        self._command = command
        self._limits = limits
        self._prompt = prompt
        self._stand = stand
        self._updates = Updates()
        self._words = Tail(2048)
        self.can: Capabilities | None = None
        self._session = ""
        self._counted = TokenCount()
        self._stopped = False
        self._over = False
        self._refused = 0
        self._open = 0  # questions
        self._end_now = asyncio.Event()
        self._prompted = asyncio.Event()
        self._pending: set[asyncio.Task[None]] = set()
        self._talk: Conversation
        self._link: Link

    async def run(self) -> TurnResult:
        """A process that cannot be started is a StartError."""
        async with converse(
            self._command,
            self._limits,
            err=self._hear_errors,
            started=self._stand.started,
            stale=self._stand.stale,
            stop=self._end_now,
        ) as self._talk:
            self._link = Link(self._talk, self._hear, self._be_asked)
            reading = asyncio.create_task(self._link.read())
            stopping = asyncio.create_task(self._wait_for_stop())
            verdict, broken = None, ""
            try:
                verdict = await self._work()
            except CallboardError as error:
                broken = error.sentence
            finally:
                stopping.cancel()
                await self._drop_pending()
            ended = await self._talk.end(_LEAVE_SECONDS)
            await reading
        return self._result(verdict, broken, ended)

    async def _work(self) -> Verdict:
        greeted = await greet(self._link)
        can = self.can = greeted.agent_capabilities or Capabilities()
        prompt = self._prompt
        session = await open_session(self._link, can, self._command.cwd, prompt.resume_id, self._updates)
        self._updates.session = self._session = session.session_id
        if prompt.model is not None:
            await choose_model(self._link, session, prompt.model)
        held = prompt.mode is not None and await choose_mode(self._link, session, prompt.mode)
        if prompt.read_only and not held:
            self._stand.record(_CANNOT_HOLD)
        if self._stopped:
            return Outcome.CANCELLED, "It was stopped."
        content = [{"type": "text", "text": prompt.text}]
        params = {"sessionId": self._session, "prompt": content}
        try:
            answer = await self._link.call("session/prompt", params, Prompted)
        finally:
            self._prompted.set()
        remarks = fitted(answer.remarks, _remarks)
        if remarks and remarks.quota and remarks.quota.token_count:
            self._counted = remarks.quota.token_count
        return self._verdict(answer.stop_reason)

    def _verdict(self, reason: str) -> Verdict:
        if self._stopped:
            return Outcome.CANCELLED, "It was stopped."
        if reason == "end_turn":
            return Outcome.SUCCEEDED, ""
        if reason == "cancelled":
            why = "It stopped after your refusal." if self._refused else "The agent cancelled the turn by itself."
            return Outcome.FAILED, why
        return Outcome.FAILED, _STOPPED_BECAUSE.get(reason, f"The agent stopped: {excerpt(reason, 100)}.")

    def _result(self, verdict: Verdict | None, broken: str, ended: Exit) -> TurnResult:
        updates = self._updates
        outcome, detail = verdict or self._broken(broken, ended)
        resumable = self.can is not None and self.can.can_resume and 0 < len(self._session) <= _LONGEST_ID
        resumable = resumable and storable(self._session) == self._session
        return TurnResult(
            outcome=outcome,
            detail=detail,
            text=updates.answer.text(),
            exit_code=None if verdict else ended.code,  # one that did its work may have had to be ended
            resume_id=self._session if resumable else None,
            denied_tools=self._refused,
            failed_tools=updates.failed,
            usage=Usage(
                updates.cost,
                "total" if updates.cost is not None else "turn",
                tokens(self._counted.input_tokens, None, self._counted.output_tokens),
            ),
        )

    def _broken(self, sentence: str, ended: Exit) -> Verdict:
        """Of a turn that came to no answer."""
        if self._stopped:
            return Outcome.CANCELLED, "It was stopped."
        if ended.ended != "exit":
            return ended_early(ended)
        why = last_line(self._words)
        code = f" (exit code {ended.code})" if ended.code else ""
        return Outcome.FAILED, f"{sentence.rstrip('.')}{code}." + (f" {why}" if why else "")

    async def _wait_for_stop(self) -> None:
        """Ask the agent to end its turn; when it does not, or has none, end the agent."""
        await self._stand.stop.wait()
        self._stopped = True
        if self._session and not self._prompted.is_set():
            with suppress(UnavailableError, TimeoutError):
                await self._link.tell("session/cancel", {"sessionId": self._session})
                async with asyncio.timeout(_CANCEL_SECONDS):
                    await self._prompted.wait()
                return
        self._end_now.set()

    def _hear(self, method: str, params: Raw) -> None:
        if method == "session/update":
            self._updates.take(params)
            self._show()

    def _hear_errors(self, chunk: bytes) -> None:
        self._words.add(chunk)
        self._stand.record(chunk)

    def _show(self) -> None:
        if shown := self._updates.page.take():
            self._stand.record(shown)

    async def _be_asked(self, id: Raw, method: str, params: Raw) -> None:
        if method != "session/request_permission":
            await self._link.refuse(id, method)
            return
        asked = fitted(params, _permission) if len(memoryview(params)) <= _LONGEST_QUESTION else None
        too_late = self._over or self._stand.stop.is_set()
        if asked is None or too_late or len(self._pending) >= _MOST_PENDING:
            await self._link.answer(id, CANCELLED)
            return
        self._updates.begin(asked.tool_call)
        self._show()
        task = asyncio.create_task(self._permit(id, question_of(asked)))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        self._open += 1
        self._talk.quiet(True)

    async def _permit(self, id: Raw, question: Question) -> None:
        chosen: Choice | None = None
        try:
            if question.choices:
                chosen = await self._choose(question)
        except Exception:
            _log.exception("A permission could not be asked for")
        finally:
            if not (self._over or self._stand.stop.is_set()):
                self._refused += is_refusal(chosen)
            with suppress(UnavailableError):
                await self._link.answer(id, selected(chosen) if chosen else CANCELLED)
            self._open -= 1
            self._talk.quiet(self._open > 0)

    async def _choose(self, question: Question) -> Choice | None:
        """What a person chose, or nothing when the turn was stopped first."""
        asking = asyncio.ensure_future(self._stand.ask(question))
        stop = asyncio.create_task(self._stand.stop.wait())
        try:
            await asyncio.wait({asking, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                return None
            answer = asking.result()
            return next((choice for choice in question.choices if choice.id == answer), None)
        finally:
            asking.cancel()
            stop.cancel()
            await asyncio.gather(asking, stop, return_exceptions=True)

    async def _drop_pending(self) -> None:
        """The agent waits for no answer any more."""
        self._over = True
        for task in self._pending:
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
