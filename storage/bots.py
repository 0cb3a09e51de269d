"""Bots, and what each person has pinned for a quick launch."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
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
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains
from storage.ids import BotId, Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import people, workspaces

bots = Table(
    "bots",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("instructions", Text, nullable=False, server_default=""),
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "name"),
    sqlite_autoincrement=True,
)

pins = Table(
    "pins",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(12), primary_key=True),  # automation, bot
    Column("target_id", BigInteger, primary_key=True),
    Column("position", Integer, nullable=False),
    Index("ix_pins_target", "kind", "target_id"),
)


class NewBotRow(NamedTuple):
    """A bot that is not stored yet."""

    workspace_id: WorkspaceId
    name: str
    provider: str
    model: str | None
    instructions: str
    creator_id: PersonId
    created_at: Instant
    updated_at: Instant


class BotRow(NamedTuple):
    """A bot, as stored, with what its workspace and its creator are called."""

    id: BotId
    workspace_id: WorkspaceId
    workspace: str
    name: str
    provider: str
    model: str | None
    instructions: str
    creator: str
    created_at: Instant
    updated_at: Instant


class PinRow(NamedTuple):
    """One place of a person's quick launch."""

    kind: str
    target_id: int


_NAMES = {"workspace": workspaces.c.slug, "creator": people.c.name}
_BOT = (
    select(*(_NAMES[name] if name in _NAMES else bots.c[name] for name in BotRow._fields))
    .join(workspaces, workspaces.c.id == bots.c.workspace_id)
    .join(people, people.c.id == bots.c.creator_id)
)
_BY_ID = _BOT.where(bots.c.id == bindparam("bot"))
_BY_NAME = _BOT.where(bots.c.workspace_id == bindparam("workspace"), bots.c.name == bindparam("name"))
_THESE = _BOT.where(bots.c.id.in_(bindparam("ids", expanding=True)))
_ADD = insert_unless_there(bots).on_conflict_do_nothing().returning(bots.c.id)
_CHANGE = update(bots).where(bots.c.id == bindparam("bot"))
_DELETE = delete(bots).where(bots.c.id == bindparam("bot"))
_FORGET = delete(pins).where(pins.c.kind == bindparam("pinned"), pins.c.target_id == bindparam("target"))
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((bots.c.name, bots.c.instructions), wanted.texts),
    "workspace": lambda wanted: workspaces.c.slug.in_(wanted.texts),
    "provider": lambda wanted: bots.c.provider.in_(wanted.texts),
    "creator": lambda wanted: people.c.name.in_(wanted.texts),
}
_PINS_OF = (
    select(*(pins.c[name] for name in PinRow._fields))
    .where(pins.c.person_id == bindparam("person"))
    .order_by(pins.c.position)
)
_UNPIN = delete(pins).where(pins.c.person_id == bindparam("person"))
_PIN = insert(pins)


def by_id(connection: Connection, bot: BotId) -> BotRow | None:
    return _bot(connection.execute(_BY_ID, {"bot": bot}).one_or_none())


def by_name(connection: Connection, workspace: WorkspaceId, name: str) -> BotRow | None:
    return _bot(connection.execute(_BY_NAME, {"workspace": workspace, "name": name}).one_or_none())


def these(connection: Connection, ids: Collection[BotId]) -> dict[BotId, BotRow]:
    """Those of them that there are."""
    return {row.id: BotRow._make(row) for row in connection.execute(_THESE, {"ids": list(ids)})}


def add(connection: Connection, row: NewBotRow) -> BotId | None:
    """The new bot, or nothing when its workspace has one of this name."""
    return connection.execute(_ADD, row._asdict()).scalar_one_or_none()


def change(connection: Connection, bot: BotId, values: Mapping[str, object]) -> None:
    connection.execute(_CHANGE.values(dict(values)), {"bot": bot})


def remove(connection: Connection, bot: BotId) -> None:
    """Delete a bot, and whatever pins it."""
    connection.execute(_FORGET, {"pinned": "bot", "target": bot})
    connection.execute(_DELETE, {"bot": bot})


def page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    among: Collection[WorkspaceId] | None,
    limit: int,
    after: int,
) -> list[BotRow]:
    """Bots in the order in which they were made: all of them, or those of these workspaces."""
    statement = _BOT.where(bots.c.id > after, *conditions(_MATCHES, criteria))
    if among is not None:
        statement = statement.where(bots.c.workspace_id.in_(list(among)))
    return [BotRow._make(row) for row in connection.execute(statement.order_by(bots.c.id).limit(limit))]


def pins_of(connection: Connection, person: PersonId) -> list[PinRow]:
    """What the person has pinned, in its order."""
    return [PinRow._make(row) for row in connection.execute(_PINS_OF, {"person": person})]


def set_pins(connection: Connection, person: PersonId, rows: Sequence[PinRow]) -> None:
    """Pin exactly these, in this order."""
    connection.execute(_UNPIN, {"person": person})
    if rows:
        placed = [
            {"person_id": person, "position": position, **row._asdict()} for position, row in enumerate(rows)
        ]
        connection.execute(_PIN, placed)


def _bot(row: Row[tuple[object, ...]] | None) -> BotRow | None:
    return None if row is None else BotRow._make(row)
