"""The stages of a session with the turns that were taken in each: what is chosen here is shown beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from rich.style import Style

from core.api.sessions import SessionDetail, Stage, Turn
from core.text import clean, excerpt, pad
from tui.widgets.looks import Looks
from tui.widgets.record_list import Ink, RecordList
from tui.widgets.virtual_list import RowState
from tui.words import sessions as said

_ATTEMPTS = 1000
_TIME = 11
_LONGEST = 200


class Leg(NamedTuple):
    """A stage, a turn, or both where the stage had that one alone."""

    stage: Stage | None
    turn: Turn | None
    inside: bool = False  # below the line of its stage


def legs(one: SessionDetail) -> dict[int, Leg]:
    """The lines of the list by their number: a turn's own, or one below zero for a stage without any."""
    left = list(one.turns)
    made: dict[int, Leg] = {}
    for position, stage in enumerate(one.stages):
        later = [other for other in one.stages[position + 1 :] if other.number == stage.number]
        mine = [turn for turn in left if turn.stage == stage.number and not _belongs_later(turn, later)]
        left = [turn for turn in left if turn not in mine]
        if len(mine) == 1:
            made[mine[0].number] = Leg(stage, mine[0])
            continue
        made[-(stage.number * _ATTEMPTS + stage.attempt)] = Leg(stage, None)
        made.update((turn.number, Leg(None, turn, True)) for turn in mine)
    made.update((turn.number, Leg(None, turn)) for turn in left)
    return made


def _belongs_later(turn: Turn, later: Sequence[Stage]) -> bool:
    """Whether it was taken in another attempt at the same stage."""
    return any(
        stage.started_at is not None and turn.started_at is not None and turn.started_at >= stage.started_at
        for stage in later
    )


class RunList(RecordList[Leg]):
    """Each with its state in a sign and a word, and how long it took."""

    MARKABLE = False
    DEFAULT_CSS = "RunList { background: $surface; height: 1fr; }"

    def row(self, record: Leg, now: datetime, state: RowState, looks: Looks) -> Sequence[Ink]:
        stage, turn = record.stage, record.turn
        began, ended = (
            (turn.started_at, turn.ended_at)
            if turn is not None
            else (stage.started_at, stage.ended_at)
            if stage is not None
            else (None, None)
        )
        sign, word = _state(record)
        took = said.lasted(began, ended, now)
        right = f" {word}{' ' + took if took and state.width >= 30 else ''} "
        room = max(1, state.width - 3 - len(right) - 2 * record.inside)
        ink = said.ink(_key(record), looks)
        return [
            (True, "  " * record.inside + sign + " ", ink),
            (True, pad(excerpt(_title(record), room), room), looks.strong if not record.inside else Style.null()),
            (True, right, looks.muted),
        ]


def _title(leg: Leg) -> str:
    if leg.turn is not None and (leg.stage is None or leg.stage.name == "message"):
        words = clean(leg.turn.prompt[:_LONGEST]) or leg.turn.purpose
        return f"{clean(leg.turn.author)}: {words}" if leg.turn.author else words
    return said.stage_title(leg.stage) if leg.stage is not None else ""


def _key(leg: Leg) -> str:
    if leg.stage is not None:
        return leg.stage.state
    outcome = leg.turn.outcome if leg.turn is not None else None
    return outcome or ("running" if leg.turn is not None and leg.turn.started_at is not None else "pending")


def _state(leg: Leg) -> tuple[str, str]:
    key = _key(leg)
    return said.STAGES.get(key) or said.OUTCOMES.get(key) or ("·", key)
