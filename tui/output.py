"""What a turn printed, as far as somebody looks at it: some pages in memory, however many the server has.

Pages are asked for by their offset, before and behind those that are there; those far from what is seen go."""

from asyncio import Lock
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from itertools import accumulate

from core.api import sessions
from core.api.sessions import Output
from tui.live.source import Source
from tui.output_pages import Part, Row

PAGE = 64 * 1024  # bytes asked for at once
MOST = 24  # pages kept
FILLING = 3  # pages at most that are asked for to fill what is seen: a progress bar is a page of one line
FAR = 4 * PAGE  # so much news at once is not read through: its end is shown
_LEAST = 16  # bytes: who only wants to know how much there is asks for these


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
        self.least = 0  # rows that are seen at once
        self.total = 0
        self.running = False
        self.known = False
        self._turns = Lock()  # what is asked for depends on what is there

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
        numbers = range(len(self._parts)) if step > 0 else range(len(self._parts) - 1, -1, -1)
        for number in numbers:
            rows = self._parts[number].rows
            first = self._ends[number] - len(rows)
            low, high = (max(start - first, 0), len(rows)) if step > 0 else (0, min(start - first + 1, len(rows)))
            texts = [row.text.casefold() for row in rows[low:high]] if low < high else []
            if wanted not in "\n".join(texts):  # at once, rather than row by row
                continue
            found = [place for place, text in enumerate(texts) if wanted in text]
            return first + low + (found[0] if step > 0 else found[-1])
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
        """Show the last page, and what fills the screen before it."""
        async with self._turns:
            await self._to_end()

    async def to(self, at: int) -> None:
        """Show the page from there on, and what fills the screen after it."""
        async with self._turns:
            await self._to(at)

    async def more(self) -> int:
        """Ask for what comes after the last row; how many rows did."""
        async with self._turns:
            return await self._more()

    async def less(self) -> int:
        """Ask for what is before the first row; how many rows came."""
        async with self._turns:
            return await self._less()

    async def news(self) -> bool:
        """Ask for more, but where much more came than anybody reads, show its end. Whether there was any."""
        async with self._turns:
            if self.total - self.end <= FAR:
                came = await self._more()
                if self.total - self.end <= FAR:
                    return came > 0
            await self._to_end()
            return True

    async def measure(self) -> bool:
        """Ask only how much there is by now; whether that is more than it was."""
        before = self.total
        self._note(await self._ask(self.total, _LEAST))
        return self.total != before

    async def seek(self, words: str, begin: int, step: int, wanted: Callable[[], bool]) -> int | None:
        """The next row with these words, from page to page as long as it is wanted. Where there is none, things
        are as before."""
        async with self._turns:
            at = self.place(begin)
            found = self.find(words, begin, step)
            while found is None and wanted():
                came = await (self._more() if step > 0 else self._less())
                if not came:
                    break
                found = self.find(words, self.count - came if step > 0 else came - 1, step)
            if found is None and not self.begin <= at <= self.end:
                await self._to(at)
            return found

    # Each of these in its turn

    async def _to_end(self) -> None:
        self._replace(await self._ask(None, backwards=True), 0)
        await self._fill(self._less)

    async def _to(self, at: int) -> None:
        page = await self._ask(at)
        self._replace(page, _gap(page))
        await self._fill(self._more)

    async def _fill(self, ask: Callable[[], Awaitable[int]]) -> None:
        """A page of few rows would leave the screen empty although there is more."""
        for _ in range(FILLING):
            if not self._parts or self.count >= self.least or not await ask():
                break

    async def _more(self) -> int:
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

    async def _less(self) -> int:
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
