"""A home that was restored from a backup tells nothing of deadlines that neared or passed meanwhile."""

from datetime import timedelta

from core.clock import DAY, ManualClock, to_datetime
from core.ids import Entropy
from storage.database import Database
from storage.engines import Sqlite
from storage.snapshot import still
from tests.core.planning.conftest import board_of
from tests.road import open_road


async def test_what_was_due_in_between_is_noted_and_not_told(
    sqlite: Sqlite, clock: ManualClock, entropy: Entropy
) -> None:
    saved = Database(sqlite)
    road = await open_road(saved, clock, entropy)
    for days in (1, 5, 20):
        moment = to_datetime(clock.now()) + timedelta(days=days)
        await board_of(road).ticket(f"T-{days}", deadline=moment)
    await saved.close()
    clock.advance(4 * DAY + DAY // 2)
    still(sqlite.path, clock.now())
    road.database = Database(sqlite)
    board = board_of(road)

    await board.watch.tick()
    before = await board.told("sla:")
    states = [(await board.show(f"T-{days}")).deadline_state for days in (1, 5, 20)]
    clock.advance(DAY)
    await board.watch.tick()
    after = await board.payloads("sla:violated")
    await road.database.close()

    assert (before, states) == ([], ["violated", "warned", "open"])
    assert [payload["entityId"] for payload in after] == ["T-5"]
