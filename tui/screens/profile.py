"""The settings: who one is, how one is alerted, and what the app looks like here.

What is typed is in the draft from the first key on: a refusal or a lost connection leaves it there. The theme is
shown while it is chosen."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec.structs import replace
from rich.segment import Segment
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.suggester import SuggestFromList
from textual.widget import Widget

from core.alerts.ways import NAMES, Choice
from core.api import people
from core.api.people import Me
from core.errors import CallboardError, InvalidError, UnreachableError
from tui.actions import Scope, bindings, shown
from tui.desk import Desk
from tui.drafts.profile import FIELDS, ProfileDraft, field_of
from tui.keymap import settings_path
from tui.screens.place import Place
from tui.settings_file import keep
from tui.widgets.choice_menu import ChoiceMenu
from tui.widgets.controls import ChoiceControl, Entered, LineControl
from tui.widgets.fields import Field, field_for
from tui.widgets.line import Line
from tui.widgets.looks import Looks
from tui.widgets.question import Answer, Question
from tui.widgets.save_button import SaveButton

if TYPE_CHECKING:
    from tui.alerts.alerts import Alerts

_HEADS = {"display_name": "You", "desktop_alerts": "Alerts", "theme": "The app"}
_OF_THE_APP = ("theme", "layout")


class ProfileScreen(Place):
    """Opens above whatever one was at, and goes back to it."""

    WORDS = "Settings"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form"), *bindings("profile")]
    key = "profile"

    def __init__(self, desk: Desk, me: Me | None, theme: str) -> None:
        super().__init__(desk)
        self.draft = None if me is None else ProfileDraft.of(me, theme, desk.settings.layout)
        self.fields = {spec.name: field_for(spec) for spec in FIELDS}
        self._theme_before = theme
        self._save = SaveButton()
        self._refused: dict[str, str] = {}  # what the server said of a field that has not changed since
        self._saving = False

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with VerticalScroll(id="form", can_focus=False):
            for name, field in self.fields.items():
                if name in _HEADS:
                    yield Head(_HEADS[name])
                yield field
            yield self._save
        yield self.key_bar

    def scopes(self) -> Mapping[Scope, App[None] | Widget]:
        return {"form": self, "profile": self, "everywhere": self.app}

    def key_of(self, action: str) -> str:
        """Letters are text here: only other keys count."""
        keys = self.desk.settings.keys(action)
        return next((shown(key) for key in keys if len(shown(key)) > 1), "")

    def on_mount(self) -> None:
        themes = sorted(self.app.available_themes, key=lambda name: (not name.startswith("callboard"), name))
        self.fields["quiet"].hint = "Critical ones come all the same; the others are told when it is over."
        self._choice("theme").offer([(name, name) for name in themes])
        self._fill()
        self.fields["display_name"].widget.focus()
        self.start(self._learn())

    def _choice(self, name: str) -> ChoiceControl:
        return cast(ChoiceControl, self.fields[name].widget)

    def _fill(self) -> None:
        """Show what the draft says, once there is one."""
        if self.draft is not None:
            for name, field in self.fields.items():
                field.set(self.draft.values[name])

    async def _learn(self) -> None:
        """Ask what is not known yet: who this is, how alerts come, which zones there are."""
        if self.draft is None:
            me = await self.desk.source.send(people.me())
            self.draft = ProfileDraft.of(me, self._theme_before, self.desk.settings.layout)
            self._fill()
        cast(LineControl, self.fields["time_zone"].widget).suggester = SuggestFromList(
            await asyncio.to_thread(_zones), case_sensitive=False
        )
        if self.app.alerts is None:
            return
        plan = await self.app.alerts.plan()
        self.draft.learned("way", plan.way if plan.chosen else "auto")
        found = await self.app.alerts.plan("auto")
        field = self.fields["way"]
        field.set(self.draft.values["way"])
        field.hint = " ".join(
            filter(None, (f"Found out: {NAMES[found.way]}, because {found.why}.", found.advice))
        )

    # What is typed

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        if self.draft is None:
            return
        name, value = event.field.key, event.field.get()
        self._refused.pop(name, None)
        self.draft.values[name] = value
        if name == "theme":
            self.app.theme = str(value)
        self._show_problems()

    def _show_problems(self) -> None:
        problems = {} if self.draft is None else self.draft.problems()
        for name, field in self.fields.items():
            field.complain(self._refused.get(name) or problems.get(name, ""))

    @on(Entered)
    def _entered(self) -> None:
        self.focus_next()

    @on(ChoiceControl.Asked)
    def _asked_for_all(self, event: ChoiceControl.Asked) -> None:
        self.mount(ChoiceMenu(event.choice))

    def action_alert_test(self) -> None:
        if self.app.alerts is not None and self.draft is not None:
            self.start(self._test(self.app.alerts, self.draft.way))

    async def _test(self, alerts: "Alerts", way: Choice) -> None:
        self.flash(await alerts.test(way))

    # Saving

    def on_save_button_pressed(self) -> None:
        self.action_form_save()

    def action_form_save(self) -> None:
        if self._saving or self.draft is None or self._focus_first_wrong():
            return
        self._saving = True
        self.start(self._send(self.draft))

    def _focus_first_wrong(self) -> bool:
        wrong = next((field for field in self.fields.values() if field.wrong), None)
        if wrong is not None:
            wrong.widget.focus()
            self.flash(wrong.wrong, "trouble")
        return wrong is not None

    async def _send(self, draft: ProfileDraft) -> None:
        try:
            change = draft.change()
            if change is not None:
                self._is_now(await self.desk.source.send(people.change_me(change)))
            await self._keep(draft)
        except InvalidError as error:
            self._refuse(error)
        except UnreachableError as error:
            self.flash(f"Not saved yet: what you typed is still here. {error.sentence}", "trouble")
        except OSError as error:
            self.flash(f"Not saved: {error.strerror}.", "trouble")
        else:
            self._saved(draft)
        finally:
            self._saving = False

    def _is_now(self, me: Me) -> None:
        bench = self.app.workbench
        bench.live.me = me
        bench.profile_changed()

    async def _keep(self, draft: ProfileDraft) -> None:
        """What belongs to this terminal and to the app, in files."""
        changed = [name for name in _OF_THE_APP if draft.is_changed(name)]
        if changed:
            keep(settings_path(), {name: draft.text(name) for name in changed})
            self.desk.settings = self.app.settings = replace(
                self.desk.settings, **{name: draft.text(name) for name in changed}
            )
            self._theme_before = draft.text("theme")
        if draft.is_changed("way") and self.app.alerts is not None:
            await self.app.alerts.use(draft.way)

    def _saved(self, draft: ProfileDraft) -> None:
        draft.before = dict(draft.values)
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, Place):
            below.fit(*below.size)
            below.flash("Saved")

    def _refuse(self, error: CallboardError) -> None:
        """Say it beside the field that it is about; where it names none, at the foot."""
        name, said = field_of(error.sentence)
        if not name:
            self.flash(error.sentence, "trouble")
            return
        self._refused[name] = said
        self._show_problems()
        self._focus_first_wrong()

    # Leaving

    @property
    def unsaved(self) -> bool:
        return self.draft is not None and self.draft.is_changed()

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        if not self.unsaved:
            leave()
        elif not self.query(Question):
            answers = [
                Answer("y", "leaves; what you changed is lost", lambda: self._give_up(leave)),
                Answer("n", "goes on writing"),
            ]
            self.mount(Question("Leave without saving?", answers))

    def _give_up(self, leave: Callable[[], object]) -> None:
        self.app.theme = self._theme_before
        if self.draft is not None:
            self.draft.values = dict(self.draft.before)
        leave()

    def action_form_leave(self) -> None:
        self.action_leave()


class Head(Line):
    """Says what the fields below it are about."""

    DEFAULT_CSS = "Head { margin-top: 1; &:first-child { margin-top: 0; } }"

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def draw(self, width: int, looks: Looks) -> Sequence[Segment]:
        return [Segment(f"  {self._words}", looks.base + looks.accent)]


def _zones() -> list[str]:
    """The names of all time zones, as the package that brings them lists them."""
    from importlib.resources import files

    return files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
