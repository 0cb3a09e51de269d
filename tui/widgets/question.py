"""A question at the foot of the screen, each of whose answers is one key. Escape does nothing and goes away."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from core.text import clean, cut
from tui.widgets.asking import Asking
from tui.widgets.looks import Looks
from tui.wrapping import wrap


class Answer(NamedTuple):
    key: str
    words: str
    do: Callable[[], object] | None = None  # nothing else than to go away


class Question(Asking, can_focus=True):
    """Says what it is about, and offers the answers one below the other. One that `stays` goes by escape."""

    DEFAULT_CSS = "Question { dock: bottom; background: $panel; margin-bottom: 1; }"

    def __init__(
        self, asked: str, answers: Sequence[Answer], *, more: Sequence[str] = (), stays: bool = False
    ) -> None:
        super().__init__(classes="question")
        self._asked = clean(asked)
        self._more = [clean(line) for line in more]
        self._answers = [*answers]
        self._stays = stays
        self._focus_before: Widget | None = None
        self.HINT = "  ".join(f"{answer.key} {answer.words}" for answer in answers) + "  esc goes back"

    def on_mount(self) -> None:
        self._focus_before = self.screen.focused
        self._fit()
        self.focus()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.styles.height = min(len(self._lines(self.screen.size.width)), max(3, self.screen.size.height - 2))

    def _lines(self, width: int) -> list[tuple[str, int]]:
        """The lines, with the number of the answer where one is: -1 for the question, -2 for what is below it."""
        room = max(1, width - 4)
        asked = [(line, -1) for line in wrap(self._asked, room)]
        more = [(line, -2) for text in self._more for line in wrap(text, room)]
        answers = [(f"{answer.key}  {answer.words}", number) for number, answer in enumerate(self._answers)]
        return [*asked, *more, *answers]

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, looks.base)
        text, number = lines[y]
        ink = looks.strong if number == -1 else looks.base if number == -2 else looks.accent
        return Strip([Segment("  " + cut(text, max(1, width - 3)), looks.base + ink)]).adjust_cell_length(
            width, looks.base
        )

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        pressed = event.character or event.key
        for answer in self._answers:
            if pressed == answer.key:
                self._answer(answer)
                return
        if event.key == "escape":
            self.leave()

    def on_click(self, event: events.Click) -> None:
        lines = self._lines(self.size.width)
        if event.y < len(lines) and (number := lines[event.y][1]) >= 0:
            self._answer(self._answers[number])

    def _answer(self, answer: Answer) -> None:
        if not self._stays:
            self.leave()
        if answer.do is not None:
            answer.do()  # never awaited: it may be what ends this screen

    def leave(self) -> None:
        if self._focus_before is not None and self._focus_before.is_attached:
            self._focus_before.focus()
        self.remove()
