"""A founded home with everything that people go through: the doors, the services, accounts of the machine."""

import json
from dataclasses import dataclass, field

import pytest

from core.api.people import AuditRecord, KeyCreation, NewKey, PersonCreation, WorkspaceCreation
from core.api.wire import ListQuery
from core.caller import Caller
from core.clock import ManualClock
from core.ids import Entropy
from core.people.accounts import Account, DoorPolicy
from core.people.audit import Audit
from core.people.doors import Doors
from core.people.keys import Keys
from core.people.service import People
from core.people.workspaces import Workspaces
from storage import events as event_store
from storage.database import Database
from storage.ids import EventSeq

OWNER, ANN, BOB, EVE = 1000, 1001, 1002, 1003
GROUP = 500


@dataclass
class FakeAccounts:
    """The accounts of a small machine: Eve is not in the group."""

    logins: dict[int, Account] = field(
        default_factory=lambda: {
            OWNER: Account("owner", frozenset({OWNER})),
            ANN: Account("ann", frozenset({ANN, GROUP})),
            BOB: Account("bob", frozenset({BOB, GROUP})),
            EVE: Account("eve", frozenset({EVE})),
        }
    )
    asked: int = 0

    def find(self, uid: int) -> Account | None:
        self.asked += 1
        return self.logins.get(uid)

    def group(self, gid: int) -> str:
        return "staff"


@dataclass
class Home:
    """A home that its owner has founded."""

    database: Database
    clock: ManualClock
    entropy: Entropy
    accounts: FakeAccounts
    doors: Doors
    people: People
    workspaces: Workspaces
    keys: Keys
    audit: Audit

    async def owner(self) -> Caller:
        return await self.doors.by_peer(OWNER, OWNER)

    async def ann(self) -> Caller:
        return await self.doors.by_peer(ANN, ANN)

    async def bob(self) -> Caller:
        return await self.doors.by_peer(BOB, BOB)

    async def person(self, name: str, *permissions: str) -> None:
        await self.people.add(await self.owner(), PersonCreation(name, permissions=list(permissions)))

    async def workspace(self, slug: str, *members: str) -> None:
        await self.workspaces.add(await self.owner(), WorkspaceCreation(slug, members=list(members)))

    async def key(self, caller: Caller, *permissions: str, owner: str | None = None) -> NewKey:
        return await self.keys.create(caller, KeyCreation("ci", list(permissions), owner))

    async def by_key(self, key: NewKey | str, address: str = "203.0.113.7") -> Caller:
        return await self.doors.by_key(key if isinstance(key, str) else key.key, address)

    async def events(self, name: str) -> list[dict[str, object]]:
        """The payloads of the events of this name."""
        rows = await self.database.read(lambda connection: event_store.after(connection, EventSeq(0), 1000))
        return [json.loads(row.payload) for row in rows if row.name == name]

    async def audited(self, filter: str) -> list[AuditRecord]:
        page = await self.audit.page(await self.owner(), ListQuery(200, None, filter))
        return page.items


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
async def home(database: Database, clock: ManualClock, entropy: Entropy, accounts: FakeAccounts) -> Home:
    doors = Doors(database, clock, entropy, DoorPolicy(OWNER, GROUP, accounts))
    people = People(database, clock, entropy, doors.forget)
    await people.found(OWNER, "owner")
    return Home(
        database,
        clock,
        entropy,
        accounts,
        doors,
        people,
        Workspaces(database, clock, doors.forget),
        Keys(database, clock, entropy, doors.forget),
        Audit(database, clock),
    )
