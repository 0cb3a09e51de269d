"""`gemini -o stream-json`. Without a person it does not offer the tools that would ask one: they are then unknown
to it, and a run that could do nothing still ends well."""

import msgspec
from msgspec import Raw, Struct

from core.sessions.providers.parsers.events import (
    NOTHING,
    EventParser,
    Parser,
    fitted,
    number_of,
    text_of,
    what_for,
)
from core.sessions.providers.parsers.findings import Findings, tokens
from core.sessions.providers.parsers.page import Page
from core.sessions.turns import Usage

_DENIED = ("not_registered", "denied", "policy", "rejected")


class _Error(Struct):
    type: Raw = NOTHING
    message: Raw = NOTHING


class _Stats(Struct):
    input_tokens: Raw = NOTHING
    cached_tokens: Raw = NOTHING
    cached: Raw = NOTHING
    output_tokens: Raw = NOTHING


class _Event(Struct):
    type: str
    session_id: Raw = NOTHING
    role: Raw = NOTHING
    content: Raw = NOTHING
    tool_name: Raw = NOTHING
    parameters: Raw = NOTHING
    status: Raw = NOTHING
    error: Raw = NOTHING
    message: Raw = NOTHING
    stats: Raw = NOTHING


_ERROR = msgspec.json.Decoder(_Error)
_STATS = msgspec.json.Decoder(_Stats)


def gemini() -> Parser:
    return EventParser(_Event, _read)


def _read(event: _Event, found: Findings, page: Page) -> None:
    match event.type:
        case "init":
            found.continues(text_of(event.session_id))
        case "message" if text_of(event.role) == "assistant":
            found.answer.add(text_of(event.content))
            page.text(text_of(event.content))
        case "tool_use":
            found.answer.clear()
            page.tool(text_of(event.tool_name), what_for(event.parameters))
        case "tool_result" if text_of(event.status) != "success":
            _fail_tool(event, found, page)
        case "error":
            page.bad(text_of(event.message))
            found.words.add(text_of(event.message) + "\n")
        case "result":
            _end(event, found, page)
        case _:
            pass


def _fail_tool(event: _Event, found: Findings, page: Page) -> None:
    error = fitted(event.error, _ERROR) or _Error()
    kind, message = text_of(error.type), text_of(error.message)
    if any(word in kind.lower() for word in _DENIED):
        found.denied += 1
    else:
        found.failed += 1
    page.bad(message or kind or "the tool failed")


def _end(event: _Event, found: Findings, page: Page) -> None:
    stats = fitted(event.stats, _STATS) or _Stats()
    cached = number_of(stats.cached_tokens)
    counted = tokens(
        number_of(stats.input_tokens),
        number_of(stats.cached) if cached is None else cached,
        number_of(stats.output_tokens),
    )
    found.usage = Usage(tokens=counted)
    if text_of(event.status) == "success":
        found.done = True
        return
    message = text_of((fitted(event.error, _ERROR) or _Error()).message)
    page.bad(message or "the run failed")
    found.fail(message)
