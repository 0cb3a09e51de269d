"""A few words that are asked for at the foot of the screen: a prompt, an address, what to search for."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from core.text import excerpt
from tui.widgets.asking import Asking
from tui.widgets.controls import Edited, Entered, LineControl, TextControl
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class PromptPanel(Vertical, Asking):
    """A line is given by enter, a text by ctrl+s. Escape leaves it; `kept` is told what was typed until then."""

    DEFAULT_CSS = """
    PromptPanel {
        dock: bottom; background: $panel; margin-bottom: 1; height: auto; padding: 0 1;
        TextControl { height: 6; background: $surface; }
        LineControl { background: $surface; }
    }
    """

    def __init__(
        self,
        asked: str,
        given: Callable[[str], object],
        *,
        lines: bool = False,
        text: str = "",
        kept: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__()
        self._asked = asked
        self._given = given
        self._kept = kept
        self._control = TextControl() if lines else LineControl()
        self._control.set(text)
        self._before: Widget | None = None
        self.HINT = f"{'ctrl+s' if lines else '⏎'} gives it  esc leaves it"

    def compose(self) -> ComposeResult:
        yield PromptHead(self._asked)
        yield self._control

    def on_mount(self) -> None:
        self._before = self.screen.focused
        self._control.focus()

    def on_edited(self, event: Edited) -> None:
        event.stop()
        if self._kept is not None:
            self._kept(str(self._control.get()))

    def on_entered(self, event: Entered) -> None:
        event.stop()
        self._give()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("ctrl+s", "f2"):
            self._give()
        elif event.key == "escape":
            self._leave()
        else:
            return
        event.stop()
        event.prevent_default()

    def _give(self) -> None:
        text = str(self._control.get())
        if text.strip():
            self._leave()
            self._given(text)

    def _leave(self) -> None:
        if self._before is not None and self._before.is_attached:
            self._before.focus()
        self.remove()


class PromptHead(Line):
    """What is asked for."""

    DEFAULT_CSS = "PromptHead { background: $panel; }"

    def __init__(self, asked: str) -> None:
        super().__init__()
        self._asked = asked

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment(" " + excerpt(self._asked, max(1, width - 2)), looks.base + looks.strong)]
