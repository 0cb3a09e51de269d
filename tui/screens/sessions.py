"""The sessions: what agents are doing now, who of them asks, and what they have cost."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.widget import Widget

from core.api import sessions
from core.api.sessions import Session
from core.api.wire import Call, Page
from core.filters import SESSION_FIELDS
from tui.actions import Scope, bindings
from tui.screens.session import SessionScreen
from tui.screens.session_acting import SessionActing
from tui.screens.viewed import Viewed
from tui.views import View
from tui.widgets.session_list import VIEWS, SessionHeads, SessionList
from tui.widgets.session_text import SessionText

_NEEDS = frozenset({"asking", "waiting", "failed"})


class SessionsScreen(SessionActing, Viewed[Session]):
    """The list, and beside it the one that the cursor is on."""

    WORDS = "Sessions"
    VIEWS = VIEWS
    TITLED = False
    TOPICS = frozenset({"sessions", "approvals"})
    FILTER_FIELDS = SESSION_FIELDS
    FILTER_NAMES: ClassVar = {"person": "owner", "provider": "provider", "ticket": "ticket", "bot": "bot"}
    FILTER_EXAMPLE = "kind:develop  state:failed  since:7d"
    FILTER_WORDS = "words  state:failed  kind:chat  workspace:atelier  provider:claude  owner:dana  since:7d"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("sessions"),
        *bindings("session"),
        *bindings("board"),
        *bindings("place"),
    ]

    text: SessionText

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[Session]]:
        return sessions.sessions(limit=limit, cursor=cursor, filter=filter)

    def make_list(self) -> SessionList:
        return SessionList(lambda: self.records.records, self.nothing, self.records.need, self.desk.clock)

    def make_text(self) -> SessionText:
        return SessionText(self.desk)

    def heads(self) -> Iterable[Widget]:
        yield from super().heads()
        yield SessionHeads(self.list)

    def hint(self, view: View) -> str:
        return view.hint.format(new=self.key_of("session-new"))

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {**super().scopes(), "sessions": self, "session": self}

    @property
    def session(self) -> Session | None:
        return self.current

    def show_text(self, record: Session | None) -> None:
        if self.text.display:
            self.text.show(record)

    def open(self, record: Session) -> None:
        self.app.push_screen(SessionScreen(self.desk, record.id))

    # Views

    async def action_sessions_next(self) -> None:
        await self.view_by(1)

    async def action_sessions_previous(self) -> None:
        await self.view_by(-1)

    def _go_to_needing(self, by: int) -> None:
        ids, records = self.records.ids, self.records.records
        ahead = range(self.list.position + by, len(ids) if by > 0 else -1, by)
        found = next((at for at in ahead if records[ids[at]].state in _NEEDS), None)
        if found is not None:
            self.list.move_to(found)
        else:
            self.flash("Nothing more needs you here.")

    def action_sessions_needing(self) -> None:
        self._go_to_needing(1)

    def action_sessions_needing_before(self) -> None:
        self._go_to_needing(-1)

    def action_session_new(self) -> None:
        from tui.screens.session_new import NewSessionScreen

        self.app.push_screen(NewSessionScreen(self.desk))
