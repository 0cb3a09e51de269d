"""The audit record."""

from core.api.people import AuditRecord
from core.api.wire import ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.people.audit import Audit


def endpoints(audit: Audit) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[AuditRecord]:
        return await audit.page(asked.caller, asked.query)

    summary = "Who did what to which thing, and what they were refused"
    return [Endpoint("GET", "/audit", summary, page, Page[AuditRecord], query=ListQuery)]
