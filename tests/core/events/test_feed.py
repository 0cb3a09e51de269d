"""The change feed: what each listener hears, and what they do not."""

import asyncio
from dataclasses import replace

import pytest

from core.caller import Caller
from core.clock import ManualClock
from core.events.feed import Change, Feed, Reset, Subscription
from core.ids import Entropy
from storage import changes
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.engines import Postgres
from storage.ids import ChangeSeq, KeyId, PersonId, WorkspaceId
from storage.workspaces import add_membership, remove_membership
from tests.road import Road, open_road


@pytest.fixture
async def feed(road: Road) -> Feed:
    """A feed that has caught up."""
    feed = Feed(road.database)
    await feed.catch_up()
    return feed


async def change(
    road: Road, topic: str, subject: str, person: str | None = None, workspace: WorkspaceId | None = None
) -> None:
    owner: PersonId | None = road.callers[person].person if person else None
    row = NewChange(topic, subject, owner, workspace, road.clock.now())
    await road.database.write(lambda connection: changes.append(connection, [row]))


async def heard(subscription: Subscription) -> list[str]:
    """The subjects of what waits, or `reset`."""
    try:
        async with asyncio.timeout(0.05):
            found = await subscription.several()
    except TimeoutError:
        return []
    return ["reset" if isinstance(one, Reset) else one.subject for one in found]


async def test_a_listener_hears_what_is_theirs_and_what_is_everybodys(road: Road, feed: Feed) -> None:
    ann, max_, root = (feed.subscribe(road.callers[name]) for name in ("ann", "max", "root"))

    await change(road, "inbox", "anns", "ann")
    await change(road, "inbox", "bens", "ben")
    await change(road, "events", "shops", None, road.workspace)
    await change(road, "people", "all")
    await feed.catch_up()

    assert await heard(ann) == ["anns", "shops", "all"]
    assert await heard(max_) == ["all"]
    assert await heard(root) == ["shops", "all"]


async def test_a_change_carries_its_place_topic_and_subject(road: Road, feed: Feed) -> None:
    subscription = feed.subscribe(road.callers["ann"])
    await change(road, "inbox", "7", "ann")
    await feed.catch_up()

    assert await anext(subscription) == Change(feed.position, "inbox", "7")


async def test_who_comes_back_hears_what_they_missed_and_then_what_is_new(road: Road, feed: Feed) -> None:
    last = feed.position
    await change(road, "inbox", "missed", "ann")
    await feed.catch_up()
    subscription = feed.subscribe(road.callers["ann"], last)
    await change(road, "inbox", "new", "ann")

    await feed.catch_up()
    await change(road, "inbox", "newer", "ann")
    await feed.catch_up()

    assert await heard(subscription) == ["missed", "new", "newer"]


async def test_who_comes_back_too_late_starts_afresh(road: Road, feed: Feed) -> None:
    for number in range(3):
        await change(road, "inbox", str(number), "ann")
    await road.database.write(
        lambda connection: connection.exec_driver_sql("DELETE FROM changes WHERE subject = '0'").close()
    )
    subscription = feed.subscribe(road.callers["ann"], ChangeSeq(0))
    await change(road, "inbox", "after", "ann")

    await feed.catch_up()

    assert (await heard(subscription))[0] == "reset"


async def test_who_comes_from_the_future_starts_afresh(road: Road, feed: Feed) -> None:
    subscription = feed.subscribe(road.callers["ann"], ChangeSeq(10**9))

    await feed.catch_up()

    assert await heard(subscription) == ["reset"]


async def test_who_missed_more_than_can_be_held_starts_afresh(road: Road, feed: Feed) -> None:
    last = feed.position
    ann = road.callers["ann"].person
    rows = [NewChange("inbox", str(number), ann, None, road.clock.now()) for number in range(1_001)]
    await road.database.write(lambda connection: changes.append(connection, rows))
    subscription = feed.subscribe(road.callers["ann"], last)

    await feed.catch_up()

    assert await heard(subscription) == ["reset"]


