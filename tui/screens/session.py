"""One session: its steps and turns, what it prints, what it asks, and what a person says to it next."""

import asyncio
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.timer import Timer

from core.api import approvals, sessions
from core.api.approvals import Approval
from core.api.sessions import Message, Session, SessionDetail, Turn
from core.api.stream import Change
from core.errors import CallboardError, NotFoundError, UnreachableError
from tui.actions import Action, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.screens.approval_acting import ApprovalActing
from tui.screens.session_acting import SessionActing
from tui.screens.session_frame import SessionFrame
from tui.widgets.approval_card import ApprovalCard
from tui.widgets.output_view import OutputView
from tui.widgets.run_list import RunList, legs
from tui.widgets.say_box import SayBox
from tui.widgets.search_line import SearchLine
from tui.widgets.text_view import TextView
from tui.words import sessions as said

_REST = 0.2  # seconds between two looks: many changes in a row are one question
_TICK = 1.0  # while it runs, its time goes on
_AGES = 20.0
_PAUSE = 0.08  # seconds that the cursor rests on a step before its output follows
_MOST_QUESTIONS = 20


class SessionScreen(SessionFrame, SessionActing, ApprovalActing):
    """Asks for the session when it is opened and whenever it may have changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("run"),
        *bindings("session"),
        *bindings("approval"),
        *bindings("place"),
    ]

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(desk, number)
        self._questions: list[Approval] = []
        self._turn: int | None = None  # that a person chose; otherwise the last one is shown
        self._again = False
        self._asking = False
        self._sending = False
        self._resting: Timer | None = None
        self._searched = ""
        self._draft_key = f"session/{number}"

    def on_mount(self) -> None:
        self.say.draft = self.desk.drafts.get(self._draft_key, "")
        self.runs.show([])
        self.look_again()
        self.set_interval(_TICK, self._tick)
        self.set_interval(_AGES, self._age)

    def on_unmount(self) -> None:
        self._keep_draft()
        self.output.forget()

    def _tick(self) -> None:
        if self.record is not None and self.record.state in said.IN_FLIGHT and self.is_current:
            self.head.tick()

    def _age(self) -> None:
        self.runs.refresh_ages()
        if self.card.record is not None:
            self.card.lay_out()

    # What the server says

    def heard(self, heard: Heard) -> None:
        if not isinstance(heard, Change):
            if heard != "lost":
                self.look_again()
                self.output.listen()
        elif (heard.topic == "sessions" and heard.id == str(self.number)) or heard.topic == "approvals":
            self.look_again()

    def look_again(self) -> None:
        self._again = True
        if not self._asking:
            self._asking = True
            self.start(self._look())

    async def _look(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._ask()
                await asyncio.sleep(_REST)
        except UnreachableError:
            self.show_connection()
        except NotFoundError:
            self.title_bar.retitle(f"Session {self.number} is not there")
            raise
        finally:
            self._asking = False

    async def _ask(self) -> None:
        record = await self.desk.source.send(sessions.session(self.number))
        questions: list[Approval] = []
        if record.approvals:
            wanted = f"session:{self.number} is:open"
            page = await self.desk.source.send(approvals.approvals(limit=_MOST_QUESTIONS, filter=wanted))
            questions = sorted(page.items, key=lambda one: one.id)
        self._questions = questions
        self.show_record(record)

    def show_record(self, record: SessionDetail) -> None:
        first = self.record is None
        self.record = record
        if first and record.kind in said.TALKS:
            self.pane = "talk"
        self.title_bar.retitle(f"Session › {said.title(record)}")
        self.head.show(record)
        self.talk.show(record)
        self._show_steps(record)
        self._show_question()
        self._show_turn()
        self.say.display = can_say(record) or self.say.writing or bool(self.say.draft.strip())
        self.settle()
        if first and self._questions:
            self.card.focus()
        elif first:
            self.text.focus()

    def _show_steps(self, record: SessionDetail) -> None:
        before = self.legs
        self.legs = legs(record)
        numbers = list(self.legs)
        if list(before) != numbers:
            self.runs.show(numbers)
            if self._turn is None and numbers:
                self.runs.move_to(numbers.index(self._last), by_hand=False)
        else:
            self.runs.rows_changed([number for number in numbers if before[number] != self.legs[number]])

    def _show_question(self) -> None:
        one = self.approval
        if one is not None and (self.card.record is None or self.card.record.id != one.id):
            self.let_read()
        self.card.show(one, max(0, len(self._questions) - 1))

    # Turns

    @property
    def _last(self) -> int:
        """The line of what it is at: the last turn, or else the first step."""
        turns = [number for number in self.legs if number > 0]
        return max(turns) if turns else next(iter(self.legs))

    def _show_turn(self) -> None:
        if not self.legs:
            return
        chosen = self._turn if self._turn in self.legs else self._last
        leg = self.legs[chosen or 0]
        self.output.nothing = "" if leg.stage is None else leg.stage.detail
        self.output.show(self.number, None if leg.turn is None else leg.turn.number, running=_runs(leg.turn))

    @on(RunList.Moved)
    def _moved(self, event: RunList.Moved) -> None:
        if not event.by_hand:
            return
        self._turn = None if event.id == self._last else event.id
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_PAUSE, self._show_turn)

    @on(RunList.Opened)
    def _opened(self) -> None:
        self._show_turn()
        self.turn_to("output")

    def _step(self, by: int) -> None:
        self.runs.move_to(self.runs.position + by)

    def action_run_next(self) -> None:
        self._step(1)

    def action_run_previous(self) -> None:
        self._step(-1)

    @on(TextView.Left)
    @on(OutputView.Left)
    @on(RunList.Cleared)
    def _left(self) -> None:
        self.action_leave()

    # Acting

    @property
    def session(self) -> Session | None:
        return self.record

    def changed(self, now: SessionDetail) -> None:
        self.show_record(now)
        self.look_again()

    @property
    def approval(self) -> Approval | None:
        return self._questions[0] if self._questions else None

    def answered(self, now: Approval | None) -> None:
        if now is not None:
            self._questions = [one for one in self._questions if one.id != now.id]
            had_focus = self.card.has_focus
            self._show_question()
            self.settle()
            if had_focus and self.approval is None:
                self.text.focus()
        self.look_again()

    @on(ApprovalCard.Chosen)
    def _answer_pressed(self, event: ApprovalCard.Chosen) -> None:
        self.answer(event.kind)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The session that asks is here already."""
        return action != "approval_session" and super().check_action(action, parameters)

    def applies(self, action: Action) -> bool:
        """Only what makes sense now is offered; any other key says why it does not."""
        if action.id == "run-say":
            return self.record is not None and can_say(self.record)
        return super().applies(action)

    # Saying

    def action_run_say(self) -> None:
        one = self.record
        if one is None:
            return
        if not can_say(one):
            at_work = one.state in said.IN_FLIGHT
            why = "It is at work: wait until it has answered, or stop it first."
            self.flash(why if at_work else "There is nobody to talk to here any more.", "trouble")
            return
        self.say.display = True
        self.say.write()

    @on(SayBox.Sent)
    def _sent(self, event: SayBox.Sent) -> None:
        if not self._sending:
            self._sending = True
            self.start(self._say(event.text))

    async def _say(self, text: str) -> None:
        try:
            now = await self.desk.source.send(sessions.say(self.number, Message(text)))
        except CallboardError as error:
            self.flash(f"{error.sentence} What you typed is still here.", "trouble")
            return
        finally:
            self._sending = False
        if self.say.draft == text:
            self.say.draft = ""
            self.say.close()
        self._keep_draft()
        self._turn = None
        self.changed(now)
        self.text.focus()
        self.flash("Said")

    @on(SayBox.Left)
    def _stopped_writing(self) -> None:
        self._keep_draft()
        self.text.focus()

    @on(SayBox.Written)
    def _keep_draft(self) -> None:
        if self.say.draft.strip():
            self.desk.drafts[self._draft_key] = self.say.draft
        else:
            self.desk.drafts.pop(self._draft_key, None)

    # Searching

    async def action_run_search(self) -> None:
        self.turn_to("output")
        if not self.query(SearchLine):
            await self.mount(SearchLine(self._searched), before=self.say)

    @on(SearchLine.Sought)
    def _sought(self, event: SearchLine.Sought) -> None:
        self._searched = event.words
        self.output.search(event.words, event.step)

    @on(OutputView.Searched)
    def _searched_through(self, event: OutputView.Searched) -> None:
        for line in self.query(SearchLine):
            line.show(found=event.found, another=event.another)

    @on(SearchLine.Left)
    async def _end_search(self) -> None:
        self.output.end_search()
        self.output.focus()
        await self.query(SearchLine).remove()


def can_say(one: SessionDetail) -> bool:
    """Whether there is somebody to talk to, and they are not at work."""
    if one.state in said.IN_FLIGHT or any(stage.name == "command" for stage in one.stages):
        return False
    return one.kind in said.TALKS or one.state in ("waiting", "failed")


def _runs(turn: Turn | None) -> bool:
    return turn is not None and turn.started_at is not None and turn.outcome is None
