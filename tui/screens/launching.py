"""Quick launch: what is pinned runs by one key. What that needs is loaded when somebody first does it."""

from functools import partial, partialmethod
from typing import TYPE_CHECKING

from core.api import bots
from core.api.bots import Pin
from core.errors import CallboardError
from tui.live.feed import Heard
from tui.screens.frame import Frame
from tui.widgets.launch_row import LaunchRow

if TYPE_CHECKING:
    from tui.widgets.pin_panel import PinPanel
    from tui.widgets.run_panel import RunPanel

_MOST = 500


class Launching(Frame):
    """Asks for what a run needs first: parameters of an automation, a prompt for a bot."""

    _panel: "PinPanel | None" = None

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self.pins.hear(heard)

    async def _launch(self, place: int) -> None:
        pin = self.pins.at(place)
        if pin is None:
            self.flash(f"Nothing is pinned at {place}: {self.key_of('pins')} pins something.", "trouble")
        elif pin.kind == "automation":
            self.start(self._run_automation(pin), opens=True)
        else:
            self._ask_bot(pin)

    action_launch_1 = partialmethod(_launch, 1)
    action_launch_2 = partialmethod(_launch, 2)
    action_launch_3 = partialmethod(_launch, 3)
    action_launch_4 = partialmethod(_launch, 4)
    action_launch_5 = partialmethod(_launch, 5)
    action_launch_6 = partialmethod(_launch, 6)
    action_launch_7 = partialmethod(_launch, 7)
    action_launch_8 = partialmethod(_launch, 8)
    action_launch_9 = partialmethod(_launch, 9)

    async def on_launch_row_pressed(self, event: LaunchRow.Pressed) -> None:
        await self._launch(event.place)

    # Automations and bots

    async def _run_automation(self, pin: Pin) -> None:
        from core.api import automations
        from tui.screens.run_now import prepare

        await prepare(self, await self.desk.source.send(automations.automation(pin.id)))

    def on_run_panel_chosen(self, event: "RunPanel.Chosen") -> None:
        from core.api.automations import RunRequest
        from tui.screens.run_now import run

        self.start(run(self, event.automation, RunRequest(dict(event.parameters))))

    def _ask_bot(self, pin: Pin) -> None:
        """What is typed is kept until a session has begun with it."""
        from tui.widgets.prompt_panel import PromptPanel

        drafts, key = self.desk.drafts, f"bot/{pin.id}"
        if not self.query(PromptPanel):
            keep = partial(drafts.__setitem__, key)
            given = partial(self._begin_bot, pin)
            self.mount(
                PromptPanel(f"What is {pin.name} to do?", given, lines=True, text=drafts.get(key, ""), kept=keep)
            )

    def _begin_bot(self, pin: Pin, prompt: str) -> None:
        self.start(self._talk_to_bot(pin, prompt))

    async def _talk_to_bot(self, pin: Pin, prompt: str) -> None:
        from core.api.sessions import SessionCreation, create_session
        from tui.navigation import open_link

        creation = SessionCreation(pin.workspace, "bot", prompt, bot=pin.name)
        try:
            begun = await self.desk.source.send(create_session(creation))
        except CallboardError as error:
            self.flash(f"{error.sentence} What you typed is kept.", "trouble")
            return
        self.desk.drafts.pop(f"bot/{pin.id}", None)
        await open_link(self.app, f"callboard:session/{begun.id}")

    # What is pinned

    def pins_changed(self) -> None:
        super().pins_changed()
        if self._panel is not None:
            self._panel.show(self.pins.pins)

    async def action_pins(self) -> None:
        from tui.widgets.pin_panel import PinPanel

        if not self.query(PinPanel):
            self._panel = PinPanel(self.pins.pins)
            await self.mount(self._panel)

    def on_pin_panel_ordered(self, event: "PinPanel.Ordered") -> None:
        self.start(self.pins.keep(event.pins))

    async def on_pin_panel_chosen(self, event: "PinPanel.Chosen") -> None:
        await self._launch(event.place)

    def on_pin_panel_turned(self) -> None:
        self.show_keys()

    def on_pin_panel_wanted(self) -> None:
        self.start(self._offer())

    async def _offer(self) -> None:
        """All that could be pinned."""
        from core.api import automations

        there = (await self.desk.source.send(automations.automations(limit=_MOST))).items
        named = (await self.desk.source.send(bots.bots(limit=_MOST))).items
        pins = [Pin("automation", one.id, one.name, one.workspace) for one in there]
        pins += [Pin("bot", one.id, one.name, one.workspace) for one in named]
        if self._panel is not None:
            self._panel.offer(pins)
