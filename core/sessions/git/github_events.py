"""What GitHub's webhook says about a pull request. Its sender is verified before this is asked."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from core.clock import from_datetime
from core.errors import InvalidError
from core.sessions.git.pull_requests import PullRequest, State, checked_url, number_of

_ACTIONS = {"opened": "open", "reopened": "open", "synchronize": "open", "closed": "closed"}
"""The actions that say how a pull request is, with the state that it must have then."""


class _Head(msgspec.Struct):
    sha: str


class _Seen(msgspec.Struct):
    html_url: str
    state: str
    merged_at: datetime | None
    head: _Head
    merged: bool | None = None


class _Event(msgspec.Struct):
    action: str
    pull_request: _Seen


def read_github_event(event: str, payload: Mapping[str, object]) -> PullRequest | None:
    """The pull request that an event is about, as it is now, or None where it says nothing of one. `event` is the
    header `X-GitHub-Event`."""
    if event != "pull_request":
        return None
    try:
        read = msgspec.convert(dict(payload), _Event)
        seen = read.pull_request
        url = checked_url(seen.html_url)
        merged_at = from_datetime(seen.merged_at) if seen.merged_at else None
    except (msgspec.ValidationError, InvalidError, TypeError, OverflowError):
        return None
    if _ACTIONS.get(read.action) != seen.state:
        return None
    if seen.state == "open":
        return PullRequest(url, number_of(url), State.OPEN, head=seen.head.sha)
    if seen.merged is None or seen.merged != (merged_at is not None):
        return None
    return PullRequest(
        url, number_of(url), State.MERGED if seen.merged else State.CLOSED, merged_at, seen.head.sha
    )
