"""What a person does to automations, and what is asked for to show one whole."""

from collections.abc import Sequence
from functools import partial

from textual import on

from core.api import automations
from core.api.automations import Automation, NewAutomation, RunRequest, ScheduleQuery, SwitchRequest
from core.api.stream import Change
from tui.desk import Desk
from tui.live.feed import Heard
from tui.navigation import open_link
from tui.screens.pinning import toggle_pin
from tui.screens.place import Place
from tui.screens.run_now import prepare, run
from tui.widgets.automation_text import About, AutomationText
from tui.widgets.question import Answer, Question
from tui.widgets.run_panel import RunPanel

_KEPT = 50
_RUNS = 5
_EXECUTIONS = 10
TOPICS = frozenset({"automations", "executions", "sessions"})


class Automating(Place):
    """A screen says which automations its actions are for."""

    text: AutomationText

    def subjects(self) -> Sequence[Automation]:
        """What an action is for."""
        raise NotImplementedError

    @property
    def subject(self) -> Automation | None:
        return next(iter(self.subjects()), None)

    def deleted(self, count: int) -> None:
        """So many of what was shown are no more."""
        place = self.app.screen
        if isinstance(place, Place):
            place.flash(f"Deleted {count}")

    # What is asked for apart

    def __init__(self, desk: Desk) -> None:
        self._about: dict[int, About] = {}
        self._old: set[int] = set()  # those of which something changed since
        self._learning: set[int] = set()
        super().__init__(desk)

    def heard(self, heard: Heard) -> None:
        if not isinstance(heard, Change) or heard.topic in TOPICS:
            self._old.update(self._about)

    def show_whole(self, one: Automation | None) -> None:
        """Show it with what is known of it, and ask for what is not."""
        self.text.show(one, None if one is None else self._about.get(one.id))
        if one is None or one.id in self._learning:
            return
        if one.id not in self._about or one.id in self._old:
            self._learning.add(one.id)
            self.start(self._learn(one))

    async def _learn(self, one: Automation) -> None:
        self._old.discard(one.id)
        try:
            page = await self.desk.source.send(
                automations.executions(limit=_EXECUTIONS, filter=f"automation:{one.id}")
            )
            about = About(executions=page.items)
            if one.cron and one.enabled:
                query = ScheduleQuery(one.cron, tz=one.tz or "UTC", viewer_tz=self.desk.zone_name, n=_RUNS)
                coming = await self.desk.source.send(automations.preview(query))
                about = About(coming.runs, coming.notes, page.items)
        finally:
            self._learning.discard(one.id)
        if len(self._about) >= _KEPT:
            self._about.clear()
        self._about[one.id] = about
        if self.text.record is not None and self.text.record.id == one.id:
            self.text.show(self.text.record, about)

    # What is done

    def action_automation_edit(self) -> None:
        from tui.screens.editor import EditorScreen

        if (one := self.subject) is not None:
            self.app.push_screen(EditorScreen(self.desk, one))

    def action_automation_history(self) -> None:
        from tui.screens.history import HistoryScreen

        if (one := self.subject) is not None:
            self.app.push_screen(HistoryScreen(self.desk, one))

    async def action_automation_session(self) -> None:
        one = self.subject
        if one is None or one.session is None:
            self.flash("No session of this automation is running.", "trouble")
        else:
            await open_link(self.app, f"callboard:session/{one.session}")

    def action_automation_copy(self) -> None:
        one = self.subject
        if one is None or not one.url:
            self.flash("Only an automation of type http has a URL.", "trouble")
            return
        self.app.copy_to_clipboard(one.url)
        self.flash(f"Copied {one.url}: the token goes into the Api-Authentication header.")

    def action_automation_switch(self) -> None:
        """Disable, unless one of them is disabled already."""
        chosen = self.subjects()
        if chosen:
            enable = not all(one.enabled for one in chosen if one.type != "http")
            self.start(self._switch([one.id for one in chosen], enable=enable))

    async def _switch(self, ids: list[int], *, enable: bool) -> None:
        ask = automations.enable if enable else automations.disable
        result = await self.desk.source.send(ask(SwitchRequest(ids)))
        said = f"{'Enabled' if enable else 'Disabled'} {len(result.changed)}"
        if result.passed_over:
            said += f" · {len(result.passed_over)} of type http are always enabled"
        self.flash(said, "done" if result.changed else "trouble")

    def action_automation_run(self) -> None:
        if (one := self.subject) is not None:
            self.start(prepare(self, one), opens=True)

    @on(RunPanel.Chosen)
    def _chosen_to_run(self, event: RunPanel.Chosen) -> None:
        self.start(run(self, event.automation, RunRequest(dict(event.parameters))))

    def action_automation_pin(self) -> None:
        if (one := self.subject) is not None:
            self.start(toggle_pin(self, "automation", one.id, one.name))

    def action_automation_rotate(self) -> None:
        one = self.subject
        if one is None or one.type != "http":
            self.flash("Only an automation of type http has a token.", "trouble")
            return
        self.mount(
            Question(
                f"A new token for “{one.name}”? The URL that is in use now stops working at once.",
                [Answer("y", "makes a new token", partial(self._rotate, one)), Answer("n", "keeps the old one")],
            )
        )

    def _rotate(self, one: Automation) -> None:
        async def rotate() -> None:
            show_token(self, await self.desk.source.send(automations.rotate(one.id)))

        self.start(rotate(), opens=True)

    def action_automation_delete(self) -> None:
        chosen = self.subjects()
        if not chosen:
            return
        what = f"“{chosen[0].name}”" if len(chosen) == 1 else f"{len(chosen)} automations"
        ids = [one.id for one in chosen]
        self.mount(
            Question(
                f"Delete {what}? Nothing brings it back; its history goes with it.",
                [Answer("y", "deletes it", partial(self._delete, ids)), Answer("n", "keeps it")],
            )
        )

    def _delete(self, ids: Sequence[int]) -> None:
        async def delete() -> None:
            for number in ids:
                await self.desk.source.send(automations.delete(number))
            self.deleted(len(ids))

        self.start(delete())


def show_token(place: Place, made: NewAutomation) -> None:
    """Show the token of a webhook, which nobody can show again."""
    if not made.token:
        return
    url, token = made.url or "", made.token

    def copy(what: str, text: str) -> None:
        place.app.copy_to_clipboard(text)
        place.flash(f"Copied the {what}")

    place.mount(
        Question(
            f"The webhook of “{made.name}”. This is shown now and never again.",
            [
                Answer("y", "copies the URL with the token", partial(copy, "URL", url)),
                Answer("t", "copies the token, for the Api-Authentication header", partial(copy, "token", token)),
            ],
            more=["", "URL", url, "Token", token, ""],
            stays=True,
        )
    )
