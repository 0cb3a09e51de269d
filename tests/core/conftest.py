"""What the tests of the core share."""

import pytest

from core.clock import ManualClock
from core.ids import Entropy
from storage.database import Database
from tests.road import Road, open_road


@pytest.fixture
async def road(database: Database, clock: ManualClock, entropy: Entropy) -> Road:
    """The road from an event to an inbox, on one engine after the other."""
    return await open_road(database, clock, entropy)
