"""Alerts are rare: one in two seconds, a storm in one, and the counts are right."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.alerts.gathering import PAUSE, SETTLE, Gathering
from core.alerts.words import News
from core.api.inbox import Severity

ROUNDING = 1e-9  # of numbers with a point


def news(number: int, severity: Severity = "info") -> News:
    return News(number, f"Title {number}", "", severity)


def ids(taken: list[News]) -> list[int]:
    return [one.id for one in taken]


def test_what_comes_at_once_is_told_together() -> None:
    gathering = Gathering()
    for number in range(1, 13):
        gathering.put(news(number), 0.0)
    assert gathering.take(0.0) == []
    assert gathering.wait(0.0) == SETTLE
    assert ids(gathering.take(SETTLE)) == list(range(1, 13))
    assert gathering.wait(SETTLE) is None


def test_what_a_rule_sends_to_desktops_is_no_notification_that_waits() -> None:
    gathering = Gathering()
    gathering.put(news(-7), 0.0)
    gathering.hold(news(-6))
    gathering.put(news(1), 0.0)
    assert gathering.waiting() == {1}
    assert ids(gathering.take(SETTLE)) == [-7, 1]


def test_what_comes_after_an_alert_waits_for_two_seconds() -> None:
    gathering = Gathering()
    gathering.put(news(1), 0.0)
    gathering.take(1.0)
    gathering.put(news(2), 1.1)
    gathering.put(news(3), 2.9)
    assert gathering.take(2.99) == []
    assert ids(gathering.take(3.0)) == [2, 3]


def test_one_critical_goes_before_the_others_but_not_sooner() -> None:
    gathering = Gathering()
    gathering.put(news(1), 0.0)
    gathering.take(1.0)
    for one in (news(2), news(3, "critical"), news(4)):
        gathering.put(one, 1.5)
    assert gathering.take(2.0) == []
    assert ids(gathering.take(3.0)) == [3]
    gathering.put(news(5, "critical"), 3.1)
    assert ids(gathering.take(5.0)) == [2, 4, 5]


def test_several_critical_ones_are_told_by_their_count() -> None:
    gathering = Gathering()
    for number in range(1, 13):
        gathering.put(news(number, "critical" if number < 3 else "info"), 0.0)
    assert len(gathering.take(1.0)) == 12


def test_what_was_held_is_told_at_once_when_the_quiet_hours_end() -> None:
    gathering = Gathering()
    gathering.hold(news(1))
    gathering.hold(news(2))
    assert gathering.wait(50.0) is None
    gathering.put(news(3), 100.0)
    gathering.release(100.0)
    assert ids(gathering.take(101.0)) == [1, 2, 3]


def test_what_was_read_meanwhile_is_not_told() -> None:
    gathering = Gathering()
    gathering.put(news(1), 0.0)
    gathering.hold(news(2))
    assert gathering.waiting() == {1, 2}
    gathering.withdraw(1)
    gathering.withdraw(2)
    assert gathering.waiting() == set()
    gathering.release(0.0)
    assert gathering.wait(0.0) is None


def test_who_comes_back_is_told_nothing_of_what_is_on_the_screen() -> None:
    gathering = Gathering()
    gathering.put(news(1), 0.0)
    gathering.hold(news(2))
    gathering.forget()
    assert (gathering.wait(9.0), gathering.held) == (None, 0)


steps = st.lists(
    st.tuples(st.floats(0.0, 5.0), st.sampled_from(["info", "warning", "critical"]), st.booleans()), max_size=60
)


def taken(steps: list[tuple[float, Severity, bool]]) -> Iterator[tuple[float, list[News]]]:
    """What is told, and when, where these come in after one another and it is looked each time."""
    gathering, now = Gathering(), 0.0
    for number, (pause, severity, hold) in enumerate(steps, 1):
        now += pause
        if hold:
            gathering.hold(news(number, severity))
        else:
            gathering.put(news(number, severity), now)
        yield now, gathering.take(now)
    gathering.release(now)
    while (wait := gathering.wait(now)) is not None:
        now += max(wait, 0.001)
        yield now, gathering.take(now)


@given(steps)
def test_there_are_never_two_in_two_seconds_and_nothing_is_lost(
    steps: list[tuple[float, Severity, bool]],
) -> None:
    told = [(now, news) for now, news in taken(steps) if news]
    moments = [now for now, _ in told]
    assert all(later - earlier >= PAUSE - ROUNDING for earlier, later in pairwise(moments))
    assert sorted(one.id for _, news in told for one in news) == list(range(1, len(steps) + 1))
