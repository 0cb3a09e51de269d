"""The inbox over HTTP."""

from msgspec import Struct

from core.api.inbox import (
    InboxActionRequest,
    InboxActionResult,
    InboxCounts,
    InboxGrouping,
    InboxIndex,
    InboxItem,
    InboxQuery,
    RetentionPlan,
    RetentionState,
    UndoRequest,
    UndoResult,
)
from core.api.wire import Page
from core.errors import NotFoundError
from core.http.endpoint import Asked, Endpoint
from core.inbox.retention import Retention
from core.inbox.service import Inbox


class IndexQuery(Struct, frozen=True):
    filter: str = ""
    group: InboxGrouping = "none"


def endpoints(inbox: Inbox, retention: Retention) -> list[Endpoint]:
    async def page(asked: Asked[InboxQuery, None]) -> Page[InboxItem]:
        return await inbox.page(asked.caller, asked.query)

    async def index(asked: Asked[IndexQuery, None]) -> InboxIndex:
        return await inbox.index(asked.caller, asked.query.filter, asked.query.group)

    async def counts(asked: Asked[None, None]) -> InboxCounts:
        return await inbox.counts(asked.caller)

    async def show(asked: Asked[None, None]) -> InboxItem:
        return await inbox.show(asked.caller, _item(asked.path["item"]))

    async def act(asked: Asked[None, InboxActionRequest]) -> InboxActionResult:
        return await inbox.act(asked.caller, asked.body)

    async def undo(asked: Asked[None, UndoRequest]) -> UndoResult:
        return await inbox.undo(asked.caller, asked.body)

    async def state(asked: Asked[None, None]) -> RetentionState:
        return await retention.state(asked.caller)

    async def plan(asked: Asked[None, None]) -> RetentionPlan:
        return await retention.plan(asked.caller)

    async def tidy(asked: Asked[None, None]) -> RetentionState:
        return await retention.tidy_now(asked.caller)

    return [
        Endpoint("GET", "/inbox", "Your notifications", page, Page[InboxItem], query=InboxQuery),
        Endpoint("GET", "/inbox/index", "All of them in order, by id", index, InboxIndex, query=IndexQuery),
        Endpoint("GET", "/inbox/counts", "How many there are", counts, InboxCounts),
        Endpoint("GET", "/inbox/retention", "What was cleared away the last time", state, RetentionState),
        Endpoint("GET", "/inbox/retention/plan", "What would go now and later", plan, RetentionPlan),
        Endpoint("POST", "/inbox/retention", "Clear away what is old, as an admin", tidy, RetentionState),
        Endpoint("GET", "/inbox/{item}", "One of them, left unread", show, InboxItem),
        Endpoint(
            "POST",
            "/inbox/actions",
            "Read, star, dismiss, snooze, and back",
            act,
            InboxActionResult,
            body=InboxActionRequest,
        ),
        Endpoint("POST", "/inbox/undo", "Take an action back", undo, UndoResult, body=UndoRequest),
    ]


def _item(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError(f"There is no notification {text!r} in your inbox.")
    return int(text)
