"""Events and notices over HTTP."""

from core.api.events import Event, EventRecorded, EventRequest, NoticeRequest
from core.api.wire import ListQuery, Page
from core.events.service import Events
from core.http.endpoint import Asked, Endpoint


def endpoints(events: Events) -> list[Endpoint]:
    async def post(asked: Asked[None, EventRequest]) -> EventRecorded:
        return await events.post(asked.caller, asked.path["slug"], asked.body)

    async def page(asked: Asked[ListQuery, None]) -> Page[Event]:
        return await events.page(asked.caller, asked.path["slug"], asked.query)

    async def notify(asked: Asked[None, NoticeRequest]) -> EventRecorded:
        return await events.notify(asked.caller, asked.body)

    path = "/projects/{slug}/events"
    return [
        Endpoint("POST", path, "Record an event", post, EventRecorded, body=EventRequest),
        Endpoint("GET", path, "The events of a workspace, newest first", page, Page[Event], query=ListQuery),
        Endpoint("POST", "/notices", "Send a word to a person", notify, EventRecorded, body=NoticeRequest),
    ]
