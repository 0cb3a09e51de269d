"""One row of a condition that is being built: a field, how it is compared, and with what."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from core.routing.conditions import OPS
from tui.drafts.automation import Value
from tui.drafts.condition import NOT, WITHOUT_VALUE, value_typed
from tui.widgets.completing_field import CompletingField, beginning_with
from tui.widgets.controls import ChoiceControl, LineControl
from tui.words.rules import OPS as WORDS

if TYPE_CHECKING:
    from core.completing import Completion

_SIDE_BY_SIDE = 70  # cells from which they are in one line
_OPTIONS = (*((op, WORDS[op]) for op in OPS), *((f"{NOT}{op}", f"not: {WORDS[op]}") for op in OPS))


class Known(NamedTuple):
    """The fields of the latest event that the rule listens to: their values, and these in a few characters."""

    values: Mapping[str, object]
    shown: Mapping[str, str]


class ConditionRow(CompletingField):
    """What is typed is offered from the latest event: its fields, and the value that one has there."""

    DEFAULT_CSS = """
    ConditionRow > Container { height: auto; layout: vertical; }
    ConditionRow.-wide > Container { layout: horizontal; height: 1; }
    ConditionRow.-wide > Container > LineControl { width: 1fr; }
    ConditionRow.-wide > Container > ChoiceControl { width: 30; }
    """

    def __init__(self, key: str, label: str, known: Callable[[], Known]) -> None:
        self._field = LineControl("such as task.title")
        super().__init__(key, label, self._field)
        self._op = ChoiceControl(_OPTIONS)
        self._value = LineControl("such as failed")
        self._known = known
        self._parts = Container(self._field, self._op, self._value)
        self._offers = {self._field: self._fields, self._value: self._values}

    def compose(self) -> ComposeResult:
        yield self._parts
        yield self._completions

    @property
    def upper(self) -> Widget:
        return self._parts

    def on_resize(self) -> None:
        self.set_class(self._parts.size.width >= _SIDE_BY_SIDE, "-wide")

    @property
    def blank(self) -> bool:
        return not str(self._field.get()).strip() and not str(self._value.get()).strip()

    def call(self, label: str) -> None:
        if label != self.label:
            self.label = label
            self.refresh()

    def get(self) -> Value:
        return str(self._field.get()), str(self._op.get()), str(self._value.get())

    def set(self, value: Value) -> None:
        if isinstance(value, tuple):
            controls: tuple[LineControl | ChoiceControl, ...] = (self._field, self._op, self._value)
            for control, part in zip(controls, value, strict=True):
                if control.get() != part:
                    control.set(part)
            self._value.display = value[1].removeprefix(NOT) not in WITHOUT_VALUE

    def _fields(self, text: str, cursor: int) -> "Sequence[Completion]":
        return beginning_with(text, 0, self._known().shown, empty=True) if cursor == len(text) else ()

    def _values(self, text: str, cursor: int) -> "Sequence[Completion]":
        known = self._known().values
        name = str(self._field.get()).strip()
        if name not in known or isinstance(known[name], dict | list) or cursor < len(text):
            return ()
        return beginning_with(text, 0, {value_typed(known[name]): "as in the latest event"}, empty=True)
