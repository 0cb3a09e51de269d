"""A small company on one database, and the whole road from an event to somebody's inbox."""

from dataclasses import dataclass, field

from core.api.events import EventRequest
from core.api.inbox import InboxItem, InboxQuery
from core.caller import Caller
from core.clock import ManualClock
from core.dispatcher import CURSOR, Dispatcher
from core.events.service import Events
from core.ids import Entropy
from core.inbox.service import Inbox
from storage import events, people, responsibilities
from storage.database import Connection, Database
from storage.ids import PersonId, WorkspaceId
from storage.workspaces import add_membership, add_workspace

PEOPLE = ("root", "ann", "ben", "eva", "kim", "max")
MEMBERS = ("ann", "ben", "eva", "kim")


@dataclass
class Road:
    """`root` is the admin and no member, `kim` manages keys, `max` belongs nowhere."""

    database: Database
    clock: ManualClock
    entropy: Entropy
    events: Events
    inbox: Inbox
    dispatcher: Dispatcher
    workspace: WorkspaceId
    callers: dict[str, Caller] = field(default_factory=dict)

    async def post(self, name: str, by: str = "ann", **parts: object) -> str:
        """Record an event in the workspace `shop`, and answer its id."""
        request = EventRequest(name, **parts)  # type: ignore[arg-type]
        return (await self.events.post(self.callers[by], "shop", request)).id

    async def tell(self, name: str, by: str = "ann", **parts: object) -> str:
        """Record an event, and dispatch it."""
        recorded = await self.post(name, by, **parts)
        await self.dispatcher.catch_up()
        return recorded

    async def items(self, person: str, filter: str = "") -> list[InboxItem]:
        """What the person finds in their inbox."""
        return (await self.inbox.page(self.callers[person], InboxQuery(limit=1000, filter=filter))).items

    async def told(self) -> dict[str, str]:
        """Everybody who has something in their inbox, and why the latest came to them."""
        found = {person: await self.items(person) for person in PEOPLE}
        return {person: items[0].reason for person, items in found.items() if items}

    async def make_responsible(self, kind: str, subject: str, role: str, person: str | None) -> None:
        """The person holds the role from now on."""
        holder = None if person is None else self.callers[person].person
        await self.database.write(
            lambda connection: responsibilities.assign(connection, self.workspace, kind, subject, role, holder)
        )

    async def leave(self, person: str) -> None:
        """The person leaves for good."""
        gone = {"left_at": self.clock.now()}
        await self.database.write(
            lambda connection: people.change_person(connection, self.callers[person].person, gone)
        )

    async def position(self) -> int:
        """How far the dispatcher has come."""
        return await self.database.write(lambda connection: events.position(connection, CURSOR))


async def open_road(database: Database, clock: ManualClock, entropy: Entropy) -> Road:
    """The company, founded."""
    road = Road(
        database,
        clock,
        entropy,
        Events(database, clock, entropy),
        Inbox(database, clock),
        Dispatcher(database, clock, entropy),
        WorkspaceId(0),
    )

    def found(connection: Connection) -> None:
        workspace = add_workspace(connection, "shop", "The shop", clock.now())
        assert workspace is not None
        road.workspace = workspace
        for name in PEOPLE:
            person = _hire(connection, name, clock)
            if name in MEMBERS:
                add_membership(connection, workspace, person, clock.now())
            seen = frozenset({workspace}) if name in MEMBERS else frozenset[WorkspaceId]()
            road.callers[name] = Caller(person, name, name == "root", frozenset(), seen, "socket")
        people.set_grants(connection, road.callers["kim"].person, ["keys.manage"])

    await database.write(found)
    return road


def _hire(connection: Connection, name: str, clock: ManualClock) -> PersonId:
    person = people.add_person(connection, name, uid=None, display_name="", admin=name == "root", now=clock.now())
    assert person is not None
    return person
