"""Where a person says what is next. What is typed stays, whatever becomes of the screen or of the connection."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from core.text import clean, excerpt
from tui.widgets.asking import Asking
from tui.widgets.controls import Edited, TextControl
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class SayHead(Line):
    """What the box is for, or what is in it and was not sent."""

    DEFAULT_CSS = "SayHead { background: $panel; }"

    class Pressed(Message):
        """Somebody wants to write."""

    def __init__(self, key: Callable[[], str]) -> None:
        super().__init__()
        self._key = key
        self.draft = ""
        self.writing = False

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        if self.writing:
            return [Segment("  Say what is next", looks.base + looks.strong)]
        text = f"Not sent: {clean(self.draft)}" if self.draft.strip() else "Say what is next"
        ink = looks.warning if self.draft.strip() else looks.muted
        return [
            Segment(f"  {self._key()}  ", looks.base + looks.accent),
            Segment(excerpt(text, max(1, width - 8)), looks.base + ink),
        ]

    def on_click(self) -> None:
        self.post_message(self.Pressed())


class SayBox(Vertical, Asking):
    """One line, until somebody writes in it."""

    HINT = "ctrl+s sends it  esc goes back; what you typed stays"
    DEFAULT_CSS = """
    SayBox {
        height: 1;
        &.-writing { height: auto; }
        TextControl { display: none; height: 5; background: $surface; }
        &.-writing TextControl { display: block; }
    }
    """

    class Sent(Message):
        """Say this."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Written(Message):
        """Something else is written than before."""

    class Left(Message):
        """Nothing more is written for now."""

    def __init__(self, key: Callable[[], str]) -> None:
        super().__init__(id="say")
        self._head = SayHead(key)
        self._text = TextControl()

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._text

    @property
    def draft(self) -> str:
        return self._text.text

    @draft.setter
    def draft(self, text: str) -> None:
        self._text.set(text)
        self._show_draft()

    @property
    def writing(self) -> bool:
        return self.has_class("-writing")

    def write(self) -> None:
        self.add_class("-writing")
        self._show_draft()
        self._text.focus()

    def close(self) -> None:
        self.remove_class("-writing")
        self._show_draft()

    def _show_draft(self) -> None:
        self._head.draft, self._head.writing = self._text.text, self.writing
        self._head.refresh()

    def on_say_head_pressed(self, event: SayHead.Pressed) -> None:
        event.stop()
        self.write()

    def on_edited(self, event: Edited) -> None:
        event.stop()
        self.post_message(self.Written())

    def on_key(self, event: events.Key) -> None:
        if event.key in ("ctrl+s", "f2"):
            self._send()
        elif event.key == "escape":
            self.close()
            self.post_message(self.Left())
        else:
            return
        event.stop()
        event.prevent_default()

    def _send(self) -> None:
        if self._text.text.strip():
            self.post_message(self.Sent(self._text.text))
