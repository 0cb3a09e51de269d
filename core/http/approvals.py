"""Approvals over HTTP."""

from core.api.approvals import Approval, ApprovalAnswer
from core.api.wire import ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.sessions.approvals import Approvals


def endpoints(approvals: Approvals) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Approval]:
        return await approvals.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Approval:
        return await approvals.show(asked.caller, asked.number("approval"))

    async def answer(asked: Asked[None, ApprovalAnswer]) -> Approval:
        return await approvals.answer(asked.caller, asked.number("approval"), asked.body)

    one = "/approvals/{approval}"
    return [
        Endpoint("GET", "/approvals", "What waits for a word", page, Page[Approval], query=ListQuery),
        Endpoint("GET", one, "One approval", show, Approval),
        Endpoint("POST", f"{one}/answer", "Allow or refuse it", answer, Approval, body=ApprovalAnswer),
    ]
