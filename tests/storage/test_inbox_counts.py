"""The counts of an inbox are what one would count, whatever happened to its items."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, case, delete, func, insert, select

from core.inbox.actions import Step, decide, step_of
from storage import inbox, inbox_actions, inbox_counts, people, retention
from storage.database import Database
from storage.engines import Dialect, Postgres, Sqlite
from storage.ids import EventSeq, Instant, PersonId
from storage.inbox import NewItemRow, inbox_items
from storage.inbox_counts import Counts
from storage.migrate import OURS, Tree, prepare
from storage.people import people as people_table
from tests.databases import Cluster

ACTIONS = ("read", "unread", "star", "unstar", "dismiss", "restore", "snooze", "unsnooze")
MOMENTS = 60


class World:
    """Three people whose inboxes change at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = Instant(1_000)
        self.last_event = 0
        self.people: list[PersonId] = []
        self.moves: tuple[Callable[[Connection], None], ...] = (
            self.arrive,
            self.arrive,
            self.act,
            self.act,
            self.act,
            self.undo,
            self.wake,
            self.tidy,
            self.lose_somebody,
        )

    def hire(self, connection: Connection) -> None:
        name = f"person-{self.chance.getrandbits(60)}"
        person = people.add_person(connection, name, uid=None, display_name="", admin=False, now=self.now)
        assert person is not None
        self.people.append(person)

    def move(self, connection: Connection) -> None:
        self.now = Instant(self.now + 1)
        self.chance.choice(self.moves)(connection)

    def arrive(self, connection: Connection) -> None:
        """Some items, some of them a second time."""
        first = self.last_event + self.chance.choice((0, 1))
        self.last_event += self.chance.randrange(1, 20)
        events = ["task:review", "notification:failed"]
        rows = [
            item(self.chance.choice(self.people), seq, self.chance.choice(events), self.now)
            for seq in range(first, self.last_event + 1)
        ]
        inbox.insert_items(connection, rows)

    def act(self, connection: Connection) -> None:
        person = self.chance.choice(self.people)
        action = self.chance.choice(ACTIONS)
        until = Instant(self.now + self.chance.randrange(1, 40)) if action == "snooze" else None
        change = decide(action, self.now, until)  # type: ignore[arg-type]
        ids = self.chance.sample(range(self.last_event * 2 + 1), self.chance.randrange(self.last_event + 1))
        found = [row for row in inbox_actions.states(connection, person, ids) if change.applies(row)]
        step = step_of(change, found)
        inbox_actions.swap(connection, person, step.columns, step.swaps(undoing=False))
        inbox_actions.add_step(connection, person, action, step.written(), self.now, kept=20)

    def undo(self, connection: Connection) -> None:
        person = self.chance.choice(self.people)
        found = inbox_actions.step(connection, person, None)
        if found is not None:
            step = Step.read(found.before)
            inbox_actions.swap(connection, person, step.columns, step.swaps(undoing=True))
            inbox_actions.drop_step(connection, found.id)

    def wake(self, connection: Connection) -> None:
        inbox_actions.wake(connection, self.now, 5)

    def tidy(self, connection: Connection) -> None:
        before = Instant(self.now - 30)
        keys = retention.old(connection, "notifications", before, 7)
        retention.remove(connection, "notifications", before, keys)

    def lose_somebody(self, connection: Connection) -> None:
        if self.chance.random() < 0.2:
            lost = self.people.pop(self.chance.randrange(len(self.people)))
            connection.execute(delete(people_table).where(people_table.c.id == lost))
            self.hire(connection)


def item(person: PersonId, seq: int, event: str, now: Instant) -> NewItemRow:
    return NewItemRow(person, EventSeq(seq), event, None, "title", "body", "info", "because", None, None, now)


def recounted(connection: Connection, person: PersonId) -> Counts:
    """The counts, counted."""
    item = inbox_items.c
    stays = item.dismissed_at.is_(None)
    shown = stays & item.snoozed_until.is_(None)
    unread = shown & item.read_at.is_(None)
    conditions = (
        unread,
        shown & item.starred.is_(True),
        shown,
        stays & item.snoozed_until.is_not(None),
        unread & (item.event == "notification:failed"),
    )
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions]
    return Counts(*(int(n) for n in connection.execute(select(*sums).where(item.person_id == person)).one()))


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_counts_are_exact_whatever_happens_in_whatever_order(database: Database, seed: int) -> None:
    world = World(seed)
    for _ in range(3):
        await database.write(world.hire)

    def moves(connection: Connection) -> list[tuple[Counts, Counts]]:
        """Before and after each move, in the middle of a transaction."""
        seen = []
        for _ in range(MOMENTS):
            world.move(connection)
            seen += [
                (inbox_counts.counts(connection, person), recounted(connection, person))
                for person in world.people
            ]
        return seen

    seen = await database.write(moves)

    assert [counted for counted, _ in seen] == [expected for _, expected in seen]
    assert all(max(by_kind) > 0 for by_kind in zip(*(counted for counted, _ in seen), strict=True))


async def test_a_change_that_is_rolled_back_is_not_counted(database: Database) -> None:
    world = World(3)
    await database.write(world.hire)
    (ann,) = world.people

    def fail(connection: Connection) -> None:
        inbox.insert_items(connection, [item(ann, 1, "task:review", world.now)])
        assert inbox_counts.counts(connection, ann).total == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fail)

    assert await database.read(partial(inbox_counts.counts, person=ann)) == Counts(0, 0, 0, 0, 0)


async def test_rows_made_in_bulk_are_counted_too(database: Database) -> None:
    world = World(4)
    await database.write(world.hire)
    (ann,) = world.people

    def copy(connection: Connection) -> None:
        inbox.insert_items(connection, [item(ann, 1, "task:review", world.now)])
        others = [c for c in inbox_items.c if c.name not in ("id", "event_seq")]
        for shift in (1, 2, 4):
            connection.execute(
                insert(inbox_items).from_select(
                    ["event_seq", *others], select(inbox_items.c.event_seq + shift, *others)
                )
            )

    await database.write(copy)

    assert (await database.read(partial(inbox_counts.counts, person=ann))).total == 8


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_items_from_before_there_were_counts_are_counted_by_the_migration(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster: Cluster | None = None
    dialect: Dialect = Sqlite(tmp_path / "old.db")
    if engine == "postgresql":
        cluster = request.getfixturevalue("cluster")
        dialect = cluster.create(empty=True)
    prepare(dialect, backup_folder=tmp_path, tree=Tree(OURS.folder, "0002"))
    connection = dialect.open_writer()
    connection.exec_driver_sql("INSERT INTO people (id, name, created_at) VALUES (1, 'ann', 1), (2, 'ben', 1)")
    old = "INSERT INTO inbox_items (person_id, event_seq, event, title, body, severity, reason, created_at"
    for place, (more, values) in enumerate(
        [
            ("", ""),
            (", read_at", ", 2"),
            (", starred, starred_at", ", '1', 2"),
            (", dismissed_at", ", 2"),
            (", snoozed_until", ", 2"),
        ]
    ):
        connection.exec_driver_sql(f"{old}{more}) VALUES (1, {place}, 'x:y', 't', '', 'info', '', 1{values})")
    dialect.close(connection)

    prepare(dialect, backup_folder=tmp_path)

    connection = dialect.open_reader()
    found = [inbox_counts.counts(connection, PersonId(number)) for number in (1, 2)]
    dialect.close(connection)
    if cluster is not None and isinstance(dialect, Postgres):
        cluster.drop(dialect)
    assert found == [Counts(2, 1, 3, 1, 0), Counts(0, 0, 0, 0, 0)]
