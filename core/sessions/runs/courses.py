"""Which stages a run goes through: what was added by a person since, or the planned ones from one of them on."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from core.api.sessions import StageKind, StageState
from core.sessions.stages.planning import PAST, resume_at
from core.sessions.stages.spec import decode
from core.sessions.stages.work import Planned
from storage.turns import StageRow

MESSAGE = "message"
COMPLETION = "completion"
_ADDED = frozenset({MESSAGE, COMPLETION})


class Course(NamedTuple):
    """`planned` is the latest of each planned stage, of which the run begins at number `start`; or it does what
    was `added`. `first` is whether nothing of the session has been run yet."""

    planned: list[StageRow]
    added: list[StageRow]
    start: int | None
    first: bool


class Again(NamedTuple):
    """Where a session is resumed: the stage to do again, and the one to leave out."""

    stage: StageRow | None
    skipped: StageRow | None


def course_of(stages: Sequence[StageRow]) -> Course:
    latest = _latest(stages)
    planned = [row for row in latest if row.name not in _ADDED]
    added = [row for row in latest if row.name in _ADDED and row.state == "pending"]
    start = None if added else next((row.number for row in planned if row.state == "pending"), None)
    return Course(planned, added, start, all(row.state == "pending" and row.attempt == 1 for row in stages))


def again(stages: Sequence[StageRow], *, skip: bool) -> Again | None:
    """Where to go on; nothing where all that there is has been got past."""
    latest = _latest(stages)
    planned = [row for row in latest if row.name not in _ADDED]
    states = [cast(StageState, row.state) for row in planned]
    stuck = resume_at(states, skip=False)
    if stuck is not None:
        following = resume_at(states, skip=skip)
        stage = None if following is None else planned[following - 1]
        return Again(stage, planned[stuck - 1] if skip else None)
    left = [row for row in latest if row.name in _ADDED and row.state not in PAST]
    if not left:
        return None
    return Again(None, left[-1]) if skip else Again(left[-1], None)


def can_go_on(states: Sequence[str]) -> bool:
    """Whether there is anything to resume, by where the latest attempt at each stage stands."""
    return any(state not in PAST for state in states)


def planned_of(row: StageRow) -> Planned:
    return Planned(row.name, cast(StageKind, row.kind), row.title, row.spec)


def is_command(stages: Sequence[StageRow]) -> bool:
    """Whether the session is a command that somebody gave: nothing of the workspace's belongs to it."""
    return bool(stages) and decode(stages[0].spec).argv is not None


def _latest(stages: Sequence[StageRow]) -> list[StageRow]:
    """The latest attempt at each stage, in their order."""
    found = {row.number: row for row in stages}
    return [found[number] for number in sorted(found)]
