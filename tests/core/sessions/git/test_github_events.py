"""What GitHub's webhook says of a pull request."""

from datetime import UTC, datetime

import pytest

from core.clock import from_datetime
from core.sessions.git.github_events import read_github_event
from core.sessions.git.pull_requests import PullRequest, State

URL = "https://github.com/acme/shop/pull/7"
NOON = from_datetime(datetime(2026, 3, 2, 12, tzinfo=UTC))


def payload(action: object, **changes: object) -> dict[str, object]:
    pull_request: dict[str, object] = {
        "html_url": URL,
        "number": 7,
        "state": "open",
        "merged": False,
        "merged_at": None,
        "head": {"sha": "abc", "ref": "work"},
        "title": "Fix",
    }
    return {"action": action, "number": 7, "pull_request": pull_request | changes, "sender": {"login": "ada"}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (payload("opened"), PullRequest(URL, 7, State.OPEN, head="abc")),
        (payload("reopened"), PullRequest(URL, 7, State.OPEN, head="abc")),
        (payload("synchronize"), PullRequest(URL, 7, State.OPEN, head="abc")),
        (payload("closed", state="closed"), PullRequest(URL, 7, State.CLOSED, head="abc")),
        (
            payload("closed", state="closed", merged=True, merged_at="2026-03-02T12:00:00Z"),
            PullRequest(URL, 7, State.MERGED, NOON, "abc"),
        ),
    ],
)
def test_an_event_says_how_the_pull_request_is(said: dict[str, object], expected: PullRequest) -> None:
    assert read_github_event("pull_request", said) == expected


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("push", payload("closed", state="closed")),
        ("pull_request", {}),
        ("pull_request", {"action": "closed"}),
        ("pull_request", {"action": "closed", "pull_request": None}),
        ("pull_request", payload("labeled")),
        ("pull_request", payload(["closed"], state="closed")),
        ("pull_request", payload("closed")),
        ("pull_request", payload("opened", state="closed")),
        ("pull_request", payload("closed", state="closed", merged=None)),
        ("pull_request", payload("closed", state="closed", merged="no")),
        ("pull_request", payload("closed", state="closed", merged=True)),
        ("pull_request", payload("closed", state="closed", merged_at="2026-03-02T12:00:00Z")),
        ("pull_request", payload("closed", state="closed", merged=True, merged_at="2026-03-02T12:00:00")),
        ("pull_request", payload("closed", state="closed", head={})),
        ("pull_request", payload("closed", state="closed", html_url="--web")),
        ("pull_request", payload("closed", state="closed", html_url="https://github.com/acme/shop/issues/7")),
    ],
)
def test_what_makes_no_sense_says_nothing(event: str, said: dict[str, object]) -> None:
    assert read_github_event(event, said) is None
