"""What tests of channels ask for."""

import pytest

from core.clock import ManualClock
from core.ids import Entropy
from storage.database import Database
from tests.core.channels.outbox import Outbox


@pytest.fixture
def outbox(database: Database, clock: ManualClock, entropy: Entropy) -> Outbox:
    return Outbox(database, clock, entropy)
