"""A list of records, each drawn as a line of inks; a placeholder stands for what is still asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.clock import Clock, to_datetime
from core.text import cut, pad
from core.text import width as cells
from tui.widgets.line import Line
from tui.widgets.looks import Looks
from tui.widgets.virtual_list import RowState, VirtualList
from tui.wrapping import wrap

R = TypeVar("R")

Ink = tuple[bool, str, Style]
"""Whether there is anything to see, the text, and what it is written with."""


class Nothing(NamedTuple):
    """What is said when the list is empty; and what to do first, where there never was anything."""

    title: str
    hint: str
    steps: Sequence[tuple[str, str]] = ()


class RecordList(VirtualList, Generic[R]):
    """Whoever owns the records hands them over by a function, and is told which come into sight."""

    def __init__(
        self,
        records: Callable[[], Mapping[int, R]],
        nothing: Callable[[], Nothing],
        sought: Callable[[int, int], None],
        clock: Clock,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(self._draw_row, sought, id=id)
        self._records = records
        self._nothing = nothing
        self._clock = clock
        self._looks: Looks | None = None
        self._said: dict[int, tuple[RowState, tuple[str, ...]]] = {}

    def row(self, record: R, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        """What follows the cursor's bar: texts of together one cell less than the row is wide."""
        raise NotImplementedError

    def bar(self, record: R, looks: Looks) -> Style:
        """The ink of the cursor's bar."""
        return looks.accent

    def refresh_ages(self) -> None:
        """Draw those rows again that read differently now."""
        self.redraw_where(self._reads_differently)

    def _reads_differently(self, number: int) -> bool:
        record, said = self._records().get(number), self._said.get(number)
        if record is None or said is None:
            return False
        return said[1] != _texts(self.row(record, to_datetime(self._clock.now()), said[0], self._look()))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks = None

    def _look(self) -> Looks:
        looks = self._looks = self._looks or Looks.of(self)
        return looks

    def _draw_row(self, number: int, state: RowState) -> Sequence[Segment]:
        looks = self._look()
        record = self._records().get(number)
        ground = (looks.cursor if state.focused else looks.still) if state.cursor else looks.base
        bar = "▌" if state.cursor else " "
        if record is None:
            said = "    …" if number > 0 else ""
            return painted([(True, bar + said.ljust(state.width - 1), looks.muted)], ground)
        try:
            inks = self.row(record, to_datetime(self._clock.now()), state, looks)
            if len(self._said) > _REMEMBERED:
                self._said.clear()
            self._said[number] = state, _texts(inks)
            ink = self.bar(record, looks) if state.focused else looks.muted
            return painted([(state.cursor, bar, ink), *inks], ground)
        except (ValueError, TypeError, IndexError, KeyError, AttributeError):
            said = "    (cannot display)".ljust(state.width - 1)
            return painted([(True, bar + said, looks.muted)], ground)

    def render_nothing(self, y: int) -> Strip:
        looks, width = self._look(), self.row_width
        lines = self._nothing_lines(width, looks)
        at = y - max(0, (self.size.height - len(lines)) // 3)
        made = lines[at] if 0 <= at < len(lines) else []
        return Strip(made).adjust_cell_length(width, looks.base)

    def _nothing_lines(self, width: int, looks: Looks) -> list[list[Segment]]:
        title, hint, steps = self._nothing()
        said = [(cut(title, width), looks.strong), ("", looks.base)]
        said += [(line, looks.muted) for line in wrap(hint, max(1, width - 4))]
        lines = [
            [Segment(" " * ((width - cells(text)) // 2), looks.base), Segment(text, looks.base + ink)]
            for text, ink in said
        ]
        if steps:
            lines.append([])
            column = max(cells(step) for step, _ in steps) + 2
            longest = column + max(cells(why) for _, why in steps)
            left = " " * max(2, (width - longest) // 2)
            for step, why in steps:
                there = cut(why, max(0, width - len(left) - column))
                lines.append(
                    [
                        Segment(left + pad(step, column), looks.base + looks.accent),
                        Segment(there, looks.base + looks.muted),
                    ]
                )
        return lines


class Heads(Line):
    """What is above the columns of a list, and as wide as its rows."""

    def __init__(self, list: VirtualList) -> None:
        super().__init__()
        self.list = list

    def on_mount(self) -> None:
        self.watch(self.list, "show_vertical_scrollbar", self._fit, init=False)

    def _fit(self) -> None:
        self.refresh()


_REMEMBERED = 500  # rows


def _texts(inks: Sequence[Ink]) -> tuple[str, ...]:
    return tuple(text for _, text, _ in inks)


def painted(inks: Sequence[Ink], ground: Style) -> list[Segment]:
    """As few segments as will do: each costs some forty bytes on its way to the terminal."""
    segments: list[Segment] = []
    blank = ""
    for visible, text, ink in inks:
        if not visible:
            blank += text
            continue
        style = ground + ink
        if segments and not blank and segments[-1].style == style:
            text = segments.pop().text + text
        segments.append(Segment(blank + text, style))
        blank = ""
    if blank:
        last = segments.pop() if segments else Segment("", ground)
        segments.append(Segment(last.text + blank, last.style))
    return segments
