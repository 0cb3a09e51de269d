"""One thing of My Work, whole: below the table of all, or beside the sidebar."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from rich.segment import Segment

from core.api.work import TYPES, WorkItem
from core.text import clean, excerpt
from core.text import width as cells
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import work as said
from tui.words.times import absolute, ago
from tui.wrapping import wrap

_LONGEST = 2_000


class WorkText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk, open_key: Callable[[], str]) -> None:
        super().__init__(id="text")
        self._desk = desk
        self._open_key = open_key
        self.item: WorkItem | None = None

    def show(self, item: WorkItem | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        if item is None or self.item is None or item.ref != self.item.ref:
            self.to_start()
        self.item = item
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        if self.item is None:
            return []
        return lines_of(self.item, width, looks, self._desk.now, self._desk.zone, self._open_key())


def lines_of(item: WorkItem, width: int, looks: Looks, now: datetime, zone: tzinfo, key: str) -> Lines:
    """What there is to say of it, and the key that opens it."""
    sign, word = said.state(item)
    headline = [Segment(f"{sign} {word}", looks.base + said.ink(item, looks))]
    if item.needs:
        headline.append(Segment("   Needs you", looks.base + looks.warning))
    if item.starred:
        headline.append(Segment("   ★ Starred", looks.base + looks.star))
    if item.hidden:
        hidden = "Dismissed" if item.type == "notification" else "Hidden"
        headline.append(Segment(f"   {hidden}", looks.base + looks.muted))
    made: Lines = [[], headline, []]
    title = said.title(item)[:_LONGEST]
    made += [[Segment(line, looks.base + looks.strong)] for line in wrap(title, width)]
    if doing := said.doing(item)[:_LONGEST]:
        made += [[], *([Segment(line, looks.base)] for line in wrap(doing, width))]
    made.append([])
    for name, value in _facts(item, now, zone):
        for number, line in enumerate(wrap(value, max(1, width - NAMES))):
            made.append(fact("" if number else name, line, looks))
    if item.link:
        label = f"▸ Open {TYPES[item.type].name.lower()}"
        hint = excerpt(f"  {key}  {item.link}", max(1, width - cells(label)))
        button = Segment(label, looks.base + looks.accent + looks.strong)
        made += [[], [button, Segment(hint, looks.base + looks.muted)]]
    return [*made, []]


def _facts(item: WorkItem, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield "What", f"{TYPES[item.type].name} {item.id}"
    if item.workspace:
        yield "Workspace", clean(item.workspace)
    yield "Since", f"{ago(item.since, now)} · {absolute(item.since, zone)}"
    yield "Created", f"{absolute(item.created_at, zone)} · {ago(item.created_at, now)}"
    if item.updated_at not in (item.created_at, item.since):
        yield "Updated", f"{absolute(item.updated_at, zone)} · {ago(item.updated_at, now)}"
