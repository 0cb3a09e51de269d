"""The sections of the sidebar above the notifications, as one list: heads, the first things of each, and how many
more there are.

The cursor goes from section to section. It passes the heads by, but for those whose section shows nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from core.api.work import TYPES, WorkItem, WorkSection, WorkType
from core.clock import Clock
from core.text import cut, excerpt, pad
from tui.widgets.looks import Looks
from tui.widgets.record_list import Ink, Nothing, RecordList, painted
from tui.widgets.virtual_list import RowState
from tui.words import work as said

NOTIFICATIONS = -1 - said.ORDER.index("notification")
"""The number of the head that is in the list while the notifications are folded."""

_STATE = 10
_LEAST_DOING = 34  # cells beside the state from which there is room for what it is doing


class Head(NamedTuple):
    """The head of a section; `lines` is how many rows of it are shown."""

    type: WorkType
    number: str
    need: str
    lines: int


class More(NamedTuple):
    """The rest of a section."""

    type: WorkType
    number: int


Row = WorkItem | Head | More


def rows(sections: Iterable[WorkSection], folded: Iterable[str], room: int, most: int) -> dict[int, Row]:
    """The rows that fit into so many lines, of them at most so many below heads: each section has its share."""
    shown = [section for section in sections if section.count > 0][: max(0, room)]
    wants = [0 if section.type in folded else min(section.count, len(section.items) + 1) for section in shown]
    lines = _shares(wants, min(most, room - len(shown)))
    made: dict[int, Row] = {}
    for section, share in zip(shown, lines, strict=True):
        kind = said.ORDER.index(section.type)
        made[-1 - kind] = Head(section.type, str(section.count), said.need(section.needing), share)
        all_fit = section.count <= min(share, len(section.items))
        items = share if all_fit or share < 2 else share - 1
        made.update((said.number_of(item), item) for item in section.items[:items])
        if share > 1 and not all_fit:
            made[-1 - len(said.ORDER) - kind] = More(section.type, section.count - items)
    return made


def _shares(wants: Sequence[int], room: int) -> list[int]:
    """Line by line to each that wants one more; after the first round two to the first: the sessions, mostly."""
    shares = [0] * len(wants)
    places = range(len(wants))
    while room > 0 and any(shares[at] < wants[at] for at in places):
        for at in places:
            given = min(wants[at] - shares[at], room, 2 if at == 0 and shares[at] else 1)
            shares[at] += given
            room -= given
    return shares


class SectionList(RecordList[WorkItem]):
    """As high as its rows."""

    class Folded(Message):
        """The head of a section was pressed: fold it, or show what is in it."""

        def __init__(self, type: WorkType) -> None:
            super().__init__()
            self.type = type

    class Whole(Message):
        """All of a section is wanted."""

        def __init__(self, type: WorkType) -> None:
            super().__init__()
            self.type = type

    class Chosen(Message):
        """A thing was chosen."""

        def __init__(self, item: WorkItem) -> None:
            super().__init__()
            self.item = item

    def __init__(self, clock: Clock) -> None:
        self._rows: dict[int, Row] = {}
        self._items: dict[int, WorkItem] = {}
        super().__init__(
            lambda: self._items, lambda: Nothing("", ""), lambda first, last: None, clock, id="sections"
        )
        self.display = False

    def show_rows(self, made: Mapping[int, Row]) -> None:
        """Show these, and repaint what is different. The cursor stays on its row while that is there."""
        before, ids = self._rows, list(self._rows)
        self._rows = dict(made)
        self._items = {number: row for number, row in made.items() if isinstance(row, WorkItem)}
        if ids == list(made):
            self.rows_changed([number for number, row in made.items() if before[number] != row])
            return
        if len(made) != len(ids):
            self.styles.height = len(made)
            self.display = bool(made)
        if self._ids:
            self._ids = list(made)
            same = [old == new for old, new in zip(ids, made, strict=False)]
            changed = [number for number, row in made.items() if before.get(number) != row]
            self.rows_changed(changed, same.index(False) if False in same else len(same))
        else:
            self.show(list(made))

    # What is under the cursor

    @property
    def under_cursor(self) -> Row | None:
        return None if self._cursor_id is None else self._rows.get(self._cursor_id)

    @property
    def item(self) -> WorkItem | None:
        """The thing that the cursor is on."""
        row = self.under_cursor
        return row if isinstance(row, WorkItem) else None

    @property
    def section(self) -> WorkType | None:
        """The section that the cursor is in."""
        row = self.under_cursor
        return None if row is None else row.type

    @property
    def chosen_items(self) -> list[WorkItem]:
        """What an action is for."""
        return [self._items[number] for number in self.chosen if number in self._items]

    @property
    def items_of_section(self) -> list[WorkItem]:
        """What is shown of the section that the cursor is in."""
        return [item for item in self._items.values() if item.type == self.section]

    @property
    def needing(self) -> list[int]:
        """The places of those that need somebody."""
        return [place for place, row in enumerate(self._rows.values()) if isinstance(row, WorkItem) and row.needs]

    def shows(self, type: WorkType) -> bool:
        """Whether there are rows below the head of a section."""
        return any(isinstance(row, Head) and row.type == type and row.lines for row in self._rows.values())

    def to_section(self, type: str) -> None:
        """Put the cursor on the head of a section, or right below it."""
        place = next((at for at, row in enumerate(self._rows.values()) if row.type == type), 0)
        self.move_to(place)

    # Moving: only a head whose section shows nothing is a place for the cursor

    def _stops(self, position: int) -> bool:
        row = self._rows.get(self._ids[position])
        return not isinstance(row, Head) or not row.lines

    def _set_cursor(self, position: int, by_hand: bool = False) -> None:
        position = max(0, min(position, len(self._ids) - 1))
        if self._ids and not self._stops(position):
            position += 1
        super()._set_cursor(position, by_hand)

    def _step(self, by: int) -> None:
        position = self._cursor + by
        if 0 <= position < len(self._ids) and not self._stops(position):
            position += by
        if 0 <= position < len(self._ids):
            self.move_to(position)
        else:
            self.beyond(by, False)

    def action_mark(self) -> None:
        if self.item is not None:
            super().action_mark()

    def action_open(self) -> None:
        match self.under_cursor:
            case WorkItem() as item:
                self.post_message(self.Chosen(item))
            case More(type, _):
                self.post_message(self.Whole(type))
            case Head(type):
                self.post_message(self.Folded(type))

    def on_click(self, event: events.Click) -> None:
        position = event.y + round(self.scroll_y)
        row = self._rows.get(self._ids[position]) if position < len(self._ids) else None
        if isinstance(row, Head | More):
            event.prevent_default()
            self.post_message(self.Folded(row.type) if isinstance(row, Head) else self.Whole(row.type))

    # Drawing

    def _draw_row(self, number: int, state: RowState) -> Sequence[Segment]:
        row = self._rows.get(number)
        if isinstance(row, WorkItem):
            return super()._draw_row(number, state)
        looks = self._look()
        ground = (looks.cursor if state.focused else looks.still) if state.cursor else looks.base
        bar = (state.cursor, "▌" if state.cursor else " ", looks.accent if state.focused else looks.muted)
        if isinstance(row, Head):
            return painted([bar, *_head(row, state.width - 1, looks)], ground)
        text = f"  … {row.number} more" if row is not None else ""
        return painted([bar, (True, pad(cut(text, state.width - 1), state.width - 1), looks.muted)], ground)

    def row(self, record: WorkItem, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        sign, word = said.state(record)
        ink = said.ink(record, looks)
        room = max(2, state.width - 9 - _STATE)
        what = said.doing(record) if room >= _LEAST_DOING else ""
        doing = room * 45 // 100 if what else 0
        title = room - doing
        return [
            (True, ("✓" if state.marked else sign) + " ", looks.accent if state.marked else ink),
            (True, pad(excerpt(word, _STATE - 1), _STATE), ink),
            (
                True,
                pad(excerpt(said.title(record), max(1, title - 1)), title),
                looks.strong if record.needs else Style.null(),
            ),
            (bool(doing), pad(excerpt(what, max(1, doing - 1)), doing) if doing else "", looks.muted),
            (True, f" {said.how_long(record, now):>4} ", looks.muted),
        ]

    def bar(self, record: WorkItem, looks: Looks) -> Style:
        return said.ink(record, looks)


def _head(head: Head, width: int, looks: Looks) -> list[Ink]:
    sign = "▾" if head.lines else "▸"
    title = TYPES[head.type].section
    counts = [(head.number, looks.muted), (" · " + head.need if head.need else "", looks.warning)]
    left = 2 + len(title)
    gap = width - left - sum(len(text) for text, _ in counts) - 1
    if gap < 1:
        return [(True, pad(cut(f"{sign} {title}", width), width), looks.strong)]
    return [
        (True, sign + " ", looks.muted),
        (True, title, looks.strong),
        (False, " " * gap, looks.muted),
        *((bool(text), text, ink) for text, ink in counts if text),
        (False, " ", looks.muted),
    ]
