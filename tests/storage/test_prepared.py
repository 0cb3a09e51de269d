"""Statements that are compiled once say the same as those that are not."""

from sqlalchemy import bindparam, select, update

from storage.changes import NewChange, append, changes
from storage.database import Connection, Database
from storage.ids import Instant
from storage.numbering import numbers_for
from storage.people import workspaces
from storage.prepared import Prepared, PreparedRows

_ADD = Prepared.insertion(workspaces, ("slug", "name", "created_at"))
_RENAME = Prepared(
    update(workspaces).where(workspaces.c.slug == bindparam("of")).values(name=bindparam("to"), created_at=7)
)
_FIND = Prepared(select(workspaces.c.name, workspaces.c.created_at).where(workspaces.c.slug == bindparam("of")))


async def test_rows_are_added_changed_and_found(database: Database) -> None:
    def unit(connection: Connection) -> list[object]:
        _ADD.run(connection, {"slug": "a%b", "name": "50 % :done", "created_at": 1})
        _ADD.run(connection, {"slug": "c", "name": "", "created_at": 2})
        before = _FIND.run(connection, {"of": "a%b"}).fetchall()
        assert _RENAME.run(connection, {"of": "a%b", "to": "?"}).rowcount == 1
        assert _FIND.one(connection, {"of": "nothing"}) is None
        return [*before, _FIND.one(connection, {"of": "a%b"}), _FIND.scalar(connection, {"of": "c"})]

    assert await database.write(unit) == [("50 % :done", 1), ("?", 7), ""]


async def test_a_few_rows_are_added_at_once_in_their_order(database: Database) -> None:
    rows = PreparedRows(workspaces, ("slug", "name", "created_at"))

    def unit(connection: Connection) -> list[str]:
        rows.run(connection, [("a", "50 %", 1), ("b", ":b", 2)])
        rows.run(connection, [("c", "?", 3)])
        rows.run(connection, [("d", "", 4), ("e", "", 5)])
        found = connection.execute(select(workspaces.c.slug).order_by(workspaces.c.id))
        return [slug for slug in found.scalars() if slug in "abcde"]

    assert await database.write(unit) == ["a", "b", "c", "d", "e"]


async def test_many_rows_are_added_under_numbers_that_were_taken_for_them(database: Database) -> None:
    rows = PreparedRows(changes, ("seq", *NewChange._fields))

    def unit(connection: Connection) -> tuple[list[int], list[int], list[int]]:
        append(connection, [NewChange("other", "", None, None, Instant(0))])
        numbers = numbers_for(connection, changes, 250)
        rows.run(connection, [(number, "here", str(number), None, None, 1) for number in numbers])
        rows.run(connection, [])
        append(connection, [NewChange("other", "", None, None, Instant(0))])
        found = connection.execute(select(changes.c.seq, changes.c.topic, changes.c.subject)).all()
        here = [row.seq for row in found if row.topic == "here" and row.subject == str(row.seq)]
        return numbers, here, [row.seq for row in found if row.topic == "other"]

    numbers, here, others = await database.write(unit)
    assert numbers == here == sorted(set(numbers))
    assert others[0] < numbers[0]
    assert numbers[-1] < others[1]
