"""A great many notifications, and that what really happens still finds its place among them."""

from core.caller import Caller
from core.clock import DAY, ManualClock
from core.demo.bulk import fill_many
from core.ids import SystemEntropy
from core.inbox.service import Inbox
from core.people.service import People
from core.people.standing import in_person, standing_of
from storage.database import Database


async def test_the_items_are_in_the_inbox_unlike_each_other_and_of_the_last_weeks(
    database: Database, clock: ManualClock
) -> None:
    you = await _somebody(database, clock)

    await fill_many(database, you.person, 2_500, clock.now())

    inbox = Inbox(database, clock)
    index = await inbox.index(you, "")
    counts = await inbox.counts(you)
    assert (len(index.ids), index.starred) == (2_500, 25)
    assert (counts.total, counts.unread) == (2_500, 750)
    assert (await inbox.index(you, "since:21d")).ids == index.ids
    newest = (await inbox.show(you, max(index.ids))).created_at.timestamp() * 1_000_000
    assert clock.now() - DAY < newest <= clock.now()


async def test_nothing_at_all_can_be_filled_in(database: Database, clock: ManualClock) -> None:
    you = await _somebody(database, clock)

    await fill_many(database, you.person, 0, clock.now())

    assert (await Inbox(database, clock).counts(you)).total == 0


async def _somebody(database: Database, clock: ManualClock) -> Caller:
    person = await People(database, clock, SystemEntropy()).found(1000, "zoe")
    standing = await database.read(lambda connection: standing_of(connection, person))
    assert standing is not None
    return in_person(standing)
