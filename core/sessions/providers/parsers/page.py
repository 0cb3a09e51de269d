"""What people see of a running turn: an agent's words as they come, and one line for each thing that it does."""

from core.text import excerpt

TOOL = "⚙"
BAD = "✗"
_WIDEST = 200


class Page:
    """Collects what is to be shown until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._begun = False  # the last line has no end yet

    def text(self, words: str) -> None:
        if words:
            self._pieces.append(words)
            self._begun = not words.endswith("\n")

    def paragraph(self, words: str) -> None:
        """Words that are complete."""
        if words.strip():
            self._end_line()
            self.text(words.strip("\n") + "\n")

    def line(self, sign: str, words: str) -> None:
        self._end_line()
        self.text(f"{sign} {excerpt(words.strip(), _WIDEST)}".rstrip() + "\n")

    def tool(self, name: str, about: str = "") -> None:
        self.line(TOOL, f"{name}: {about}" if about.strip() else name)

    def bad(self, words: str) -> None:
        self.line(BAD, words)

    def take(self) -> bytes:
        shown = "".join(self._pieces).encode("utf-8", "replace")
        self._pieces.clear()
        return shown

    def _end_line(self) -> None:
        if self._begun:
            self.text("\n")
