"""The quality gates of missions, with what was last told of each."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.ids import MissionSeq
from storage.metadata import metadata

gates = Table(
    "gates",
    metadata,
    Column("mission_seq", ForeignKey("missions.seq", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False),
    Column("after", Text, nullable=False),  # a JSON list of ids or titles of tickets, as all three
    Column("blocks", Text, nullable=False),
    Column("channels", Text, nullable=False),
    Column("min_score", Float),
    Column("require_all", Boolean, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, passed, failed: as it was last told
    Column("avg_score", Float),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("mission_seq", "name"),
)


class GateRow(NamedTuple):
    """A gate, as stored."""

    mission_seq: MissionSeq
    place: int
    name: str
    after: str
    blocks: str
    channels: str
    min_score: float | None
    require_all: bool
    state: str = "waiting"
    avg_score: float | None = None
    reason: str = ""


_OF = (
    select(*(gates.c[name] for name in GateRow._fields))
    .where(gates.c.mission_seq.in_(bindparam("missions", expanding=True)))
    .order_by(gates.c.mission_seq, gates.c.place)
)
_CLEAR = delete(gates).where(gates.c.mission_seq == bindparam("mission"))
_INSERT = insert(gates)
_SETTLE = (
    update(gates)
    .where(gates.c.mission_seq == bindparam("mission"), gates.c.place == bindparam("at"))
    .values(state=bindparam("now"), avg_score=bindparam("mean"), reason=bindparam("why"))
)


def of(connection: Connection, missions: Collection[MissionSeq]) -> dict[MissionSeq, list[GateRow]]:
    """The gates of each of these missions, in their order; missions without one are left out."""
    found: dict[MissionSeq, list[GateRow]] = {}
    for row in connection.execute(_OF, {"missions": list(missions)}) if missions else ():
        found.setdefault(MissionSeq(row.mission_seq), []).append(GateRow._make(row))
    return found


def put(connection: Connection, mission: MissionSeq, rows: Sequence[GateRow]) -> None:
    """From now on the mission has these gates, and no others."""
    connection.execute(_CLEAR, {"mission": mission})
    if rows:
        connection.execute(_INSERT, [row._asdict() for row in rows])


def settle(connection: Connection, gate: GateRow, state: str, mean: float | None, reason: str) -> None:
    """Note what the gate says now."""
    values = {"mission": gate.mission_seq, "at": gate.place, "now": state, "mean": mean, "why": reason}
    connection.execute(_SETTLE, values)
