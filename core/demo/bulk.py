"""A great many notifications for one person, quickly: `python -m core.demo.bulk HOME COUNT` without a server."""

import asyncio
import sys
from functools import partial

from core.clock import DAY, SystemClock
from core.events.catalogue import CATALOGUE, word
from core.inbox.sources import source_of
from storage.database import Database
from storage.ids import EventSeq, Instant, PersonId
from storage.inbox import NewItemRow
from storage.samples import multiply

_AT_ONCE = 20_000
_DAYS = 20
_STARRED = 25
_KINDS = (
    "task:review",
    "task:qa",
    "hook:failed",
    "verification:failed",
    "automation:failed",
    "merge:failed",
    "approval:requested",
    "budget:warning",
    "review:blocking",
)


async def fill_many(database: Database, person: PersonId, count: int, now: Instant) -> None:
    """Put `count` items into the person's inbox, spread over the days before `now`; a few of them are starred."""
    patterns = [_pattern(name, person) for name in _KINDS]
    oldest = Instant(now - _DAYS * DAY)
    step = max(1, _DAYS * DAY // max(1, count))
    stars = max(2, count // _STARRED)
    for first in range(1, count + 1, _AT_ONCE):
        last = min(count, first + _AT_ONCE - 1)
        await database.write(
            partial(
                multiply,
                person=person,
                patterns=patterns,
                first=first,
                last=last,
                oldest=oldest,
                step=step,
                stars=stars,
            )
        )


def _pattern(name: str, person: PersonId) -> NewItemRow:
    kind = CATALOGUE[name]
    said = word(name, kind.example or {})
    reason = kind.told[0].roles[0].reason if kind.told else ""
    return NewItemRow(
        person,
        EventSeq(0),
        name,
        None,
        said.title,
        said.body,
        said.severity,
        reason,
        said.link,
        said.link_label,
        Instant(0),
        source_of(name, said.link, source=said.source),
    )


async def _fill(home: str, count: int) -> None:
    from core.demo.fill import opened
    from core.home import Home

    async with opened(Home.find(home)) as (database, person):
        await fill_many(database, person, count, SystemClock().now())


if __name__ == "__main__":
    asyncio.run(_fill(sys.argv[1], int(sys.argv[2])))
