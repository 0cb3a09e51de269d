"""What a turn printed, read from its file a part at a time, as text."""

from pathlib import Path

from core.api.sessions import Output, OutputQuery
from core.errors import InvalidError, NotFoundError
from core.sessions.supervision.reading import read
from storage.turns import TurnRow

_MOST = 512 * 1024


def name_of(turn: int) -> str:
    """What the transcript of a turn is called."""
    return f"turn-{turn}"


def read_output(folder: Path, turn: TurnRow | None, query: OutputQuery) -> Output:
    """The part that was asked for. What is no UTF-8 is replaced; who shows it cleans it."""
    if turn is None:
        raise NotFoundError("This session has no such turn.")
    if not 1 <= query.size <= _MOST:
        raise InvalidError(f"A part has 1 to {_MOST} bytes.", "size")
    running = turn.started_at is not None and turn.outcome is None
    backwards = query.backwards or query.at is None
    piece = read(folder, name_of(turn.number), at=query.at, size=query.size, backwards=backwards)
    gap_from, gap_to = piece.gap or (None, None)
    return Output(
        turn=turn.number,
        offset=piece.offset,
        text=piece.data.decode("utf-8", "replace"),
        next=piece.end,
        total=piece.total,
        gap_from=gap_from,
        gap_to=gap_to,
        running=running or piece.live,
    )
