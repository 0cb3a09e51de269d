"""The order of the inbox's list, and its groups."""

from datetime import UTC, timedelta

import pytest
from msgspec.structs import replace

from core.api.inbox import InboxGroup, InboxItem
from tests.tui.making import NOW, item
from tui.live.order import STARRED, Order
from tui.words.times import day_named

DAYS = [InboxGroup("2026-03-02", 2), InboxGroup("2026-03-01", 3)]


def by_day() -> Order:
    order = Order()
    order.set([9, 8, 7, 6, 5, 4], 1, DAYS, "day")
    return order


def test_each_group_begins_with_a_head() -> None:
    assert by_day().heads == [(0, STARRED, 1), (1, "2026-03-02", 2), (3, "2026-03-01", 3)]


def test_a_list_in_one_piece_has_none() -> None:
    order = Order()
    order.set([9, 8], 1, [], "none")
    assert order.heads == []


@pytest.mark.parametrize("key", [None, "2026-03-01", "2026-03-02", "elsewhere"])
def test_an_item_is_found_wherever_it_is_looked_for_first(key: str | None) -> None:
    order = by_day()
    assert order.find(6, key) == (3, "2026-03-01")
    assert order.find(77, key) is None


def test_what_comes_and_goes_is_counted_in_its_group() -> None:
    order = by_day()
    assert order.put(10, "2026-03-02") == 1
    assert order.ids == [9, 10, 8, 7, 6, 5, 4]
    assert order.remove(9) == 0
    assert order.remove(5, "2026-03-02") == 4
    assert order.heads == [(0, "2026-03-02", 3), (3, "2026-03-01", 2)]


def test_a_group_without_anything_has_no_head() -> None:
    order = by_day()
    order.remove(8)
    order.remove(7)
    assert [head.key for head in order.heads] == [STARRED, "2026-03-01"]


def test_what_was_seen_last_is_gathered_into_its_groups() -> None:
    yesterday = NOW - timedelta(days=1)
    items: list[InboxItem] = [
        item(3, starred=True),
        replace(item(1), created_at=yesterday),
        item(2),
        replace(item(4), created_at=yesterday),
    ]
    order = Order()
    order.gather(items, "day", UTC)
    assert order.ids == [3, 2, 1, 4]
    assert [head.key for head in order.heads] == [STARRED, "2026-03-02", "2026-03-01"]
    order.gather(items, "none", UTC)
    assert order.ids == [3, 1, 2, 4]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-03-02", "Today"),
        ("2026-03-01", "Yesterday"),
        ("2026-02-27", "Friday 27 Feb"),
        ("2025-12-31", "Wednesday 31 Dec 2025"),
    ],
)
def test_a_day_is_called_as_people_call_it(day: str, said: str) -> None:
    assert day_named(day, NOW.date()) == said
