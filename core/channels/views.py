"""Channels as they are shown: what is stored of them, how they are configured, and how they do."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, cast

from core.api.channels import DAYS, Channel, ChannelSource, ChannelState, ChannelType, Day
from core.api.rules import Problem
from core.channels.configuring.showing import shown_settings
from core.channels.ready import Configured
from core.clock import maybe_datetime, to_datetime
from storage.channels import ChannelRow, DayRow
from storage.ids import Instant


def state_of(row: ChannelRow, problems: Sequence[Problem], now: Instant) -> ChannelState:
    """What keeps a channel from sending: nothing helps one whose settings are wrong until they are right."""
    if problems:
        return "broken"
    if row.disabled_at is not None:
        return "disabled"
    return "paused" if row.paused_until is not None and row.paused_until > now else "working"


def shown(
    row: ChannelRow,
    configured: Configured,
    now: Instant,
    *,
    manages: bool,
    pending: int = 0,
    days: Sequence[DayRow] = (),
) -> Channel:
    """The channel. Its settings, and what its service has said, which may repeat what it was sent, only to those
    who may manage channels."""
    channel, problems = configured
    state = state_of(row, problems, now)
    settings = None
    if channel is not None and manages:
        settings = shown_settings(channel.type, channel.settings)
    source = cast(ChannelSource, row.source)
    return Channel(
        name=row.name,
        type=cast(ChannelType, row.type),
        state=state,
        source=source,
        reason=_reason(row, state, problems, manages=manages),
        paused_until=maybe_datetime(row.paused_until) if state == "paused" else None,
        pending=pending,
        last_state=cast(Literal["sent", "failed"] | None, row.last_state),
        last_at=maybe_datetime(row.last_at),
        last_error=row.last_error if manages else None,
        place=None if channel is None or source == "api" else channel.place(()),
        settings=settings,
        days=_filled(days, now),
        created_at=to_datetime(row.created_at),
        updated_at=to_datetime(row.updated_at),
    )


def first_day(now: Instant) -> str:
    return (to_datetime(now).date() - timedelta(days=DAYS - 1)).isoformat()


def _reason(row: ChannelRow, state: ChannelState, problems: Sequence[Problem], *, manages: bool) -> str | None:
    if state == "working":
        return None
    if not manages:
        return f"{_WITHOUT_DETAIL[state]}: whoever may manage channels sees why."
    match state:
        case "broken":
            return " ".join(problem.sentence for problem in problems)
        case "disabled":
            return row.disabled_reason
        case "paused":
            return row.pause_reason


_WITHOUT_DETAIL: Mapping[ChannelState, str] = {
    "broken": "Its settings cannot be used",
    "disabled": "It is switched off",
    "paused": "It rests for a while",
}


def _filled(rows: Sequence[DayRow], now: Instant) -> list[Day]:
    """The last days, also those on which nothing went out."""
    found: Mapping[str, DayRow] = {row.day: row for row in rows}
    today = to_datetime(now).date()
    names = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    return [_day(name, found.get(name)) for name in names]


def _day(name: str, row: DayRow | None) -> Day:
    return Day(name, 0, 0, 0) if row is None else Day(name, row.sent, row.failed, row.dropped)
