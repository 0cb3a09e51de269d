"""The sample month: in order, the same for the same seed, of all kinds, and about people who are there."""

from collections import Counter

import pytest

from core.clock import DAY
from core.demo.cast import COLLEAGUES, WORKSPACES
from core.demo.story import DAYS, Moment, month
from core.demo.work import work
from core.events.catalogue import CATALOGUE
from storage.ids import Instant

END = Instant(1_772_442_000_000_000)
MEMBERS = {slug: {each.name for each in COLLEAGUES if slug in each.workspaces} for slug in WORKSPACES}


@pytest.fixture(scope="module")
def story() -> list[Moment]:
    return month(work("zoe", END), 500, 7)


def test_the_same_seed_tells_the_same_story(story: list[Moment]) -> None:
    assert month(work("zoe", END), 500, 7) == story
    assert month(work("zoe", END), 500, 8) != story


def test_it_happens_in_order_within_the_month_and_lately_too(story: list[Moment]) -> None:
    times = [moment.at for moment in story]

    assert times == sorted(times)
    assert times[0] > END - DAYS * DAY
    assert END - DAY // 24 < times[-1] < END


def test_it_has_most_kinds_of_events_and_some_of_other_programs(story: list[Moment]) -> None:
    names = Counter(moment.happening.event for moment in story)

    assert len(names) > 20
    assert any(name not in CATALOGUE for name in names)


def test_whoever_acts_or_is_named_belongs_to_the_workspace(story: list[Moment]) -> None:
    for moment in story:
        happening = moment.happening
        there = MEMBERS[happening.workspace] | {"zoe"}
        roles = (
            "developer",
            "creator",
            "qaReviewer",
            "sessionOwner",
            "automationCreator",
            "startedBy",
            "approver",
        )
        named = {happening.data[role] for role in roles if role in happening.data}
        assert {happening.by or "zoe", *named, *(happening.recipients or ())} <= there


def test_what_is_done_with_a_notification_is_done_before_the_month_ends(story: list[Moment]) -> None:
    assert all(moment.at + moment.fate.after < END for moment in story)
    assert any("star" in moment.fate.actions for moment in story)
    assert any("dismiss" in moment.fate.actions for moment in story)


def test_somebody_of_the_cast_can_be_the_one_who_looks_on() -> None:
    story = month(work("ann", END), 100, 1)

    assert all(
        moment.happening.workspace in ("storefront", "billing") for moment in story if _about(moment, "ann")
    )


def test_a_month_without_anything_is_empty() -> None:
    assert month(work("zoe", END), 0, 7) == []


def _about(moment: Moment, person: str) -> bool:
    return person in moment.happening.data.values() or person in (moment.happening.recipients or ())
