"""What a person does to a channel, from the list or on its own screen. The server decides, and says why not."""

from functools import partial

from core.api import channels
from core.api.channels import Channel, ChannelChange, ChannelTest
from core.errors import CallboardError, UnreachableError
from core.text import clean
from tui.desk import Desk
from tui.navigation import link_to
from tui.screens.place import Place
from tui.widgets.channel_text import ChannelText, Tested
from tui.widgets.question import Answer, Question


class Channeling(Place):
    """A screen says which channel its actions are for."""

    text: ChannelText

    def __init__(self, desk: Desk) -> None:
        self._tested: dict[str, Tested] = {}  # what tests came to, as long as the screen is there
        super().__init__(desk)

    @property
    def channel(self) -> Channel | None:
        raise NotImplementedError

    def asked_for(self) -> Channel | None:
        """The one that a key was pressed for; where there is none, that is said."""
        if self.channel is None:
            self.flash("There is no channel here.", "trouble")
        return self.channel

    def deleted(self, name: str) -> None:
        """It is no more."""
        place = self.app.screen
        if isinstance(place, Place):
            place.flash(f"Deleted {name}")

    def may_go_on(self, one: Channel) -> bool:
        """Whether its pause is over by now: nobody says so."""
        return one.state == "paused" and one.paused_until is not None and one.paused_until <= self.desk.now

    def show_whole(self, one: Channel | None) -> None:
        self.text.show(one, None if one is None else self._tested.get(one.name))

    # Testing

    def action_channel_test(self) -> None:
        one = self.asked_for()
        if one is None or self.query(Question):
            return
        self.mount(
            Question(
                f"Test “{clean(one.name)}”?",
                [
                    Answer("r", "only reaches it, and sends nothing", partial(self._test, one.name, send=False)),
                    Answer("s", "sends a test message", partial(self._test, one.name, send=True)),
                ],
            )
        )

    def _test(self, name: str, *, send: bool) -> None:
        self.start(self._tried(name, send=send))

    async def _tried(self, name: str, *, send: bool) -> None:
        self._note(name, "under way…")
        try:
            tested = await self.desk.source.send(channels.try_channel(name, send=send))
        except CallboardError as error:
            self._note(name, ChannelTest(name, False, error.sentence))
            raise
        self._note(name, tested)
        self.flash(tested.sentence, "done" if tested.ok else "trouble")

    def _note(self, name: str, tested: Tested) -> None:
        self._tested[name] = tested
        if self.text.record is not None and self.text.record.name == name:
            self.show_whole(self.text.record)

    # Changing

    def action_channel_edit(self) -> None:
        one = self.asked_for()
        if one is None:
            return
        if one.source == "file":
            self.flash(f"{one.name} is in {one.place or 'a file of the home'}: change it there.", "trouble")
        elif one.settings is None:
            self.flash("Whoever may manage channels can change it: ask an admin.", "trouble")
        else:
            from tui.screens.channel_form import ChannelFormScreen

            self.app.push_screen(ChannelFormScreen(self.desk, one))

    def action_channel_switch(self) -> None:
        if (one := self.asked_for()) is not None:
            self.start(self._switch(one.name, enable=one.state == "disabled"))

    async def _switch(self, name: str, *, enable: bool) -> None:
        await self.desk.source.send(channels.change_channel(name, ChannelChange(enabled=enable)))
        waits = "" if enable else ": what is for it waits until it is enabled"
        self.flash(f"{'Enabled' if enable else 'Disabled'} {name}{waits}")

    def action_channel_delete(self) -> None:
        one = self.asked_for()
        if one is None or self.query(Question):
            return
        self.mount(
            Question(
                f"Delete the channel “{clean(one.name)}”? Nothing brings it back; what waits is not sent.",
                [Answer("y", "deletes it", partial(self._delete, one.name)), Answer("n", "keeps it")],
            )
        )

    def _delete(self, name: str) -> None:
        self.start(self._deleted(name), opens=True)

    async def _deleted(self, name: str) -> None:
        try:
            await self.desk.source.send(channels.delete_channel(name))
        except UnreachableError:
            raise
        except CallboardError as error:  # it may name rules, more than there is room for at the foot
            await self.mount(Question(error.sentence, [Answer("n", "goes back")]))
        else:
            self.deleted(name)

    # Going on

    def action_channel_send(self) -> None:
        from tui.screens.sending import SendingScreen

        self.app.push_screen(SendingScreen(self.desk, "" if self.channel is None else self.channel.name))

    def action_channel_deliveries(self) -> None:
        from tui.screens.deliveries import DeliveriesScreen

        if (one := self.asked_for()) is not None:
            self.app.push_screen(DeliveriesScreen(self.desk, f"channel:{one.name}"))

    def action_channel_copy(self) -> None:
        if (one := self.asked_for()) is not None:
            link = link_to("channel", one.name)
            self.app.copy_to_clipboard(link)
            self.flash(f"Copied {link}")
