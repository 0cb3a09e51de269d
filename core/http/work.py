"""My Work over HTTP."""

from core.api.inbox import UndoRequest
from core.api.wire import Page
from core.api.work import (
    Sidebar,
    SidebarQuery,
    WorkActionRequest,
    WorkActionResult,
    WorkItem,
    WorkQuery,
    WorkUndone,
)
from core.http.endpoint import Asked, Endpoint
from core.mywork.service import MyWork


def endpoints(work: MyWork) -> list[Endpoint]:
    async def page(asked: Asked[WorkQuery, None]) -> Page[WorkItem]:
        return await work.page(asked.caller, asked.query)

    async def sidebar(asked: Asked[SidebarQuery, None]) -> Sidebar:
        return await work.sidebar(asked.caller, asked.query)

    async def one(asked: Asked[None, None]) -> WorkItem:
        return await work.one(asked.caller, asked.path["type"], asked.path["number"])

    async def act(asked: Asked[None, WorkActionRequest]) -> WorkActionResult:
        return await work.act(asked.caller, asked.body)

    async def undo(asked: Asked[None, UndoRequest]) -> WorkUndone:
        return await work.undo(asked.caller, asked.body)

    return [
        Endpoint("GET", "/work", "All that is yours, as one table", page, Page[WorkItem], query=WorkQuery),
        Endpoint(
            "GET", "/work/sidebar", "What needs you or is in progress", sidebar, Sidebar, query=SidebarQuery
        ),
        Endpoint("GET", "/work/{type}/{number}", "One thing of it", one, WorkItem),
        Endpoint(
            "POST", "/work/actions", "Hide things, and show them", act, WorkActionResult, body=WorkActionRequest
        ),
        Endpoint("POST", "/work/undo", "Take your latest action back", undo, WorkUndone, body=UndoRequest),
    ]
