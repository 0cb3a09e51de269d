"""`claude -p --output-format stream-json`. A run that ended on an API error says `success` with `is_error`,
so only `is_error` is believed."""

import msgspec
from msgspec import Raw, Struct

from core.sessions.providers.parsers.events import (
    NOTHING,
    EventParser,
    Parser,
    all_of,
    fitted,
    number_of,
    text_of,
    what_for,
)
from core.sessions.providers.parsers.findings import Findings, count, micros, total
from core.sessions.providers.parsers.page import Page
from core.sessions.turns import Tokens, Usage


class _Block(Struct):
    type: str = ""
    text: Raw = NOTHING
    name: Raw = NOTHING
    input: Raw = NOTHING
    is_error: Raw = NOTHING


class _Message(Struct):
    content: Raw = NOTHING


class _Usage(Struct):
    input_tokens: Raw = NOTHING
    cache_creation_input_tokens: Raw = NOTHING
    cache_read_input_tokens: Raw = NOTHING
    output_tokens: Raw = NOTHING


class _Denial(Struct):
    """A tool that was not allowed: only how many there are is looked at."""


class _Event(Struct):
    type: str
    subtype: Raw = NOTHING
    session_id: Raw = NOTHING
    message: Raw = NOTHING
    is_error: Raw = NOTHING
    result: Raw = NOTHING
    total_cost_usd: Raw = NOTHING
    usage: Raw = NOTHING
    permission_denials: Raw = NOTHING
    errors: Raw = NOTHING


_MESSAGE = msgspec.json.Decoder(_Message)
_BLOCKS = msgspec.json.Decoder(list[_Block])
_USAGE = msgspec.json.Decoder(_Usage)
_DENIALS = msgspec.json.Decoder(list[_Denial])
_TEXTS = msgspec.json.Decoder(list[str])
_TRUTH = msgspec.json.Decoder(bool)


def claude() -> Parser:
    return EventParser(_Event, _read)


def _read(event: _Event, found: Findings, page: Page) -> None:
    if event.session_id is not NOTHING:
        found.continues(text_of(event.session_id))
    if event.type == "result":
        _end(event, found, page)
    elif event.type in ("assistant", "user"):
        message = fitted(event.message, _MESSAGE) or _Message()
        for block in all_of(message.content, _BLOCKS):
            _show(block, event.type, found, page)


def _show(block: _Block, speaker: str, found: Findings, page: Page) -> None:
    if block.type == "tool_result":
        found.failed += fitted(block.is_error, _TRUTH) is True
    elif speaker == "assistant" and block.type == "text":
        page.paragraph(text_of(block.text))
    elif speaker == "assistant" and block.type == "tool_use":
        page.tool(text_of(block.name), what_for(block.input))


def _end(event: _Event, found: Findings, page: Page) -> None:
    said = text_of(event.result)
    found.answer.clear()
    found.answer.add(said)
    found.denied = len(all_of(event.permission_denials, _DENIALS))
    found.failed = max(0, found.failed - found.denied)  # a refused tool answers with an error too
    usage = fitted(event.usage, _USAGE) or _Usage()
    cached = number_of(usage.cache_read_input_tokens)
    found.usage = Usage(
        micros(number_of(event.total_cost_usd)),
        tokens=Tokens(
            total(number_of(usage.input_tokens), number_of(usage.cache_creation_input_tokens), cached),
            count(cached),
            count(number_of(usage.output_tokens)),
        ),
    )
    if fitted(event.is_error, _TRUTH) is False:
        found.done = True
        return
    why = said or " ".join(all_of(event.errors, _TEXTS)) or text_of(event.subtype).replace("_", " ")
    page.bad(why)
    found.fail(why)
