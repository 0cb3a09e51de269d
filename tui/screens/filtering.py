"""Filtering the list of a screen. A filter is asked for with each key, never two at once: the latest comes next.
What it cannot mean is said below it, and the list stays."""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.containers import Vertical
from textual.widget import Widget

from core.errors import CallboardError, UnreachableError
from tui.live.feed import Heard
from tui.screens.place import Place
from tui.widgets.filter_line import FilterLine, Language
from tui.widgets.record_list import Heads
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from core.completing import Values
    from core.filters import Fields


class _Question(NamedTuple):
    """A filter to ask for, and whether it is the one to keep."""

    filter: str
    kept: bool = False


class Filtering(Place):
    """A screen says what its filter is, and how another one is asked for."""

    FILTER_WORDS: ClassVar[str] = ""  # examples of all that can be said
    FILTER_EXAMPLE: ClassVar[str] = ""  # one that may be typed as it is
    FILTER_FIELDS: ClassVar["Fields"] = {}

    list: VirtualList
    side: Vertical
    _filter_line: FilterLine | None = None  # nobody has filtered yet
    _before = ""  # the filter before the one that is being typed
    _next: _Question | None = None
    _unanswered: _Question | None = None  # there was no server to answer it
    _unreached = False
    _asking = False
    _answering: "asyncio.Task[None] | None" = None

    def filter_in_force(self) -> str:
        raise NotImplementedError

    def filter_as_typed(self) -> str:
        """The filter in force, unless it has a name of its own."""
        return self.filter_in_force()

    def filter_fields(self) -> "Fields":
        return self.FILTER_FIELDS

    def filter_values(self) -> "Values":
        """What is known of the things that a filter can name."""
        return {"event": _events(), "workspace": self.desk.workspaces}

    async def ask_for(self, filter: str) -> None:
        """Show what it matches, or raise the server's refusal."""
        raise NotImplementedError

    def filtered(self) -> None:
        """The list shows another filter."""

    def unfold(self) -> None:
        """Make room for the line that is typed in."""

    def filter_before(self) -> Widget:
        """What stands below the filter: the list with the heads of its columns."""
        return next(iter(self.side.query(Heads)), self.list)

    async def look_for(self, filter: str) -> bool:
        """Show another filter; whether it could be shown."""
        line = self._filter_line
        self._unreached = False
        try:
            await self.ask_for(filter)
        except CallboardError as error:
            self._unreached = isinstance(error, UnreachableError)
            if line is not None and line.editing:
                line.complain(error)
            else:
                self.flash(error.sentence, "trouble")
            return False
        typed = self.filter_as_typed()
        if line is None and typed:
            line = await self._line()
        if line is not None:
            line.show(typed)
        self.filtered()
        return True

    async def action_filter(self) -> None:
        self._before = self.filter_in_force()
        self.unfold()
        line = await self._line()
        await line.edit(self.filter_as_typed())

    async def _line(self) -> FilterLine:
        """Made when somebody first filters."""
        if self._filter_line is None:
            language = Language(self.FILTER_WORDS, self.FILTER_EXAMPLE, self.filter_fields(), self.filter_values)
            self._filter_line = FilterLine(language)
            await self.side.mount(self._filter_line, before=self.filter_before())
        return self._filter_line

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._ask(_Question(event.text))

    @on(FilterLine.Submitted)
    def _submitted(self, event: FilterLine.Submitted) -> None:
        self._ask(_Question(event.text, kept=True))

    @on(FilterLine.Cancelled)
    def _cancelled(self) -> None:
        self._end_filtering()
        self._ask(_Question(self._before))

    def heard(self, heard: Heard) -> None:
        """What was typed while there was no server is asked for when there is one again."""
        super().heard(heard)
        if heard == "live" and self._unanswered is not None and self._next is None:
            self._ask(self._unanswered)

    def _ask(self, question: _Question) -> None:
        self._next = question
        if not self._asking:
            self._asking = True
            self.start(self._answer_typed(), opens=question.kept)  # the list, for what is typed next
        elif question.kept and self._answering is not None:
            self.app.turns.opens(self._answering)

    async def _answer_typed(self) -> None:
        """Ask for what was typed last, until nothing more was."""
        self._answering = asyncio.current_task()
        try:
            while self._next is not None:
                question, self._next = self._next, None
                shown = await self.look_for(question.filter)
                self._unanswered = question if self._unreached else None
                if shown and question.kept and self._next is None:
                    self._end_filtering()
        finally:
            self._asking = False

    def _end_filtering(self) -> None:
        if self._filter_line is not None:
            self._filter_line.close()
        self.list.focus()


@lru_cache(maxsize=1)
def _events() -> tuple[str, ...]:
    """The events of the catalogue, and their areas. It is loaded when somebody first filters."""
    from core.events.catalogue import CATALOGUE

    areas = dict.fromkeys(f"{name.partition(':')[0]}:*" for name in CATALOGUE)
    return (*CATALOGUE, *areas)
