"""Deliveries to desktops: who is told that there is one, and who may ask what it says."""

import asyncio
from contextlib import suppress

import pytest

from core.channels.adapters.desktop import NOBODY, Desktop, DesktopSettings
from core.channels.desktop_alerts import TOPIC, DesktopAlerts
from core.channels.outcome import Outcome, Sent, Transient
from core.errors import NotFoundError
from core.events.feed import Change, Feed, Subscription
from storage.ids import WorkspaceId
from tests.core.channels.outbox import Outbox
from tests.core.channels.sending import client, message
from tests.road import Road


@pytest.fixture
async def feed(road: Road) -> Feed:
    """A feed that has caught up."""
    feed = Feed(road.database)
    await feed.catch_up()
    return feed


@pytest.fixture
def alerts(road: Road, feed: Feed) -> DesktopAlerts:
    return DesktopAlerts(road.database, road.clock, feed)


def channel(alerts: DesktopAlerts) -> Desktop:
    return Desktop(DesktopSettings(), client(), announce=alerts.announce)


async def delivery(
    outbox: Outbox,
    workspace: WorkspaceId | None,
    *,
    private: bool = False,
    sender: int | None = None,
    kind: str = "desktop",
) -> str:
    return await outbox.put(
        "desk", channel_type=kind, workspace_id=workspace, private=private, sender_id=sender, title="Disk full"
    )


async def sent(alerts: DesktopAlerts, id: str) -> Outcome:
    return await channel(alerts).send(message(id=id))


async def heard(feed: Feed, subscription: Subscription) -> list[str]:
    """The alerts that were announced to this listener."""
    await feed.catch_up()
    try:
        async with asyncio.timeout(0.02):
            found = await subscription.several()
    except TimeoutError:
        return []
    return [one.subject for one in found if isinstance(one, Change) and one.topic == TOPIC]


async def shows(alerts: DesktopAlerts, road: Road, id: str) -> list[str]:
    """Who may ask what it says."""
    found = []
    for name, caller in road.callers.items():
        with suppress(NotFoundError):
            await alerts.show(caller, id)
            found.append(name)
    return found


async def test_it_is_announced_to_the_apps_of_its_workspace(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    ann, max_, root = (feed.subscribe(road.callers[name]) for name in ("ann", "max", "root"))
    made = await delivery(outbox, road.workspace)

    outcome = await sent(alerts, made)

    assert isinstance(outcome, Sent)
    assert outcome.sentence == "Announced to 2 people who are connected. Their apps show it as they like."
    assert [await heard(feed, one) for one in (ann, max_, root)] == [[made], [], [made]]
    assert await shows(alerts, road, made) == ["root", "ann", "ben", "eva", "kim"]


async def test_without_a_workspace_it_is_for_everybody(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    max_ = feed.subscribe(road.callers["max"])
    made = await delivery(outbox, None)

    assert isinstance(await sent(alerts, made), Sent)
    assert await heard(feed, max_) == [made]
    assert await shows(alerts, road, made) == list(road.callers)


async def test_a_letter_is_for_those_whom_it_concerns(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    ben = road.callers["ben"]
    made = await delivery(outbox, road.workspace, private=True, sender=ben.person)
    feed.subscribe(road.callers["ann"])

    assert await sent(alerts, made) == Transient(NOBODY)
    feed.subscribe(ben)
    assert isinstance(await sent(alerts, made), Sent)
    assert await shows(alerts, road, made) == ["root", "ben"]


async def test_a_letter_that_belongs_to_no_workspace_is_not_for_everybody(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    ben = road.callers["ben"]
    made = await delivery(outbox, None, private=True, sender=ben.person)
    assert await shows(alerts, road, made) == ["root", "ben"]


async def test_where_nobody_is_connected_who_may_see_it_it_waits(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    made = await delivery(outbox, road.workspace)
    assert await channel(alerts).check() == Transient(NOBODY)
    assert await sent(alerts, made) == Transient(NOBODY)

    stranger = feed.subscribe(road.callers["max"])
    assert await sent(alerts, made) == Transient(NOBODY)
    assert await heard(feed, stranger) == []
    assert isinstance(await channel(alerts).check(), Sent)


async def test_who_has_closed_their_app_is_not_connected(
    road: Road, outbox: Outbox, feed: Feed, alerts: DesktopAlerts
) -> None:
    made = await delivery(outbox, road.workspace)
    feed.subscribe(road.callers["ann"]).close()
    assert await sent(alerts, made) == Transient(NOBODY)


async def test_what_went_elsewhere_is_no_alert(road: Road, outbox: Outbox, alerts: DesktopAlerts) -> None:
    made = await delivery(outbox, road.workspace, kind="slack")
    assert await shows(alerts, road, made) == []
    assert await shows(alerts, road, "notif_nothing") == []
