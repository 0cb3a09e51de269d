"""Two servers on one PostgreSQL database, which change the same thing at the same moment."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.api.people import KeyRotation, PersonChange
from core.api.wire import ListQuery
from core.clock import DAY, ManualClock
from core.errors import ConflictError, NotAuthenticatedError, SlowDownError
from core.ids import Entropy
from core.people.accounts import DoorPolicy
from core.people.audit import Audit
from core.people.doors import Doors
from core.people.keys import Keys
from core.people.service import People
from core.people.workspaces import Workspaces
from storage.database import Database
from storage.engines import Postgres
from tests.core.people.conftest import ANN, BOB, GROUP, OWNER, FakeAccounts, Home

_ALL = ListQuery()


@pytest.fixture
async def servers(
    postgresql: Postgres, clock: ManualClock, entropy: Entropy, accounts: FakeAccounts
) -> AsyncIterator[list[Home]]:
    homes = []
    for _ in range(2):
        database = Database(postgresql)
        doors = Doors(database, clock, entropy, DoorPolicy(OWNER, GROUP, accounts))
        people = People(database, clock, entropy, doors.forget)
        keys = Keys(database, clock, entropy, doors.forget)
        workspaces = Workspaces(database, clock, doors.forget)
        audit = Audit(database, clock)
        homes.append(Home(database, clock, entropy, accounts, doors, people, workspaces, keys, audit))
    await homes[0].people.found(OWNER, "owner")
    yield homes
    for home in homes:
        await home.database.close()


async def test_two_admins_cannot_take_each_others_place_at_once(servers: list[Home]) -> None:
    one, other = servers
    owner = await one.owner()
    for _ in range(5):
        await one.ann()
        await one.people.change(owner, "ann", PersonChange(admin=True))
        one.doors.forget()
        ann = await one.ann()
        outcomes = await asyncio.gather(
            one.people.change(owner, "ann", PersonChange(admin=False)),
            other.people.change(ann, "owner", PersonChange(admin=False)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, ConflictError) for outcome in outcomes) == 1
        everybody = (await one.people.page(owner, _ALL)).items
        assert sum(person.admin for person in everybody) == 1
        left = next(person.name for person in everybody if person.admin)
        await one.people.change(ann if left == "ann" else owner, "owner", PersonChange(admin=True))


async def test_an_expiry_is_announced_by_one_of_them(servers: list[Home]) -> None:
    one, other = servers
    for _ in range(20):
        await one.key(await one.owner())
    one.clock.advance(340 * DAY)
    await asyncio.gather(one.keys.announce(), other.keys.announce())
    assert len(await one.events("key:expiring")) == 20


async def test_a_key_is_rotated_by_one_of_them(servers: list[Home]) -> None:
    one, other = servers
    owner = await one.owner()
    for _ in range(5):
        key = await one.key(owner)
        outcomes = await asyncio.gather(
            one.keys.rotate(owner, key.id, KeyRotation()),
            other.keys.rotate(owner, key.id, KeyRotation()),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, ConflictError) for outcome in outcomes) == 1


async def test_a_person_who_connects_to_both_at_once_becomes_one(servers: list[Home]) -> None:
    one, other = servers
    for uid in (ANN, BOB):
        first, second = await asyncio.gather(one.doors.by_peer(uid, uid), other.doors.by_peer(uid, uid))
        assert first == second


async def test_failures_at_both_count_together_and_are_told_once(servers: list[Home]) -> None:
    async def fail(home: Home) -> None:
        with pytest.raises((NotAuthenticatedError, SlowDownError)):
            await home.by_key("nonsense")

    await asyncio.gather(*(fail(home) for _ in range(10) for home in servers))
    assert len(await servers[0].events("key:suspicious")) == 1
    for home in servers:
        with pytest.raises(SlowDownError):
            await home.by_key("nonsense")
