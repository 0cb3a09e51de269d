"""What an automation is to be run with, at the foot of the screen."""

from collections.abc import Mapping, MutableMapping, Sequence

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from core.api.automations import Automation
from core.api.workflows import Parameter
from core.text import excerpt
from tui.drafts.automation import written
from tui.widgets.asking import Asking
from tui.widgets.controls import Entered, LineControl
from tui.widgets.fields import Field
from tui.widgets.line import Line
from tui.widgets.looks import Looks


class RunPanel(VerticalScroll, Asking):
    """A line per parameter, filled in with what was typed before and not run, or with what the automation has."""

    HINT = "⏎ next, and runs it at the end  ctrl+s runs it  esc leaves it"

    DEFAULT_CSS = """
    RunPanel { dock: bottom; background: $surface; margin-bottom: 1; height: auto; max-height: 70%; }
    """

    class Chosen(Message):
        """Run it with these."""

        def __init__(self, automation: Automation, parameters: Mapping[str, str]) -> None:
            super().__init__()
            self.automation = automation
            self.parameters = parameters

    def __init__(
        self, automation: Automation, wanted: Sequence[Parameter], typed: MutableMapping[str, str]
    ) -> None:
        super().__init__(can_focus=False)
        self._typed = typed
        self._automation = automation
        self._wanted = wanted
        self._fields = [Field(one.name, one.name, LineControl(), hint_of(one)) for one in wanted]
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        yield RunHead(self._automation.name)
        yield from self._fields

    def on_mount(self) -> None:
        self._before = self.screen.focused
        for field, one in zip(self._fields, self._wanted, strict=True):
            if (typed := self._typed.get(typed_for(self._automation.id) + one.name)) is not None:
                field.set(typed)
            elif one.name in self._automation.parameters:
                field.set(written(self._automation.parameters[one.name]))
        self._fields[0].widget.focus()

    def on_entered(self, event: Entered) -> None:
        event.stop()
        if self.screen.focused is self._fields[-1].widget:
            self._run()
        else:
            self.screen.focus_next()

    def key_ctrl_s(self) -> None:
        self._run()

    def key_f2(self) -> None:
        self._run()

    def key_escape(self) -> None:
        self._leave()

    def on_field_changed(self, event: Field.Changed) -> None:
        event.stop()
        event.field.complain("")
        self._typed[typed_for(self._automation.id) + event.field.key] = str(event.field.get())

    def _run(self) -> None:
        missing = [
            field
            for field, one in zip(self._fields, self._wanted, strict=True)
            if one.required and one.default is None and not field.get()
        ]
        for field in missing:
            field.complain("This one is needed.")
        if missing:
            missing[0].widget.focus()
            return
        before = self._automation.parameters
        given = {field.key: str(field.get()) for field in self._fields if field.get()}
        same = {name for name, text in given.items() if name in before and written(before[name]) == text}
        changed = {name: text for name, text in given.items() if name not in same}
        self._leave()
        self.post_message(self.Chosen(self._automation, changed))

    def _leave(self) -> None:
        if self._before is not None and self._before.is_attached:
            self._before.focus()
        self.remove()


class RunHead(Line):
    """Says what is about to be run."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment(excerpt(f"  Run “{self._name}” with", width), looks.base + looks.strong)]


def typed_for(automation: int) -> str:
    """How the names begin below which is kept what was typed for its parameters."""
    return f"run/{automation}/"


def hint_of(one: Parameter) -> str:
    """What is said below a parameter."""
    said = [
        one.description,
        "needed" if one.required and one.default is None else "",
        f"{one.default} unless told otherwise" if one.default is not None else "",
        f"must match {one.pattern}" if one.pattern else "",
    ]
    return " · ".join(part for part in said if part)
