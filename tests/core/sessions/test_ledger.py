"""The cost ledger as it is read: what is summed, for whom, and a page at a time, on both engines."""

from datetime import UTC, datetime
from itertools import count

import pytest

from core.api.costs import Cost, CostQuery, Grouping
from core.caller import Permission
from core.clock import from_datetime
from core.errors import InvalidError
from core.sessions.launching import Launch
from core.sessions.ledger import CostLedger
from core.sessions.starting import Starting
from storage import usage
from storage.database import Connection
from storage.ids import AutomationId, SessionId, TurnId
from storage.usage import NewUsageRow
from storage.workspaces import add_workspace
from tests.core.sessions.studio import Studio

TURNS = count(1_000)
MARCH = datetime(2026, 3, 2, tzinfo=UTC)


class Books:
    """A ledger in which a test writes what turns used."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.road = studio.road
        self.ledger = CostLedger(studio.road.database, studio.road.clock)

    async def session(self, owner: str = "ann") -> SessionId:
        person = self.road.callers[owner].person
        launch = Launch(self.road.workspace, "chat", person, person, title="", prompt="echo")
        starting = Starting(self.studio.providers, self.road.entropy)
        return await self.road.database.write(
            lambda connection: starting.start(connection, launch, self.road.clock.now())
        )

    async def charge(
        self,
        session: SessionId,
        cost: int | None,
        at: datetime = MARCH,
        *,
        ticket: str | None = None,
        automation: int | None = None,
        provider: str = "codex",
        tokens: int | None = None,
        workspace: str = "shop",
    ) -> None:
        def unit(connection: Connection) -> None:
            here = self.road.workspace
            if workspace != "shop":
                here = add_workspace(connection, workspace, workspace, self.road.clock.now()) or here
            row = NewUsageRow(
                at=from_datetime(at),
                workspace_id=here,
                session_id=session,
                turn_id=TurnId(next(TURNS)),
                ticket_id=ticket,
                automation_id=None if automation is None else AutomationId(automation),
                purpose="main",
                provider=provider,
                model=None,
                cost=cost,
                source="unknown" if cost is None else "reported",
                input_tokens=tokens,
                cached_tokens=None,
                output_tokens=tokens,
            )
            usage.add(connection, row)

        await self.road.database.write(unit)

    async def read(self, by: Grouping, filter: str = "", *, as_: str = "root") -> list[Cost]:
        """Everything, a group at a time."""
        found: list[Cost] = []
        cursor = None
        while True:
            query = CostQuery(by, 1, cursor, filter)
            page = await self.ledger.page(self.road.callers[as_], query)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found


@pytest.fixture
def books(studio: Studio) -> Books:
    return Books(studio)


async def test_what_is_unknown_is_counted_and_never_0(books: Books) -> None:
    session = await books.session()
    await books.charge(session, 1_500_000, tokens=10)
    await books.charge(session, None)
    await books.charge(await books.session(), None, provider="text")

    assert await books.read("provider") == [
        Cost("codex", 1.5, 2, 1, 10, 10),
        Cost("text", None, 1, 1, None, None),
    ]


async def test_months_are_of_utc_and_the_newest_comes_first(books: Books) -> None:
    session = await books.session()
    await books.charge(session, 1_000_000, datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC))
    await books.charge(session, 2_000_000, datetime(2026, 3, 1, tzinfo=UTC))
    await books.charge(session, 4_000_000, datetime(2026, 3, 31, 23, tzinfo=UTC))
    await books.charge(session, 8_000_000, datetime(2025, 12, 31, tzinfo=UTC))

    found = await books.read("month")

    assert [(cost.group, cost.cost) for cost in found] == [("2026-03", 6.0), ("2026-02", 1.0), ("2025-12", 8.0)]


async def test_each_way_to_sum_has_its_own_order_and_its_own_pages(books: Books) -> None:
    first, second = await books.session(), await books.session()
    await books.charge(first, 1_000_000, ticket="t-2", automation=9)
    await books.charge(first, 1_000_000, ticket="t-10", automation=10, provider="claude")
    await books.charge(second, 1_000_000, workspace="attic")

    async def groups(by: Grouping) -> list[str]:
        return [cost.group for cost in await books.read(by)]

    assert await groups("session") == [str(second), str(first)]
    assert await groups("automation") == ["10", "9"]
    assert sorted(await groups("ticket")) == ["t-10", "t-2"]
    assert await groups("provider") == ["claude", "codex"]
    assert await groups("workspace") == ["attic", "shop"]


async def test_costs_are_narrowed_by_each_field(books: Books) -> None:
    session = await books.session()
    await books.charge(session, 1_000_000, datetime(2026, 1, 5, tzinfo=UTC), ticket="t1", automation=3)
    await books.charge(session, 2_000_000, datetime(2026, 2, 5, tzinfo=UTC), provider="claude")

    async def months(filter: str) -> list[str]:
        return [cost.group for cost in await books.read("month", filter)]

    for january in ("ticket:t1", "automation:3", "provider:codex", "until:2026-02-01", "-provider:claude"):
        assert await months(january) == ["2026-01"], january
    for february in ("since:2026-02-01", "-ticket:t1", "-automation:3"):
        assert await months(february) == ["2026-02"], february
    assert await months(f"session:{session} workspace:shop") == ["2026-02", "2026-01"]
    assert await months(f"session:{session + 1}") == []
    assert await months("workspace:attic") == []


async def test_only_sessions_that_one_may_see_are_summed(books: Books) -> None:
    await books.charge(await books.session("ann"), 1_000_000)
    await books.charge(await books.session("ben"), 2_000_000)
    everything = books.studio.holding("eva", Permission.SESSIONS_VIEW_ALL)
    books.road.callers["eva"] = everything

    async def sum_for(name: str) -> list[float | None]:
        return [cost.cost for cost in await books.read("month", as_=name)]

    assert await sum_for("ann") == [1.0]
    assert await sum_for("ben") == [2.0]
    assert await sum_for("eva") == await sum_for("root") == [3.0]
    assert await sum_for("kim") == await sum_for("max") == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (CostQuery("month", cursor="2026-13"), "cursor"),
        (CostQuery("month", cursor="202601"), "cursor"),
        (CostQuery("session", cursor="x"), "cursor"),
        (CostQuery("ticket", cursor="\0"), "cursor"),
        (CostQuery("month", limit=0), "limit"),
        (CostQuery("month", filter="words"), "filter, characters 1-5"),
    ],
)
async def test_what_makes_no_sense_is_refused(books: Books, query: CostQuery, place: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await books.ledger.page(books.studio.ann, query)

    assert refused.value.place == place
