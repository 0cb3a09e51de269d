"""The line that filters the list: typed and completed here, answered by the server, and its mistake shown in its
place.

Textual's input and the language are loaded when somebody first filters: a start does not pay for them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip

from core.errors import CallboardError
from core.text import clean, cut
from core.text import width as cells
from storage.ids import Instant
from tui.widgets.asking import Asking
from tui.widgets.completions import Completions
from tui.widgets.line import Line, spread
from tui.widgets.looks import Looks
from tui.wrapping import wrap

if TYPE_CHECKING:
    from textual.widgets import Input

    from core.completing import Completion, Values
    from core.filtering import FilterError as Mistaken
    from core.filters import Fields

_INDENT = "    "


class Language(NamedTuple):
    """What can be said in the filter of a list: examples of it, one that may be typed as it is, the fields, and
    what is known of the things that they name."""

    words: str
    example: str
    fields: "Fields"
    values: "Callable[[], Values]"


class FilterText(Line):
    """The filter that is in force."""

    text = ""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        left = [
            Segment("  / ", looks.base + looks.accent),
            Segment(cut(clean(self.text), max(1, width - 18)), looks.base + looks.strong),
        ]
        return spread(left, [Segment("esc clears ", looks.base + looks.muted)], width, looks)


class Prompt(Line):
    """Says that what follows is a filter."""

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment("  / ", looks.base + looks.accent)]


class FilterError(Line):
    """What is wrong with it, under the place where it is."""

    start = 0
    end = 0
    said = ""

    def complain(self, start: int, end: int, said: str) -> None:
        self.start, self.end, self.said = start, end, clean(said)
        self.styles.height = len(self._lines(self.size.width or 40))
        self.refresh()

    def _lines(self, width: int) -> list[str]:
        room = max(1, width - len(_INDENT) - 1)
        start, end = max(0, self.start), min(self.end, room)
        marks = [" " * start + "^" * (end - start)] if start < end else []
        return [*marks, *wrap(self.said, room)]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(width)
        text = _INDENT + lines[y] if y < len(lines) else ""
        return Strip([Segment(text, looks.base + looks.warning)]).adjust_cell_length(width, looks.base)


class FilterLine(Vertical, Asking):
    """Hidden while nothing is filtered."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto; display: none; margin-bottom: 1;
        &.-active, &.-editing { display: block; }
        &.-editing FilterText { display: none; }
        Horizontal { display: none; height: 1; }
        &.-editing Horizontal { display: block; }
        Prompt { width: 4; }
        Input { border: none; height: 1; padding: 0; width: 1fr; background: $surface; &:focus { border: none; } }
        FilterError { display: none; }
        &.-wrong FilterError { display: block; }
        Completions { display: none; }
        &.-editing Completions { display: block; }
    }
    """

    class Typed(Message):
        """Show what this line matches."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Message):
        """This is the filter now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Cancelled(Message):
        """Show what was shown before."""

    def __init__(self, language: Language) -> None:
        super().__init__(id="filter")
        self._language = language
        self.HINT = f"⏎ keeps it  tab completes  esc leaves it  ·  {language.words}"
        self._text = FilterText()
        self._error = FilterError()
        self._completions = Completions()
        self._input: Input | None = None
        self._meant = ""  # what of the line means something already
        self._values: Values = {}  # what was in the list before it was narrowed
        self._submitted = False  # what is typed is meant as it is

    def compose(self) -> ComposeResult:
        yield self._text
        yield self._error
        yield self._completions

    def show(self, text: str) -> None:
        """The filter in force, or none."""
        self._text.text = text
        self._text.refresh()
        self._complain(0, 0, "")
        self.set_class(bool(text), "-active")

    async def edit(self, text: str) -> None:
        from textual.widgets import Input

        if self._input is None:
            self._input = Input(placeholder=self._language.example, compact=True, select_on_focus=False)
            self._input.cursor_blink = False
            await self.mount(Horizontal(Prompt(), self._input), before=self._error)
            self.watch(self._input, "selection", self._complete, init=False)
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self._meant, self._values = text, self._language.values()
        self.add_class("-editing")
        self._input.focus()
        self._complete()

    @property
    def editing(self) -> bool:
        return self.has_class("-editing")

    def close(self) -> None:
        self.remove_class("-editing")
        self._completions.offer(())

    def complain(self, error: CallboardError) -> None:
        from core.filtering import mistake_in

        found = mistake_in(error.sentence)
        if found is None or self._input is None:
            self._complain(0, 0, error.sentence)
            return
        text, typing = self._input.value, found.start <= self._input.cursor_position <= found.end
        if typing and self._completions.offered and not self._submitted:
            self._complain(0, 0, "")  # it is not typed to its end, and what can be is said
            return
        before = cells(text[: found.start]) - self._input.scroll_offset.x
        marked = cells(text[found.start : found.end])
        self._complain(before, before + max(1, marked), found.said)

    def _complain(self, start: int, end: int, said: str) -> None:
        self._error.complain(start, end, said)
        self.set_class(bool(said), "-wrong")

    def on_input_changed(self, event: "Input.Changed") -> None:
        event.stop()
        self._submitted = False
        self._complete()
        meant = event.value.rstrip()
        while (unfinished := self._unfinished(meant)) is not None and unfinished.end == len(meant):
            meant = meant[: unfinished.start].rstrip()
        if meant != self._meant:
            self._meant = meant
            self.post_message(self.Typed(meant))

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        event.stop()
        self._submitted = True
        self._completions.offer(())
        unfinished = self._unfinished(event.value)
        if unfinished is None:
            self.post_message(self.Submitted(event.value))
        else:
            self.complain(unfinished)

    def on_key(self, event: events.Key) -> None:
        """The keys of the completions; what they have no use for goes on as it would."""
        line = self._completions
        match event.key:
            case "down" | "up" if line.offered:
                line.choose(1 if event.key == "down" else -1)
            case "tab" if line.offered:
                self._take(line.chosen or line.offered[0])
            case "enter" if line.chosen is not None:
                self._take(line.chosen)
            case "escape" if line.chosen is not None:
                line.offer(())
            case "escape":
                self.post_message(self.Cancelled())
            case _:
                return
        event.stop()
        event.prevent_default()

    @on(Completions.Clicked)
    def _clicked(self, event: Completions.Clicked) -> None:
        self._take(event.completion)

    def _take(self, completion: "Completion") -> None:
        if self._input is not None:
            text, cursor = completion.taken(self._input.value, self._input.cursor_position)
            self._input.value = text
            self._input.cursor_position = cursor
            self._input.focus()

    def _complete(self) -> None:
        """Offer what can go on where the cursor is."""
        from core.completing import complete

        if self._input is not None and self.editing:
            text, cursor, fields = self._input.value, self._input.cursor_position, self._language.fields
            self._completions.offer(complete(text, cursor, fields, self._values))

    def _unfinished(self, text: str) -> "Mistaken | None":
        """What needs more to be typed before it means anything."""
        from core import filtering

        try:
            filtering.parse(text, self._language.fields, Instant(0))
        except filtering.FilterError as error:
            return error if error.unfinished else None
        return None
