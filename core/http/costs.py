"""What sessions cost, over HTTP."""

from core.api.costs import Cost, CostQuery
from core.api.wire import Page
from core.http.endpoint import Asked, Endpoint
from core.sessions.ledger import CostLedger


def endpoints(ledger: CostLedger) -> list[Endpoint]:
    async def page(asked: Asked[CostQuery, None]) -> Page[Cost]:
        return await ledger.page(asked.caller, asked.query)

    return [
        Endpoint(
            "GET",
            "/costs",
            "What the sessions that you may see have cost, by month (UTC), workspace, session, ticket, provider"
            " or automation",
            page,
            Page[Cost],
            query=CostQuery,
        )
    ]
