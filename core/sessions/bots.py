"""Bots: personas that a session can run as. Whoever belongs to a workspace sees its bots; who may manage
automations makes and changes them."""

from collections.abc import Callable, Sequence

from msgspec import UNSET

from core import filtering, paging
from core.api.bots import Bot, BotChange, BotCreation
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller, Permission
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filters import BOT_FIELDS
from core.ids import row_number
from core.people import words
from core.people.audit import Audit, HiddenError, write
from core.people.workspaces import visible_workspace
from core.sessions.choosing import ProviderChoice
from core.text import storable
from storage import bots as store
from storage import changes
from storage.bots import BotRow, NewBotRow
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import BotId, Instant

_LONGEST_NAME = 64
_LONGEST_INSTRUCTIONS = 50_000


class Bots:
    """Decides who may do what with them. `gone` is called when one was deleted."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        providers: ProviderChoice,
        gone: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = providers
        self._gone = gone
        self._audit = Audit(database, clock)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Bot]:
        """The bots of the caller's workspaces, in the order in which they were made."""
        limit, after = paging.one_more(query), 0 if query.cursor is None else paging.number(query.cursor)
        criteria = filtering.parse(query.filter, BOT_FIELDS, self._clock.now(), caller.zone)
        among = None if caller.admin else caller.workspaces
        rows = await self._database.read(
            lambda connection: store.page(connection, criteria, among=among, limit=limit, after=after)
        )
        return paging.page(rows, query.limit, _listed, lambda row: str(row.id))

    async def show(self, caller: Caller, number: str) -> Bot:
        return await self._database.read(lambda connection: shown(_visible(connection, caller, number)))

    async def create(self, caller: Caller, creation: BotCreation) -> Bot:
        def unit(connection: Connection) -> Bot:
            workspace = visible_workspace(connection, caller, creation.workspace)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            self._check_provider(creation.provider, creation.model)
            now = self._clock.now()
            row = NewBotRow(
                workspace.id,
                _name(creation.name),
                creation.provider,
                creation.model,
                _instructions(creation.instructions),
                caller.person,
                now,
                now,
            )
            bot = store.add(connection, row)
            if bot is None:
                raise ConflictError(f"There is already a bot {row.name} in {workspace.slug}; take another name.")
            return _changed(connection, caller, "bot.create", bot, now)

        target = f"{creation.workspace}/{creation.name}"
        return await self._audit.attempt(caller, "bot.create", target, unit)

    async def change(self, caller: Caller, number: str, change: BotChange) -> Bot:
        def unit(connection: Connection) -> Bot:
            row = _visible(connection, caller, number)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            now = self._clock.now()
            name = row.name if change.name is UNSET else _name(change.name)
            provider = row.provider if change.provider is UNSET else change.provider
            model = row.model if change.model is UNSET else change.model
            if (provider, model) != (row.provider, row.model):
                self._check_provider(provider, model)
            other = store.by_name(connection, row.workspace_id, name)
            if other is not None and other.id != row.id:
                raise ConflictError(f"There is already a bot {name} in {row.workspace}; take another name.")
            values = {
                "name": name,
                "provider": provider,
                "model": model,
                "instructions": row.instructions
                if change.instructions is UNSET
                else _instructions(change.instructions),
                "updated_at": now,
            }
            store.change(connection, row.id, values)
            return _changed(connection, caller, "bot.change", row.id, now)

        return await self._audit.attempt(caller, "bot.change", number, unit)

    async def delete(self, caller: Caller, number: str) -> Done:
        """Delete a bot. Automations that run as it are disabled; what it has done stays."""

        def unit(connection: Connection) -> Done:
            row = _visible(connection, caller, number)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            store.remove(connection, row.id)
            _note(connection, caller, "bot.delete", row, self._clock.now())
            return Done()

        done = await self._audit.attempt(caller, "bot.delete", number, unit)
        self._gone()
        return done

    def _check_provider(self, provider: str, model: str | None) -> None:
        try:
            self._providers.check_model(storable(provider), model)
        except InvalidError as error:
            raise InvalidError(error.sentence, "provider") from None


def shown(row: BotRow) -> Bot:
    return Bot(
        id=row.id,
        name=row.name,
        workspace=row.workspace,
        provider=row.provider,
        model=row.model,
        instructions=row.instructions,
        creator=row.creator,
        created_at=to_datetime(row.created_at),
        updated_at=to_datetime(row.updated_at),
    )


def _listed(rows: Sequence[BotRow]) -> list[Bot]:
    return [shown(row) for row in rows]


def _name(text: str) -> str:
    found = words.needed_line(text, "name", _LONGEST_NAME)
    if not found.isprintable():
        raise InvalidError("A bot's name is one line without control characters.", "name")
    return found


def _instructions(text: str) -> str:
    if len(text) > _LONGEST_INSTRUCTIONS:
        raise InvalidError(f"Instructions have {_LONGEST_INSTRUCTIONS:,} characters at most.", "instructions")
    return storable(text)


def _visible(connection: Connection, caller: Caller, number: str) -> BotRow:
    sentence = f"There is no bot {words.quoted(number)} here, or none that you may see."
    found = row_number(number)
    row = None if found is None else store.by_id(connection, BotId(found))
    if row is None:
        raise NotFoundError(sentence)
    if not caller.sees(row.workspace_id):
        raise HiddenError(sentence)
    return row


def _changed(connection: Connection, caller: Caller, action: str, bot: BotId, now: Instant) -> Bot:
    row = store.by_id(connection, bot)
    if row is None:
        raise NotFoundError("The bot is gone.")
    _note(connection, caller, action, row, now)
    return shown(row)


def _note(connection: Connection, caller: Caller, action: str, row: BotRow, now: Instant) -> None:
    write(connection, caller, action, f"{row.workspace}/{row.name}", "done", {"id": row.id}, now)
    changes.append(connection, [NewChange("bots", str(row.id), None, row.workspace_id, now)])
