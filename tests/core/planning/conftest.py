"""A team's board: the company of the road, with its tickets, missions, and the watch over their deadlines."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from core.api.tickets import (
    Mission,
    MissionChange,
    MissionMove,
    MissionState,
    NewMission,
    NewTicket,
    Ticket,
    TicketChange,
    TicketMove,
    TicketState,
)
from core.clock import ManualClock
from core.ids import Entropy
from core.planning.missions import Missions
from core.planning.tickets import Tickets
from core.planning.watch import Watch
from storage import events
from storage.database import Database
from storage.engines import Sqlite
from storage.ids import EventSeq
from tests.road import Road, open_road

ROAD: dict[TicketState, tuple[TicketState, ...]] = {
    "queued": ("queued",),
    "implementation": ("implementation",),
    "developer-approval": ("implementation", "developer-approval"),
    "qa-approval": ("implementation", "developer-approval", "qa-approval"),
    "pull-request": ("implementation", "pull-request"),
    "completed": ("implementation", "completed"),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
    "merge-conflict": ("implementation", "merge-conflict"),
}
"""A way to each state from the first."""


@dataclass
class Board:
    """What the people of the workspace `shop` do with their tickets."""

    road: Road
    tickets: Tickets
    missions: Missions
    watch: Watch

    async def ticket(self, id: str = "T-1", by: str = "ann", **parts: Any) -> Ticket:
        wish: dict[str, Any] = {"title": f"Title of {id}", "assign_to": "ben", "qa_reviewer": "eva", **parts}
        return await self.tickets.create(self.road.callers[by], "shop", NewTicket(id=id, **wish))

    async def mission(self, id: str = "M-1", by: str = "ann", **parts: Any) -> Mission:
        wish: dict[str, Any] = {"name": f"Name of {id}", **parts}
        return await self.missions.create(self.road.callers[by], "shop", NewMission(id=id, **wish))

    async def move(self, id: str, to: TicketState, by: str = "ann", **parts: Any) -> Ticket:
        return await self.tickets.move(self.road.callers[by], "shop", id, TicketMove(to, **parts))

    async def bring(self, id: str, to: TicketState, **parts: Any) -> None:
        """By the way that there is to this state."""
        for state in ROAD[to]:
            await self.move(id, state, **parts)

    async def change(self, id: str, by: str = "ann", **parts: Any) -> Ticket:
        return await self.tickets.change(self.road.callers[by], "shop", id, TicketChange(**parts))

    async def move_mission(self, id: str, to: MissionState, **parts: Any) -> Mission:
        return await self.missions.move(self.road.callers["ann"], "shop", id, MissionMove(to, **parts))

    async def change_mission(self, id: str, **parts: Any) -> Mission:
        return await self.missions.change(self.road.callers["ann"], "shop", id, MissionChange(**parts))

    async def show(self, id: str) -> Ticket:
        return await self.tickets.show(self.road.callers["ann"], "shop", id)

    async def show_mission(self, id: str) -> Mission:
        return await self.missions.show(self.road.callers["ann"], "shop", id)

    async def told(self, area: str = "") -> list[str]:
        """The names of what was recorded, in order."""
        return [row.name for row in await self._events() if row.name.startswith(area)]

    async def payloads(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row.payload) for row in await self._events() if row.name == name]

    async def _events(self) -> list[events.EventRow]:
        return await self.road.database.read(lambda connection: events.after(connection, EventSeq(0), 10_000))


def board_of(road: Road) -> Board:
    parts = road.database, road.clock, road.entropy
    return Board(road, Tickets(*parts), Missions(*parts), Watch(*parts))


@pytest.fixture
async def board(road: Road) -> Board:
    """On one engine after the other."""
    return board_of(road)


@pytest.fixture
async def near(sqlite: Sqlite, clock: ManualClock, entropy: Entropy) -> AsyncIterator[Board]:
    """For what no engine makes a difference to."""
    database = Database(sqlite)
    yield board_of(await open_road(database, clock, entropy))
    await database.close()
