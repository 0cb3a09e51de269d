"""Makes the function of a door from its routes: who asks, what, the answer, and every error in its envelope."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import HttpVersion10, HttpVersion11
from aiohttp.web import BaseRequest, StreamResponse

from core.api.wire import API
from core.caller import Caller
from core.errors import CallboardError, InvalidError
from core.http.answers import Translate, answered, refused, unexpected
from core.http.asking import body_parser, query_parser, read_body
from core.http.endpoint import Asked, Endpoint
from core.http.envelopes import envelope_of
from core.http.routes import Incoming, Route, Routes

Authenticate = Callable[[BaseRequest], Awaitable[Caller]]


def route_of(endpoint: Endpoint) -> Route:
    """The endpoint with everything that can be prepared for it prepared."""
    parse_query = query_parser(endpoint.query)
    parse_body = None if endpoint.body is None else body_parser(endpoint.body)
    handle, status = endpoint.handle, endpoint.status

    async def answer(incoming: Incoming) -> StreamResponse:
        assert incoming.caller is not None  # noqa: S101 - the route is not open
        sent = await read_body(incoming.request)
        if parse_body is None and sent:
            raise InvalidError("This request takes no body.")
        body = None if parse_body is None else parse_body(sent)
        query = parse_query(incoming.query)
        return answered(await handle(Asked(incoming.caller, incoming.path, query, body)), status)

    return Route(endpoint.method, API + endpoint.path, answer, summary=endpoint.summary, endpoint=endpoint)


def answering(
    routes: Iterable[Route], authenticate: Authenticate, translate: Translate
) -> Callable[[BaseRequest], Awaitable[StreamResponse]]:
    """The one function behind a door."""
    tree = Routes(list(routes))

    async def answer(request: BaseRequest) -> StreamResponse:
        path, _, query = request.raw_path.partition("?")
        where = request.method
        try:
            _check_version(request)
            route, values = tree.find(request.method, path)
            where = f"{request.method} {route.path}"  # as declared: what stood in its place may be a secret
            caller = None if route.open else await authenticate(request)
            return await route.answer(Incoming(request, caller, values, query, authenticate))
        except CallboardError as error:
            return refused(error, envelope_of(path))
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:
            known = translate(error)
            envelope = envelope_of(path)
            return refused(known, envelope) if known else unexpected(error, where, envelope)

    return answer


def _check_version(request: BaseRequest) -> None:
    if request.version not in (HttpVersion11, HttpVersion10):
        raise InvalidError("Speak HTTP/1.1, or HTTP/1.0.")
