"""Deliveries: what went out and what is to, of a workspace or of all, and what is sent by hand."""

from core.api.deliveries import (
    Delivery,
    DeliveryDetail,
    DeliveryQuery,
    DeliveryStats,
    Scheduled,
    Sending,
)
from core.api.wire import Page
from core.channels.deliveries import Deliveries
from core.channels.sending import DirectSends
from core.http.endpoint import Asked, Endpoint


def endpoints(deliveries: Deliveries, sends: DirectSends) -> list[Endpoint]:
    async def of_workspace(asked: Asked[DeliveryQuery, None]) -> Page[Delivery]:
        return await deliveries.page(asked.caller, asked.query, asked.path["slug"])

    async def stats_of_workspace(asked: Asked[None, None]) -> DeliveryStats:
        return await deliveries.stats(asked.caller, asked.path["slug"])

    async def send(asked: Asked[None, Sending]) -> Scheduled:
        return await sends.send(asked.caller, asked.path["slug"], asked.body)

    async def page(asked: Asked[DeliveryQuery, None]) -> Page[Delivery]:
        return await deliveries.page(asked.caller, asked.query)

    async def stats(asked: Asked[None, None]) -> DeliveryStats:
        return await deliveries.stats(asked.caller)

    async def show(asked: Asked[None, None]) -> DeliveryDetail:
        return await deliveries.show(asked.caller, asked.path["delivery"])

    async def retry(asked: Asked[None, None]) -> Delivery:
        return await deliveries.retry(asked.caller, asked.path["delivery"])

    async def cancel(asked: Asked[None, None]) -> Delivery:
        return await deliveries.cancel(asked.caller, asked.path["delivery"])

    of, one = "/projects/{slug}/notifications", "/deliveries/{delivery}"
    answer = Page[Delivery]
    return [
        Endpoint(
            "GET", of, "The deliveries of a workspace, newest first", of_workspace, answer, query=DeliveryQuery
        ),
        Endpoint("GET", f"{of}/stats", "How many are in which state", stats_of_workspace, DeliveryStats),
        Endpoint("POST", f"{of}/send", "Send a message to a channel", send, Scheduled, body=Sending),
        Endpoint(
            "GET",
            "/deliveries",
            "The deliveries of all workspaces, newest first",
            page,
            answer,
            query=DeliveryQuery,
        ),
        Endpoint("GET", "/deliveries/stats", "How many of all are in which state", stats, DeliveryStats),
        Endpoint("GET", one, "One delivery, with all that was tried", show, DeliveryDetail),
        Endpoint("POST", f"{one}/retry", "Send it again", retry, Delivery),
        Endpoint("POST", f"{one}/cancel", "Take back what is pending", cancel, Delivery),
    ]
