"""The output of a turn, as far as somebody looks at it."""

import asyncio

from core.clock import ManualClock
from tests.fakes.sessions import FakeSessions, Transcript, session
from tui.output import FAR, MOST, PAGE, LiveOutput

LINE = "line {:06}\n"


def lines(count: int, first: int = 0) -> str:
    return "".join(LINE.format(number) for number in range(first, first + count))


def wanted() -> bool:
    return True


class Reader:
    """A picture of one turn's output, with what it was told of rows that came or went above."""

    def __init__(self, clock: ManualClock, transcript: Transcript) -> None:
        self.fake = FakeSessions(clock, [session(1)])
        self.fake.outputs[1, 1] = transcript
        self.shifts: list[int] = []
        self.output = LiveOutput(self.fake, 1, 1)
        self.output.shifted = self.shifts.append

    @property
    def rows(self) -> list[str]:
        return [self.output.row(position).text for position in range(self.output.count)]

    @property
    def sizes(self) -> list[object]:
        return [call.query["size"] for call in self.fake.sent]


async def test_the_end_is_shown_first(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(100_000)))
    await reader.output.to_end()
    assert reader.rows[-1] == "line 099999"
    assert reader.output.ends_here
    assert not reader.output.starts_here
    assert reader.output.count < PAGE // 10


async def test_megabytes_are_gone_through_without_being_kept(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(400_000)))
    await reader.output.to(0)
    most = 0
    while not reader.output.ends_here:
        await reader.output.more()
        most = max(most, reader.output.count)
    assert reader.rows[-1] == "line 399999"
    assert most <= (MOST + 1) * PAGE // len(LINE.format(0))
    assert sum(reader.shifts) == -(400_000 - reader.output.count)


async def test_pages_before_are_joined_without_a_row_lost_or_doubled(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(30_000)))
    await reader.output.to_end()
    while not reader.output.starts_here:
        await reader.output.less()
    assert reader.rows == lines(30_000).splitlines()


async def test_rows_that_come_above_are_told(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(30_000)))
    await reader.output.to_end()
    before, first = reader.output.count, reader.rows[0]
    await reader.output.less()
    assert reader.shifts == [reader.output.count - before]
    assert reader.rows[reader.shifts[0]] == first


async def test_news_continue_the_line_that_had_no_end(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("Compiling", running=True))
    await reader.output.to_end()
    assert reader.rows == ["Compiling"]
    reader.fake.print(1, 1, "... done\nTest")
    await reader.output.news()
    reader.fake.print(1, 1, "ing\n")
    await reader.output.news()
    assert reader.rows == ["Compiling... done", "Testing"]


async def test_much_news_at_once_are_not_read_through(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("begin\n", running=True))
    await reader.output.to_end()
    reader.fake.print(1, 1, lines(2 * FAR // 12))
    while await reader.output.news():
        pass
    assert reader.rows[-1] == LINE.format(2 * FAR // 12 - 1).strip()
    assert len(reader.fake.sent) < 2 * FAR // PAGE


async def test_what_was_not_kept_is_said_in_a_line(clock: ManualClock) -> None:
    text = lines(30_000)
    gap = (len(LINE.format(0)) * 5_000, len(LINE.format(0)) * 25_000)
    reader = Reader(clock, Transcript(text, gap=gap))
    await reader.output.to(0)
    while not reader.output.ends_here:
        await reader.output.more()
    said = "⋯ 234.4 KiB of output are not here: there was more than is kept ⋯"
    assert reader.rows[4_999:5_002] == ["line 004999", said, "line 025000"]
    assert reader.output.row(5_000).note


async def test_the_gap_is_said_coming_from_behind_as_well(clock: ManualClock) -> None:
    text = lines(30_000)
    gap = (len(LINE.format(0)) * 5_000, len(LINE.format(0)) * 25_000)
    reader = Reader(clock, Transcript(text, gap=gap))
    await reader.output.to_end()
    while not reader.output.starts_here:
        await reader.output.less()
    assert reader.output.count == 10_001
    assert [position for position in range(reader.output.count) if reader.output.row(position).note] == [5_000]


async def test_long_lines_are_broken_at_the_width(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("x" * 25 + "\n" + "日本" * 10 + "\n"))
    await reader.output.to_end()
    reader.output.lay_out(10)
    assert reader.rows == ["x" * 10, "x" * 10, "x" * 5, *["日本日本日", "本日本日本"] * 2]
    reader.output.lay_out(80)
    assert reader.rows == ["x" * 25, "日本" * 10]


async def test_a_line_that_never_ends_does_no_harm(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("y" * 500_000))
    await reader.output.to(0)
    while not reader.output.ends_here:
        await reader.output.more()
    assert sum(map(len, reader.rows)) == 500_000
    assert max(map(len, reader.rows)) <= 80


async def test_nothing_in_it_reaches_the_terminal_as_it_came(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("\x1b]52;c;aGk=\x07\x9b31m\u202eabc\x00\n10 %\r20 %\r30 %\n"))
    await reader.output.to_end()
    assert reader.rows == ["␛]52;c;aGk=␇\ufffd31m\ufffdabc␀", "30 %"]


async def test_a_search_goes_on_from_page_to_page(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(60_000)))
    await reader.output.to(0)
    found = await reader.output.seek("LINE 04242", 0, 1, wanted)
    assert found is not None
    assert reader.output.row(found).text == "line 042420"
    found = await reader.output.seek("line 000007", found, -1, wanted)
    assert found is not None
    assert reader.output.row(found).text == "line 000007"


async def test_a_search_in_vain_leaves_the_place_in_sight(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(300_000)))
    await reader.output.to(0)
    assert await reader.output.seek("nowhere", 0, 1, wanted) is None
    assert reader.rows[0] == "line 000000"


async def test_a_search_that_is_wanted_no_more_ends(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(300_000)))
    await reader.output.to(0)
    assert await reader.output.seek("line 299999", 0, 1, lambda: len(reader.fake.sent) < 5) is None
    assert len(reader.fake.sent) == 5
    assert reader.rows[0] == "line 000000"


async def test_what_is_asked_for_twice_at_once_comes_once(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(30_000)))
    await reader.output.to(0)
    await asyncio.gather(reader.output.more(), reader.output.news(), reader.output.more())
    assert reader.rows == lines(30_000).splitlines()[: reader.output.count]
    assert len(reader.fake.sent) == 4


async def test_to_measure_asks_for_next_to_nothing(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(10_000), running=True))
    await reader.output.to(0)
    reader.fake.print(1, 1, "more\n")
    assert await reader.output.measure()
    assert not await reader.output.measure()
    assert reader.sizes[1:] == [16, 16]


async def test_an_end_of_few_lines_is_shown_with_what_was_before_it(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript(lines(100) + "x" * PAGE + "\nthe end\n"))
    reader.output.least = 30
    await reader.output.to_end()
    assert reader.rows[-1] == "the end"
    assert reader.output.count >= 30


async def test_a_start_of_few_lines_is_shown_with_what_comes_after_it(clock: ManualClock) -> None:
    reader = Reader(clock, Transcript("x" * (PAGE - 1) + "\n" + lines(20_000)))
    reader.output.lay_out(10_000)
    reader.output.least = 30
    await reader.output.to(0)
    assert reader.output.starts_here
    assert reader.output.count >= 30