async def test_a_slow_reader_starts_afresh_and_delays_nobody(road: Road, feed: Feed) -> None:
    slow, quick = feed.subscribe(road.callers["ann"]), feed.subscribe(road.callers["eva"])
    ann = road.callers["ann"].person
    rows = [NewChange("inbox", str(number), ann, None, road.clock.now()) for number in range(1_001)]
    await road.database.write(lambda connection: changes.append(connection, rows))
    await change(road, "inbox", "evas", "eva")

    await feed.catch_up()

    assert await heard(quick) == ["evas"]
    assert await heard(slow) == ["reset"]
    await change(road, "inbox", "next", "ann")
    await feed.catch_up()
    assert await heard(slow) == ["next"]


async def test_a_reset_says_up_to_where_it_counts(road: Road, feed: Feed) -> None:
    subscription = feed.subscribe(road.callers["ann"], ChangeSeq(10**9))
    await feed.catch_up()

    assert await anext(subscription) == Reset(feed.position)


async def test_who_joins_or_leaves_a_workspace_hears_of_it_at_once(road: Road, feed: Feed) -> None:
    subscription = feed.subscribe(road.callers["max"])
    max_ = road.callers["max"].person

    def join(connection: Connection) -> None:
        add_membership(connection, road.workspace, max_, road.clock.now())

    await road.database.write(join)
    await change(road, "me", "joined", "max")
    await change(road, "events", "seen", None, road.workspace)
    await feed.catch_up()
    await road.database.write(lambda connection: remove_membership(connection, road.workspace, max_))
    await change(road, "me", "left", "max")
    await change(road, "events", "unseen", None, road.workspace)
    await feed.catch_up()

    assert await heard(subscription) == ["joined", "seen", "left"]


async def test_an_api_key_hears_no_more_than_its_owner_as_a_member(road: Road, feed: Feed) -> None:
    root = road.callers["root"]
    key: Caller = replace(root, admin=False, key=KeyId("key_1"), via="key:key_1")
    subscription = feed.subscribe(key)

    await change(road, "me", "changed", "root")
    await change(road, "events", "unseen", None, road.workspace)
    await feed.catch_up()

    assert await heard(subscription) == ["changed"]


async def test_who_left_hears_nothing_more(road: Road, feed: Feed) -> None:
    subscription = feed.subscribe(road.callers["ben"])
    await road.leave("ben")
    await change(road, "me", "left", "ben")
    await feed.catch_up()

    assert await heard(subscription) == []


async def test_a_closed_subscription_comes_to_its_end(road: Road, feed: Feed) -> None:
    with feed.subscribe(road.callers["ann"]) as subscription:
        assert feed.clients == 1

    assert feed.clients == 0
    assert await subscription.several() == []


async def test_the_end_of_the_feed_is_the_end_of_its_subscriptions(road: Road) -> None:
    feed = Feed(road.database)
    running = asyncio.create_task(feed.run())
    subscription = feed.subscribe(road.callers["ann"])
    await asyncio.sleep(0)

    running.cancel()

    async with asyncio.timeout(5):
        assert await subscription.several() == []


async def test_a_commit_of_another_server_is_heard(
    postgresql: Postgres, clock: ManualClock, entropy: Entropy
) -> None:
    here, there = Database(postgresql), Database(postgresql)
    road = await open_road(here, clock, entropy)
    feed, other = Feed(here), Feed(there)
    running = [asyncio.create_task(feed.run()), asyncio.create_task(other.run())]
    subscription = feed.subscribe(road.callers["ann"])
    row = NewChange("inbox", "theirs", road.callers["ann"].person, None, clock.now())

    await there.write(lambda connection: changes.append(connection, [row]))

    async with asyncio.timeout(5):
        while "theirs" not in [getattr(one, "subject", "") for one in await subscription.several()]:
            pass
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await there.close()
    await here.close()


async def test_who_listens_before_the_feed_has_begun_misses_nothing(road: Road) -> None:
    feed = Feed(road.database)
    subscription = feed.subscribe(road.callers["ann"])
    await change(road, "inbox", "early", "ann")

    await feed.catch_up()

    assert await heard(subscription) == ["early"]
