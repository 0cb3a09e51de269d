"""What a person does to a rule, from the list or on its own screen. The server decides, and says why not."""

from collections.abc import Sequence
from functools import partial

from core.api import deliveries, events, rules
from core.api.deliveries import Delivery
from core.api.events import Event
from core.api.rules import Explaining, Rule, RuleChange
from core.completing import quoted
from core.errors import CallboardError, UnreachableError
from core.text import clean
from tui.desk import Desk
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.navigation import link_to
from tui.screens.place import Place
from tui.widgets.question import Answer, Question
from tui.widgets.rule_text import RuleText

_DELIVERED = frozenset({"deliveries"})
_LATEST = 5  # deliveries
_LOOKED_THROUGH = 100  # events of a workspace
_KEPT = 100
_OWNED = {
    "gate": "It belongs to a quality gate, and goes with the gate's mission: change the gate.",
    "deadline": "It belongs to the watch over deadlines: change [notifications.sla] in the configuration.",
}


class Ruling(Place):
    """A screen says which rule its actions are for."""

    text: RuleText

    def __init__(self, desk: Desk) -> None:
        self._sent: dict[str, Sequence[Delivery]] = {}
        self._learning: set[str] = set()
        self._listening = Looking(self._learn_again, self.start)
        super().__init__(desk)

    @property
    def rule(self) -> Rule | None:
        raise NotImplementedError

    def asked_for(self) -> Rule | None:
        """The one that a key was pressed for; where there is none, that is said."""
        if self.rule is None:
            self.flash("There is no rule here.", "trouble")
        return self.rule

    def deleted(self, id: str) -> None:
        """It is no more."""
        place = self.app.screen
        if isinstance(place, Place):
            place.flash(f"Deleted {clean(id)}")

    # What is asked for apart

    def show_whole(self, one: Rule | None) -> None:
        """Show it with what it sent last, and ask for that where it is not known."""
        self.text.show(one, None if one is None else self._sent.get(one.id))
        if one is not None and one.id not in self._sent and one.id not in self._learning:
            self._learning.add(one.id)
            self.start(self._learn(one.id))

    def heard(self, heard: Heard) -> None:
        super().heard(heard)
        self._listening.hear(heard, _DELIVERED, True)

    async def _learn_again(self) -> None:
        """What was sent may be more by now."""
        one = self.text.record
        self._sent = {name: sent for name, sent in self._sent.items() if one is not None and name == one.id}
        if one is not None:
            await self._learn(one.id)

    async def _learn(self, id: str) -> None:
        try:
            page = await self.desk.source.send(deliveries.deliveries(limit=_LATEST, filter=f"rule:{quoted(id)}"))
        except CallboardError:
            return  # the rule itself is there to be read
        finally:
            self._learning.discard(id)
        if len(self._sent) >= _KEPT:
            self._sent.clear()
        self._sent[id] = page.items
        if self.text.record is not None and self.text.record.id == id:
            self.text.show(self.text.record, page.items)

    # Changing

    def action_rule_edit(self) -> None:
        one = self.asked_for()
        if one is None or self.query(Question):
            return
        if one.source == "api":
            self._form(one)
            return
        if one.source == "file":
            said = f"“{one.id}” is in a file of the home: change it there, at {one.place or 'its place'}."
        else:
            said = _OWNED[one.source]
        copies = Answer("c", "copies it as a new rule", partial(self._form, one, copies=True))
        self.mount(Question(said, [copies, Answer("n", "goes back")]))

    def _form(self, one: Rule, *, copies: bool = False) -> None:
        from tui.screens.rule_form import RuleFormScreen

        self.app.push_screen(RuleFormScreen(self.desk, one, copies=copies))

    def action_rule_switch(self) -> None:
        if (one := self.asked_for()) is None:
            return
        if one.source == "file":
            self.flash(f"{one.id} is in a file of the home: set enabled there, at {one.place}.", "trouble")
        else:
            self.start(self._switch(one.id, enable=not one.enabled))

    async def _switch(self, id: str, *, enable: bool) -> None:
        await self.desk.source.send(rules.change_rule(id, RuleChange(enabled=enable)))
        self.flash(f"Switched {id} {'on' if enable else 'off'}")

    def action_rule_delete(self) -> None:
        one = self.asked_for()
        if one is None or self.query(Question):
            return
        asked = f"Delete the rule “{clean(one.id)}”? Nothing brings it back; what it sent stays."
        deletes = Answer("y", "deletes it", partial(self._delete, one.id))
        self.mount(Question(asked, [deletes, Answer("n", "keeps it")]))

    def _delete(self, id: str) -> None:
        self.start(self._deleted(id), opens=True)

    async def _deleted(self, id: str) -> None:
        try:
            await self.desk.source.send(rules.delete_rule(id))
        except UnreachableError:
            raise
        except CallboardError as error:  # it may name a place, longer than there is room for at the foot
            await self.mount(Question(error.sentence, [Answer("n", "goes back")]))
        else:
            self.deleted(id)

    # Going on

    def action_rule_explain(self) -> None:
        if (one := self.asked_for()) is not None:
            self.start(self._explain(one), opens=True)

    async def _explain(self, one: Rule) -> None:
        """On the latest event that it listens to; where there is none among the latest, on the latest of all."""
        from core.routing.patterns import Pattern
        from tui.screens.event import EventScreen

        patterns = [Pattern(text) for text in one.events]
        latest = await self._latest(one)
        heard = (each for each in latest if any(pattern.routes(each.event) for pattern in patterns))
        found = next(heard, None)
        chosen = found or next(iter(latest), None)
        if chosen is None:
            self.flash("Nothing has happened yet that it could be explained on.", "trouble")
            return
        place = EventScreen(self.desk, Explaining(event_id=chosen.id), one.id)
        await self.app.push_screen(place)
        if found is None:
            place.flash("It listened to none of the latest events: this is the latest of all.", "trouble")

    async def _latest(self, one: Rule) -> list[Event]:
        """The latest events of where it works, the newest first."""
        found: list[Event] = []
        for slug in [one.workspace] if one.workspace else self.desk.workspaces:
            found += (await self.desk.source.send(events.page(slug, limit=_LOOKED_THROUGH))).items
        return sorted(found, key=lambda event: event.seq, reverse=True)

    def action_rule_deliveries(self) -> None:
        from tui.screens.deliveries import DeliveriesScreen

        if (one := self.asked_for()) is not None:
            self.app.push_screen(DeliveriesScreen(self.desk, f"rule:{quoted(one.id)}"))

    def action_rule_copy(self) -> None:
        if (one := self.asked_for()) is not None:
            link = link_to("rule", one.id)
            self.app.copy_to_clipboard(link)
            self.flash(f"Copied {link}")

    def action_rule_copy_json(self) -> None:
        from core.text import json_ascii
        from tui.drafts.rule import as_written

        if (one := self.asked_for()) is not None:
            self.app.copy_to_clipboard(json_ascii(as_written(one), 2))
            self.flash("Copied it as JSON")
