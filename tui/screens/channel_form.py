"""A channel in a form: the fields of its type, and no others. A secret is typed unseen; the name of a variable,
which is none, is seen."""

from typing import ClassVar, cast

from textual.widget import Widget

from core.api import channels
from core.api.channels import Channel, ChannelChange, ChannelType
from tui.desk import Desk
from tui.drafts.channel import NAME, PREFIX, TYPE, ChannelDraft
from tui.screens.channels import ChannelsScreen
from tui.screens.form import FormScreen
from tui.widgets.controls import LineControl
from tui.widgets.fields import Field, field_for

_REFERENCE = "${"


class ChannelFormScreen(FormScreen):
    """Of a new channel, or of one that is there: its name and its type are what they are."""

    WORDS: ClassVar = "New channel"

    def __init__(self, desk: Desk, one: Channel | None = None) -> None:
        super().__init__(desk)
        self.draft = ChannelDraft() if one is None else ChannelDraft.of(one)
        self._before = dict(self.draft.typed)
        if one is not None:
            self.title_bar.retitle(f"Edit › {one.name}")
        else:
            self.fields = {spec.name: field_for(spec) for spec in (NAME, TYPE)}
        self._offer()

    def on_mount(self) -> None:
        for field in self.fields.values():
            self._fill(field)
        if self.fields:
            next(iter(self.fields.values())).widget.focus()

    # The fields of the type

    def _offer(self) -> None:
        """Have a field for each setting that there is to be one for, in their order, and none for any other."""
        asked = {one.spec.name: one.spec for one in self.draft.asked()}
        for name in [name for name in self.fields if name.startswith(PREFIX) and name not in asked]:
            self.fields.pop(name).remove()
        there = self.fields
        self.fields = {name: field for name, field in there.items() if not name.startswith(PREFIX)}
        self.fields |= {name: there.get(name) or field_for(spec) for name, spec in asked.items()}
        if self.is_mounted:
            self._mount_new()

    def _mount_new(self) -> None:
        next_one: Widget = self.button
        for field in reversed(self.fields.values()):
            if not field.is_attached:
                self.form.mount(field, before=next_one)
                self._fill(field)
            next_one = field

    def _fill(self, field: Field) -> None:
        if field.key == NAME.name:
            field.set(self.draft.name)
        elif field.key == TYPE.name:
            field.set(self.draft.type)
        else:
            one = next(one for one in self.draft.asked() if one.spec.name == field.key)
            field.set(self.draft.value(one))
            field.hint = one.about
            self._veil(field)

    def _veil(self, field: Field) -> None:
        """Nobody is to read a secret over somebody's shoulder."""
        control = field.widget
        one = next((one for one in self.draft.asked() if one.spec.name == field.key), None)
        if isinstance(control, LineControl) and one is not None and one.kind == "secret":
            shown = self.draft.is_kept(one) or str(control.get()).startswith(_REFERENCE)
            control.password = not shown

    def take(self, name: str, field: Field) -> None:
        value = field.get()
        if name == NAME.name:
            self.draft.name = str(value).strip()
        elif name == TYPE.name:
            self.draft.type = cast(ChannelType, value)
            self._refused.clear()
            for other in [other for other in self.fields if other.startswith(PREFIX)]:
                self.fields.pop(other).remove()
            self._touched &= {NAME.name}
            self._offer()
        else:
            self.draft.put(name, value)
            self._veil(field)
            self._offer()

    def problems(self) -> dict[str, str]:
        return self.draft.problems()

    def field_named(self, place: str) -> str:
        """A place within a setting, such as a header, is that of the setting."""
        name = super().field_named(place)
        if name in self.fields:
            return name
        return PREFIX + name.removeprefix(PREFIX).partition(".")[0].partition("[")[0]

    # Saving

    async def send(self) -> None:
        draft = self.draft
        if draft.original is None:
            made = await self.desk.source.send(channels.add_channel(draft.new()))
        else:
            change = ChannelChange(settings=draft.settings())
            made = await self.desk.source.send(channels.change_channel(draft.name, change))
        below = self.leave_saying(f"Saved {made.name}")
        if isinstance(below, ChannelsScreen):
            below.want(made.name)
            below.flash(f"Saved {made.name} · {below.key_of('channel-test')} tests it")

    @property
    def unsaved(self) -> bool:
        return self.draft.typed != self._before or (self.draft.original is None and bool(self.draft.name))
