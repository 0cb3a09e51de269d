"""A field that offers how what is typed can go on, in a line below it: arrows choose, tab takes.

The line is there also while nothing is offered, and has what the field says: a form that is laid out anew with
each key would send ten kilobytes for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from tui.widgets.completions import Completions
from tui.widgets.controls import Control, LineControl, TextControl
from tui.widgets.fields import LABEL, Field
from tui.widgets.looks import Looks

if TYPE_CHECKING:
    from core.completing import Completion

Offers = Callable[[str, int], "Sequence[Completion]"]
"""What can go on in a line at the cursor."""

_INDENT = 3  # cells that the completions begin before what is typed


class OfferLine(Completions):
    """What is offered, or else what the field has to say."""

    said = ""
    wrong = False

    def say(self, said: str, *, wrong: bool) -> None:
        if (said, wrong) != (self.said, self.wrong):
            self.said, self.wrong = said, wrong
            self.refresh()

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        if self.offered:
            return super().draw(width, looks)
        ink = looks.warning if self.wrong else looks.muted
        return [Segment(" " * (_INDENT + 1) + self.said, looks.base + ink)]


class CompletingField(Field):
    """One control, or more of them, each with its own offers."""

    def __init__(
        self, key: str, label: str, widget: Control, hint: str = "", *, offers: Offers | None = None
    ) -> None:
        super().__init__(key, label, widget, hint)
        self._completions = OfferLine()
        self._offers: dict[Widget, Offers] = {} if offers is None else {widget: offers}

    def compose(self) -> ComposeResult:
        yield self.widget
        yield self._completions

    def on_mount(self) -> None:
        for control in self._offers:
            self.watch(control, "selection", self._complete, init=False)

    @property
    def offered(self) -> "Sequence[Completion]":
        return self._completions.offered

    def _make_room(self) -> None:
        said = self._said()
        self.upper.styles.margin = (0, 0, 0, LABEL)
        self._completions.styles.margin = (0, 0, max(0, len(said) - 1), LABEL - _INDENT)
        self._completions.say(said[0] if said else "", wrong=bool(self.wrong))

    @property
    def upper(self) -> Widget:
        """What is above the completions."""
        return self.widget

    def on_descendant_focus(self) -> None:
        super().on_descendant_focus()
        self._complete()

    def on_descendant_blur(self) -> None:
        super().on_descendant_blur()
        self._offer(())

    def _typed_in(self) -> "LineControl | TextControl | None":
        here = self.screen.focused
        return here if isinstance(here, LineControl | TextControl) and here in self._offers else None

    def _complete(self) -> None:
        control = self._typed_in() if self.is_mounted else None
        if control is not None:
            self._offer(self._offers[control](*_line(control)))

    def _offer(self, offered: "Sequence[Completion]") -> None:
        if offered != self._completions.offered or self._completions.chosen is not None:
            self._completions.offer(offered)

    def on_key(self, event: events.Key) -> None:
        """The keys of the completions; what they have no use for goes on as it would."""
        line, control = self._completions, self._typed_in()
        if control is None or not self.complete_by(event.key, control, line):
            return
        event.stop()
        event.prevent_default()

    def complete_by(self, key: str, control: "LineControl | TextControl", line: Completions) -> bool:
        """Whether the key was one for the completions."""
        match key:
            case "down" | "up" if line.offered and (key == "down" or line.chosen is not None):
                line.choose(1 if key == "down" else -1)
            case "tab" if line.chosen is not None or self._begun(control):
                self._take(control, line.chosen or line.offered[0])
            case "enter" if line.chosen is not None:
                self._take(control, line.chosen)
            case "escape" if line.chosen is not None:
                line.offer(line.offered)
            case _:
                return False
        return True

    def _begun(self, control: "LineControl | TextControl") -> bool:
        """Whether there is a beginning that the first of them completes."""
        offered = self._completions.offered
        return bool(offered) and offered[0].start < _line(control)[1]

    @on(Completions.Clicked)
    def _clicked(self, event: Completions.Clicked) -> None:
        event.stop()
        if (control := self._typed_in()) is not None:
            self._take(control, event.completion)

    def _take(self, control: "LineControl | TextControl", completion: "Completion") -> None:
        text, cursor = completion.taken(*_line(control))
        if isinstance(control, LineControl):
            control.value = text
            control.cursor_position = cursor
        else:
            row = control.cursor_location[0]
            control.replace(text, (row, 0), (row, len(control.document.get_line(row))))
            control.move_cursor((row, cursor))


def _line(control: "LineControl | TextControl") -> tuple[str, int]:
    """The line that the cursor is in, and where in it."""
    if isinstance(control, LineControl):
        return control.value, control.cursor_position
    row, column = control.cursor_location
    return control.document.get_line(row), column


def beginning_with(
    piece: str, start: int, known: Mapping[str, str], *, empty: bool = False
) -> "Sequence[Completion]":
    """Those of the known words that go on from what is typed, the likeliest first; none where it is one."""
    from core.completing import MOST, Completion

    if piece in known or (not piece and not empty):
        return ()
    wanted = piece.lower()
    first = [word for word in known if word.lower().startswith(wanted)]
    parts = [word for word in known if len(wanted) > 1 and wanted in word.lower()]
    return [Completion(word, start, known[word]) for word in dict.fromkeys((*first, *parts))][:MOST]
