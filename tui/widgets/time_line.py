"""The runs of the coming day on a time line: a row per automation, the hours as columns.

A dot is a run. Where runs are closer than the cells of a line, they are a bar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from rich.segment import Segment
from textual.strip import Strip

from core.api.automations import DayRun
from core.text import cut, excerpt, pad
from tui.desk import Desk
from tui.widgets.line import Line
from tui.widgets.looks import Looks
from tui.widgets.record_list import Heads, Ink, RecordList
from tui.widgets.virtual_list import RowState, VirtualList

HOURS = 24
_SHORTEST_NAME = 20
_PER_HOUR = (6, 4, 2, 1)
_LABELLED = {6: 1, 4: 1, 2: 2, 1: 4}  # cells per hour, and each which hour has a label
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class DayRow:
    """One automation, and when it runs."""

    id: int
    name: str
    runs: tuple[datetime, ...]


def rows(runs: Iterable[DayRun]) -> list[DayRow]:
    """The automations that run, the next one first."""
    found: dict[int, tuple[str, list[datetime]]] = {}
    for run in runs:
        found.setdefault(run.automation, (run.name, []))[1].append(run.at)
    made = [DayRow(number, name, tuple(sorted(times))) for number, (name, times) in found.items()]
    return sorted(made, key=lambda row: (row.runs[0], row.name))


@dataclass(frozen=True, slots=True)
class Scale:
    """How the hours share a line."""

    name: int  # cells before the first hour
    per_hour: int
    start: datetime  # the beginning of the first hour

    @classmethod
    def of(cls, width: int, now: datetime, zone: tzinfo) -> "Scale":
        fitting = (cells for cells in _PER_HOUR if width - HOURS * cells - 1 >= _SHORTEST_NAME)
        per_hour = next(fitting, 1)
        local = now.astimezone(zone)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return cls(max(1, width - HOURS * per_hour - 1), per_hour, now - into)

    @property
    def cells(self) -> int:
        return HOURS * self.per_hour

    def cell(self, moment: datetime) -> int:
        """The cell that a moment is in; it may be beyond the last one."""
        return int((moment - self.start) / timedelta(hours=1) * self.per_hour)

    def labels(self, zone: tzinfo) -> str:
        """The hours, and the day where one begins."""
        line = ""
        step = _LABELLED[self.per_hour]
        for hour in range(HOURS):
            local = (self.start + timedelta(hours=hour)).astimezone(zone)
            new_day = local.hour < step and hour > 0
            label = _DAYS[local.weekday()] if new_day else f"{local.hour:02}"
            if hour % step == 0:
                line = pad(line, hour * self.per_hour) + label
        return pad(line, self.cells)

    def ruler(self, now: datetime) -> str:
        here = self.cell(now)
        step = _LABELLED[self.per_hour] * self.per_hour
        return "".join("▼" if at == here else "┬" if at % step == 0 else "─" for at in range(self.cells))

    def marks(self, runs: Sequence[datetime]) -> str:
        """A line of dots and bars."""
        counts = [0] * self.cells
        for run in runs:
            if 0 <= (at := self.cell(run)) < self.cells:
                counts[at] += 1
        dense = [
            count > 0 and (count > 1 or _at(counts, at - 1) > 0 or _at(counts, at + 1) > 0)
            for at, count in enumerate(counts)
        ]
        return "".join(
            "━" if thick else "●" if count else " " for count, thick in zip(counts, dense, strict=True)
        )


def _at(counts: Sequence[int], at: int) -> int:
    return counts[at] if 0 <= at < len(counts) else 0


class Hours(Heads):
    """The head of the time line: the hours, and where now is."""

    DEFAULT_CSS = "Hours { height: 2; margin-top: 1; background: $surface; }"

    def __init__(self, list: VirtualList) -> None:
        super().__init__(list)
        self.now: datetime | None = None
        self.zone: tzinfo | None = None
        self.zone_name = ""

    def show(self, now: datetime, zone: tzinfo, zone_name: str) -> None:
        self.now, self.zone, self.zone_name = now, zone, zone_name
        self.refresh()

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        if self.now is None or self.zone is None:
            return Strip.blank(width, looks.base)
        scale = Scale.of(self.list.row_width - 1, self.now, self.zone)
        if y == 0:
            name = pad(excerpt(f"  {self.zone_name}", scale.name + 1), scale.name + 1)
            made = [Segment(name + scale.labels(self.zone), looks.base + looks.muted)]
        else:
            before, here, after = scale.ruler(self.now).partition("▼")
            made = [
                Segment(" " * (scale.name + 1) + before, looks.base + looks.rule),
                Segment(here, looks.base + looks.accent),
                Segment(after, looks.base + looks.rule),
            ]
        return Strip(made).adjust_cell_length(width, looks.base)


class TimeLine(RecordList[DayRow]):
    """A row per automation."""

    MARKABLE = False

    desk: Desk

    def row(self, record: DayRow, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        scale = Scale.of(state.width - 1, now, self.desk.zone)
        return [
            (True, pad(excerpt(record.name, scale.name - 1), scale.name), looks.strong),
            (True, scale.marks(record.runs), looks.accent),
        ]


class Times(Line):
    """The times of the row that the cursor is on."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""

    def show(self, said: str) -> None:
        self._said = said
        self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment("  " + cut(self._said, max(1, width - 3)), looks.base + looks.muted)]
