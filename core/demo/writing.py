"""Writes the sample sessions and automations into a home: their rows at once, and what their turns printed."""

import os
from collections.abc import Sequence
from functools import partial

from core.demo import plans
from core.demo.automations import BOTS
from core.demo.board import board_rows
from core.demo.cast import WORKSPACES
from core.demo.rows import Known, SessionRows
from core.demo.stage import colleagues
from core.demo.work import Work
from core.home import Home
from core.ids import Entropy
from core.sessions.output import name_of
from core.sessions.supervision.segments import path_of
from storage.database import Connection, Database
from storage.ids import PersonId, WorkspaceId
from storage.people import people_by_names, workspace_by_slug
from storage.samples import put


async def write_work(database: Database, home: Home, work: Work, entropy: Entropy) -> None:
    """Write it all, into a home that has the people and the workspaces and no sessions yet."""
    known = await database.read(partial(_known, names=[work.you, *colleagues(work.you)]))
    rows = SessionRows(work, known, entropy)
    rows.fill()
    _print(home, rows)
    await database.write(
        partial(
            put,
            tables={
                "workflows": plans.workflow_rows(work, known),
                "bots": plans.bot_rows(work, known),
                "automations": plans.automation_rows(work, known),
                "sessions": rows.sessions,
                "stages": rows.stages,
                "turns": rows.turns,
                "usage": rows.usage,
                "approvals": rows.approvals,
                "executions": plans.execution_rows(work, known),
                "pins": plans.pin_rows(work, known),
                "responsibilities": [*rows.responsibilities, *plans.creator_rows(work, known)],
            },
        )
    )


async def write_board(database: Database, work: Work) -> None:
    """Write the tickets and missions, when the month is over: nobody is told of what happened to them then."""
    known = await database.read(partial(_known, names=[work.you, *colleagues(work.you)]))
    await database.write(partial(put, tables=board_rows(work, known)))


def _known(connection: Connection, names: Sequence[str]) -> Known:
    people: dict[str, PersonId] = {name: row.id for name, row in people_by_names(connection, names).items()}
    workspaces: dict[str, WorkspaceId] = {}
    for slug in WORKSPACES:
        row = workspace_by_slug(connection, slug)
        if row is not None:
            workspaces[slug] = row.id
    return Known(people, workspaces, {bot[1]: number for number, bot in enumerate(BOTS, 1)})


def _print(home: Home, rows: SessionRows) -> None:
    """What the turns printed, as the server keeps it: for its account alone."""
    for (session, turn), text in rows.printed.items():
        if not text:
            continue
        folder = home.path / "sessions" / str(session)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = path_of(folder, name_of(turn), 0)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(text)
