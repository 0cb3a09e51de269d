"""A screen with a live list of records, and with the text of the one that the cursor is on."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Generic

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widget import Widget

from core.api.wire import Call, Page
from tui.actions import Scope
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.records import LiveRecords, R, own_number
from tui.screens.filtering import Filtering
from tui.widgets.record_list import Nothing, RecordList
from tui.widgets.text_view import TextView
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from core.completing import Values

_REST = 0.08  # seconds that the cursor rests before the text follows
_AGES = 20.0  # seconds between looks at whether a row reads differently


class Board(Filtering, Generic[R]):
    """The text is beside the list where there is room, or below it."""

    TOPICS: ClassVar[frozenset[str]] = frozenset()
    ROOM: ClassVar[tuple[int, int]] = (110, 0)  # columns and rows from which the text is shown
    PLACED: ClassVar[str] = "-beside"
    FILTER_NAMES: ClassVar[Mapping[str, str]] = {}  # which attributes of a record a filter can name things by
    AUTO_FOCUS = "RecordList"

    list: RecordList[R]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.records = LiveRecords[R](desk.source, self.ask, self.TOPICS, self.start, self, self.number)
        self.preview = True
        self._room = False
        self._resting: Timer | None = None
        self.list = self.make_list()
        self.text = self.make_text()
        self.side = Vertical(id="side")

    # What a screen says of itself

    def ask(self, limit: int, cursor: str | None, filter: str) -> Call[Page[R]]:
        raise NotImplementedError

    def number(self, record: R) -> int:
        """What it is told apart by in the list."""
        return own_number(record)

    def make_list(self) -> RecordList[R]:
        raise NotImplementedError

    def make_text(self) -> TextView:
        raise NotImplementedError

    def show_text(self, record: R | None) -> None:
        """Show it beside or below the list."""
        raise NotImplementedError

    def open(self, record: R) -> None:
        """It was chosen."""
        raise NotImplementedError

    def empty(self) -> Nothing:
        """What is said where there is none at all."""
        raise NotImplementedError

    def heads(self) -> Iterable[Widget]:
        """What is above the list."""
        return ()

    # How it is put together

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with Container(id="body", classes=self.PLACED):
            with self.side:
                yield from self.heads()
                yield self.list
            yield self.text
        yield self.key_bar

    def on_mount(self) -> None:
        self.list.show(self.records.ids)
        self.records.look_again()
        self.set_interval(_AGES, self.refresh_ages)

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"list": self.list, "detail": self.text, "board": self, "place": self, "everywhere": self.app}

    def fit(self, width: int, height: int) -> None:
        wanted = self.desk.settings.layout
        wide = width >= self.ROOM[0] if wanted == "auto" or not self.ROOM[0] else wanted == "wide"
        self._room = wide and height >= self.ROOM[1]
        self.settle()

    def settle(self) -> None:
        """Give the list and the text their places."""
        shown = self.preview and self._room
        if not shown and self.focused is self.text:
            self.list.focus()
        self.text.display = shown
        self.side.set_class(shown, "-pair")
        self.follow_cursor()
        self.show_keys()

    def refresh_ages(self) -> None:
        self.list.refresh_ages()
        self.text.lay_out()

    # What the server says

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.records.hear(heard)

    def records_replaced(self) -> None:
        self.list.show(self.records.ids)
        self.follow_cursor()

    def records_changed(self, ids: Iterable[int], first: int | None) -> None:
        self.list.rows_changed(ids, first)
        self.follow_cursor()

    def nothing(self) -> Nothing:
        if self.records.refusal:
            return Nothing("Nothing can be shown", self.records.refusal)
        if not self.records.known:
            return Nothing("", "Asking the server…")
        if self.records.filter:
            return Nothing("Nothing matches", f"{self.key_of('clear')} clears the filter.")
        return self.empty()

    # What a person does

    @property
    def current(self) -> R | None:
        """What the cursor is on."""
        number = self.list.cursor_id
        return None if number is None else self.records.records.get(number)

    @property
    def chosen(self) -> Iterable[R]:
        """What an action is for: all that is marked, or what the cursor is on."""
        known = self.records.records
        return [known[number] for number in self.list.chosen if number in known]

    def follow_cursor(self) -> None:
        self.show_text(self.current)

    @on(VirtualList.Moved)
    def _moved(self, event: VirtualList.Moved) -> None:
        if event.by_hand:
            self.key_bar.clear_flash()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self.follow_cursor) if self.text.display else None

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        record = self.records.records.get(event.id)
        if record is not None:
            self.open(record)

    @on(VirtualList.Cleared)
    async def _cleared(self) -> None:
        if self.records.filter:
            await self.look_for("")
        else:
            self.action_leave()

    @on(TextView.Left)
    def _left(self) -> None:
        self.list.focus()

    def action_switch(self) -> None:
        if self.focused is self.text:
            self.list.focus()
        elif self.text.display:
            self.text.focus()

    def action_preview(self) -> None:
        self.preview = not self.preview
        self.settle()

    def filter_in_force(self) -> str:
        return self.records.filter

    def filter_values(self) -> "Values":
        shown = list(self.records.records.values())
        said = {
            names: dict.fromkeys(str(name) for one in shown if (name := getattr(one, attribute)))
            for names, attribute in self.FILTER_NAMES.items()
        }
        return {**super().filter_values(), **said}

    async def ask_for(self, filter: str) -> None:
        await self.records.look_for(filter)
