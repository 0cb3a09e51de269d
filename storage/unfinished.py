"""Actions on more items than one transaction should change. The step that takes such an action back is written
first and whole; the row here says how far the action, or its undoing, has come. Whoever finds one goes on."""

from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.ids import PersonId
from storage.metadata import metadata
from storage.prepared import Prepared

unfinished_steps = Table(
    "unfinished_steps",
    metadata,
    Column("step_id", ForeignKey("undo_steps.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("undoing", Boolean, nullable=False),
    Column("done", BigInteger, nullable=False),  # so many of the step's items
)


class Unfinished(NamedTuple):
    """A step that is under way, and how many of its items are done."""

    step: int
    undoing: bool
    done: int


_OF_PERSON = select(unfinished_steps.c.step_id, unfinished_steps.c.undoing, unfinished_steps.c.done).where(
    unfinished_steps.c.person_id == bindparam("person")
)
_ANY = Prepared(
    select(unfinished_steps.c.step_id).where(unfinished_steps.c.person_id == bindparam("person")).limit(1)
)
_PEOPLE = select(unfinished_steps.c.person_id).distinct()
_BEGIN = insert(unfinished_steps)
_ADVANCE = (
    update(unfinished_steps)
    .where(unfinished_steps.c.step_id == bindparam("step"), unfinished_steps.c.done == bindparam("here"))
    .values(done=bindparam("there"))
)
_END = delete(unfinished_steps).where(unfinished_steps.c.step_id == bindparam("step"))


def has_unfinished(connection: Connection, person: PersonId) -> bool:
    """Whether the person must wait for a step of theirs to be finished."""
    return _ANY.one(connection, {"person": person}) is not None


def unfinished(connection: Connection, person: PersonId) -> Unfinished | None:
    found = connection.execute(_OF_PERSON, {"person": person}).first()
    return None if found is None else Unfinished._make(found)


def waiting(connection: Connection) -> list[PersonId]:
    """Whoever has an unfinished step."""
    return [PersonId(person) for person in connection.execute(_PEOPLE).scalars()]


def begin(connection: Connection, person: PersonId, step: int, *, undoing: bool) -> None:
    connection.execute(_BEGIN, {"step_id": step, "person_id": person, "undoing": undoing, "done": 0})


def advance(connection: Connection, step: int, here: int, there: int) -> bool:
    """Whether the step had come just this far, and now is further. Else somebody else went on with it."""
    return connection.execute(_ADVANCE, {"step": step, "here": here, "there": there}).rowcount == 1


def end(connection: Connection, step: int) -> None:
    connection.execute(_END, {"step": step})
