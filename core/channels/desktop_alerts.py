"""Deliveries to desktops: announced on the change feed to who may see them, and given to the apps that ask."""

from msgspec import convert

from core.api.deliveries import DesktopAlert
from core.api.inbox import Severity
from core.caller import Caller
from core.channels.deliveries import may_see, reader_of
from core.channels.message import Message
from core.clock import Clock
from core.errors import NotFoundError
from core.events.feed import Feed
from core.people.words import quoted
from storage import changes, delivery_lists
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.delivery_lists import DeliveryRow, Reader

TOPIC = "desktop-alerts"


class DesktopAlerts:
    """Those of one server: it knows the apps that are connected to it, and no others."""

    def __init__(self, database: Database, clock: Clock, feed: Feed) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed

    async def announce(self, message: Message | None) -> int:
        """Tell the apps that there is something to show, if anybody is there to see it; how many people are."""
        connected = [Reader(one.person, one.workspaces, False) for one in self._feed.listeners]
        if message is None or not connected:
            return len({reader.person for reader in connected})
        said, now = message.id, self._clock.now()

        def unit(connection: Connection) -> int:
            row = delivery_lists.by_id(connection, said)
            if row is None:
                return 0
            people = {reader.person for reader in connected if _may_see(connection, row, reader)}
            if people:
                changes.append(connection, [NewChange(TOPIC, said, None, row.workspace_id, now)])
            return len(people)

        return await self._database.write(unit)

    async def show(self, caller: Caller, id: str) -> DesktopAlert:
        """What one says, for whoever may see it."""

        def unit(connection: Connection) -> DesktopAlert:
            row = delivery_lists.by_id(connection, id)
            seen = row is not None and _may_see(connection, row, reader_of(caller))
            if row is None or not seen or (row.workspace_id is not None and not may_see(connection, caller, row)):
                raise NotFoundError(f"There is no alert {quoted(id)}, or none that you may see.")
            return DesktopAlert(row.id, row.title, row.body, convert(row.severity, Severity))

        return await self._database.read(unit)


def _may_see(connection: Connection, row: DeliveryRow, reader: Reader) -> bool:
    """What is no letter and belongs to no workspace is for everybody: so the rule says that names a desktop."""
    if row.channel_type != "desktop":
        return False
    if row.workspace_id is None and not row.private:
        return True
    return delivery_lists.is_visible(connection, reader, row.seq)
