"""What a session to be names, as it is at that moment: its bot and its workflow."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from storage.bots import bots
from storage.ids import BotId, WorkspaceId
from storage.workflows import workflows


class PersonaRow(NamedTuple):
    """A bot, as far as a session needs it."""

    id: BotId
    name: str
    provider: str
    model: str | None
    instructions: str


_PERSONA = select(*(bots.c[name] for name in PersonaRow._fields)).where(
    bots.c.workspace_id == bindparam("workspace")
)
_BY_ID = _PERSONA.where(bots.c.id == bindparam("id"))
_BY_NAME = _PERSONA.where(bots.c.name == bindparam("name"))
_DEFINITION = select(workflows.c.definition).where(
    workflows.c.workspace_id == bindparam("workspace"), workflows.c.name == bindparam("name")
)


def persona(connection: Connection, workspace: WorkspaceId, bot: BotId | str) -> PersonaRow | None:
    """The workspace's bot of this id or name."""
    if isinstance(bot, str):
        found = connection.execute(_BY_NAME, {"workspace": workspace, "name": bot}).one_or_none()
    else:
        found = connection.execute(_BY_ID, {"workspace": workspace, "id": bot}).one_or_none()
    return None if found is None else PersonaRow._make(found)


def definition(connection: Connection, workspace: WorkspaceId, workflow: str) -> str | None:
    """The workspace's workflow of this name, as JSON."""
    return connection.execute(_DEFINITION, {"workspace": workspace, "name": workflow}).scalar_one_or_none()
