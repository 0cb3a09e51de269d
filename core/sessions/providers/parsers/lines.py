"""Lines out of pieces, whatever comes: one that is too long is left out and counted, and never kept in memory."""

from collections.abc import Iterator

LONGEST_LINE = 64 * 1024 * 1024


class Splitter:
    """Takes pieces and gives the lines that they end, without their ends."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.dropped = 0
        self._longest = longest
        self._pieces: list[bytes] = []
        self._size = 0
        self._dropping = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._keep(piece)
            line = self.rest()
            if line is not None:
                yield line
        self._keep(rest)

    def rest(self) -> bytes | None:
        """The line that has not ended yet, as if it had."""
        line = None if self._dropping or not self._size else b"".join(self._pieces)
        self._pieces.clear()
        self._size, self._dropping = 0, False
        return line

    def _keep(self, piece: bytes) -> None:
        if not piece or self._dropping:
            return
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._longest:
            self._pieces.clear()
            self._dropping = True
            self.dropped += 1
