"""What the stages of a session can have done: turns, commands, questions, and a look at what has changed."""

import shlex
from collections.abc import Mapping

from core.api.approvals import ApprovalChoice
from core.sessions.asking import ALLOW, REFUSE, Asked, Asking
from core.sessions.choosing import SHELL
from core.sessions.runs.attending import Attendant, Do, Errand, Running
from core.sessions.runs.commanding import run_command
from core.sessions.runs.continuing import continued
from core.sessions.runs.ending import STOPPED
from core.sessions.runs.files import Files
from core.sessions.runs.scene import Scene
from core.sessions.stages.work import CommandEnd, Subject
from core.sessions.telling import tell
from core.sessions.turns import Outcome, Purpose, Question, Turn, TurnResult
from core.sessions.workshop import Slots
from storage import sessions
from storage.database import Connection
from storage.ids import StageId
from storage.turns import TurnRow


class SessionWork:
    """The work of one run. `last_outcome` is how its last turn or command ended."""

    def __init__(self, scene: Scene, files: Files, slots: Slots) -> None:
        self._scene = scene
        self._files = files
        self._slots = slots
        self._asking = Asking(scene.shop)
        self._attendant = Attendant(scene.shop, scene.stop, self._ask, self._tell_stale)
        self._stage: StageId | None = None
        self._turns = list(scene.turns)
        self._resume_id = scene.session.resume_id
        self.last_outcome: Outcome | None = None
        self.last_exit_code: int | None = self._turns[-1].exit_code if self._turns else None
        self.complete = scene.session.auto_complete
        self.only_if_unchanged = scene.session.only_if_unchanged

    @property
    def subject(self) -> Subject:
        return self._scene.subject

    @property
    def last_text(self) -> str:
        spoken = (turn.text for turn in reversed(self._turns) if turn.text and turn.provider != SHELL)
        return next(spoken, self._turns[-1].text if self._turns else "")

    def enter(self, stage: StageId | None) -> None:
        """What is done from now on belongs to this stage."""
        self._stage = stage

    def said(self, purpose: Purpose) -> str:
        answers = (turn for turn in reversed(self._turns) if turn.purpose == purpose)
        return next((turn.text for turn in answers if turn.outcome == Outcome.SUCCEEDED), "")

    async def turn(
        self, prompt: str, purpose: Purpose, *, fresh: bool = False, read_only: bool = False
    ) -> TurnResult:
        session = self._scene.session
        if self._scene.stop.is_set():
            return self._ended(TurnResult(Outcome.CANCELLED, STOPPED))
        provider = self._scene.provider
        earlier = [] if fresh else [turn for turn in self._turns if turn.provider == session.provider]
        goes_on = continued(
            prompt,
            None if fresh else self._resume_id,
            earlier,
            can_resume=provider.can_resume,
            script=self._scene.script,
        )
        aside = fresh and read_only
        errand = Errand(
            session,
            self._stage,
            purpose,
            prompt,
            session.provider,
            session.model,
            goes_on.resume_id,
            goes_on.detail,
            metered=not self._scene.script,
            keeps_conversation=not aside,
        )

        async def do(running: Running) -> TurnResult:
            turn = Turn(
                session=session.id,
                number=running.row.number,
                purpose=purpose,
                prompt=goes_on.prompt,
                model=session.model,
                resume_id=goes_on.resume_id,
                workdir=self.subject.workdir,
                private=running.private,
                mark=running.row.mark,
                env=self._scene.env,
                instructions=self._scene.instructions,
                read_only=read_only,
            )
            return await provider.run(turn, running.stand)

        result = await self._attend(errand, do)
        if not aside and (result.resume_id is not None or fresh):
            self._resume_id = result.resume_id
        return result

    async def command(
        self, argv: tuple[str, ...], *, env: Mapping[str, str], seconds: float | None
    ) -> CommandEnd:
        if self._scene.stop.is_set():
            self._ended(TurnResult(Outcome.CANCELLED, STOPPED))
            return CommandEnd(None, "", STOPPED, stopped=True)
        prompt = shlex.join(argv)
        session = self._scene.session
        errand = Errand(session, self._stage, "step", prompt, SHELL, metered=False, keeps_conversation=False)

        async def do(running: Running) -> TurnResult:
            return await run_command(running, argv, self.subject.workdir, env, seconds)

        result = await self._attend(errand, do)
        code = result.exit_code if result.outcome in (Outcome.SUCCEEDED, Outcome.FAILED) else None
        stopped = result.outcome is Outcome.CANCELLED
        detail = "" if result.outcome is Outcome.FAILED and code is not None else result.detail
        return CommandEnd(code, result.text, detail, stopped=stopped)

    async def approve(self, title: str, detail: str, to: str) -> bool | None:
        """While a person is asked and no process waits, the place is another session's."""
        asked = Asked(self._scene.session.id, title, detail, (ALLOW, REFUSE), to, self._stage)
        self._slots.give()
        try:
            row = await self._asking.ask(asked, self._scene.stop)
        finally:
            await self._slots.take_again(lambda: self._scene.shop.rules().at_once, self._scene.stop)
        return None if row.state == "cancelled" else row.state == "allowed"

    async def tell(self, event: str, payload: Mapping[str, object]) -> None:
        shop, session = self._scene.shop, self._scene.session
        now = shop.clock.now()

        def unit(connection: Connection) -> None:
            row = sessions.existing(connection, session.id)
            tell(connection, row, event, payload, now=now, entropy=shop.entropy)

        await shop.database.write(unit)

    async def changed(self) -> bool | None:
        return await self._files.changed()

    async def snapshot(self) -> str | None:
        return await self._files.snapshot()

    async def restore(self, snapshot: str) -> bool:
        return await self._files.restore(snapshot)

    async def difference(self, longest: int) -> str:
        return await self._files.difference(longest)

    def ask_to_complete(self, *, only_if_unchanged: bool) -> None:
        self.complete = True
        self.only_if_unchanged = only_if_unchanged

    async def _attend(self, errand: Errand, do: Do) -> TurnResult:
        row, result = await self._attendant.attend(errand, do)
        self._turns.append(row)
        return self._ended(result)

    def _ended(self, result: TurnResult) -> TurnResult:
        self.last_outcome, self.last_exit_code = result.outcome, result.exit_code
        return result

    async def _ask(self, row: TurnRow, question: Question) -> str | None:
        """What an agent asks goes to the owner of its session."""
        choices = tuple(ApprovalChoice(*choice) for choice in question.choices)
        asked = Asked(row.session_id, question.title, question.detail, choices, stage=row.stage_id, turn=row.id)
        return (await self._asking.ask(asked, self._scene.stop)).answer

    async def _tell_stale(self, row: TurnRow, seconds: float) -> None:
        await self.tell("agent:stale", {"idleMs": round(seconds * 1000), "action": "it goes on until its limit"})
