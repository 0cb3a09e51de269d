"""What can be asked of sessions: begun, read, spoken to, stopped, resumed, and called done."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from core import paging
from core.api.sessions import (
    CommandCreation,
    Message,
    Output,
    OutputQuery,
    Resumption,
    Session,
    SessionCreation,
    SessionDetail,
)
from core.api.wire import ListQuery, Page
from core.caller import Caller
from core.errors import InvalidError
from core.filtering import parse
from core.filters import SESSION_FIELDS
from core.people.workspaces import visible_workspace
from core.sessions import steering
from core.sessions.access import manageable, require_running_rights, viewer, visible
from core.sessions.glancing import Glances
from core.sessions.launching import Launch
from core.sessions.listing import cursor_of, shown, shown_whole
from core.sessions.output import read_output
from core.sessions.runs.runner import Runner
from core.sessions.starting import Starting, check_prompt
from core.sessions.workshop import Workshop
from storage import bots, sessions, turns
from storage.database import Connection
from storage.ids import SessionId
from storage.sessions import SessionRow

T = TypeVar("T")


class Sessions:
    """Decides what each caller may do, and leaves what is to be run to the runner."""

    def __init__(self, shop: Workshop, starting: Starting, runner: Runner) -> None:
        self._shop = shop
        self._database = shop.database
        self._starting = starting
        self._runner = runner
        self._glances = Glances(shop)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Session]:
        """The sessions that the caller may see, newest first."""
        most = paging.one_more(query)
        below = SessionId(paging.number(query.cursor)) if query.cursor else None
        criteria = parse(query.filter, SESSION_FIELDS, self._shop.clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Session]:
            rows = sessions.page(connection, viewer(caller), criteria, below, most)
            return paging.page(rows, query.limit, lambda some: shown(connection, some), cursor_of)

        return await self._database.read(unit)

    async def show(self, caller: Caller, number: int) -> SessionDetail:
        def unit(connection: Connection) -> tuple[SessionRow, SessionDetail]:
            row = visible(connection, caller, number)
            return row, shown_whole(connection, row)

        row, shown = await self._database.read(unit)
        changes = await self._glances.changes(row)
        return shown if changes is None else structs.replace(shown, changes=changes)

    async def create(self, caller: Caller, creation: SessionCreation) -> SessionDetail:
        """Begin a session: it is queued, and runs when its turn comes."""

        def unit(connection: Connection) -> int:
            workspace = visible_workspace(connection, caller, creation.workspace)
            require_running_rights(caller)
            bot = None
            if creation.bot is not None:
                bot = bots.by_name(connection, workspace.id, creation.bot)
                if bot is None:
                    raise InvalidError("There is no bot of this name in the workspace.", "bot")
            launch = Launch(
                workspace=workspace.id,
                kind=creation.kind,
                owner=caller.person,
                creator=caller.person,
                title=creation.title,
                prompt=creation.prompt,
                workflow=creation.workflow,
                parameters=creation.parameters,
                provider=creation.provider,
                model=creation.model,
                bot=None if bot is None else bot.id,
                ticket=creation.ticket,
                modes=tuple(creation.modes),
                auto_complete=creation.auto_complete,
                only_if_unchanged=creation.only_if_unchanged,
                notify=creation.notify,
            )
            return self._starting.start(connection, launch, self._shop.clock.now())

        return await self._do(caller, unit)

    async def run_command(self, caller: Caller, creation: CommandCreation) -> SessionDetail:
        """Run any command as a session. Its owner is told how it ended."""
        if creation.folder is not None:
            await _check_folder(creation.folder)

        def unit(connection: Connection) -> int:
            workspace = visible_workspace(connection, caller, creation.workspace)
            require_running_rights(caller)
            if not creation.argv:
                raise InvalidError("Say which command: the list of arguments is empty.", "argv")
            launch = Launch(
                workspace=workspace.id,
                kind="develop",
                owner=caller.person,
                creator=caller.person,
                title=creation.title,
                argv=tuple(creation.argv),
                folder=creation.folder,
                auto_complete=True,
                notify=True,
            )
            return self._starting.start(connection, launch, self._shop.clock.now())

        return await self._do(caller, unit)

    async def say(self, caller: Caller, number: int, message: Message) -> SessionDetail:
        """Say what is next: the conversation goes on when its turn comes."""
        check_prompt(message.prompt)

        def unit(connection: Connection) -> int:
            row = manageable(connection, caller, number)
            steering.say(connection, self._shop, row, message.prompt, caller.person)
            return row.id

        return await self._do(caller, unit)

    async def stop(self, caller: Caller, number: int) -> SessionDetail:
        """Stop it: at once where it waits in the queue, and otherwise as soon as its processes have ended."""

        def unit(connection: Connection) -> int:
            row = manageable(connection, caller, number)
            steering.stop(connection, self._shop, row)
            return row.id

        await self._database.write(unit)
        self._runner.stop(SessionId(number))
        return await self.show(caller, number)

    async def resume(self, caller: Caller, number: int, resumption: Resumption) -> SessionDetail:
        """Go on where it was interrupted, failed or was stopped."""

        def unit(connection: Connection) -> int:
            row = manageable(connection, caller, number)
            steering.resume(connection, self._shop, row, skip=resumption.skip)
            return row.id

        return await self._do(caller, unit)

    async def complete(self, caller: Caller, number: int) -> SessionDetail:
        """Call it done."""

        def unit(connection: Connection) -> int:
            row = manageable(connection, caller, number)
            steering.complete(connection, self._shop, row)
            return row.id

        return await self._do(caller, unit)

    async def output(self, caller: Caller, number: int, query: OutputQuery) -> Output:
        """A part of what a turn printed."""

        def unit(connection: Connection) -> turns.TurnRow | None:
            row = visible(connection, caller, number)
            return turns.turn_of(connection, row.id, query.turn)

        turn = await self._database.read(unit)
        return await asyncio.to_thread(read_output, self._shop.folder(SessionId(number)), turn, query)

    async def _do(self, caller: Caller, unit: Callable[[Connection], int]) -> SessionDetail:
        number = await self._database.write(unit)
        self._runner.wake()
        return await self.show(caller, number)


async def _check_folder(folder: str) -> None:
    try:
        there = Path(folder).is_absolute() and await asyncio.to_thread(Path(folder).is_dir)
    except (OSError, ValueError):
        there = False
    if not there:
        raise InvalidError("There is no such folder for the server; give the whole path of one.", "folder")
