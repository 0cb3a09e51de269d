"""What a turn printed, as far as somebody looks at it: some pages in memory, however many the server has.

Pages are asked for by their offset, before and behind those that are there; those far from what is seen go."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from core.api import sessions
from core.api.sessions import Output
from core.text import clean
from tui.live import Source
from tui.session_words import size
from tui.wrapping import wrap

PAGE = 64 * 1024  # bytes asked for at once
MOST = 24  # pages kept
FAR = 4 * PAGE  # so much news at once is not read through: its end is shown
_LEAST = 16  # bytes: who only wants to know how much there is asks for these
_SEARCHED = 128  # pages that one search goes through
_LONGEST_LINE = 8 * 1024  # characters: what is longer is broken here, wherever that is


class Row(NamedTuple):
    """A line as it is shown. A note is ours: it says what is missing."""

    text: str
    note: bool = False


class Part:
    """A page of output with its rows. The last of them are open while their line has no end."""

    def __init__(self, begin: int, end: int, text: str, missing: int, width: int) -> None:
        self.begin = begin
        self.end = end
        self.text = text
        self.missing = missing  # bytes between the page before and this one that were not kept
        self.rows: list[Row] = []
        self.open_rows = 0
        self.lay_out(width)

    def lay_out(self, width: int) -> None:
        self.rows = [Row(_missing(self.missing), True)] if self.missing else []
        whole, _, rest = self.text.rpartition("\n")
        if "\n" in self.text:
            self._add(whole, width)
        self._add_open(rest, width)

    def grow(self, text: str, end: int, width: int) -> None:
        """What came after the end of it. Only that is laid out."""
        rest = self.take_open()
        self.end = end
        self.text += rest + text
        whole, ended, open_line = (rest + text).rpartition("\n")
        if ended:
            self._add(whole, width)
        self._add_open(open_line, width)

    def take_open(self) -> str:
        """The line without an end, which belongs to what comes now."""
        whole, ended, rest = self.text.rpartition("\n")
        if self.open_rows:
            del self.rows[-self.open_rows :]
        self.open_rows = 0
        if len(rest) > _LONGEST_LINE:
            return ""
        self.text = whole + ended
        return rest

    def _add(self, text: str, width: int) -> None:
        for line in text.split("\n"):
            self.rows += _rows(line, width)

    def _add_open(self, line: str, width: int) -> None:
        made = _rows(line, width) if line else []
        self.rows += made
        self.open_rows = 0 if len(line) > _LONGEST_LINE else len(made)


class LiveOutput:
    """The rows of the pages that are there, in order. `shifted` is told how many rows came, or went, above."""

    shifted: Callable[[int], object] | None = None

    def __init__(self, source: Source, session: int, turn: int) -> None:
        self._source = source
        self._session = session
        self.turn = turn
        self._parts: list[Part] = []
        self._ends: list[int] = []  # for each part the number of rows until its end
        self.width = 80
        self.total = 0
        self.running = False
        self.known = False

    @property
    def count(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def begin(self) -> int:
        return self._parts[0].begin if self._parts else 0

    @property
    def end(self) -> int:
        return self._parts[-1].end if self._parts else 0

    @property
    def starts_here(self) -> bool:
        """Whether there is nothing before the first row."""
        return not self._parts or self.begin == 0

    @property
    def ends_here(self) -> bool:
        """Whether there is nothing after the last row, as far as is known."""
        return self.end >= self.total

    def row(self, position: int) -> Row:
        number = bisect_right(self._ends, position)
        part = self._parts[number]
        return part.rows[position - (self._ends[number] - len(part.rows))]

    def place(self, position: int) -> int:
        """About where in the whole output a row is, in bytes."""
        if not self._parts:
            return 0
        number = min(bisect_right(self._ends, position), len(self._parts) - 1)
        part = self._parts[number]
        share = (position - (self._ends[number] - len(part.rows))) / max(1, len(part.rows))
        return part.begin + int(share * (part.end - part.begin))

    def find(self, words: str, start: int, step: int) -> int | None:
        """The next row with these words, from a position on, in one direction or the other."""
        wanted = words.casefold()
        position = start
        while 0 <= position < self.count:
            if wanted in self.row(position).text.casefold():
                return position
            position += step
        return None

    def lay_out(self, width: int) -> None:
        """Break all lines anew."""
        if width != self.width:
            self.width = width
            for part in self._parts:
                part.lay_out(width)
            self._count()

    # Asking

    async def to_end(self) -> None:
        """Show the last page, and nothing else."""
        self._replace(await self._ask(None, backwards=True), 0)

    async def to(self, at: int) -> None:
        """Show the page from there on, and nothing else."""
        page = await self._ask(at)
        self._replace(page, _gap(page))

    async def more(self) -> int:
        """Ask for what comes after the last row; how many rows did."""
        page = await self._ask(self.end)
        self._note(page)
        if not page.text:
            return 0
        missing = _gap(page)
        last = self._parts[-1] if self._parts else None
        before = self.count if last is None or missing else self.count - last.open_rows
        if last is not None and not missing and page.next - last.begin <= PAGE + PAGE // 4:
            last.grow(page.text, page.next, self.width)
        else:
            carried = last.take_open() if last is not None and not missing else ""
            self._parts.append(Part(page.offset, page.next, carried + page.text, missing, self.width))
        self._count()
        came = self.count - before
        self._drop(0)
        return came

    async def news(self) -> bool:
        """The same, but where much more came than anybody reads, show its end. Whether there was any."""
        if self.total - self.end <= FAR:
            came = await self.more()
            if self.total - self.end <= FAR:
                return came > 0
        await self.to_end()
        return True

    async def measure(self) -> bool:
        """Ask only how much there is by now; whether that is more than it was."""
        before = self.total
        self._note(await self._ask(self.total, _LEAST))
        return self.total != before

    async def less(self) -> int:
        """Ask for what is before the first row; how many rows came."""
        if self.starts_here:
            return 0
        page = await self._ask(self.begin, backwards=True)
        self._note(page)
        if not page.text:
            return 0
        first = self._parts[0]
        rows = len(first.rows)
        if missing := _gap(page):
            first.missing = missing
            first.lay_out(self.width)
        added = Part(page.offset, page.next, page.text, 0, self.width)
        self._parts.insert(0, added)
        came = len(added.rows) + len(first.rows) - rows
        self._drop(-1)
        self._count()
        self._shift(came)
        return came

    async def seek(self, words: str, begin: int, step: int) -> int | None:
        """The next row with these words, so many pages on at most; where there is none, things are as before."""
        at = self.place(begin)
        found = self.find(words, begin, step)
        for _ in range(_SEARCHED):
            if found is not None:
                return found
            came = await (self.more() if step > 0 else self.less())
            if not came:
                break
            found = self.find(words, self.count - came if step > 0 else came - 1, step)
        if found is None and not self.begin <= at <= self.end:
            await self.to(at)
        return found

    async def _ask(self, at: int | None, octets: int = PAGE, *, backwards: bool = False) -> Output:
        return await self._source.send(
            sessions.output(self._session, turn=self.turn, at=at, size=octets, backwards=backwards)
        )

    def _note(self, page: Output) -> None:
        self.total, self.running, self.known = max(page.total, page.next), page.running, True

    def _replace(self, page: Output, missing: int) -> None:
        self._note(page)
        self._parts = [Part(page.offset, page.next, page.text, missing, self.width)] if page.text else []
        self._count()

    def _shift(self, rows: int) -> None:
        if self.shifted is not None:
            self.shifted(rows)

    def _drop(self, at: int) -> None:
        """Forget a page at one end when there are too many."""
        if len(self._parts) > MOST:
            gone = self._parts.pop(at)
            self._count()
            if at == 0:
                self._shift(-len(gone.rows))

    def _count(self) -> None:
        self._ends = list(accumulate(len(part.rows) for part in self._parts))


def _gap(page: Output) -> int:
    return 0 if page.gap_from is None or page.gap_to is None else page.gap_to - page.gap_from


def _missing(octets: int) -> str:
    return f"⋯ {size(octets)} of output are not here: there was more than is kept ⋯"


def _rows(line: str, width: int) -> Sequence[Row]:
    line = line.rstrip("\r")
    if len(line) <= width and line.isascii() and line.isprintable():
        return (Row(line),)
    pieces = [line[at : at + _LONGEST_LINE] for at in range(0, len(line), _LONGEST_LINE)] or [""]
    return [Row(shown) for piece in pieces for shown in wrap(clean(_last_said(piece)), width)]


def _last_said(line: str) -> str:
    """A progress bar writes its line again and again: what it said last is what a terminal would show."""
    return line.rpartition("\r")[2] or line
