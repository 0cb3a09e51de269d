"""When each rule last fired in which scope, and what its cooldown has held back since."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, String, Table, UniqueConstraint, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.ids import Instant
from storage.metadata import Serial, metadata
from storage.prepared import Prepared

rule_cooldowns = Table(
    "rule_cooldowns",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("rule_id", String(128), nullable=False),
    Column("scope", String(300), nullable=False),  # empty for a global rule
    Column("fired_at", BigInteger, nullable=False),
    Column("fired", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
    Column("dropped_since", BigInteger, nullable=False),  # since it last fired
    Column("held_since", BigInteger),  # the first that was held back since then
    UniqueConstraint("rule_id", "scope"),
    sqlite_autoincrement=True,
)


class CooldownRow(NamedTuple):
    """A rule in a scope, and what became of it there."""

    rule_id: str
    scope: str
    fired_at: Instant
    fired: int
    dropped: int
    dropped_since: int
    held_since: Instant | None


_COOLDOWN = select(*(rule_cooldowns.c[name] for name in CooldownRow._fields))
_ONE = Prepared(
    _COOLDOWN.where(
        rule_cooldowns.c.rule_id == bindparam("of_rule"), rule_cooldowns.c.scope == bindparam("of_scope")
    )
)
_OF_RULES = _COOLDOWN.where(rule_cooldowns.c.rule_id.in_(bindparam("ids", expanding=True)))
_insertion = insert_or_change(rule_cooldowns)
_STORE = _insertion.on_conflict_do_update(
    index_elements=["rule_id", "scope"],
    set_={name: _insertion.excluded[name] for name in CooldownRow._fields[2:]},
)
_FORGET = delete(rule_cooldowns).where(
    rule_cooldowns.c.rule_id.in_(bindparam("ids", expanding=True)), rule_cooldowns.c.scope == ""
)


def one(connection: Connection, rule: str, scope: str) -> CooldownRow | None:
    """What became of the rule in this scope."""
    found = _ONE.one(connection, {"of_rule": rule, "of_scope": scope})
    return None if found is None else CooldownRow._make(found)


def of_rules(connection: Connection, rules: Sequence[str]) -> list[CooldownRow]:
    """What became of these rules, in every scope."""
    return [CooldownRow._make(row) for row in connection.execute(_OF_RULES, {"ids": list(rules)})]


def store(connection: Connection, rows: Sequence[CooldownRow]) -> None:
    """Write what became of these rules."""
    if rows:
        connection.execute(_STORE, [row._asdict() for row in rows])


def forget(connection: Connection, rules: Sequence[str]) -> None:
    """These global rules are no more: one that has such an id later begins afresh."""
    connection.execute(_FORGET, {"ids": list(rules)})
