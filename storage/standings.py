"""How each channel does: whether there is one, whether it may send now, and how the last it was given ended."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Column, Connection, bindparam, func, select, update

from storage.channels import channels
from storage.ids import ChannelId, Instant


class Standing(NamedTuple):
    """A channel as its worker must know it. Without a name, there is none."""

    id: ChannelId
    name: str | None
    type: str | None
    present: bool
    disabled_at: Instant | None
    paused_until: Instant | None
    pause_reason: str | None = None
    disabled_reason: str | None = None


STANDING: Final[tuple[Column[object], ...]] = tuple(channels.c[name] for name in Standing._fields if name != "id")
"""What a standing is read from, after the id."""

_OF_ID = select(channels.c.id, *STANDING).where(channels.c.id == bindparam("channel"))
_OF_NAME = select(channels.c.id, *STANDING).where(channels.c.name == bindparam("called"), channels.c.present)
_this = channels.c.id == bindparam("channel")
_PAUSE = (
    update(channels)
    .where(_this, func.coalesce(channels.c.paused_until, 0) < bindparam("until"))
    .values(paused_until=bindparam("until"), pause_reason=bindparam("said"), updated_at=bindparam("now"))
)
_DISABLE = (
    update(channels)
    .where(_this, channels.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"), disabled_reason=bindparam("said"), updated_at=bindparam("now"))
)
_NOTE_SENT = update(channels).where(_this).values(last_state="sent", last_at=bindparam("now"), last_error=None)
_NOTE_FAILED = (
    update(channels)
    .where(_this)
    .values(last_state="failed", last_at=bindparam("now"), last_error=bindparam("said"))
)


def of(connection: Connection, channel: ChannelId) -> Standing | None:
    found = connection.execute(_OF_ID, {"channel": channel}).one_or_none()
    return None if found is None else made_of(tuple(found))


def called(connection: Connection, name: str) -> Standing | None:
    """The channel of this name, if there is one."""
    found = connection.execute(_OF_NAME, {"called": name}).one_or_none()
    return None if found is None else made_of(tuple(found))


def pause(connection: Connection, channel: ChannelId, until: Instant, reason: str, now: Instant) -> None:
    """The channel sends nothing until then, if that is later than before."""
    connection.execute(_PAUSE, {"channel": channel, "until": until, "said": reason, "now": now})


def disable(connection: Connection, channel: ChannelId, reason: str, now: Instant) -> bool:
    """The channel sends nothing any more; whether it did until now."""
    return connection.execute(_DISABLE, {"channel": channel, "said": reason, "now": now}).rowcount == 1


def note_sent(connection: Connection, channel: ChannelId, now: Instant) -> None:
    """The last that the channel was given has arrived."""
    connection.execute(_NOTE_SENT, {"channel": channel, "now": now})


def note_failed(connection: Connection, channel: ChannelId, error: str, now: Instant) -> None:
    """The last that the channel was given has not arrived."""
    connection.execute(_NOTE_FAILED, {"channel": channel, "said": error, "now": now})


def made_of(row: Sequence[object]) -> Standing:
    """The standing in a row that begins with the id."""
    found = Standing._make(row)
    return found._replace(present=bool(found.name is not None and found.present))
