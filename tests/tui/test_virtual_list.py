from collections.abc import Sequence

from rich.segment import Segment
from textual.app import App, ComposeResult

from tui.widgets.virtual_list import RowState, VirtualList

MANY = 100_000


class Lists(App[None]):
    """A list of numbers that remembers what it was asked for."""

    CSS = "VirtualList { height: 1fr; }"

    def __init__(self, ids: list[int]) -> None:
        super().__init__()
        self.ids = ids
        self.drawn: list[int] = []
        self.sought: list[tuple[int, int]] = []
        self.rows = VirtualList(self._draw, lambda first, last: self.sought.append((first, last)))

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        self.rows.show(self.ids)

    def _draw(self, row: int, state: RowState) -> Sequence[Segment]:
        self.drawn.append(row)
        return [Segment(f"{'>' if state.cursor else ' '}{row}".ljust(state.width))]

    @property
    def lines(self) -> list[str]:
        return [self.rows.render_line(y).text.strip() for y in range(self.rows.size.height)]


async def test_of_a_hundred_thousand_rows_only_those_in_sight_are_drawn() -> None:
    app = Lists(list(range(MANY)))
    async with app.run_test(size=(40, 10)):
        assert app.lines == [">0", *map(str, range(1, 10))]
        assert set(app.drawn) == set(range(10))
        assert app.sought[-1] == (0, 10)


async def test_a_step_draws_the_two_rows_that_change() -> None:
    app = Lists(list(range(MANY)))
    async with app.run_test(size=(40, 10)) as pilot:
        app.drawn.clear()
        await pilot.press("j")
        assert sorted(set(app.drawn)) == [0, 1]
        assert app.rows.cursor_id == 1


async def test_the_ends_and_pages_are_one_key_away() -> None:
    app = Lists(list(range(MANY)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        assert app.rows.cursor_id == MANY - 1
        assert app.lines[-1] == f">{MANY - 1}"
        assert app.sought[-1] == (MANY - 10, MANY)
        await pilot.press("pageup")
        assert app.rows.cursor_id == MANY - 10
        await pilot.press("ctrl+u")
        assert app.rows.cursor_id == MANY - 15
        await pilot.press("g")
        assert app.lines[0] == ">0"


async def test_the_end_is_in_sight_even_when_it_was_gone_to_before_anything_could_scroll() -> None:
    app = Lists([])
    async with app.run_test(size=(40, 10)) as pilot:
        app.rows.show(list(range(MANY)))
        app.rows.action_last()
        await pilot.pause()
        await pilot.pause()
        assert app.lines[-1] == f">{MANY - 1}"


async def test_the_cursor_stays_on_its_row_when_one_comes_above() -> None:
    app = Lists(list(range(50)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "j")
        app.ids.insert(0, 999)
        app.rows.rows_changed([999], 0)
        await pilot.pause()
        assert app.rows.cursor_id == 2
        assert app.lines[:4] == ["999", "0", "1", ">2"]


async def test_a_row_that_changes_above_others_that_move_is_painted_too() -> None:
    app = Lists(list(range(8)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        app.drawn.clear()
        app.ids[5], app.ids[6] = app.ids[6], app.ids[5]
        app.rows.rows_changed([1], 5)
        await pilot.pause()
        assert 1 in app.drawn
        assert 2 not in app.drawn


async def test_what_is_read_does_not_jump_when_a_row_comes_above_it() -> None:
    app = Lists(list(range(50)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*["j"] * 20)
        before = app.lines
        app.ids.insert(0, 999)
        app.rows.rows_changed([999], 0)
        await pilot.pause()
        assert app.lines == before


async def test_the_cursor_goes_to_the_next_row_when_its_own_goes() -> None:
    app = Lists(list(range(5)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j")
        app.ids.remove(1)
        app.rows.rows_changed([1], 1)
        assert app.rows.cursor_id == 2
        await pilot.press("G")
        app.ids.remove(4)
        app.rows.rows_changed([4], 3)
        assert app.rows.cursor_id == 3


async def test_the_last_row_may_go() -> None:
    app = Lists([1])
    async with app.run_test(size=(40, 10)) as pilot:
        app.ids.clear()
        app.rows.rows_changed([1], 0)
        assert app.rows.cursor_id is None
        assert app.rows.chosen == []
        await pilot.press("j", "k", "G", "space", "v", "enter", "pagedown")
        assert app.rows.cursor_id is None


async def test_the_cursor_stays_on_its_row_when_all_is_shown_anew() -> None:
    app = Lists(list(range(50)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*["j"] * 7)
        app.rows.show(list(range(49, -1, -1)))
        assert app.rows.cursor_id == 7
        app.rows.show([1, 2])
        assert app.rows.cursor_id == 1


async def test_space_marks_and_goes_on() -> None:
    app = Lists(list(range(9)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("space", "j", "space")
        assert app.rows.chosen == [0, 2]
        assert app.rows.cursor_id == 3
        await pilot.press("k", "space")
        assert app.rows.chosen == [0]


async def test_v_marks_all_up_to_where_the_cursor_goes() -> None:
    app = Lists(list(range(9)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "v", "j", "j", "j", "k", "v", "j", "j")
        assert app.rows.chosen == [1, 2, 3]


async def test_a_mark_goes_with_its_row() -> None:
    app = Lists(list(range(9)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("asterisk")
        app.ids.remove(4)
        app.rows.rows_changed([4], 4)
        assert app.rows.chosen == [0, 1, 2, 3, 5, 6, 7, 8]
        assert app.rows.clear_marks()
        assert app.rows.chosen == [0]


async def test_a_click_moves_the_cursor_and_a_double_click_opens() -> None:
    app = Lists(list(range(9)))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.click(VirtualList, offset=(3, 4))
        assert app.rows.cursor_id == 4
        await pilot.click(VirtualList, offset=(3, 9))
        assert app.rows.cursor_id == 4


async def test_a_row_that_will_come_gets_the_cursor_when_it_is_there() -> None:
    app = Lists(list(range(9)))
    async with app.run_test(size=(40, 10)):
        app.rows.want(99)
        assert app.rows.cursor_id == 0
        app.ids.insert(3, 99)
        app.rows.rows_changed([99], 3)
        assert app.rows.cursor_id == 99


async def test_resizing_keeps_the_cursor_in_sight() -> None:
    app = Lists(list(range(MANY)))
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press(*["j"] * 35)
        for size in ((20, 5), (200, 60), (40, 10)):
            await pilot.resize_terminal(*size)
            assert ">35" in app.lines
