"""The editor of an automation: a form that has the fields of its type and kind, and no others.

What is typed is in the draft from the first key on: a refusal, a lost connection or somebody else's change leaves
it there."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.timer import Timer
from textual.widget import Widget

from core.api import automations, bots, providers, workflows
from core.api.automations import Automation, NewAutomation, ScheduleQuery
from core.api.bots import Bot
from core.api.providers import Provider
from core.api.workflows import Workflow
from core.errors import CallboardError, ConflictError, InvalidError, UnreachableError
from core.text import clean
from tui.actions import Scope, bindings, shown
from tui.desk import Desk
from tui.drafts.automation import FIELDS, PARAMETER, Draft, field_of
from tui.screens.automating import show_token
from tui.screens.board import Board
from tui.screens.place import Place
from tui.widgets.choice_menu import ChoiceMenu
from tui.widgets.controls import ChoiceControl, Entered, LineControl
from tui.widgets.fields import Field, field_for
from tui.widgets.question import Answer, Question
from tui.widgets.run_panel import hint_of
from tui.widgets.save_button import SaveButton
from tui.widgets.schedule_box import ScheduleBox

_PAUSE = 0.25  # seconds without a key before the server is asked what a schedule means
_SCHEDULE = ("type", "cron", "tz", "at")
_MOST = 500


class EditorScreen(Place):
    """Of a new automation, or of one that is there."""

    WORDS = "New automation"
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, desk: Desk, one: Automation | None = None) -> None:
        super().__init__(desk)
        if one is not None:
            self.title_bar.retitle(f"Edit › {one.name}")
        workspace = desk.workspaces[0] if desk.workspaces else ""
        self.draft = Draft.empty(workspace, desk.zone_name) if one is None else Draft.of(one, desk.zone_name)
        self._before = self._state()
        self.fields = {spec.name: field_for(spec) for spec in FIELDS}
        self._box = ScheduleBox()
        self._parameters = Vertical(id="parameters")
        self._asked_for: dict[str, Field] = {}  # the fields of parameters
        self._save = SaveButton()
        self._touched: set[str] = set()
        self._refused: dict[str, str] = {}  # what the server said of a field that has not changed since
        self._tried = False
        self._pause: Timer | None = None
        self._workflows: list[Workflow] = []
        self._bots: list[Bot] = []
        self._providers: list[Provider] = []
        self._saving = False

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with VerticalScroll(id="form", can_focus=False):
            for name, field in self.fields.items():
                yield field
                if name == "tz":
                    yield self._box
                if name == "prompt":
                    yield self._parameters
            yield self._save
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"form": self, "everywhere": self.app}

    def key_of(self, action: str) -> str:
        """Letters are text here: only other keys count."""
        keys = self.desk.settings.keys(action)
        return next((shown(key) for key in keys if len(shown(key)) > 1), "")

    def on_mount(self) -> None:
        self._fill()
        self.fields["name"].widget.focus()
        self.start(self._learn())

    def _fill(self) -> None:
        """Show what the draft says."""
        workspaces = list(self.desk.workspaces)
        self._options("workspace", [(name, name) for name in workspaces])
        for name, field in self.fields.items():
            field.set(self.draft.values[name])
        self._settle()
        self._look_ahead()

    async def _learn(self) -> None:
        """Ask what there is to choose from."""
        try:
            self._workflows = (await self.desk.source.send(workflows.workflows(limit=_MOST))).items
            self._bots = (await self.desk.source.send(bots.bots(limit=_MOST))).items
            self._providers = (await self.desk.source.send(providers.providers())).items
        finally:
            self._settle()

    # What applies, and what is wrong

    def _settle(self) -> None:
        here = self.draft.text("workspace") if self.draft.original is None else self.draft.original.workspace
        self._options("workflow", [(one.name, one.name) for one in self._workflows if one.workspace == here])
        self._options("bot", [(one.name, one.name) for one in self._bots if one.workspace == here])
        self._options("provider", [("", "the default"), *((one.name, _told(one)) for one in self._providers)])
        chosen = next((one for one in self._providers if one.name == self.draft.text("provider")), None)
        self.fields["model"].hint = f"such as {', '.join(chosen.models)}" if chosen and chosen.models else ""
        for name, field in self.fields.items():
            field.display = self.draft.applies(name)
        self._box.display = self.draft.applies("tz")
        self._show_parameters()
        self._show_problems()

    def _options(self, name: str, options: list[tuple[str, str]]) -> None:
        control = self.fields[name].widget
        if isinstance(control, ChoiceControl) and list(control.options) != options:
            control.offer([(value, clean(words)) for value, words in options])

    def _show_problems(self) -> None:
        problems = self.draft.problems()
        for name, field in self._all().items():
            local = problems.get(name, "") if self._tried or name in self._touched else ""
            field.complain(self._refused.get(name) or local)

    def _all(self) -> dict[str, Field]:
        return {**self.fields, **self._asked_for}

    def _show_parameters(self) -> None:
        """A field for each parameter of the workflow, or for each that the prompt leaves open."""
        named = next((one for one in self._workflows if one.name == self.draft.text("workflow")), None)
        wanted = self.draft.wanted(named.parameters if named is not None else ())
        keys = {PARAMETER + one.name for one in wanted}
        for key in [key for key in self._asked_for if key not in keys]:
            self._asked_for.pop(key).remove()
        for one in wanted:
            key = PARAMETER + one.name
            if key not in self._asked_for:
                field = self._asked_for[key] = Field(key, one.name, LineControl(), hint_of(one))
                field.set(self.draft.parameters.get(one.name, ""))
                self._parameters.mount(field)

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        key, value = event.field.key, event.field.get()
        self._refused.pop(key, None)
        self._touched.add(key)
        if key.startswith(PARAMETER):
            self.draft.parameters[key.removeprefix(PARAMETER)] = str(value)
        else:
            self.draft.values[key] = value
        self._settle()
        if key in _SCHEDULE:
            self._refused.pop("cron", None)
            self._refused.pop("at", None)
            self._look_ahead()

    # The schedule, as the server reads it

    def _look_ahead(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, lambda: self.start(self._preview()))

    async def _preview(self) -> None:
        query = self._asked()
        if query is None:
            self._box.show(None, "", "")
            return
        try:
            preview = await self.desk.source.send(automations.preview(query))
        except InvalidError as error:
            if query == self._asked():
                self._box.show(None, "", "")
                self._refuse(error, "cron" if query.cron else "at")
            return
        except UnreachableError:
            return  # said in the title; it is asked again with the next key
        if query == self._asked():
            self._box.show(preview, query.tz, self.desk.zone_name)

    def _asked(self) -> ScheduleQuery | None:
        draft = self.draft
        cron = draft.text("cron") if draft.applies("cron") else ""
        at = draft.text("at") if draft.applies("at") else ""
        if not cron and not at:
            return None
        zone = draft.text("tz") or self.desk.zone_name
        return ScheduleQuery(cron or None, at or None, zone, self.desk.zone_name)

    def _refuse(self, error: CallboardError, place: str = "") -> None:
        """Say it beside the field that it is about; where it names none, at the foot."""
        name, said = field_of(error.sentence)
        name = name or place
        if name in self._all() and self._all()[name].display:
            self._refused[name] = said
            self._show_problems()
        else:
            self.flash(error.sentence, "trouble")

    # Saving

    def on_save_button_pressed(self) -> None:
        self.action_form_save()

    @on(Entered)
    def _entered(self) -> None:
        self.focus_next()

    def action_form_save(self) -> None:
        if self._saving:
            return
        self._tried = True
        self._show_problems()
        if not self._focus_first_wrong():
            self._saving = True
            self.start(self._send())

    def _focus_first_wrong(self) -> bool:
        wrong = next((field for field in self._all().values() if field.display and field.wrong), None)
        if wrong is not None:
            wrong.widget.focus()
            self.flash(f"{wrong.wrong}", "trouble")
        return wrong is not None

    async def _send(self) -> None:
        original = self.draft.original
        try:
            if original is None:
                made = await self.desk.source.send(automations.create(self.draft.creation()))
            else:
                made = await self.desk.source.send(automations.change(original.id, self.draft.change(original)))
        except InvalidError as error:
            self._refuse(error)
            self._focus_first_wrong()
        except ConflictError as error:
            await self._conflict(error)
        except UnreachableError as error:
            self.flash(f"Not saved yet: what you typed is still here. {error.sentence}", "trouble")
        else:
            self._saved(made)
        finally:
            self._saving = False

    def _saved(self, made: NewAutomation) -> None:
        self._before = self._state()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, Place):
            below.flash(f"Saved “{made.name}”")
            if isinstance(below, Board):
                below.list.want(made.id)
            show_token(below, made)

    async def _conflict(self, error: ConflictError) -> None:
        """Somebody else was faster, or something else is in the way."""
        original = self.draft.original
        if original is None:
            self.flash(error.sentence, "trouble")
            return
        now = await self.desk.source.send(automations.automation(original.id))
        if now.revision == original.revision:
            self.flash(error.sentence, "trouble")
            return
        await self.mount(
            Question(
                "Somebody changed this automation while you were writing. Nothing was saved yet.",
                [
                    Answer("r", "loads what it is now; what you typed is lost", lambda: self._reload(now)),
                    Answer("o", "saves what you typed over it", lambda: self._overwrite(now)),
                ],
            )
        )

    def _reload(self, now: Automation) -> None:
        self.draft = Draft.of(now, self.desk.zone_name)
        self._before = self._state()
        self._refused.clear()
        self._touched.clear()
        self._tried = False
        for key, field in self._asked_for.items():
            field.set(self.draft.parameters.get(key.removeprefix(PARAMETER), ""))
        self._fill()

    def _overwrite(self, now: Automation) -> None:
        self.draft.original = now
        self.action_form_save()

    # Leaving

    def _state(self) -> object:
        """What a person would lose. What does not apply may have been chosen for them."""
        draft = self.draft
        values = {name: value for name, value in draft.values.items() if draft.applies(name)}
        return values, {name: text for name, text in draft.parameters.items() if text}

    @property
    def unsaved(self) -> bool:
        return self._state() != self._before

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        if not self.unsaved:
            leave()
        elif not self.query(Question):
            answers = [Answer("y", "leaves; what you typed is lost", leave), Answer("n", "goes on writing")]
            self.mount(Question("Leave without saving?", answers))

    def action_form_leave(self) -> None:
        self.action_leave()

    @on(ChoiceControl.Asked)
    def _asked_for_all(self, event: ChoiceControl.Asked) -> None:
        self.mount(ChoiceMenu(event.choice))


def _told(provider: Provider) -> str:
    """Its name, and whether it can be used here."""
    return provider.name if provider.ready is not False else f"{provider.name} (cannot be used here)"
