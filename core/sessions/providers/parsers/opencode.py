"""`opencode run --format json`. What it would ask a person for is refused, and it still ends with exit code 0,
but has failed. Its money and tokens are told step by step."""

import msgspec
from msgspec import Raw, Struct, field

from core.sessions.providers.parsers.events import (
    NOTHING,
    EventParser,
    Parser,
    fitted,
    number_of,
    text_of,
    what_for,
)
from core.sessions.providers.parsers.findings import Findings, count, micros, total
from core.sessions.providers.parsers.page import Page
from core.sessions.turns import Tokens, Usage

_REJECTED = "rejected permission"
_FORBIDDEN = "rule which prevents"


class _State(Struct):
    status: Raw = NOTHING
    input: Raw = NOTHING
    title: Raw = NOTHING
    error: Raw = NOTHING


class _Cache(Struct):
    read: Raw = NOTHING
    write: Raw = NOTHING


class _Tokens(Struct):
    input: Raw = NOTHING
    output: Raw = NOTHING
    reasoning: Raw = NOTHING
    cache: Raw = NOTHING


class _Part(Struct):
    text: Raw = NOTHING
    tool: Raw = NOTHING
    state: Raw = NOTHING
    reason: Raw = NOTHING
    cost: Raw = NOTHING
    tokens: Raw = NOTHING


class _ErrorBody(Struct):
    message: Raw = NOTHING


class _Error(Struct):
    name: Raw = NOTHING
    message: Raw = NOTHING
    data: Raw = NOTHING


class _Event(Struct):
    type: str
    sessionID: Raw = NOTHING  # noqa: N815 - the wire's name
    part: _Part = field(default_factory=_Part)
    error: Raw = NOTHING


_STATE = msgspec.json.Decoder(_State)
_CACHE = msgspec.json.Decoder(_Cache)
_TOKENS = msgspec.json.Decoder(_Tokens)
_ERROR = msgspec.json.Decoder(_Error)
_BODY = msgspec.json.Decoder(_ErrorBody)


def opencode() -> Parser:
    return EventParser(_Event, _read)


def _read(event: _Event, found: Findings, page: Page) -> None:
    if event.sessionID is not NOTHING:
        found.continues(text_of(event.sessionID))
    match event.type:
        case "step_start":
            found.answer.clear()
            found.done = False
        case "text":
            found.answer.add(text_of(event.part.text))
            page.paragraph(text_of(event.part.text))
        case "tool_use":
            _show_tool(event.part, found, page)
        case "step_finish":
            found.done = text_of(event.part.reason) == "stop"
            _count(event.part, found)
        case "error":
            _fail(event, found, page)
        case _:
            pass


def _show_tool(part: _Part, found: Findings, page: Page) -> None:
    state = fitted(part.state, _STATE) or _State()
    page.tool(text_of(part.tool), what_for(state.input) or text_of(state.title))
    if text_of(state.status) != "error":
        return
    error = text_of(state.error)
    page.bad(error)
    if _REJECTED in error:
        found.denied += 1
        found.fail("It asked for a permission, was refused because nobody can be asked, and gave up.")
    elif _FORBIDDEN in error:
        found.denied += 1
    else:
        found.failed += 1


def _count(part: _Part, found: Findings) -> None:
    """One step more. A step whose cost is not told makes that of the turn unknown."""
    told = fitted(part.tokens, _TOKENS) or _Tokens()
    cache = fitted(told.cache, _CACHE) or _Cache()
    cached = count(number_of(cache.read))
    before = found.usage.tokens
    found.usage = Usage(
        _sum(found, micros(number_of(part.cost))),
        tokens=Tokens(
            total(before.input, number_of(told.input), number_of(cache.write), cached),
            total(before.cached, cached),
            total(before.output, number_of(told.output), number_of(told.reasoning)),
        ),
    )


def _sum(found: Findings, cost: int | None) -> int | None:
    first = found.usage == Usage()
    if cost is None or (found.usage.cost is None and not first):
        return None
    return cost + (found.usage.cost or 0)


def _fail(event: _Event, found: Findings, page: Page) -> None:
    error = fitted(event.error, _ERROR) or _Error()
    body = fitted(error.data, _BODY) or _ErrorBody()
    message = text_of(body.message) or text_of(error.message) or text_of(error.name)
    page.bad(message or "it failed")
    found.fail(message)
