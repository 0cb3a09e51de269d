"""A few lines to choose from, at the foot of the screen; one of them may be typed instead."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.text import clean, cut, excerpt, pad
from core.text import width as cells
from tui.widgets.asking import Asking
from tui.widgets.looks import Looks

_NUMBERED = 9
_LONGEST_TYPED = 200


class Choice(NamedTuple):
    """A line: what it says, what stands beside it, and what it does; without that it is there to be read only. It
    may be called by a letter, too."""

    words: str
    beside: str
    do: Callable[[], object] | None
    letter: str = ""


class Menu(Asking, can_focus=True):
    """A number or a letter chooses; escape leaves things as they are."""

    HINT = "a number chooses  j k move  ⏎ chooses  esc leaves it"

    class Turned(Message):
        """Keys are text now, or are so no longer."""

    DEFAULT_CSS = "Menu { dock: bottom; background: $panel; margin-bottom: 1; }"

    def __init__(self, title: str, choices: Sequence[Choice], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = title
        self.choices = [*choices]
        self.at = 0
        self._asked = ""  # what is to be typed, while it is
        self._typed = ""
        self._given: Callable[[str], object] | None = None
        self._read: Callable[[str], tuple[str, bool]] | None = None
        self._focus_before: Widget | None = None

    def on_mount(self) -> None:
        self._focus_before = self.screen.focused
        self._fit()
        self.focus()

    def on_resize(self) -> None:
        self._fit()

    def show(self, title: str, choices: Sequence[Choice], at: int = 0) -> None:
        """Other lines in the same place."""
        self._title, self.choices = title, [*choices]
        self.at = max(0, min(at, len(self.choices) - 1))
        self._turn(None)

    def ask(
        self, asked: str, given: Callable[[str], object], read: Callable[[str], tuple[str, bool]], typed: str = ""
    ) -> None:
        """Have something typed. While it is typed, `read` says what it means, and whether it is right; `given`
        takes it, and does nothing with what is wrong."""
        self._asked, self._read, self._typed = asked, read, typed
        self._turn(given)

    def _turn(self, given: Callable[[str], object] | None) -> None:
        self._given = given
        self.HINT = type(self).HINT if given is None else "⏎ takes it  ctrl+u clears it  esc goes back"
        self._fit()
        self.refresh()
        self.post_message(self.Turned())

    @property
    def typing(self) -> bool:
        return self._given is not None

    def _fit(self) -> None:
        lines = 3 if self.typing else len(self.choices) + 1
        self.styles.height = max(2, min(lines, self.screen.size.height - 4))

    @property
    def _top(self) -> int:
        """The first choice in sight."""
        shown = max(1, self.size.height - 1)
        return max(0, min(self.at - shown // 2, len(self.choices) - shown))

    # Drawing

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        if y == 0:
            title = "  " + excerpt(self._asked if self.typing else self._title, max(1, width - 3))
            return Strip([Segment(title, looks.base + looks.strong)]).adjust_cell_length(width, looks.base)
        if self.typing:
            return self._typed_line(y, width, looks)
        number = y - 1 + self._top
        if number >= len(self.choices):
            return Strip.blank(width, looks.base)
        choice = self.choices[number]
        if choice.do is None:
            said = f"  {choice.words}  {choice.beside}"
            made = [Segment("  " + cut(clean(said), max(1, width - 3)), looks.base + looks.muted)]
            return Strip(made).adjust_cell_length(width, looks.base)
        here = number == self.at
        ground = looks.cursor if here else looks.base
        sign = choice.letter or (str(number + 1) if number < _NUMBERED else " ")
        room = max(1, width - 6)
        beside = excerpt(choice.beside, room // 2)
        words = excerpt(choice.words, room - (cells(beside) + 2 if beside else 0))
        made = [
            Segment("▌ " if here else "  ", ground + looks.accent),
            Segment(f"{sign}  ", ground + looks.accent),
            Segment(pad(words, min(max(cells(words), self._column), room)), ground),
            Segment("  " + beside, ground + looks.muted),
        ]
        return Strip(made).adjust_cell_length(width, ground)

    @property
    def _column(self) -> int:
        return min(40, max((cells(clean(choice.words)) for choice in self.choices), default=0))

    def _typed_line(self, y: int, width: int, looks: Looks) -> Strip:
        if y == 1:
            shown = "  › " + clean(self._typed)
            while cells(shown) > width - 2:
                shown = "  ›" + shown[4:]
            made = [Segment(shown, looks.base + looks.accent), Segment(" ", looks.base + looks.cursor)]
        else:
            means, right = self._read(self._typed) if self._read is not None else ("", True)
            ink = looks.muted if right else looks.warning
            made = [Segment("    " + cut(clean(means), max(1, width - 5)), looks.base + ink)]
        return Strip(made).adjust_cell_length(width, looks.base)

    # Keys

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self.typing:
            self._type(event)
        else:
            self.press(event.key, event.character or "")

    def press(self, key: str, character: str) -> None:
        called = next((choice for choice in self.choices if character and choice.letter == character), None)
        if called is not None and called.do is not None:
            called.do()
        elif character.isdecimal() and 1 <= int(character) <= min(_NUMBERED, len(self.choices)):
            self._choose(int(character) - 1)
        elif key in ("j", "down", "tab", "k", "up", "shift+tab"):
            self._move(1 if key in ("j", "down", "tab") else -1)
        elif key == "enter":
            self._choose(self.at)
        elif key in ("escape", "q"):
            self.leave()

    def _type(self, event: events.Key) -> None:
        if event.key == "escape":
            self._turn(None)
        elif event.key == "enter" and self._given is not None:
            self._given(self._typed)
        elif event.key in ("backspace", "ctrl+h"):
            self._typed = self._typed[:-1]
        elif event.key == "ctrl+u":
            self._typed = ""
        elif event.is_printable and event.character:
            self._typed = (self._typed + event.character)[:_LONGEST_TYPED]
        self.refresh()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self.typing:
            self._typed = (self._typed + " ".join(event.text.split()))[:_LONGEST_TYPED]
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        number = event.y - 1 + self._top
        if not self.typing and event.y >= 1 and number < len(self.choices):
            self._choose(number)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(-1)

    def _move(self, by: int) -> None:
        places = [at for at, choice in enumerate(self.choices) if choice.do is not None]
        if places:
            here = places.index(self.at) if self.at in places else -1
            self.at = places[(here + by) % len(places)]
            self.refresh()

    def _choose(self, number: int) -> None:
        if number < len(self.choices) and (do := self.choices[number].do) is not None:
            self.at = number
            do()

    def leave(self) -> None:
        if self._focus_before is not None and self._focus_before.is_attached:
            self._focus_before.focus()
        self.remove()
