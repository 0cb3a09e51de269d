"""Filtering the list of a screen. A filter is asked for while it is typed: what it cannot mean is said below it,
and the list stays."""

from typing import ClassVar

from textual import on
from textual.containers import Vertical

from core.errors import CallboardError
from tui.screens.place import Place
from tui.widgets.filter_line import FilterLine
from tui.widgets.virtual_list import VirtualList


class Filtering(Place):
    """A screen says what its filter is, and how another one is asked for."""

    FILTER_WORDS: ClassVar[str] = ""  # examples of all that can be said
    FILTER_EXAMPLE: ClassVar[str] = ""  # one that may be typed as it is

    list: VirtualList
    side: Vertical
    _filter_line: FilterLine | None = None  # nobody has filtered yet
    _before = ""  # the filter before the one that is being typed

    def filter_in_force(self) -> str:
        raise NotImplementedError

    def filter_as_typed(self) -> str:
        """The filter in force, unless it has a name of its own."""
        return self.filter_in_force()

    async def ask_for(self, filter: str) -> None:
        """Show what it matches, or raise the server's refusal."""
        raise NotImplementedError

    def filtered(self) -> None:
        """The list shows another filter."""

    def unfold(self) -> None:
        """Make room for the line that is typed in."""

    async def look_for(self, filter: str) -> bool:
        """Show another filter; whether it could be shown."""
        line = self._filter_line
        try:
            await self.ask_for(filter)
        except CallboardError as error:
            if line is not None and line.editing:
                line.complain(error)
            else:
                self.flash(error.sentence, "trouble")
            return False
        if line is not None:
            line.show(self.filter_as_typed())
        self.filtered()
        return True

    async def action_filter(self) -> None:
        self._before = self.filter_in_force()
        self.unfold()
        if self._filter_line is None:
            self._filter_line = FilterLine(self.FILTER_WORDS, self.FILTER_EXAMPLE)
            await self.side.mount(self._filter_line, before=self.list)
        await self._filter_line.edit(self.filter_as_typed())

    @on(FilterLine.Typed)
    async def _typed(self, event: FilterLine.Typed) -> None:
        await self.look_for(event.text)

    @on(FilterLine.Submitted)
    async def _submitted(self, event: FilterLine.Submitted) -> None:
        if await self.look_for(event.text):
            self._end_filtering()

    @on(FilterLine.Cancelled)
    async def _cancelled(self) -> None:
        self._end_filtering()
        await self.look_for(self._before)

    def _end_filtering(self) -> None:
        if self._filter_line is not None:
            self._filter_line.close()
        self.list.focus()
