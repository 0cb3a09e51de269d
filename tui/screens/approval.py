"""One question on a screen of its own: where the link of its notification leads."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from core.api import approvals
from core.api.approvals import Approval
from core.api.stream import Change
from core.errors import NotFoundError, UnreachableError
from core.text import clean
from tui.actions import Scope, bindings
from tui.desk import Desk
from tui.live.feed import Heard
from tui.screens.approval_acting import ApprovalActing
from tui.widgets.approval_card import ApprovalCard
from tui.widgets.text_view import TextView

_AGES = 20.0


class ApprovalScreen(ApprovalActing):
    """Stays when it is answered, and says how."""

    WORDS = "Question"
    AUTO_FOCUS = "#approval"
    DEFAULT_CSS = "ApprovalScreen ApprovalCard { padding-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("approval"), *bindings("place")]

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(desk)
        self.card = ApprovalCard(desk)
        self.record: Approval | None = None
        self._number = number
        self._asking = False

    def compose(self) -> ComposeResult:
        yield self.title_bar
        yield self.card
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"detail": self.card, "approval": self, "place": self, "everywhere": self.app}

    def on_mount(self) -> None:
        self.look_again()
        self.set_interval(_AGES, self.card.lay_out)

    def heard(self, heard: Heard) -> None:
        ours = isinstance(heard, Change) and heard.topic == "approvals" and heard.id == str(self._number)
        if ours or not isinstance(heard, Change):
            self.look_again()

    def look_again(self) -> None:
        if not self._asking:
            self._asking = True
            self.start(self._look())

    async def _look(self) -> None:
        try:
            self._show(await self.desk.source.send(approvals.approval(self._number)))
        except UnreachableError:
            self.show_connection()
        except NotFoundError:
            self.title_bar.retitle(f"Question {self._number} is not there")
            raise
        finally:
            self._asking = False

    def _show(self, record: Approval) -> None:
        self.record = record
        self.let_read()
        self.title_bar.retitle(f"Question › {clean(record.title)}")
        self.card.show(record)
        self.show_keys()

    @property
    def approval(self) -> Approval | None:
        return self.record

    def answered(self, now: Approval | None) -> None:
        if now is not None:
            self._show(now)
        else:
            self.look_again()

    @on(ApprovalCard.Chosen)
    def _answer_pressed(self, event: ApprovalCard.Chosen) -> None:
        self.answer(event.kind)

    @on(TextView.Left)
    def _left(self) -> None:
        self.action_leave()
