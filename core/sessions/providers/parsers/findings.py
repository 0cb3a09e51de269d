"""What a parser has found in an agent's output so far, and the result of it when its process has ended."""

import re
from dataclasses import dataclass, field

from core.sessions.supervision.command import Exit
from core.sessions.turns import Outcome, Tokens, TurnResult, Usage
from core.text import excerpt, storable

LONGEST_ANSWER = 64 * 1024
_LONGEST_SENTENCE = 300
_MOST_DOLLARS = 1e6
_MOST_TOKENS = 2**53
_RESUME_ID = re.compile(r"[A-Za-z0-9][\w.:-]{0,199}", re.ASCII)


class Tail:
    """The end of a text that may be endless."""

    def __init__(self, size: int = LONGEST_ANSWER) -> None:
        self._size = size
        self._kept = bytearray()
        self._cut = False

    def __bool__(self) -> bool:
        return bool(self._kept)

    def add(self, text: bytes | str) -> None:
        self._kept += text.encode("utf-8", "replace") if isinstance(text, str) else text
        if len(self._kept) > 2 * self._size:
            self._trim()

    def clear(self) -> None:
        self._kept.clear()
        self._cut = False

    def text(self) -> str:
        self._trim()
        kept = bytes(self._kept)
        if self._cut:  # it may begin in the middle of a character
            kept = kept.lstrip(bytes(range(0x80, 0xC0)))
        return storable(kept.decode("utf-8", "replace")).strip()

    def _trim(self) -> None:
        if len(self._kept) > self._size:
            del self._kept[: -self._size]
            self._cut = True


@dataclass(slots=True)
class Findings:
    """`done` is the format's own word that all went well, and `error` a reason why it did not, whatever the exit
    code says. `words` are the last that the program said of itself, in case that nothing better is known."""

    answer: Tail = field(default_factory=Tail)
    words: Tail = field(default_factory=lambda: Tail(2048))
    done: bool = False
    error: str = ""
    resume_id: str | None = None
    denied: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)

    def fail(self, sentence: str) -> None:
        """The first error is the cause; what follows are its effects."""
        self.error = self.error or excerpt(
            sentence.strip() or "It failed and did not say why.", _LONGEST_SENTENCE
        )

    def continues(self, conversation: str) -> None:
        """It goes into an argument list later: nothing that could be an option."""
        if _RESUME_ID.fullmatch(conversation):
            self.resume_id = conversation

    def result(self, ended: Exit) -> TurnResult:
        outcome, detail = self._judged(ended)
        return TurnResult(
            outcome=outcome,
            detail=detail,
            text=self.answer.text(),
            exit_code=ended.code,
            resume_id=self.resume_id,
            denied_tools=self.denied,
            failed_tools=self.failed,
            usage=self.usage,
        )

    def _judged(self, ended: Exit) -> tuple[Outcome, str]:
        if ended.ended != "exit":
            return ended_early(ended)
        if ended.code != 0:
            why = self.error or last_line(self.words) or ended.detail
            said = f"It ended with exit code {ended.code}."
            return Outcome.FAILED, f"{said} {why}" if why else said
        if self.error:
            return Outcome.FAILED, self.error
        if not self.done:
            why = last_line(self.words)
            said = "It ended without an error, but never said that it was done."
            return Outcome.FAILED, f"{said} {why}" if why else said
        return Outcome.SUCCEEDED, ""


def ended_early(ended: Exit) -> tuple[Outcome, str]:
    """Of a process that was ended from outside."""
    if ended.ended == "stopped":
        return Outcome.CANCELLED, ended.detail or "It was stopped."
    return Outcome.TIMED_OUT, ended.detail or "It was stopped, as it took longer than its limit."


def last_line(words: Tail) -> str:
    lines = [line for line in words.text().splitlines() if line.strip()]
    return excerpt(lines[-1].strip(), _LONGEST_SENTENCE) if lines else ""


def micros(dollars: float | None) -> int | None:
    """Money as it is counted here, in millionths; what cannot be an amount is unknown."""
    if dollars is None or not 0 <= dollars < _MOST_DOLLARS:
        return None
    return round(dollars * 1_000_000)


def count(number: float | None) -> int | None:
    """A number of tokens; what cannot be one is unknown."""
    return int(number) if number is not None and 0 <= number < _MOST_TOKENS else None


def total(*numbers: float | None) -> int | None:
    """Their sum, as far as they are known; of nothing known, nothing is."""
    known = [found for number in numbers if (found := count(number)) is not None]
    return sum(known) if known else None


def tokens(input: float | None, cached: float | None, output: float | None) -> Tokens:
    return Tokens(count(input), count(cached), count(output))
