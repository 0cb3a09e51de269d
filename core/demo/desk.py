"""What you have made of My Work in the sample month: mutes, snoozes, hidden sessions, filters with a name."""

from datetime import timedelta

from core.api.filters import SavedFilter, Saving
from core.api.inbox import InboxActionRequest
from core.api.mutes import Muting
from core.api.work import WorkActionRequest
from core.caller import Caller
from core.clock import DAY, Clock, to_datetime
from core.demo import automations as sample
from core.demo.work import Work
from core.inbox.mutes import Mutes
from core.inbox.service import Inbox
from core.mywork.service import MyWork
from core.people.saved_filters import Saved
from storage.database import Database
from storage.ids import Instant

FILTERS = (
    SavedFilter("Needs me today", "is:unread sev:warning,critical age:<1d"),
    SavedFilter("Failures this week", "event:**:failed since:7d"),
    SavedFilter("Ticket SF-133", "ticket:SF-133"),
)

_LATER = (1, 3, 7)
_PUT_OFF = "is:unread age:>1d sev:info"
_MUTED_FOR = 5 * DAY
_NINE = 9


class Desk:
    """Arranges it with the services, as a person would with the keys."""

    def __init__(self, database: Database, clock: Clock, you: Caller, work: Work) -> None:
        self._inbox = Inbox(database, clock)
        self._mutes = Mutes(database, clock)
        self._saved = Saved(database, clock)
        self._work = MyWork(database, clock, self._inbox)
        self._you = you
        self._there = work

    async def begin(self) -> None:
        """Before the month: what you do not want to hear of in it."""
        until = to_datetime(Instant(self._there.end + _MUTED_FOR))
        source = f"automation/{self._there.automation(sample.TRIAGE)}"
        await self._mutes.mute(self._you, Muting(source, "automation:skipped", until=until))
        await self._saved.set(self._you, Saving(list(FILTERS)))

    async def end(self) -> None:
        """After it: what waits for another day, and what only stands in the way."""
        nine = to_datetime(self._there.end).replace(hour=_NINE, minute=0, second=0, microsecond=0)
        found = (await self._inbox.index(self._you, _PUT_OFF)).ids
        for item, days in zip(found, _LATER, strict=False):
            request = InboxActionRequest("snooze", [item], until=nine + timedelta(days=days))
            await self._inbox.act(self._you, request)
        if refs := self._in_the_way():
            await self._work.act(self._you, WorkActionRequest("hide", refs))

    def _in_the_way(self) -> list[str]:
        """Sessions of yours that have waited for days, and those of automations that are looked at elsewhere."""
        return [
            f"session/{self._there.numbers[each]}"
            for each in self._there.sessions
            if self._there.who(each.owner) == self._you.name
            and (
                (each.state == "waiting" and (each.ago > DAY or each.automation is not None))
                or (each.state == "failed" and each.ago < DAY and each.automation is not None)
            )
        ]
