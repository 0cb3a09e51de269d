"""What is learned of a session's pull request, and what follows from it: one table of states, one way to write.

Not knowing changes nothing at first; it is said once, when it lasts, and never reads as closed."""

from collections.abc import Callable
from typing import Final

from core.clock import DAY, HOUR, MINUTE
from core.ids import Entropy
from core.sessions import steering
from core.sessions.git.pull_requests import PullRequest, State
from core.sessions.telling import changed, tell
from core.sessions.workshop import Workshop
from core.text import clean, cut
from storage import requests, sessions
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import IN_FLIGHT, SessionRow

Closed = Callable[[Connection, SessionRow, str, Instant], object]
"""Told in the same transaction that a session's pull request was closed without merging."""

UNKNOWN_AFTER: Final = 3
"""So many looks in a row that tell nothing are worth a word."""

_LONGEST_PAUSE: Final = HOUR
_REOPENED_WITHIN: Final = 3 * DAY
_DETAILS: Final = {
    State.MERGED: "Its pull request was merged.",
    State.CLOSED: "Its pull request was closed without merging.",
}
_LONGEST_REASON = 300


def bind(connection: Connection, session: SessionRow, url: str, now: Instant) -> SessionRow:
    """From now on this is the session's pull request, of which nothing is known yet."""
    requests.write(
        connection,
        session.id,
        {
            "pr_url": url,
            "pr_state": State.UNKNOWN.value,
            "pr_head": None,
            "pr_due_at": now,
            "pr_unknowns": 0,
            "pr_settled_at": None,
        },
    )
    changed(connection, session.id, session.workspace_id, now)
    return sessions.existing(connection, session.id)


def note(
    connection: Connection, shop: Workshop, session: SessionRow, seen: PullRequest, closed: Closed, now: Instant
) -> None:
    """Write what was seen of the session's pull request. What was merged stays merged."""
    before = State(session.pr_state or State.UNKNOWN)
    if before is State.MERGED:
        return
    if seen.state is State.UNKNOWN:
        _note_unknown(connection, shop, session, before, seen.detail, now)
        return
    settled = None
    if seen.state is not State.OPEN:
        settled = session.pr_settled_at if seen.state is before and session.pr_settled_at is not None else now
    written = {
        "pr_state": seen.state.value,
        "pr_unknowns": 0,
        "pr_settled_at": settled,
        "pr_due_at": _next_look(seen.state, settled, now, shop.entropy),
    }
    requests.write(connection, session.id, {**written, **({"pr_head": seen.head} if seen.head else {})})
    if seen.state is before:
        return
    if seen.state is State.CLOSED:
        closed(connection, session, session.pr_url or seen.url, now)
    _show(connection, shop, session, seen.state, now)


def _show(connection: Connection, shop: Workshop, session: SessionRow, state: State, now: Instant) -> None:
    """A session that waits is done when its work is merged; what is at work speaks for itself."""
    if state is State.MERGED and session.state == "waiting":
        steering.complete(connection, shop, session)
    row = sessions.existing(connection, session.id)
    says_otherwise = state in _DETAILS or row.detail in _DETAILS.values()
    if says_otherwise and row.state not in IN_FLIGHT:
        sessions.change(connection, session.id, {"detail": _DETAILS.get(state, "")}, now)
    changed(connection, session.id, session.workspace_id, now)


def _note_unknown(
    connection: Connection, shop: Workshop, session: SessionRow, before: State, reason: str, now: Instant
) -> None:
    unknowns = session.pr_unknowns + 1
    pause = min(MINUTE << min(unknowns, 10), _LONGEST_PAUSE)
    written: dict[str, object] = {
        "pr_unknowns": unknowns,
        "pr_due_at": _later(now, pause, shop.entropy),
    }
    lasts = unknowns == UNKNOWN_AFTER and before is not State.CLOSED
    if lasts:
        written["pr_state"] = State.UNKNOWN.value
    requests.write(connection, session.id, written)
    if lasts:
        notice = {
            "title": f"A pull request cannot be looked at: {session.pr_url}",
            "body": cut(clean(reason), _LONGEST_REASON),
            "severity": "warning",
            "link": f"callboard:session/{session.id}",
        }
        owner = (session.owner_id,)
        tell(connection, session, "system:notice", notice, now=now, entropy=shop.entropy, recipients=owner)
        changed(connection, session.id, session.workspace_id, now)


def _next_look(state: State, settled: Instant | None, now: Instant, entropy: Entropy) -> Instant | None:
    """When to look again: what is open each minute, what was closed now and then, since it may be reopened."""
    if state is State.OPEN:
        return _later(now, MINUTE, entropy)
    if state is State.CLOSED and settled is not None and now - settled < _REOPENED_WITHIN:
        return _later(now, HOUR, entropy)
    return None


def _later(now: Instant, pause: int, entropy: Entropy) -> Instant:
    """After the pause, a quarter of it more or less, so that not all are looked at at once."""
    return Instant(now + pause * (768 + entropy.bits(9)) // 1024)
