"""A rule in a form, and below it what it would have sent of the latest events while it is being written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import json
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from core.api import channels, rules
from core.api.channels import Channel
from core.api.rules import NewRule, Previewing, Rule
from core.api.stream import Change
from core.errors import CallboardError, UnreachableError
from core.text import clean
from tui.desk import Desk
from tui.drafts.condition import JSON, NOT, Joined, Row, Way, grown, paths_of, row_named, shown_value
from tui.drafts.rule import FIELDS, RuleDraft, field_named
from tui.live.feed import Heard
from tui.screens.form import FormScreen
from tui.screens.rules import RulesScreen
from tui.widgets.completing_field import CompletingField, beginning_with
from tui.widgets.condition_row import ConditionRow, Known
from tui.widgets.controls import ChoiceControl, FlagsControl, LineControl, TextControl
from tui.widgets.events_field import EventsField, counted
from tui.widgets.fields import Field, field_for
from tui.widgets.preview_box import PreviewBox
from tui.words import channels as channel_words

if TYPE_CHECKING:
    from core.completing import Completion

_PAUSE = 0.3  # seconds without a key before the server is asked
_EVENTS = 1.0  # seconds after which what happened meanwhile is looked at
_LATEST = 100  # events that it is tried on
_MOST = 500
_OFFERED = 8  # fields of an event that are named below the text
_ROW = row_named(0)[:-1]
_NOT_TRIED = ("channels", "id", "name")
"""What may be wrong or missing while it is tried."""


class RuleFormScreen(FormScreen):
    """Of a new rule, of one that is there, or of one that copies another."""

    WORDS: ClassVar = "New rule"

    def __init__(self, desk: Desk, one: Rule | None = None, *, copies: bool = False) -> None:
        super().__init__(desk)
        self.draft = RuleDraft.empty() if one is None else RuleDraft.of(one, copies=copies)
        if self.draft.original is not None:
            self.title_bar.retitle(f"Edit › {self.draft.original.id}")
        self._plain = {spec.name: self._made(spec.name) for spec in FIELDS}
        self._rows: list[ConditionRow] = []
        self._row_box = Vertical(id="rows")
        self._row_box.styles.height = "auto"
        self._box = PreviewBox()
        self._known = Known({}, {})
        self._pause: Timer | None = None
        self._before = self.draft.state()
        self._gather()

    def _made(self, name: str) -> Field:
        spec = next(spec for spec in FIELDS if spec.name == name)
        match name:
            case "events":
                return EventsField(spec)
            case "channels":
                return Field(name, spec.label, FlagsControl(()))
            case "title":
                return CompletingField(name, spec.label, LineControl(spec.hint), offers=self._places)
            case "template":
                return CompletingField(name, spec.label, TextControl(), offers=self._places)
            case _:
                return field_for(spec)

    def compose(self) -> ComposeResult:
        yield self.title_bar
        with self.form:
            for name, field in self._plain.items():
                yield field
                if name == "joined":
                    yield self._row_box
            yield self._box
            yield self.button
        yield self.key_bar

    def on_mount(self) -> None:
        self._offer_workspaces()
        for name, field in self._plain.items():
            field.set(self._value(name))
        self._settle()
        self._show_rows()
        self._say(None)
        self.fields["events"].widget.focus()
        self.start(self._learn())
        self._look_ahead()

    def heard(self, heard: Heard) -> None:
        """Whoever opened it before there was a connection learns now what there is to choose from."""
        super().heard(heard)
        if heard == "live":
            self._offer_workspaces()
            self.start(self._learn())
        if heard == "live" or (isinstance(heard, Change) and heard.topic == "events" and self._pause is None):
            self._look_ahead(_EVENTS)

    # What there is to choose from

    def _offer_workspaces(self) -> None:
        control = self._plain["workspace"].widget
        if isinstance(control, ChoiceControl):
            names = [(name, clean(name)) for name in self.desk.workspaces]
            control.offer([("", "every workspace"), *names])

    async def _learn(self) -> None:
        there = (await self.desk.source.send(channels.channels(limit=_MOST))).items
        cast(FlagsControl, self._plain["channels"].widget).offer([(one.name, _told(one)) for one in there])
        if not there:
            self.flash("There is no channel yet to send to: make one first.", "trouble")

    def _places(self, text: str, cursor: int) -> "Sequence[Completion]":
        """The fields of the latest event, where a place for one begins."""
        from core.completing import Completion

        opened = text.rfind("{{", 0, cursor)
        if opened < 0 or "}}" in text[opened:cursor]:
            return ()
        piece = text[opened + 2 : cursor].strip()
        known = self._known.shown
        closing = "" if text[cursor:].lstrip().startswith("}}") else "}}"
        found = [Completion(piece, opened, known[piece])] if piece in known and closing else []
        found += beginning_with(piece, opened, known, empty=True)
        return [one._replace(text=f"{{{{{one.text}{closing}") for one in found]

    # What is typed

    def _value(self, name: str) -> str | bool | tuple[str, ...]:
        condition = self.draft.condition
        ours = {"condition": condition.way, "joined": condition.joined, JSON: condition.text}
        return ours[name] if name in ours else self.draft.values[name]

    def take(self, name: str, field: Field) -> None:
        condition, value = self.draft.condition, field.get()
        if name == "condition":
            refusal = condition.turn(cast(Way, value))
            if refusal:
                self.flash(refusal, "trouble")
            for each in ("condition", "joined", JSON):
                self._plain[each].set(self._value(each))
            self._show_rows()
        elif name == "joined":
            condition.joined = cast(Joined, value)
            self._show_rows()
        elif name == JSON:
            condition.text = str(value)
        elif name.startswith(_ROW) and isinstance(value, tuple):
            condition.rows[int(name.removeprefix(_ROW))] = Row(*value)
            field.set(value)
            self._show_rows()
        else:
            self.draft.values[name] = value
        self._settle()
        self._look_ahead()

    def on_descendant_focus(self) -> None:
        """A row that somebody has left is one that they have come to."""
        self._touched |= {row.key for row in self._rows if not row.blank and not row.has_focus_within}
        self.show_problems()

    def show_problems(self) -> None:
        """What is missing in a row is no mistake while it is being written."""
        here = {row.key for row in self._rows if row.has_focus_within} & self._touched
        self._touched -= here
        super().show_problems()

    def _settle(self) -> None:
        """Show the fields that there are now."""
        for name, field in self._plain.items():
            field.display = self.draft.applies(name)
        self._row_box.display = self.draft.condition.way == "rows"
        self._plain["events"].hint = counted(self.draft.patterns)

    def _show_rows(self) -> None:
        """A row for each comparison, and a blank one after them."""
        condition = self.draft.condition
        condition.rows = grown(condition.rows) if condition.way == "rows" else condition.rows
        wanted = condition.rows if condition.way == "rows" else []
        while len(self._rows) > len(wanted):
            self._rows.pop().remove()
        for number, row in enumerate(wanted):
            if number == len(self._rows):
                self._rows.append(ConditionRow(row_named(number), "When", lambda: self._known))
                self._row_box.mount(self._rows[-1])
            self._rows[number].set(tuple(row))
            word = condition.joined.removeprefix(NOT)
            self._rows[number].call("When" if not number else f"{word} when")
        self._gather()

    def _gather(self) -> None:
        """All fields, in the order in which they are on the screen."""
        self.fields = {}
        for name, field in self._plain.items():
            self.fields[name] = field
            if name == "joined":
                self.fields |= {row.key: row for row in self._rows}

    def problems(self) -> dict[str, str]:
        return self.draft.problems()

    def field_named(self, place: str) -> str:
        name = field_named(place)
        return JSON if name == "condition" and self.draft.condition.way == "json" else name

    # What it would have sent

    def _look_ahead(self, after: float = _PAUSE) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(after, self._ask)

    def _ask(self) -> None:
        self._pause = None
        self.start(self._preview())

    def _asked(self) -> tuple[Previewing | None, bool]:
        """What is tried, and whether it is the whole rule: where something is wrong, it is but its patterns, for
        the fields of the latest event that they fit."""
        draft = self.draft
        wrong = [name for name in draft.problems() if name not in _NOT_TRIED]
        if not draft.patterns or "events" in wrong:
            return None, False
        if wrong:
            bare = NewRule(draft.patterns, [], workspace=draft.text("workspace") or None)
            return Previewing(bare, _LATEST), False
        return Previewing(replace(draft.new(), id=None, name=""), _LATEST), True

    async def _preview(self) -> None:
        query, whole = asked = self._asked()
        if query is None:
            self._say(None)
            return
        try:
            found = await self.desk.source.send(rules.preview(query))
        except UnreachableError:
            return  # said in the title; it is asked again with the next key
        except CallboardError as error:
            if asked == self._asked():
                self._box.show(None, error.sentence)
            return
        if asked != self._asked():
            return
        values = {} if found.example is None else paths_of(json.decode(found.example))
        self._known = Known(values, {path: shown_value(value) for path, value in values.items()})
        self._plain["template"].hint = self._offered()
        if whole:
            self._box.show(found)
        else:
            self._say("What it would have sent is said here once nothing is wrong above.")

    def _say(self, said: str | None) -> None:
        self._box.show(None, said or "What it would have sent of the latest events is said here.")

    def _offered(self) -> str:
        """The fields of the latest event, some of them by name."""
        names = [
            f"{{{{{path}}}}}" for path, value in self._known.values.items() if not isinstance(value, dict | list)
        ]
        if not names:
            return "empty: the event's own; {{path}} is a value of the event"
        more = "" if len(names) <= _OFFERED else f" and {len(names) - _OFFERED} more"
        return f"empty: the event's own. The latest event has {' '.join(names[:_OFFERED])}{more}"

    # Saving

    async def send(self) -> None:
        draft = self.draft
        if draft.original is None:
            made = await self.desk.source.send(rules.add_rule(draft.new()))
        else:
            made = await self.desk.source.send(rules.change_rule(draft.original.id, draft.change()))
        below = self.leave_saying(f"Saved {clean(made.id)}")
        if isinstance(below, RulesScreen):
            below.want(made.id)
            below.flash(f"Saved {clean(made.id)} · {below.key_of('rule-explain')} explains it")

    @property
    def unsaved(self) -> bool:
        return self.draft.state() != self._before


def _told(one: Channel) -> str:
    """Its name, and whether it works."""
    state = "" if one.state == "working" else f" ({channel_words.STATES[one.state][1].lower()})"
    return clean(one.name) + state
