"""What the tests of routing share."""

import pytest

from core.clock import ManualClock
from core.ids import Entropy
from storage.database import Database
from tests.core.routing.office import CHANNELS, Office
from tests.road import open_road


@pytest.fixture
async def office(database: Database, clock: ManualClock, entropy: Entropy) -> Office:
    """A company with three channels and no rule, on one engine after the other."""
    office = Office(await open_road(database, clock, entropy))
    await office.has_channels(*CHANNELS)
    return office
