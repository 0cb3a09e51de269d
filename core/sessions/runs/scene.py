"""A session as its run finds it: its rows, its provider, its place, and what its stages are told of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import msgspec

from core.api.sessions import SessionKind
from core.clock import to_datetime
from core.sessions.runs.preparing import Place
from core.sessions.stages.values import surroundings, variables_of
from core.sessions.stages.work import Subject
from core.sessions.turns import Provider
from core.sessions.workshop import Workshop
from core.sessions.workspace_settings import Workplace, load
from storage import people, sessions, turns
from storage.database import Connection
from storage.ids import SessionId
from storage.sessions import SessionRow, SessionTexts
from storage.turns import StageRow, TurnRow


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the database of a session that is about to run."""

    session: SessionRow
    texts: SessionTexts
    stages: list[StageRow]
    turns: list[TurnRow]
    workspace: str
    workplace: Workplace


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a run knows. `script` is whether prompts are run as they are, so that nothing can be added."""

    shop: Workshop
    stop: asyncio.Event
    session: SessionRow
    turns: list[TurnRow]
    provider: Provider
    script: bool
    subject: Subject
    instructions: str
    env: Mapping[str, str]


def find(connection: Connection, session: SessionId) -> Found:
    row = sessions.existing(connection, session)
    return Found(
        row,
        sessions.texts(connection, session),
        turns.stages_of(connection, session),
        turns.turns_of(connection, session),
        people.slugs(connection, [row.workspace_id])[row.workspace_id],
        load(connection, row.workspace_id),
    )


def set_up(shop: Workshop, stop: asyncio.Event, found: Found, provider: Provider, place: Place) -> Scene:
    row = found.session
    script = shop.providers.runs_scripts(provider.name)
    subject = Subject(
        session=row.id,
        title=row.title,
        kind=cast(SessionKind, row.kind),
        workspace=found.workspace,
        workdir=place.path,
        base_sha=place.base_sha or None,
        ticket=row.ticket_id,
        parameters=msgspec.json.decode(found.texts.parameters, type=dict[str, object]),
        commands=found.workplace.commands,
        began=to_datetime(row.created_at),
        script=script,
    )
    env = surroundings(subject)
    if script:
        env |= variables_of(subject.parameters)
    instructions = "\n\n".join(filter(None, (found.workplace.commands.instructions, found.texts.instructions)))
    return Scene(shop, stop, row, found.turns, provider, script, subject, instructions, env)
