"""What a person does to deliveries, from the list or on the screen of one. What shows one whole is asked for
apart."""

from collections.abc import Callable, Mapping, Sequence

from core.api import deliveries
from core.api.deliveries import Delivery, DeliveryDetail
from core.api.wire import Call
from core.errors import CallboardError, NotFoundError, UnreachableError
from core.text import clean
from tui.actions import Action
from tui.desk import Desk
from tui.navigation import link_to, open_link
from tui.screens.place import Place
from tui.widgets.delivery_text import DeliveryText

_KEPT = 100
_LONGEST_COPY = 20_000
_SENSIBLE: Mapping[str, Callable[[Delivery], bool]] = {
    "delivery-retry": lambda one: one.status != "sent",
    "delivery-cancel": lambda one: one.status == "pending",
    "delivery-explain": lambda one: one.event_id is not None,
}


class Delivering(Place):
    """A screen says which deliveries its actions are for."""

    text: DeliveryText

    def __init__(self, desk: Desk) -> None:
        self._details: dict[str, DeliveryDetail] = {}
        self._learning: set[str] = set()
        super().__init__(desk)

    def subjects(self) -> Sequence[Delivery]:
        """What an action is for."""
        raise NotImplementedError

    @property
    def subject(self) -> Delivery | None:
        return next(iter(self.subjects()), None)

    def asked_for(self) -> Delivery | None:
        """The one that a key was pressed for; where there is none, that is said."""
        if self.subject is None:
            self.flash("There is no delivery here.", "trouble")
        return self.subject

    def done(self) -> None:
        """What was done to the subjects is done."""

    def applies(self, action: Action) -> bool:
        """Only what makes sense now is offered; any other key says why it does not."""
        sensible = _SENSIBLE.get(action.id)
        if sensible is not None and not any(map(sensible, self.subjects())):
            return False
        return super().applies(action)

    # What is asked for apart

    def show_whole(self, one: Delivery | None) -> None:
        """Show it with what is known of it, and ask for what is not."""
        detail = None if one is None else self._details.get(one.id)
        self.text.show(one, detail)
        if one is not None and (detail is None or detail.delivery != one) and one.id not in self._learning:
            self._learning.add(one.id)
            self.start(self._learn(one.id))

    async def _learn(self, id: str) -> None:
        try:
            detail = await self.desk.source.send(deliveries.delivery(id))
        except (NotFoundError, UnreachableError):
            return  # it went, or is asked for again
        finally:
            self._learning.discard(id)
        self.known(detail)
        if self.text.record is not None and self.text.record.id == id:
            self.text.show(self.text.record, detail)

    def known(self, detail: DeliveryDetail) -> None:
        """It was asked for."""
        if len(self._details) >= _KEPT:
            self._details.clear()
        self._details[detail.delivery.id] = detail

    # What is done

    def action_delivery_retry(self) -> None:
        self._act(
            "delivery-retry", deliveries.retry, "It was sent: there is nothing to send again.", _sends_again
        )

    def action_delivery_cancel(self) -> None:
        self._act("delivery-cancel", deliveries.cancel, "Only what is pending can be taken back.", _took_back)

    def _act(
        self, action: str, call: Callable[[str], Call[Delivery]], else_: str, words: Callable[[int], str]
    ) -> None:
        chosen = [one for one in self.subjects() if _SENSIBLE[action](one)]
        if chosen:
            self.start(self._send([call(one.id) for one in chosen], words))
        elif self.asked_for() is not None:
            self.flash(else_, "trouble")

    async def _send(self, calls: Sequence[Call[Delivery]], words: Callable[[int], str]) -> None:
        """One after the other; what the server would not do to some of them is said when all are done."""
        done, refusal = 0, ""
        for call in calls:
            try:
                await self.desk.source.send(call)
                done += 1
            except UnreachableError:
                raise
            except CallboardError as error:
                refusal = error.sentence
        self.done()
        if refusal and len(calls) > 1:
            refusal = f"{words(done)}, and not {len(calls) - done}: {refusal}"
        self.flash(refusal or words(done), "trouble" if refusal else "done")

    def action_delivery_send(self) -> None:
        from tui.screens.sending import SendingScreen

        self.app.push_screen(SendingScreen(self.desk, "" if self.subject is None else self.subject.channel))

    async def action_delivery_channel(self) -> None:
        if (one := self.asked_for()) is not None:
            await open_link(self.app, link_to("channel", one.channel))

    def action_delivery_link(self) -> None:
        if (one := self.asked_for()) is not None:
            self.start(self._follow(one), opens=True)

    async def _follow(self, one: Delivery) -> None:
        from msgspec import json

        from core.events.catalogue import word

        detail = self._details.get(one.id)
        if detail is None:
            detail = await self.desk.source.send(deliveries.delivery(one.id))
        payload = json.decode(detail.data)
        link = word(one.event, payload).link if isinstance(payload, dict) else None
        if link is None:
            self.flash("Its event leads nowhere.", "trouble")
        elif not await open_link(self.app, link):
            self.app.copy_to_clipboard(link)
            self.flash(f"Copied {clean(link)}")

    async def action_delivery_explain(self) -> None:
        one = self.asked_for()
        if one is None:
            return
        if one.event_id is None:
            self.flash("It was sent by hand: there is no event of it to explain.", "trouble")
        else:
            await open_link(self.app, link_to("event", one.event_id))

    def action_delivery_copy(self) -> None:
        if (one := self.asked_for()) is not None:
            link = link_to("delivery", one.id)
            self.app.copy_to_clipboard(link)
            self.flash(f"Copied {link}")

    def action_delivery_copy_text(self) -> None:
        if (one := self.asked_for()) is not None:
            self.app.copy_to_clipboard(
                clean(f"{one.title}\n\n{one.body}"[:_LONGEST_COPY], multiline=True).strip()
            )
            self.flash("Copied its title and text")


def _sends_again(count: int) -> str:
    return f"Sends {count} again" if count != 1 else "Sends it again"


def _took_back(count: int) -> str:
    return f"Took {count} back" if count != 1 else "Took it back: it is not sent"
