"""`codex exec --json`. Its usage is that of the whole thread, also in a turn that continues one."""

from msgspec import Raw, Struct, field

from core.sessions.providers.parsers.events import NOTHING, EventParser, Parser, number_of, text_of
from core.sessions.providers.parsers.findings import Findings, tokens
from core.sessions.providers.parsers.page import Page
from core.sessions.turns import Usage


class _Item(Struct):
    type: str = ""
    text: Raw = NOTHING
    command: Raw = NOTHING
    status: Raw = NOTHING
    message: Raw = NOTHING
    server: Raw = NOTHING
    tool: Raw = NOTHING
    query: Raw = NOTHING


class _Usage(Struct):
    input_tokens: Raw = NOTHING
    cached_input_tokens: Raw = NOTHING
    output_tokens: Raw = NOTHING


class _Error(Struct):
    message: Raw = NOTHING


class _Event(Struct):
    type: str
    thread_id: Raw = NOTHING
    item: _Item = field(default_factory=_Item)
    usage: _Usage | None = None
    error: _Error | None = None
    message: Raw = NOTHING


def codex() -> Parser:
    return EventParser(_Event, _read)


def _read(event: _Event, found: Findings, page: Page) -> None:
    match event.type:
        case "thread.started":
            found.continues(text_of(event.thread_id))
        case "item.started":
            _begin(event.item, page)
        case "item.completed":
            _complete(event.item, found, page)
        case "turn.completed":
            found.done = True
            if event.usage is not None:
                _count(event.usage, found)
        case "turn.failed":
            message = text_of(event.error.message) if event.error else ""
            page.bad(message)
            found.fail(message)
        case "error":  # it may try again: only turn.failed is the end
            page.bad(text_of(event.message))
            found.words.add(text_of(event.message) + "\n")
        case _:
            pass


def _begin(item: _Item, page: Page) -> None:
    if item.type == "command_execution":
        page.tool("command", text_of(item.command))
    elif item.type == "mcp_tool_call":
        page.tool(text_of(item.tool), text_of(item.server))
    elif item.type == "web_search":
        page.tool("web search", text_of(item.query))


def _complete(item: _Item, found: Findings, page: Page) -> None:
    status = text_of(item.status)
    if item.type == "agent_message":
        found.answer.clear()
        found.answer.add(text_of(item.text))
        page.paragraph(text_of(item.text))
    elif item.type == "error":
        page.bad(text_of(item.message))
    elif item.type == "file_change":
        page.tool("files changed" if status == "completed" else f"file change {status}")
    if status == "declined":
        found.denied += 1
        page.bad(f"refused: {text_of(item.command) or item.type}")
    elif status == "failed":
        found.failed += 1


def _count(usage: _Usage, found: Findings) -> None:
    counted = tokens(
        number_of(usage.input_tokens), number_of(usage.cached_input_tokens), number_of(usage.output_tokens)
    )
    found.usage = Usage(None, "total", counted, "total")
