"""aider. It ends with exit code 0 even when the model could not be called: its words are all that there is."""

import re

from core.sessions.providers.parsers.events import Parser
from core.sessions.providers.parsers.findings import micros, total
from core.sessions.providers.parsers.text import TextParser
from core.sessions.turns import Tokens, Usage

_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_TOKENS = re.compile(
    r"^Tokens: ([0-9.,]{1,20})([kM]?) sent,(?:.*? ([0-9.,]{1,20})([kM]?) cache hit,)?"
    r".*? ([0-9.,]{1,20})([kM]?) received"
)
_COST = re.compile(r"Cost: \$([0-9.,]{1,20}) message")
_ERROR = re.compile(r"litellm\.[\w.]*Error")


def aider() -> Parser:
    return AiderParser()


class AiderParser(TextParser):
    def __init__(self) -> None:
        super().__init__()
        self.found.done = False

    def out_line(self, line: str) -> None:
        self.found.words.add(line + "\n")
        self.found.done = self.found.done or line.startswith("Applied edit")
        if _ERROR.search(line):
            self.found.fail(line)
        elif counted := _TOKENS.match(line):
            self.found.done = True
            self._count(counted, _COST.search(line))

    def err_line(self, line: str) -> None:
        if _ERROR.search(line):
            self.found.fail(line)

    def _count(self, counted: "re.Match[str]", cost: "re.Match[str] | None") -> None:
        """One message more. A message whose cost is not told makes that of the turn unknown."""
        before = self.found.usage
        first = before == Usage()
        message = micros(_number(cost[1])) if cost else None
        known = message is not None and (first or before.cost is not None)
        sent, cached, received = (_number(counted[n], counted[n + 1]) for n in (1, 3, 5))
        self.found.usage = Usage(
            (message or 0) + (before.cost or 0) if known else None,
            tokens=Tokens(
                total(before.tokens.input, sent),
                total(before.tokens.cached, cached),
                total(before.tokens.output, received),
            ),
        )


def _number(digits: str | None, times: str | None = "") -> float | None:
    """Such as 700, 1,234 and 4.2k."""
    try:
        return float(digits.replace(",", "")) * _TIMES[(times or "").lower()] if digits else None
    except ValueError:
        return None
