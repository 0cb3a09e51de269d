"""Answering a question from the inbox, without going anywhere."""

import re
from functools import partial

from textual import on

from core.api.inbox import InboxItem
from tui.actions import Action
from tui.screens.reading import Reading
from tui.widgets.detail import Detail

_LINK = re.compile(r"callboard:approval/([1-9][0-9]{0,17})", re.ASCII)
_LONGEST = 2_000
_MOST_LINES = 8
_KEYS = {"allow_once": "y", "reject_once": "n", "allow_always": "a", "reject_always": "N"}


def question_of(link: str | None) -> int | None:
    """The number of the question that a link leads to."""
    found = _LINK.fullmatch(link or "")
    return None if found is None else int(found[1])


class Answering(Reading):
    """Asks once more what is asked, with the answers that are taken."""

    def applies(self, action: Action) -> bool:
        if action.id == "answer":
            item = self.in_view()
            return item is not None and question_of(item.link) is not None
        return super().applies(action)

    def follow_cursor(self) -> None:
        """Whether there is something to answer shows at the foot."""
        super().follow_cursor()
        self.show_keys()

    @on(Detail.Answered)
    def action_answer(self) -> None:
        item = self.in_view()
        number = None if item is None else question_of(item.link)
        if item is None or number is None:
            self.flash("This notification asks nothing.", "trouble")
        else:
            self.start(self._put_question(number, item), opens=True)

    async def _put_question(self, number: int, item: InboxItem) -> None:
        from core.api import approvals
        from core.text import clean
        from tui.widgets.approval_card import offered
        from tui.widgets.question import Answer, Question
        from tui.words.sessions import settled

        one = await self.desk.source.send(approvals.approval(number))
        if one.state != "open":
            self.flash(settled(one, ""), "trouble")
            return
        answers = [
            Answer(_KEYS[kind], clean(choice.name), partial(self._answer, number, choice.id, item))
            for kind, choice in offered(one).items()
        ]
        if not self.query(Question):
            detail = clean(one.detail[:_LONGEST], multiline=True).split("\n")
            await self.mount(Question(one.title, answers, more=[*detail[:_MOST_LINES], ""]))

    def _answer(self, number: int, choice: str, item: InboxItem) -> None:
        self.start(self._send_answer(number, choice, item))

    async def _send_answer(self, number: int, choice: str, item: InboxItem) -> None:
        from core.api import approvals
        from tui.words.sessions import answer_words

        self.flash(answer_words(await self.desk.source.send(approvals.answer(number, choice))))
        if item.read_at is None:
            await self.triage.read(item.id)
