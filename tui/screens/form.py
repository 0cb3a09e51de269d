"""A screen that is a form: fields one below the other, what is wrong beside each, and a button at the end.

What is typed stays until it was sent or somebody said that it may be lost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from core.errors import CallboardError, InvalidError, UnreachableError
from tui.actions import Action, Scope, bindings, shown
from tui.desk import Desk
from tui.screens.place import Place
from tui.widgets.choice_menu import ChoiceMenu
from tui.widgets.controls import ChoiceControl, Entered
from tui.widgets.fields import Field
from tui.widgets.question import Answer, Question
from tui.widgets.save_button import SaveButton


class FormScreen(Place):
    """Whoever extends it has the draft, says what is wrong with it, and sends it."""

    BUTTON: ClassVar[str] = "Save"
    NOT_SENT: ClassVar[str] = "Not saved yet"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.form = VerticalScroll(id="form", can_focus=False)
        self.fields: dict[str, Field] = {}
        self.button = SaveButton(self.BUTTON)
        self._touched: set[str] = set()
        self._refused: dict[str, str] = {}  # what the server said of a field that has not changed since
        self._tried = False
        self._sending = False

    # What a form says of itself

    def named(self, action: Action) -> Action:
        return replace(action, title=self.BUTTON) if action.id == "form-save" else action

    def take(self, name: str, field: Field) -> None:
        """Something else was typed into a field."""
        raise NotImplementedError

    def problems(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        raise NotImplementedError

    async def send(self) -> None:
        """Send it and leave, or raise the server's refusal."""
        raise NotImplementedError

    def field_named(self, place: str) -> str:
        """The field that the place of a refusal means."""
        return place.removeprefix("body.")

    # How it is put together

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.form:
            yield from self.fields.values()
            yield self.button
        yield self.key_bar

    @property
    def focus_chain(self) -> list[Widget]:
        """In the order of the fields, also of those that are there and were not laid out yet."""
        places = {part: place for place, part in enumerate(self.walk_children(Widget))}
        return sorted(super().focus_chain, key=places.__getitem__)

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"form": self, "everywhere": self.app}

    def key_of(self, action: str) -> str:
        """Letters are text here: only other keys count."""
        keys = self.desk.settings.keys(action)
        return next((shown(key) for key in keys if len(shown(key)) > 1), "")

    # What is typed

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        name = event.field.key
        self._refused.pop(name, None)
        self._touched.add(name)
        self.take(name, event.field)
        self.show_problems()

    def show_problems(self) -> None:
        """What nobody has come to yet is not complained about."""
        problems = self.problems()
        for name, field in self.fields.items():
            local = problems.get(name, "") if self._tried or name in self._touched else ""
            field.complain(self._refused.get(name) or local)

    @on(Entered)
    def _entered(self) -> None:
        self.focus_next()

    @on(ChoiceControl.Asked)
    def _asked_for_all(self, event: ChoiceControl.Asked) -> None:
        self.mount(ChoiceMenu(event.choice))

    # Sending

    @on(SaveButton.Pressed)
    def action_form_save(self) -> None:
        if self._sending:
            return
        self._tried = True
        self.show_problems()
        if not self._focus_first_wrong():
            self._sending = True
            self.start(self._send())

    def _focus_first_wrong(self) -> bool:
        wrong = next((field for field in self.fields.values() if field.display and field.wrong), None)
        if wrong is not None:
            wrong.widget.focus()
            self.flash(wrong.wrong, "trouble")
        return wrong is not None

    async def _send(self) -> None:
        try:
            await self.send()
        except InvalidError as error:
            self._refuse(error)
        except UnreachableError as error:
            self.flash(f"{self.NOT_SENT}: what you typed is still here. {error.sentence}", "trouble")
        except CallboardError as error:
            self.flash(error.sentence, "trouble")
        finally:
            self._sending = False

    def _refuse(self, error: CallboardError) -> None:
        """Say it beside the field that it is about; where it names none, at the foot."""
        place, colon, said = error.sentence.partition(": ")
        name = self.field_named(place)
        field = self.fields.get(name)
        if colon and field is not None and field.display:
            self._refused[name] = said
            self.show_problems()
            self._focus_first_wrong()
        else:
            self.flash(error.sentence, "trouble")

    def leave_saying(self, words: str) -> Place | None:
        """Back to where one came from, which says what was done."""
        app = self.app
        app.pop_screen()
        below = app.screen
        if not isinstance(below, Place):
            return None
        below.flash(words)
        return below

    # Leaving

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        if not self.unsaved:
            leave()
        elif not self.query(Question):
            answers = [Answer("y", "leaves; what you typed is lost", leave), Answer("n", "goes on writing")]
            self.mount(Question(f"{self.NOT_SENT}. Leave?", answers))

    def action_form_leave(self) -> None:
        self.action_leave()
