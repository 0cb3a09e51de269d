"""What an agent tells of its work, as what people see of it and what is counted."""

from collections import OrderedDict

import msgspec
from msgspec import Raw

from core.sessions.providers.acp.wire import Cost, Text, ToolCall, Update, Updated
from core.sessions.providers.parsers.events import fitted, text_of, what_for
from core.sessions.providers.parsers.findings import Tail, micros
from core.sessions.providers.parsers.page import Page

_MOST_TOOLS = 1_000
_updated = msgspec.json.Decoder(Updated)
_text = msgspec.json.Decoder(Text)
_cost = msgspec.json.Decoder(Cost)


class Updates:
    """Takes the updates of one session. While `replaying`, an agent tells again what was kept long ago."""

    def __init__(self) -> None:
        self.page = Page()
        self.answer = Tail()
        self.failed = 0
        self.cost: int | None = None
        self.session = ""
        self.replaying = False
        self._tools: OrderedDict[str, str] = OrderedDict()

    def take(self, params: Raw) -> None:
        told = fitted(params, _updated)
        if told is None or self.replaying or (self.session and told.session_id != self.session):
            return
        update = told.update
        match update.session_update:
            case "agent_message_chunk":
                said = text_of((fitted(update.content, _text) or Text()).text)
                self.answer.add(said)
                self.page.text(said)
            case "tool_call" | "tool_call_update":
                self._take_tool(update)
            case "usage_update":
                self._take_cost(update)
            case _:
                pass

    def begin(self, tool: ToolCall) -> None:
        """A tool that is asked a permission for: some agents have not told of it before."""
        self._show_tool(tool.tool_call_id, tool.title, tool.raw_input)

    def _take_tool(self, update: Update) -> None:
        self._show_tool(update.tool_call_id, update.title, update.raw_input)
        if update.status == "failed":
            self.failed += 1
            self.page.bad(self._tools.get(update.tool_call_id) or "a tool failed")

    def _show_tool(self, id: str, title: str | None, input: Raw) -> None:
        """Once for each; a title that comes later is the better one, and not shown again."""
        if id in self._tools:
            return
        about = what_for(input)
        name = title or about or "a tool"
        self._tools[id] = name[:200]
        if len(self._tools) > _MOST_TOOLS:
            self._tools.popitem(last=False)
        self.answer.clear()
        self.page.tool(name, "" if about in name else about)

    def _take_cost(self, update: Update) -> None:
        """What the whole session has cost; the tokens beside it are those in its context, and not those used."""
        cost = fitted(update.cost, _cost)
        if cost is not None:
            self.cost = micros(cost.amount) if cost.currency.upper() == "USD" else None
