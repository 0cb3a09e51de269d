"""A server's inbox in memory, with a profile that can be changed."""

from collections.abc import Sequence
from typing import Any, cast

from msgspec import UNSET
from msgspec.structs import asdict, replace

from core.api.deliveries import DesktopAlert
from core.api.inbox import InboxItem
from core.api.people import Me, ProfileChange
from core.api.stream import Change
from core.api.wire import Call
from core.clock import Clock
from core.errors import CallboardError, NotFoundError
from core.people.words import quiet_hours, time_zone
from tests.fakes.inbox import FakeInbox


class FakeProfile(FakeInbox):
    """`refuse` is what the next change is answered with."""

    def __init__(self, clock: Clock, items: Sequence[InboxItem] = (), **profile: Any) -> None:
        super().__init__(clock, items)
        me = Me("dana", self.person, True, "Europe/Berlin", "away", None, None, [], ["atelier"], "socket")
        self.me = replace(me, **profile)
        self.changed: list[ProfileChange] = []
        self.refuse: CallboardError | None = None
        self.alerts: dict[str, DesktopAlert] = {}

    @property
    def said(self) -> int:
        """How many changes the server has told of."""
        return len(self._log)

    def become(self, **profile: Any) -> None:
        """The profile is changed by something else."""
        self.me = replace(self.me, **profile)
        self._tell([1], "me")

    def announce(self, alert: DesktopAlert, *, hidden: bool = False) -> None:
        """A rule sends this to desktops; a `hidden` one is not for this person."""
        if not hidden:
            self.alerts[alert.id] = alert
        self._seq += 1
        change = Change("desktop-alerts", alert.id, self._seq)
        self._log.append(change)
        self.say(change)

    def _answer(self, call: Call[Any]) -> object:
        match (call.method, call.path):
            case ("GET", path) if path.startswith("/desktop-alerts/"):
                return self._alert(path.rpartition("/")[2])
            case ("GET", "/me"):
                return self.me
            case ("PATCH", "/me"):
                return self._change(cast(ProfileChange, call.body))
        return super()._answer(call)

    def _alert(self, id: str) -> DesktopAlert:
        if id not in self.alerts:
            raise NotFoundError(f"There is no alert {id}, or none that you may see.")
        return self.alerts[id]

    def _change(self, change: ProfileChange) -> Me:
        if self.refuse is not None:
            refuse, self.refuse = self.refuse, None
            raise refuse
        given = {name: value for name, value in asdict(change).items() if value is not UNSET}
        if "time_zone" in given:
            time_zone(given["time_zone"])
        if "quiet_from" in given:
            quiet_hours(given["quiet_from"], given["quiet_to"])
        self.changed.append(change)
        self.me = replace(self.me, **given)
        self._tell([1], "me")
        return self.me
