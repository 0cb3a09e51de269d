"""How automations and what became of them are put into words."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from core.api.automations import ExecutionOutcome
from core.api.sessions import KINDS, MODES, Mode, SessionKind
from tests.fakes.automations import automation, execution, other
from tui.words import automations as wordings

ONE = automation(1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"reason": "The disk was full."}, "The disk was full."),
        ({"outcome": None}, "It is running."),
        ({}, "It was due."),
        ({"trigger": "run-now", "actor": "dana"}, "dana pressed Run Now."),
        ({"trigger": "webhook", "fingerprint": "9f86d081"}, "Its webhook was called."),
        ({"trigger": "loop", "iteration": 7}, "Iteration 7 of the loop."),
        ({"trigger": None}, "What began it was not written down."),
        ({"outcome": "skipped", "session": 31}, "Session 31 was still running."),
        ({"outcome": "missed"}, "The server was not running then."),
        ({"outcome": "superseded"}, "A later one ran in its place."),
        ({"outcome": "disabled"}, "The automation was disabled."),
        ({"outcome": "interrupted"}, "Its session was interrupted."),
    ],
)
def test_why_it_ran_or_did_not_is_a_sentence(facts: dict[str, Any], said: str) -> None:
    assert wordings.why(execution(1, ONE, 5, **facts)) == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"trigger": None}, "unknown"),
        ({"trigger": "schedule"}, "schedule"),
        ({"trigger": "run-now", "actor": "dana"}, "run-now dana"),
        ({"trigger": "webhook", "fingerprint": "9f86d081"}, "webhook 9f86d081"),
    ],
)
def test_what_began_it_is_told_with_who_did(facts: dict[str, Any], said: str) -> None:
    assert wordings.trigger(execution(1, ONE, 5, **facts)) == said


def test_lateness_is_told_where_both_times_are_known() -> None:
    known = execution(1, ONE, 5)
    assert known.scheduled_for is not None
    late = execution(1, ONE, 5, started_at=known.scheduled_for + timedelta(seconds=90))
    assert wordings.lateness(known) == "on time"
    assert wordings.lateness(late) == "1 m 30 s late"
    assert wordings.lateness(execution(1, ONE, 5, scheduled_for=None)) == ""


def test_every_outcome_has_a_sign_and_a_word() -> None:
    assert set(wordings.OUTCOMES) == {None, *get_args(ExecutionOutcome)}
    assert len({sign for sign, _ in wordings.OUTCOMES.values()}) == len(wordings.OUTCOMES)


def test_every_kind_and_mode_has_a_name() -> None:
    assert set(KINDS) == set(get_args(SessionKind))
    assert set(MODES) == set(get_args(Mode))


@pytest.mark.parametrize(
    ("of_type", "said"),
    [
        ("one-time", "once"),
        ("loop", "again after each run"),
        ("http", "when its webhook is called"),
        ("manual", "on Run Now"),
    ],
)
def test_a_schedule_is_told_even_where_there_is_none(of_type: str, said: str) -> None:
    assert wordings.schedule(other(1, "One", of_type)) == said


def test_failures_count_before_skips() -> None:
    assert wordings.streak(automation(1, failures=2, skips=5)) == "2 failed"
    assert wordings.streak(automation(1, skips=5)) == "5 skipped"
    assert wordings.streak(ONE) == ""
