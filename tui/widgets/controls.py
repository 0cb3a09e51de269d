"""What a field of a form is filled in with: a line, a text, one of a few, some of a few.

Textual's own labels, lists and check boxes read markup: only its text inputs are used, the rest is drawn."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from core.text import clean, cut, excerpt, pad
from core.text import width as cells
from tui.drafts.automation import Value
from tui.widgets.looks import Looks

Options = Sequence[tuple[str, str]]
_LONGEST = 64  # cells of an option that is gone


class Edited(Message):
    """A person filled in something else."""


class Entered(Message):
    """A line was ended by the enter key."""


class LineControl(Input):
    """A line of text."""

    DEFAULT_CSS = """
    LineControl {
        border: none; height: 1; background: $panel;
        &.-textual-compact { padding: 0 1 !important; }
        &:focus { border: none; }
    }
    """

    def __init__(self, hint: str = "", *, secret: bool = False) -> None:
        super().__init__(placeholder=hint, compact=True, select_on_focus=False, password=secret)
        self.cursor_blink = False

    def get(self) -> Value:
        return self.value

    def set(self, value: Value) -> None:
        with self.prevent(Input.Changed):
            self.value = clean(str(value))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(Edited())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(Entered())


class TextControl(TextArea):
    """Some lines of text."""

    DEFAULT_CSS = """
    TextControl { border: none; height: 7; padding: 0 1; background: $panel; &:focus { border: none; } }
    """

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, compact=True)
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def get(self) -> Value:
        return self.text

    def set(self, value: Value) -> None:
        with self.prevent(TextArea.Changed):
            self.load_text(clean(str(value), multiline=True))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(Edited())


class _Drawn(Widget, can_focus=True):
    """A control that is one drawn line or a few."""

    DEFAULT_CSS = "_Drawn { height: 1; background: $panel; }"

    def line(self, y: int, width: int, looks: Looks) -> list[Segment]:
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        return Strip(self.line(y, width, looks)).adjust_cell_length(width, looks.base)


class ChoiceControl(_Drawn):
    """One of a few. Left and right go on, letters go to what begins with them, enter shows them all."""

    class Asked(Message):
        """Show all that there is to choose from."""

        def __init__(self, control: "ChoiceControl") -> None:
            super().__init__()
            self.choice = control

    def __init__(self, options: Options = ()) -> None:
        super().__init__()
        self.options: Options = options
        self._value = options[0][0] if options else ""
        self._typed = ""

    def get(self) -> Value:
        return self._value

    def set(self, value: Value) -> None:
        self._value = str(value)
        self.refresh()

    def choose(self, value: str) -> None:
        if value != self._value:
            self.set(value)
            self.post_message(Edited())

    def offer(self, options: Options) -> None:
        """Other options; what was chosen stays, and is offered too."""
        self.options = options
        if not self._value and len(options) == 1:
            self.choose(options[0][0])
        self.refresh()

    def line(self, y: int, width: int, looks: Looks) -> list[Segment]:
        words = dict(self.options).get(self._value, self._value) or "choose…"
        ground = looks.cursor if self.has_focus else looks.base
        count = f" {self._position + 1}/{len(self.options)} " if len(self.options) > 1 else ""
        text = pad(excerpt(words, max(1, width - 6 - len(count))), max(1, width - 5 - len(count)))
        return [
            Segment(" ‹ ", ground + looks.accent),
            Segment(text, ground + (looks.strong if self._value else looks.muted)),
            Segment(count, ground + looks.muted),
            Segment("› ", ground + looks.accent),
        ]

    @property
    def _position(self) -> int:
        return next((at for at, (value, _) in enumerate(self.options) if value == self._value), -1)

    def on_key(self, event: events.Key) -> None:
        steps = {"left": -1, "right": 1, "space": 1}
        typed, self._typed = self._typed, ""
        if event.key in steps and self.options:
            self._take(event)
            self.choose(self.options[(self._position + steps[event.key]) % len(self.options)][0])
        elif event.key == "enter":
            self._take(event)
            self.post_message(self.Asked(self))
        elif event.character and event.character.isalnum():
            self._take(event)
            self._jump(typed, event.character.lower())

    def _take(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def _jump(self, typed: str, letter: str) -> None:
        """To what begins with all that was typed; where nothing does, to the next that begins with the letter."""
        at = max(0, self._position)
        for start, first in [(typed + letter, at)] * bool(typed) + [(letter, self._position + 1)]:
            after = [*self.options[first:], *self.options[:first]]
            found = next((value for value, words in after if words.lower().startswith(start)), None)
            if found is not None:
                self._typed = start
                self.choose(found)
                return

    def on_click(self) -> None:
        self.focus()
        self.post_message(self.Asked(self))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._typed = ""
        self.refresh()


class FlagsControl(_Drawn):
    """Some of a few, or none; with one option, yes or no. Left and right move, space turns on and off."""

    def __init__(self, options: Options, *, single: bool = False) -> None:
        super().__init__()
        self._options = options
        self._single = single
        self._on: set[str] = set()
        self._at = 0

    def get(self) -> Value:
        if self._single:
            return bool(self._on)
        return tuple(value for value, _ in self._options if value in self._on)

    def set(self, value: Value) -> None:
        if isinstance(value, tuple):
            self._on = set(value)
        else:
            self._on = {self._options[0][0]} if value else set()
        self.refresh()

    def offer(self, options: Options) -> None:
        """Other options; what is turned on stays so, and is offered too."""
        there = {value for value, _ in options}
        gone = [(value, excerpt(value, _LONGEST)) for value in sorted(self._on - there)]
        self._options = [*options, *gone]
        self._at = min(self._at, max(0, len(self._options) - 1))
        self._make_room()
        self.refresh()

    def _places(self, width: int) -> list[tuple[int, int, int]]:
        """For each option its line, its column, and where it ends."""
        places, y, x = [], 0, 1
        for _, words in self._options:
            size = cells(words) + 6
            if x + size > width and x > 1:
                y, x = y + 1, 1
            places.append((y, x, x + size))
            x += size
        return places

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        places = self._places(self.size.width)
        self.styles.height = places[-1][0] + 1 if places else 1

    def line(self, y: int, width: int, looks: Looks) -> list[Segment]:
        if not self._options:
            return [Segment(" There is nothing to choose from.", looks.base + looks.muted)]
        made = [Segment(" ", looks.base)]
        for number, ((value, words), place) in enumerate(zip(self._options, self._places(width), strict=True)):
            if place[0] == y:
                here = self.has_focus and number == self._at
                ground = looks.cursor if here else looks.base
                is_on = value in self._on
                ink = looks.accent if is_on else looks.muted
                made += [
                    Segment("[x] " if is_on else "[ ] ", ground + ink),
                    Segment(cut(words, width), ground + (looks.strong if is_on else ink)),
                    Segment("  ", looks.base),
                ]
        return made

    def on_key(self, event: events.Key) -> None:
        steps = {"left": -1, "right": 1}
        if not self._options:
            return
        if event.key in steps and not self._single:
            self._at = (self._at + steps[event.key]) % len(self._options)
        elif event.key in ("space", "enter"):
            self._turn(self._at)
        else:
            return
        event.stop()
        event.prevent_default()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        self.focus()
        for number, (y, start, end) in enumerate(self._places(self.size.width)):
            if y == event.y and start <= event.x < end:
                self._at = number
                self._turn(number)

    def _turn(self, number: int) -> None:
        self._on ^= {self._options[number][0]}
        self.refresh()
        self.post_message(Edited())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


Control = LineControl | TextControl | ChoiceControl | FlagsControl
