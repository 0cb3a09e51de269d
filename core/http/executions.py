"""The history of automations: every occurrence, as a run or as the reason why there was none."""

from core.api.automations import Execution
from core.api.wire import ListQuery, Page
from core.automations.ledger import Ledger
from core.http.endpoint import Asked, Endpoint


def endpoints(ledger: Ledger) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Execution]:
        return await ledger.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Execution:
        return await ledger.show(asked.caller, asked.path["execution"])

    return [
        Endpoint(
            "GET", "/executions", "What automations did, newest first", page, Page[Execution], query=ListQuery
        ),
        Endpoint("GET", "/executions/{execution}", "One execution", show, Execution),
    ]
