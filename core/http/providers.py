"""Providers: the programs that run turns."""

from core.api.providers import Provider
from core.api.wire import Page
from core.http.endpoint import Asked, Endpoint
from core.sessions.providers.service import ProvidersOfServer


def endpoints(providers: ProvidersOfServer) -> list[Endpoint]:
    async def page(_: Asked[None, None]) -> Page[Provider]:
        return await providers.page()

    async def test(asked: Asked[None, None]) -> Provider:
        return await providers.test(asked.path["name"])

    return [
        Endpoint("GET", "/providers", "The programs that can run turns", page, Page[Provider]),
        Endpoint("POST", "/providers/{name}/test", "See whether a provider can be used", test, Provider),
    ]
