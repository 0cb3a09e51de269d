"""Pinning what matters: what is starred stays on top, however much comes after it and however long it takes."""

from core.api.events import NoticeRequest
from core.api.inbox import InboxActionRequest
from core.clock import DAY
from core.config import RetentionSettings
from core.inbox.retention import Retention
from tests.road import Road


async def test_a_star_keeps_a_notice_on_top_until_it_is_taken_away(road: Road) -> None:
    lead, retention = road.callers["ann"], Retention(road.database, road.clock, RetentionSettings)
    await road.events.notify(road.callers["root"], NoticeRequest("ann", "The license expires in 7 days"))
    await road.dispatcher.catch_up()
    (notice,) = await road.items("ann")
    await road.inbox.act(lead, InboxActionRequest("star", [notice.id]))
    await road.inbox.act(lead, InboxActionRequest("read", [notice.id]))

    await road.tell("task:review", data={"developer": "ann"})
    on_top = [item.title for item in await road.items("ann", "is:unread,starred")]
    assert on_top == [notice.title, "A ticket is ready for your review"]

    road.clock.advance(400 * DAY)
    await retention.tidy()
    assert [item.title for item in await road.items("ann", "is:all")] == [notice.title]

    await road.inbox.act(lead, InboxActionRequest("unstar", [notice.id]))
    await retention.tidy()
    assert await road.items("ann", "is:all") == []
