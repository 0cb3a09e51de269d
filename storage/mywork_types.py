"""The types of things that My Work is made of, each described as `Things`."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from storage import search
from storage.criteria import Criterion, matches
from storage.inbox import inbox_items
from storage.inbox_counts import inbox_counts
from storage.inbox_texts import ABOVE_ALL, exactly, gathered, tested, texts_of
from storage.listing import is_any
from storage.mywork import NOW, PERSON, YESTERDAY, Asker, Looked, Things, hidden_of
from storage.people import people
from storage.search import Match
from storage.sessions import UNFINISHED, sessions

_ENDED = func.coalesce(sessions.c.ended_at, sessions.c.updated_at)
_FAILED_LATELY = and_(sessions.c.state == literal_column("'failed'"), _ENDED > YESTERDAY)


def _session_in(state: str) -> ColumnElement[bool]:
    """In the words of the index, which a database uses only where it can see them."""
    return and_(UNFINISHED, sessions.c.state == literal_column(f"'{state}'"))


def _session_from(wanted: Criterion) -> ColumnElement[bool]:
    """What began a session: an automation, or the person who did so for its owner."""
    automation = and_(
        sessions.c.automation_id.is_not(None),
        _comes_from(literal_column("'automation/'", Text).concat(cast(sessions.c.automation_id, Text)), wanted),
    )
    creator = select(people.c.name).where(people.c.id == sessions.c.creator_id).scalar_subquery()
    person = and_(
        sessions.c.automation_id.is_(None),
        sessions.c.creator_id != sessions.c.owner_id,
        _comes_from(literal_column("'person/'", Text).concat(creator), wanted),
    )
    return or_(automation, person)


def _comes_from(source: ColumnElement[str], wanted: Criterion) -> ColumnElement[bool]:
    """Whether the source is one of these, or one of a kind that is named by the part before the stroke."""
    return or_(
        source.in_(wanted.texts),
        *(source.startswith(f"{text}/", autoescape=True) for text in wanted.texts if "/" not in text),
    )


SESSIONS = Things(
    type="session",
    id=sessions.c.id,
    workspace=sessions.c.workspace_id,
    own=sessions.c.owner_id == PERSON,
    title=sessions.c.title,
    state=sessions.c.state,
    created=sessions.c.created_at,
    updated=sessions.c.updated_at,
    being={
        "over": or_(
            sessions.c.state.in_(("done", "cancelled")),
            and_(sessions.c.state == "failed", not_(_FAILED_LATELY)),
        ),
        "needs": or_(sessions.c.state.in_(("asking", "waiting")), _FAILED_LATELY),
        "hidden": hidden_of("session", sessions.c.id),
    },
    sections=(
        _session_in("asking"),
        and_(_session_in("failed"), sessions.c.updated_at > YESTERDAY, _FAILED_LATELY),
        _session_in("waiting"),
        _session_in("running"),
        _session_in("queued"),
    ),
    latest=sessions.c.updated_at,
    states={
        state: sessions.c.state == literal_column(f"'{state}'")
        for state in ("queued", "running", "asking", "waiting", "done", "failed", "cancelled")
    },
    fields={
        "ticket": lambda wanted: is_any(sessions.c.ticket_id, wanted, wanted.texts, ""),
        "from": _session_from,
    },
)

_STAYS = inbox_items.c.dismissed_at.is_(None)
_AWAKE = or_(inbox_items.c.snoozed_until.is_(None), inbox_items.c.snoozed_until <= NOW)
_UNREAD = inbox_items.c.read_at.is_(None)
_ASLEEP = and_(inbox_items.c.snoozed_until.is_not(None), inbox_items.c.snoozed_until > NOW)
_FEW = 2_000
"""So many items are looked at one by one rather than gone through in order."""


_MANY = 50_000
"""Of so many that match, a page is soon full."""


def _look(connection: Connection, asker: Asker, criteria: Sequence[Criterion], in_time: bool) -> Looked:
    """What few notifications fit is asked of these alone. Otherwise each is looked up in the list's order, where
    that has a page full soon; or all that match are gathered first."""
    timeless = [each for each in criteria if each.what not in {"since", "until"}]  # an index of its own has those
    texts = texts_of(connection, asker.person, timeless, asker.now)
    own = inbox_items.c.person_id == PERSON
    if texts.match is not None:
        ids = search.latest(connection, texts.match, ABOVE_ALL, _FEW + 1)
        if len(ids) <= _FEW:
            by_id = inbox_items.c.person_id + 0 == PERSON  # not by the index of the person: the ids are few
            return Looked(by_id, [inbox_items.c.id.in_(ids), *exactly(texts)])
        if texts.match.words and not (in_time and _is_soon_full(connection, criteria, texts.match)):
            return Looked(own, gathered(texts))
    return Looked(own, tested(texts))


def _is_soon_full(connection: Connection, criteria: Sequence[Criterion], match: Match) -> bool:
    """Whether a page is full before very many are looked up, where they come in the order of time: not of what
    is in a state that few may be in, unless most match."""
    states = {state for each in criteria if each.what in {"is", "state"} for state in each.texts}
    if not states:
        return True
    if "starred" in states:
        return False
    return len(search.latest(connection, match, ABOVE_ALL, _MANY + 1)) > _MANY


NOTIFICATIONS = Things(
    type="notification",
    id=inbox_items.c.id,
    workspace=inbox_items.c.workspace_id,
    own=inbox_items.c.person_id == PERSON,
    title=inbox_items.c.title,
    state=case(
        (not_(_STAYS), "dismissed"),
        (_ASLEEP, "snoozed"),
        (_UNREAD, "unread"),
        else_="read",
    ),
    created=inbox_items.c.created_at,
    updated=inbox_items.c.created_at,
    being={
        "over": or_(not_(_STAYS), and_(not_(_UNREAD), inbox_items.c.starred.is_(False))),
        "needs": and_(_UNREAD, _STAYS, _AWAKE),
        "hidden": not_(_STAYS),
        "unread": and_(_UNREAD, _STAYS, _AWAKE),
        "starred": inbox_items.c.starred.is_(True),
    },
    sections=(
        and_(_STAYS, _AWAKE, inbox_items.c.starred == true()),
        and_(_UNREAD, _STAYS, _AWAKE, inbox_items.c.starred == false()),
    ),
    latest=inbox_items.c.id,
    fields={
        "severity": lambda wanted: inbox_items.c.severity.in_(wanted.texts),
        "event": lambda wanted: matches(inbox_items.c.event, wanted.texts),
        "from": lambda wanted: _comes_from(inbox_items.c.source, wanted),
        "ticket": lambda wanted: is_any(inbox_items.c.ticket_id, wanted, wanted.texts, ""),
    },
    states={
        "dismissed": not_(_STAYS),
        "snoozed": and_(_STAYS, _ASLEEP),
        "unread": and_(_UNREAD, _STAYS, _AWAKE),
        "read": and_(not_(_UNREAD), _STAYS, _AWAKE),
    },
    look=_look,
    counts=select(inbox_counts.c.fresh, inbox_counts.c.unread).where(inbox_counts.c.person_id == PERSON),
    everywhere=True,
)
