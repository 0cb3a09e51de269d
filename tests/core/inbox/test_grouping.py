"""The inbox in groups, as the server answers it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from core.api import events, inbox, people
from core.api.events import NoticeRequest
from core.api.inbox import InboxActionRequest, InboxGroup, InboxGrouping, Severity
from core.api.people import ProfileChange
from core.clock import from_datetime
from core.errors import InvalidError
from core.inbox.grouping import Days, grouped
from storage.inbox_groups import KeyedRow
from tests.servers import here, home_in

BERLIN = ZoneInfo("Europe/Berlin")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return from_datetime(datetime(year, month, day, hour, minute, tzinfo=UTC))


def test_a_day_begins_where_the_person_is() -> None:
    day = Days(BERLIN)
    assert day(at(2026, 3, 1, 22, 59)) == "2026-03-01"
    assert day(at(2026, 3, 1, 23, 0)) == "2026-03-02"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "UTC"])
def test_every_instant_has_the_day_of_its_own_wall_clock(zone: str) -> None:
    day = Days(ZoneInfo(zone))
    start = datetime(2018, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(hours=7 * step) for step in range(1, 1300)]
    assert [day(from_datetime(moment)) for moment in moments] == [
        moment.astimezone(ZoneInfo(zone)).date().isoformat() for moment in moments
    ]


def test_what_is_starred_is_apart_and_each_group_is_newest_first() -> None:
    rows: list[KeyedRow] = [(4, True, "b"), (9, False, "a"), (8, False, "b"), (7, False, "a")]
    ids, starred, groups = grouped(rows, "source", UTC)
    assert (ids, starred) == ([4, 9, 7, 8], 1)
    assert [(group.key, group.count) for group in groups] == [("a", 2), ("b", 1)]


def test_a_day_out_of_order_has_one_group_all_the_same() -> None:
    rows: list[KeyedRow] = [
        (3, False, at(2026, 3, 1)),
        (2, False, at(2026, 3, 2)),
        (1, False, at(2026, 3, 1)),
    ]
    ids, _, groups = grouped(rows, "day", UTC)
    assert ids == [2, 3, 1]
    assert [group.key for group in groups] == ["2026-03-02", "2026-03-01"]


async def test_the_index_comes_in_groups_by_whatever_is_asked(tmp_path: Path) -> None:
    severities: list[Severity] = ["info", "critical", "warning", "info"]
    async with here(home_in(tmp_path)) as server:
        send = server.client.send
        me = await send(people.change_me(ProfileChange(time_zone="Pacific/Kiritimati")))
        for severity in severities:
            await send(events.notify(NoticeRequest(me.name, severity, severity=severity)))
        while len((index := await send(inbox.index())).ids) < len(severities):
            pass
        newest = index.ids[0]
        await send(inbox.act(InboxActionRequest("star", [newest])))

        by_severity = await send(inbox.index("", "severity"))
        assert by_severity.ids == [newest, index.ids[2], index.ids[1], index.ids[3]]
        assert by_severity.starred == 1
        assert by_severity.groups == [InboxGroup("critical", 1), InboxGroup("warning", 1), InboxGroup("info", 1)]

        assert (await send(inbox.index("", "source"))).groups == [InboxGroup(f"person/{me.name}", 3)]
        assert (await send(inbox.index("severity:critical", "severity"))).ids == [index.ids[2]]

        at_home = (await send(inbox.show(newest))).created_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
        assert (await send(inbox.index("", "day"))).groups == [InboxGroup(at_home.date().isoformat(), 3)]
        with pytest.raises(InvalidError):
            await send(inbox.index("", cast(InboxGrouping, "moon")))
