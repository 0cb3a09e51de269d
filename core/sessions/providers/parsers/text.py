"""Any program that writes for people: only its exit code is believed."""

from core.sessions.providers.parsers.events import Parser
from core.sessions.providers.parsers.findings import Findings
from core.sessions.providers.parsers.lines import Splitter
from core.sessions.supervision.command import Exit
from core.sessions.turns import TurnResult

_LONGEST_LINE = 4096


class TextParser:
    """Shows everything as it comes, and keeps the end of it as the answer."""

    def __init__(self) -> None:
        self.found = Findings(done=True)
        self._out = Splitter(_LONGEST_LINE)
        self._err = Splitter(_LONGEST_LINE)

    def out(self, chunk: bytes) -> bytes:
        self.found.answer.add(chunk)
        for line in self._out.feed(chunk):
            self.out_line(line.decode("utf-8", "replace"))
        return chunk

    def err(self, chunk: bytes) -> bytes:
        self.found.words.add(chunk)
        for line in self._err.feed(chunk):
            self.err_line(line.decode("utf-8", "replace"))
        return chunk

    def close(self) -> bytes:
        for rest, take in ((self._out.rest(), self.out_line), (self._err.rest(), self.err_line)):
            if rest is not None:
                take(rest.decode("utf-8", "replace"))
        return b""

    def result(self, ended: Exit) -> TurnResult:
        return self.found.result(ended)

    def out_line(self, line: str) -> None:
        """A line of its output, for those who know what it may say."""

    def err_line(self, line: str) -> None:
        """A line of its errors."""


def text() -> Parser:
    return TextParser()
