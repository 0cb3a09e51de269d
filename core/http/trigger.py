"""The webhooks of automations. Their token is who asks; every answer has the fields of `TriggerAnswer`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from aiohttp.web import BaseRequest, Response, StreamResponse

from core.api.trigger import HTTP_TRIGGER, TriggerAnswer
from core.automations.signatures import Header
from core.automations.trigger import Sent, Trigger, Webhook
from core.errors import CallboardError, InvalidError, NotAuthenticatedError, NotFoundError, SlowDownError
from core.http.answers import headers, refused
from core.http.asking import body_parser, read_body
from core.http.envelopes import OF_TRIGGER, Envelope
from core.http.routes import Incoming, Route
from core.sessions.placeholders import written

MOST_PARAMETERS = 200
LONGEST_NAME = 128
LARGEST_VALUE = 64 * 1024

_TOKEN = "Api-Authentication"  # noqa: S105 - the name of a header
_HEADERS = headers("application/json")
_UTF8 = frozenset({"utf-8", "utf8"})
_SUMMARIES = {
    "": "Set an automation off; the token is in the header Api-Authentication",
    "/{token}": "Set an automation off, for senders that cannot set a header",
}

_encode = msgspec.json.Encoder().encode
_object = body_parser(dict[str, Any])


def routes(trigger: Trigger) -> list[Route]:
    """Both methods, with the token in a header or in the path."""

    async def answer(incoming: Incoming) -> StreamResponse:
        return await _answer(trigger, incoming)

    return [
        Route(method, HTTP_TRIGGER + rest, answer, open=True, verbatim=True, summary=_SUMMARIES.get(rest, ""))
        for method in ("GET", "POST")
        for rest in ("", "/", "/{token}")
    ]


async def _answer(trigger: Trigger, incoming: Incoming) -> StreamResponse:
    request, webhook = incoming.request, None
    source = request.remote or "socket"
    try:
        webhook = await trigger.webhook(_token(request, incoming.path), source)
        body = await read_body(request)
        sent = Sent(request.method, _header_of(request), body, source)
        trigger.verify(webhook, sent)
        triggered = await trigger.call(webhook, sent, read_parameters(request, incoming.query, body))
    except NotAuthenticatedError as error:
        return refused(error, OF_TRIGGER)
    except CallboardError as error:
        return await _refused(trigger, webhook, source, error)
    return Response(body=triggered.body, status=triggered.status, headers=_HEADERS)


async def _refused(
    trigger: Trigger, webhook: Webhook | None, source: str, error: CallboardError
) -> StreamResponse:
    """The answer to a call that is refused. Whose token opens nothing any more is told nothing else."""
    if webhook is None or isinstance(error, NotFoundError):
        return refused(error, OF_TRIGGER)
    if not isinstance(error, SlowDownError):
        try:
            webhook = await trigger.opened_anew(webhook, source)
        except CallboardError as closed:
            return refused(closed, OF_TRIGGER)
    return refused(error, _envelope(webhook))


def read_parameters(request: BaseRequest, query: str, body: bytes) -> dict[str, Any]:
    """The parameters of the query, and over them the fields of the body."""
    given: dict[str, Any] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        given[_text(name)] = _text(value)
    if body:
        _check_media(request)
        given |= _object(body)
    if len(given) > MOST_PARAMETERS:
        raise InvalidError(f"A call has {MOST_PARAMETERS} parameters at most.")
    _check_sizes(given, len(query) + len(body))
    return given


def _token(request: BaseRequest, path: Mapping[str, str]) -> str:
    """The token of the header, even where it is wrong; that of the path where the header is absent or blank."""
    said = request.headers.getall(_TOKEN, [])
    if len(said) > 1:
        raise InvalidError(f"There is more than one header {_TOKEN}: send one.")
    return (said[0].strip() if said else "") or path.get("token", "")


def _envelope(webhook: Webhook) -> Envelope:
    """Of a call whose token is right: it is told which automation refuses it."""
    name = webhook.name
    return Envelope(
        lambda sentence, _: _encode(TriggerAnswer(success=False, error=sentence, automation_name=name)),
        OF_TRIGGER.challenge,
    )


def _header_of(request: BaseRequest) -> Header:
    def header(name: str) -> str | None:
        found = request.headers.getall(name, ())
        return found[0] if len(found) == 1 else None

    return header


def _text(encoded: str) -> str:
    try:
        return unquote_to_bytes(encoded.replace("+", " ")).decode("utf-8")
    except UnicodeError:
        raise InvalidError("The query is not UTF-8.") from None


def _check_media(request: BaseRequest) -> None:
    """Refuse what says that it is no JSON in UTF-8; what says nothing is read as such."""
    said = request.headers.getall("Content-Type", ())
    media, *parameters = (said[0] if said else "application/json").lower().split(";")
    kind = media.strip()
    if len(said) > 1 or not (kind in ("application/json", "text/json") or kind.endswith("+json")):
        raise InvalidError("The body must be JSON: send it with Content-Type: application/json.")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip() == "charset" and value.strip(' "') not in _UTF8:
            raise InvalidError("The body must be JSON in UTF-8, and its Content-Type says another charset.")


def _check_sizes(given: Mapping[str, Any], sent: int) -> None:
    if any(len(name) > LONGEST_NAME for name in given):
        raise InvalidError(f"The name of a parameter has {LONGEST_NAME} characters at most.")
    if sent <= LARGEST_VALUE:
        return
    for name, value in given.items():
        if len(written(value).encode()) > LARGEST_VALUE:
            raise InvalidError(f"A value has {LARGEST_VALUE // 1024} KiB at most.", f"parameters.{name}")
