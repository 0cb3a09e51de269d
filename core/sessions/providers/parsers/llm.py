"""llm, which tells its tokens where its errors go."""

import re

from core.sessions.providers.parsers.events import Parser
from core.sessions.providers.parsers.findings import tokens
from core.sessions.providers.parsers.text import TextParser
from core.sessions.turns import Usage

_TOKENS = re.compile(r"^Token usage: ([0-9,]{1,20}) input(?:, ([0-9,]{1,20}) output)?")


def llm() -> Parser:
    return LlmParser()


class LlmParser(TextParser):
    def err_line(self, line: str) -> None:
        if counted := _TOKENS.match(line):
            read, written = (_number(digits) for digits in counted.groups())
            self.found.usage = Usage(tokens=tokens(read, None, written))


def _number(digits: str | None) -> float | None:
    digits = (digits or "").replace(",", "")
    return float(digits) if digits else None
