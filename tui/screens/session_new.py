"""A new session: a form that has the fields of its kind, and no others.

What is typed is in the draft from the first key on: a refusal or a lost connection leaves it there."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from core.api import bots, providers, sessions, workflows
from core.api.bots import Bot
from core.api.providers import Provider
from core.api.workflows import Workflow
from core.errors import CallboardError, InvalidError, UnreachableError
from core.text import clean
from tui.actions import Scope, bindings, shown
from tui.desk import Desk
from tui.drafts.automation import PARAMETER
from tui.drafts.session import FIELDS, SessionDraft
from tui.navigation import open_link
from tui.screens.place import Place
from tui.widgets.choice_menu import ChoiceMenu
from tui.widgets.controls import ChoiceControl, Entered, LineControl
from tui.widgets.fields import Field, field_for
from tui.widgets.question import Answer, Question
from tui.widgets.run_panel import hint_of
from tui.widgets.save_button import SaveButton

_MOST = 500


class NewSessionScreen(Place):
    """Ends in the screen of the session that has begun."""

    WORDS = "New session"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.draft = SessionDraft.empty(desk.workspaces[0] if desk.workspaces else "")
        self._before = deepcopy(self.draft)
        self.fields = {spec.name: field_for(spec) for spec in FIELDS}
        self._parameters = Vertical(id="parameters")
        self._begin = SaveButton("Begin")
        self._workflows: list[Workflow] = []
        self._bots: list[Bot] = []
        self._providers: list[Provider] = []
        self._refused: dict[str, str] = {}  # what the server said of a field that has not changed since
        self._tried = False
        self._sending = False

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with VerticalScroll(id="form", can_focus=False):
            for name, field in self.fields.items():
                yield field
                if name == "workflow":
                    yield self._parameters
            yield self._begin
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"form": self, "everywhere": self.app}

    def key_of(self, action: str) -> str:
        """Letters are text here: only other keys count."""
        keys = self.desk.settings.keys(action)
        return next((shown(key) for key in keys if len(shown(key)) > 1), "")

    def on_mount(self) -> None:
        self._options("workspace", [(name, name) for name in self.desk.workspaces])
        for name, field in self.fields.items():
            field.set(self.draft.values[name])
        self._settle()
        self.fields["kind"].widget.focus()
        self.start(self._learn())

    async def _learn(self) -> None:
        """Ask what there is to choose from."""
        source = self.desk.source
        try:
            self._workflows = (await source.send(workflows.workflows(limit=_MOST))).items
            self._bots = (await source.send(bots.bots(limit=_MOST))).items
            self._providers = (await source.send(providers.providers())).items
        finally:
            self._settle()

    # What applies, and what is wrong

    def _settle(self) -> None:
        here = self.draft.text("workspace")
        self._options("workflow", [(one.name, one.name) for one in self._workflows if one.workspace == here])
        self._options("bot", [(one.name, one.name) for one in self._bots if one.workspace == here])
        self._options("provider", [("", "the workspace's own"), *map(_provider, self._providers)])
        for name, field in self.fields.items():
            field.display = self.draft.applies(name)
        self._show_parameters()
        self._show_problems()

    def _options(self, name: str, options: list[tuple[str, str]]) -> None:
        control = self.fields[name].widget
        if isinstance(control, ChoiceControl) and list(control.options) != options:
            control.offer([(value, clean(words)) for value, words in options])

    def _all(self) -> dict[str, Field]:
        return {**self.fields, **{field.key: field for field in self._parameters.query(Field)}}

    def _show_problems(self) -> None:
        problems = self.draft.problems() if self._tried else {}
        for name, field in self._all().items():
            field.complain(self._refused.get(name) or problems.get(name, ""))

    def _show_parameters(self) -> None:
        """A field for each parameter of the workflow."""
        named = next((one for one in self._workflows if one.name == self.draft.text("workflow")), None)
        wanted = {PARAMETER + one.name: one for one in self.draft.wanted(named.parameters if named else ())}
        there = {field.key: field for field in self._parameters.query(Field)}
        for key in there.keys() - wanted.keys():
            there[key].remove()
        for key, one in wanted.items():
            if key not in there:
                field = Field(key, one.name, LineControl(), hint_of(one))
                field.set(self.draft.parameters.get(one.name, ""))
                self._parameters.mount(field)

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        key, value = event.field.key, event.field.get()
        self._refused.pop(key, None)
        if key.startswith(PARAMETER):
            self.draft.parameters[key.removeprefix(PARAMETER)] = str(value)
        else:
            self.draft.values[key] = value
        self._settle()

    # Beginning

    @on(SaveButton.Pressed)
    def action_form_save(self) -> None:
        if self._sending:
            return
        self._tried = True
        self._show_problems()
        if not self._focus_first_wrong():
            self._sending = True
            self.start(self._send())

    def _focus_first_wrong(self) -> bool:
        wrong = next((field for field in self._all().values() if field.display and field.wrong), None)
        if wrong is not None:
            wrong.widget.focus()
            self.flash(wrong.wrong, "trouble")
        return wrong is not None

    async def _send(self) -> None:
        try:
            begun = await self.desk.source.send(sessions.create_session(self.draft.creation()))
        except InvalidError as error:
            self._refuse(error)
        except UnreachableError as error:
            self.flash(f"Not begun yet: what you typed is still here. {error.sentence}", "trouble")
        except CallboardError as error:
            self.flash(error.sentence, "trouble")
        else:
            app = self.app
            app.pop_screen()
            await open_link(app, f"callboard:session/{begun.id}")
        finally:
            self._sending = False

    def _refuse(self, error: CallboardError) -> None:
        """Say it beside the field that it is about; where it names none, at the foot."""
        place, colon, said = error.sentence.partition(": ")
        name = place.removeprefix("body.")
        field = self._all().get(name)
        if colon and field is not None and field.display:
            self._refused[name] = said
            self._show_problems()
            self._focus_first_wrong()
        else:
            self.flash(error.sentence, "trouble")

    @on(Entered)
    def _entered(self) -> None:
        self.focus_next()

    @on(ChoiceControl.Asked)
    def _asked_for_all(self, event: ChoiceControl.Asked) -> None:
        self.mount(ChoiceMenu(event.choice))

    # Leaving

    @property
    def unsaved(self) -> bool:
        ours = ("prompt", "title", "ticket")
        return any(self.draft.text(name) != self._before.text(name) for name in ours) or any(
            self.draft.parameters.values()
        )

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        if not self.unsaved:
            leave()
        elif not self.query(Question):
            answers = [Answer("y", "leaves; what you typed is lost", leave), Answer("n", "goes on writing")]
            self.mount(Question("Leave without beginning it?", answers))

    def action_form_leave(self) -> None:
        self.action_leave()


def _provider(one: Provider) -> tuple[str, str]:
    """Its name, with what is wrong where it cannot be used."""
    return one.name, one.name if one.ready is not False else f"{one.name}: cannot be used here"
