"""After a server was killed: what it left running is ended, and said to have been interrupted. Nothing that was
lost is ever said to go on."""

import logging
from collections.abc import Sequence

from core.clock import SECOND
from core.sessions.runs.ending import RunEnd, write_end
from core.sessions.supervision.command import Identity
from core.sessions.supervision.sweep import Left, end_leftovers
from core.sessions.turns import Outcome
from core.sessions.workshop import Workshop
from storage import turns, workers
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import SessionRow
from storage.turns import TurnRow
from storage.workers import WorkerRow

GONE_AFTER = 60 * SECOND
KILLED = "The server was killed while it ran."

_log = logging.getLogger("callboard.sessions")


async def mend(shop: Workshop, *, at_start: bool) -> int:
    """Take up what servers that are gone have left, and answer how many sessions that were. At the start of a
    server every other one of its home is gone, and on SQLite every other one there is."""
    now = shop.clock.now()
    gone = await shop.database.read(lambda connection: _gone(connection, shop, now, at_start=at_start))
    if not gone:
        return 0
    left = await shop.database.read(lambda connection: turns.running_of(connection, gone))
    nearby = await shop.database.read(lambda connection: _nearby(connection, shop))
    ended = await end_leftovers(Left(_identity(turn), turn.mark) for turn in left if turn.worker in nearby)
    if ended:
        _log.warning("%d runs of a server that was killed were still alive, and have been ended", len(ended))
    held = await shop.database.read(lambda connection: workers.held_by(connection, gone))
    for session in held:
        await _interrupt(shop, session, [turn for turn in left if turn.session_id == session.id])
    running = {session.id for session in held}
    beside = [turn for turn in left if turn.session_id not in running]
    await shop.database.write(lambda connection: _end_turns(connection, beside, shop.clock.now()))
    await shop.database.write(lambda connection: workers.forget(connection, gone))
    return len(held)


def _gone(connection: Connection, shop: Workshop, now: Instant, *, at_start: bool) -> list[str]:
    """The names of servers that do not run any more."""
    here = shop.worker
    others = [row for row in workers.all_seen(connection) if row.name != here.name]
    alone = at_start and shop.database.engine == "sqlite"

    def is_gone(row: WorkerRow) -> bool:
        return alone or (at_start and row.home == here.home) or now - row.seen_at >= GONE_AFTER

    unknown = [name for name in workers.unknown(connection) if name != here.name]
    return [row.name for row in others if is_gone(row)] + unknown


def _nearby(connection: Connection, shop: Workshop) -> set[str]:
    """The servers whose processes may be here: of this machine since it was started, and on SQLite of this home,
    since a copy of a home knows nothing of what has become of them."""
    here, shared = shop.worker, shop.database.engine != "sqlite"
    seen = workers.all_seen(connection)
    return {row.name for row in seen if row.boot == here.boot and (shared or row.home == here.home)}


def _identity(turn: TurnRow) -> Identity | None:
    if turn.pid is None or turn.pid_started is None or turn.boot is None:
        return None
    return Identity(turn.pid, turn.pid_started, turn.boot)


async def _interrupt(shop: Workshop, session: SessionRow, left: Sequence[TurnRow]) -> None:
    """Write that the session was interrupted, once, whoever finds it."""
    now = shop.clock.now()

    def unit(connection: Connection) -> None:
        write_end(connection, shop, session, RunEnd(Outcome.INTERRUPTED, KILLED), now)
        _end_turns(connection, left, now)

    await shop.database.write(unit)


def _end_turns(connection: Connection, left: Sequence[TurnRow], now: Instant) -> None:
    """Also those that ran beside a run, such as the workspace's commands before a merge."""
    for turn in left:
        values = {"outcome": Outcome.INTERRUPTED.value, "detail": KILLED, "ended_at": now}
        turns.end_turn(connection, turn.id, values)
