"""Sending a message by hand: to a channel, now or later."""

from typing import ClassVar, cast

from core.api import channels, deliveries
from core.api.channels import Channel
from core.api.deliveries import Sending
from core.ids import SystemEntropy, delivery_id
from core.text import clean
from tui.desk import Desk
from tui.drafts.sending import FIELDS, SendingDraft
from tui.live.feed import Heard
from tui.screens.deliveries import DeliveriesScreen
from tui.screens.form import FormScreen
from tui.widgets.controls import ChoiceControl
from tui.widgets.fields import Field, field_for
from tui.words import channels as said
from tui.words.times import short

_MOST = 500


class SendingScreen(FormScreen):
    """Ends where it began, which says when the message goes out."""

    WORDS = "Send a message"
    BUTTON: ClassVar = "Send"
    NOT_SENT: ClassVar = "Not sent yet"

    def __init__(self, desk: Desk, channel: str = "") -> None:
        super().__init__(desk)
        self.draft = SendingDraft.empty(channel, desk.workspaces[0] if desk.workspaces else "")
        self.fields = {spec.name: field_for(spec) for spec in FIELDS}
        self._made: Sending | None = None  # it is sent under one id, also again where an answer was lost

    def on_mount(self) -> None:
        self._offer_workspaces()
        for name, field in self.fields.items():
            field.set(self.draft.values[name])
        self.fields["title" if self.draft.text("channel") else "channel"].widget.focus()
        self._say_when()
        self.set_interval(30, self._say_when)
        self.start(self._learn())

    def heard(self, heard: Heard) -> None:
        """Whoever opened it before there was a connection learns now what there is to choose from."""
        super().heard(heard)
        if heard == "live":
            self._offer_workspaces()
            self.start(self._learn())

    def _offer_workspaces(self) -> None:
        self._options("workspace", [(name, name) for name in self.desk.workspaces])
        if not self.draft.text("workspace") and self.desk.workspaces:
            self.draft.values["workspace"] = self.desk.workspaces[0]
            self.fields["workspace"].set(self.desk.workspaces[0])

    async def _learn(self) -> None:
        """Ask which channels there are."""
        there = (await self.desk.source.send(channels.channels(limit=_MOST))).items
        self._options("channel", [(one.name, _told(one)) for one in there])
        if not there:
            self.flash("There is no channel yet to send to.", "trouble")

    def _options(self, name: str, options: list[tuple[str, str]]) -> None:
        cast(ChoiceControl, self.fields[name].widget).offer([(value, clean(words)) for value, words in options])

    def _say_when(self) -> None:
        self.fields["when"].hint = self.draft.goes_out(self.desk.now, self.desk.zone)

    def take(self, name: str, field: Field) -> None:
        self.draft.values[name] = field.get()
        self._made = None
        self._say_when()

    def problems(self) -> dict[str, str]:
        return self.draft.problems(self.desk.now, self.desk.zone)

    def field_named(self, place: str) -> str:
        name = super().field_named(place)
        return {"delayMs": "when", "delay_ms": "when"}.get(name, name)

    async def send(self) -> None:
        now, zone = self.desk.now, self.desk.zone
        if self._made is None:
            self._made = self.draft.sending(now, zone, delivery_id(self.desk.clock.now(), SystemEntropy()))
        accepted = await self.desk.source.send(deliveries.send(self.draft.text("workspace"), self._made))
        when = short(accepted.fires_at, now, zone) if self._made.delay_ms else "now"
        below = self.leave_saying(f"It goes out {when}")
        if isinstance(below, DeliveriesScreen):
            below.want(accepted.id)

    @property
    def unsaved(self) -> bool:
        return self.draft.begun


def _told(one: Channel) -> str:
    """Its name and its type, and whether it works."""
    state = "" if one.state == "working" else f": {said.STATES[one.state][1].lower()}"
    return f"{one.name} ({one.type}){state}"
