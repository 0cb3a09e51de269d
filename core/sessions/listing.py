"""Sessions as a list and as a whole: what they are filtered by, and their shape on the wire."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from core.api.sessions import (
    Mode,
    RequestState,
    RunOutcome,
    Session,
    SessionDetail,
    SessionKind,
    SessionState,
    Stage,
    StageKind,
    StageState,
    Turn,
)
from core.clock import maybe_datetime, to_datetime
from core.sessions.costs import dollars
from core.sessions.runs.courses import can_go_on
from core.sessions.states import OPEN
from storage import approvals, people, sessions, turns, usage
from storage.database import Connection
from storage.ids import PersonId, StageId
from storage.sessions import SessionRow
from storage.turns import StageRow, TurnRow
from storage.usage import SumRow


def shown(connection: Connection, rows: Sequence[SessionRow]) -> list[Session]:
    return [Session(**parts) for parts in _parts(connection, rows)]


def shown_whole(connection: Connection, row: SessionRow) -> SessionDetail:
    """The session with all that it is made of, but for what has changed in its files."""
    texts = sessions.texts(connection, row.id)
    stages = turns.stages_of(connection, row.id)
    ran = turns.turns_of(connection, row.id)
    names = people.names(connection, {turn.author_id for turn in ran if turn.author_id is not None})
    used = usage.of_turns(connection, row.id)
    numbers = {stage.id: stage.number for stage in stages}
    return SessionDetail(
        **_parts(connection, [row])[0],
        prompt=texts.prompt,
        parameters=msgspec.json.decode(texts.parameters, type=dict[str, Any]),
        stages=[_stage(stage) for stage in stages],
        turns=[_turn(turn, numbers, names, used.get(turn.id, (None, None, None))) for turn in ran],
        changes=None,
    )


def _parts(connection: Connection, rows: Sequence[SessionRow]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    slugs = people.slugs(connection, {row.workspace_id for row in rows})
    names = people.names(connection, {row.owner_id for row in rows} | {row.creator_id for row in rows})
    sums = usage.sums(connection, ids)
    asking = approvals.open_counts(connection, ids)
    states = turns.states_of(connection, ids)
    return [
        {
            "id": row.id,
            "kind": cast(SessionKind, row.kind),
            "state": cast(SessionState, row.state),
            "outcome": cast(RunOutcome | None, row.outcome),
            "detail": row.detail,
            "title": row.title,
            "workspace": slugs[row.workspace_id],
            "owner": names[row.owner_id],
            "creator": names[row.creator_id],
            "ticket": row.ticket_id,
            "bot": row.bot_name,
            "provider": row.provider,
            "model": row.model,
            "workflow": row.workflow,
            "modes": msgspec.json.decode(row.modes, type=list[Mode]),
            "auto_complete": row.auto_complete,
            "only_if_unchanged": row.only_if_unchanged,
            "automation": row.automation_id,
            "execution": row.execution_id,
            "workdir": row.workdir,
            "branch": row.branch,
            "base": row.base_ref,
            "pull_request": row.pr_url,
            "pull_request_state": cast(RequestState | None, row.pr_state),
            "denied_tools": row.denied_tools,
            "failed_tools": row.failed_tools,
            "cost": dollars(sums.get(row.id, SumRow()).cost),
            "unmetered": sums.get(row.id, SumRow()).unmetered,
            "approvals": asking.get(row.id, 0),
            "can_resume": row.state in OPEN and can_go_on(list(states[row.id].values())),
            "created_at": to_datetime(row.created_at),
            "started_at": maybe_datetime(row.started_at),
            "ended_at": maybe_datetime(row.ended_at),
            "updated_at": to_datetime(row.updated_at),
        }
        for row in rows
    ]


def _stage(row: StageRow) -> Stage:
    return Stage(
        row.number,
        row.attempt,
        row.name,
        cast(StageKind, row.kind),
        row.title,
        cast(StageState, row.state),
        row.detail,
        maybe_datetime(row.started_at),
        maybe_datetime(row.ended_at),
    )


def _turn(
    row: TurnRow,
    stages: dict[StageId, int],
    names: dict[PersonId, str],
    used: tuple[int | None, int | None, int | None],
) -> Turn:
    cost, read, written = used
    return Turn(
        number=row.number,
        stage=None if row.stage_id is None else stages.get(row.stage_id),
        purpose=row.purpose,
        author=None if row.author_id is None else names.get(row.author_id),
        prompt=row.prompt,
        provider=row.provider,
        model=row.model,
        outcome=cast(RunOutcome | None, row.outcome),
        detail=row.detail,
        text=row.text,
        exit_code=row.exit_code,
        denied_tools=row.denied_tools,
        failed_tools=row.failed_tools,
        cost=dollars(cost),
        input_tokens=read,
        output_tokens=written,
        output_bytes=row.output_bytes,
        started_at=maybe_datetime(row.started_at),
        ended_at=maybe_datetime(row.ended_at),
    )


def cursor_of(row: SessionRow) -> str:
    return str(row.id)
