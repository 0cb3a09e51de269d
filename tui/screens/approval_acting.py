"""Answering a question: what the agent offers can be answered, and nothing else."""

from typing import ClassVar

from core.api import approvals
from core.api.approvals import Approval, ApprovalChoice
from tui.navigation import open_link
from tui.screens.place import Place
from tui.widgets.approval_card import offered
from tui.words.sessions import answer_words

KINDS = {
    "approval_allow": "allow_once",
    "approval_refuse": "reject_once",
    "approval_always": "allow_always",
    "approval_never": "reject_always",
}


class ApprovalActing(Place):
    """A screen says which question its actions are for."""

    READING: ClassVar[float] = 0.4
    """Seconds for which a question is in sight before it can be answered."""

    _seen: int | None = None  # the question that has been on the screen for a moment

    @property
    def approval(self) -> Approval | None:
        raise NotImplementedError

    def answered(self, now: Approval | None) -> None:
        """It is answered: as the server says, or somebody else was faster."""

    @property
    def may_answer(self) -> bool:
        """Whether there is a question, and somebody can have read it."""
        return self.approval is not None and self.approval.id == self._seen

    def let_read(self) -> None:
        """Take no answer until the question has been in sight for a moment: keys may have been meant for what was
        there before."""
        one = self.approval
        if one is not None and one.id != self._seen:
            self.set_timer(self.READING, lambda: self._read(one.id))

    def _read(self, number: int) -> None:
        self._seen = number

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        one = self.approval
        if action in KINDS:
            return one is not None and one.state == "open" and KINDS[action] in offered(one)
        return super().check_action(action, parameters)

    def answer(self, kind: str) -> None:
        one = self.approval
        choice = offered(one).get(kind) if one is not None else None
        if one is None or choice is None or one.state != "open":
            return
        if not self.may_answer:
            self.flash("This question has only just come: read it first.", "trouble")
            return
        self.start(self._answer(one, choice))

    async def _answer(self, one: Approval, choice: ApprovalChoice) -> None:
        now = None
        try:
            now = await self.desk.source.send(approvals.answer(one.id, choice.id))
            self.flash(answer_words(now))
        finally:
            self.answered(now)

    def action_approval_allow(self) -> None:
        self.answer("allow_once")

    def action_approval_refuse(self) -> None:
        self.answer("reject_once")

    def action_approval_always(self) -> None:
        self.answer("allow_always")

    def action_approval_never(self) -> None:
        self.answer("reject_always")

    async def action_approval_session(self) -> None:
        one = self.approval
        if one is None or one.session is None:
            self.flash("No session asks this.", "trouble")
        else:
            await open_link(self.app, f"callboard:session/{one.session}")
