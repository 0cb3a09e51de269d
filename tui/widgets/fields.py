"""A field of a form: a label, a control beside it, and below it what is wrong or a hint."""

from rich.segment import Segment
from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.text import clean, excerpt, pad
from tui.drafts.automation import FieldSpec, Value
from tui.widgets.controls import ChoiceControl, Control, Edited, FlagsControl, LineControl, TextControl
from tui.widgets.looks import Looks
from tui.wrapping import wrap

LABEL = 16  # cells


class Field(Widget):
    """Draws its label and what is said; the control has the room between."""

    DEFAULT_CSS = "Field { layout: vertical; height: auto; padding-right: 2; }"

    class Changed(Message):
        """It is filled in with something else."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

    def __init__(self, key: str, label: str, widget: Control, hint: str = "") -> None:
        super().__init__()
        self.key = key
        self.widget = widget
        self.label = label
        self._hint = hint
        self._wrong = ""

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self._make_room()

    def on_resize(self) -> None:
        self._make_room()

    @property
    def hint(self) -> str:
        """What is said while nothing is wrong."""
        return self._hint

    @hint.setter
    def hint(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self._make_room()
            self.refresh()

    @property
    def wrong(self) -> str:
        """What is wrong with it, if anything is."""
        return self._wrong

    def complain(self, sentence: str) -> None:
        """Say what is wrong, or that nothing is."""
        if sentence != self._wrong:
            self._wrong = sentence
            self._make_room()
            self.refresh()

    def get(self) -> Value:
        return self.widget.get()

    def set(self, value: Value) -> None:
        self.widget.set(value)

    def on_edited(self, event: Edited) -> None:
        event.stop()
        self.post_message(self.Changed(self))

    def _said(self) -> list[str]:
        text = self._wrong or self._hint
        return wrap(clean(text), max(10, self.size.width - LABEL - 2)) if text else []

    def _make_room(self) -> None:
        self.widget.styles.margin = (0, 0, len(self._said()), LABEL)

    def render_line(self, y: int) -> Strip:
        looks, width = Looks.of(self), self.size.width
        if y == 0:
            here = self.widget.has_focus
            ink = looks.critical if self._wrong else looks.strong if here else looks.muted
            text = pad(("  " if not self._wrong else "✖ ") + excerpt(self.label, LABEL - 3), LABEL)
            return Strip([Segment(text, looks.base + ink)]).adjust_cell_length(width, looks.base)
        said = self._said()
        number = y - (self.size.height - len(said))
        if number < 0 or number >= len(said):
            return Strip.blank(width, looks.base)
        ink = looks.warning if self._wrong else looks.muted
        text = " " * (LABEL + 1) + said[number]
        return Strip([Segment(text, looks.base + ink)]).adjust_cell_length(width, looks.base)

    def on_descendant_focus(self) -> None:
        self.refresh()

    def on_descendant_blur(self) -> None:
        self.refresh()


def field_for(spec: FieldSpec) -> Field:
    """The field with the control of its shape."""
    match spec.shape:
        case "text":
            return Field(spec.name, spec.label, TextControl(), spec.hint)
        case "choice":
            return Field(spec.name, spec.label, ChoiceControl(spec.options), spec.hint)
        case "flag":
            return Field(spec.name, spec.label, FlagsControl([(spec.name, spec.hint)], single=True))
        case "flags":
            return Field(spec.name, spec.label, FlagsControl(spec.options), spec.hint)
        case shape:
            return Field(spec.name, spec.label, LineControl(spec.hint, secret=shape == "secret"))
