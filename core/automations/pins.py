"""Quick launch: the automations and bots that a person has pinned, one key for each. What they may not see any
more is not shown, and cannot be pinned."""

from collections.abc import Sequence

from core.api.bots import Pin, PinKind, PinList, Pinning
from core.automations.access import may_see
from core.caller import Caller
from core.clock import Clock
from core.errors import InvalidError
from storage import automations, bots, changes
from storage.bots import PinRow
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import AutomationId, BotId
from storage.people import slugs

MOST = 9
_GREATEST = 2**62


class Pins:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def show(self, caller: Caller) -> PinList:
        """The caller's pins, in their order."""
        return await self._database.read(
            lambda connection: PinList(
                list(_seen(connection, caller, bots.pins_of(connection, caller.person)).values())[:MOST]
            )
        )

    async def set(self, caller: Caller, pinning: Pinning) -> PinList:
        """Pin exactly these, in this order."""
        if len(pinning.pins) > MOST:
            raise InvalidError(f"There are {MOST} places: unpin something first.", "pins")
        rows = [PinRow(pin.kind, pin.id) for pin in pinning.pins]
        for place, row in enumerate(rows):
            if row in rows[:place]:
                raise InvalidError("This is pinned twice.", f"pins[{place}]")

        def unit(connection: Connection) -> PinList:
            seen = _seen(connection, caller, rows)
            for place, row in enumerate(rows):
                if row not in seen:
                    raise InvalidError(
                        f"There is no {row.kind} {row.target_id}, or none that you may see.", f"pins[{place}]"
                    )
            bots.set_pins(connection, caller.person, rows)
            subject = str(caller.person)
            changes.append(connection, [NewChange("pins", subject, caller.person, None, self._clock.now())])
            return PinList(list(seen.values()))

        return await self._database.write(unit)


def _seen(connection: Connection, caller: Caller, rows: Sequence[PinRow]) -> dict[PinRow, Pin]:
    """Those of them that are there for the caller, in their order."""
    found: dict[PinRow, Pin] = {}
    bot_ids = [BotId(row.target_id) for row in _of("bot", rows)]
    for bot, about in (bots.these(connection, bot_ids) if bot_ids else {}).items():
        if caller.sees(about.workspace_id):
            found[PinRow("bot", bot)] = Pin("bot", bot, about.name, about.workspace)
    kept = [automations.by_id(connection, AutomationId(row.target_id)) for row in _of("automation", rows)]
    mine = [each for each in kept if each is not None and may_see(caller, each.workspace_id, each.creator_id)]
    called = slugs(connection, {each.workspace_id for each in mine}) if mine else {}
    for each in mine:
        pin = Pin("automation", each.id, each.name, called[each.workspace_id])
        found[PinRow("automation", each.id)] = pin
    return {row: found[row] for row in rows if row in found}


def _of(kind: PinKind, rows: Sequence[PinRow]) -> list[PinRow]:
    return [row for row in rows if row.kind == kind and abs(row.target_id) < _GREATEST]
