"""Automations as people make, change and delete them."""

from collections.abc import Callable

from msgspec import UNSET

from core import filtering, paging
from core.api.automations import (
    Automation,
    AutomationChange,
    AutomationCreation,
    AutomationType,
    NewAutomation,
)
from core.api.wire import Done, ListQuery, Page
from core.automations import tokens
from core.automations.access import manageable, seen_by, visible
from core.automations.changing import first_due, note_dropped, replanned, wish
from core.automations.checking import Surroundings, columns_of
from core.automations.cron import zone_data_version
from core.automations.telling import changed
from core.automations.views import shown, with_token
from core.caller import Caller, Permission
from core.clock import Clock
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filters import AUTOMATION_FIELDS
from core.ids import Entropy
from core.people.audit import Audit, write
from core.people.workspaces import visible_workspace
from core.sessions.choosing import ProviderChoice
from storage import automations as store
from storage import people as people_store
from storage import responsibilities
from storage.automations import AutomationRow
from storage.database import Connection, Database
from storage.ids import AutomationId, Instant


class Automations:
    """`providers` are those that can be chosen, `base` is where others reach this server, and `woken` is
    called when there may be something to run."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        providers: ProviderChoice,
        base: Callable[[], str] = lambda: "",
        woken: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._providers = providers
        self._base = base
        self._audit = Audit(database, clock, woken)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Automation]:
        """The automations that the caller may see, newest first."""
        limit, seen = paging.one_more(query), seen_by(caller)
        below = None if query.cursor is None else AutomationId(paging.number(query.cursor))
        criteria = filtering.parse(query.filter, AUTOMATION_FIELDS, self._clock.now(), caller.zone)
        base = self._base()

        def unit(connection: Connection) -> Page[Automation]:
            rows = store.page(connection, seen, criteria, below=below, limit=limit)
            return paging.page(
                rows, query.limit, lambda some: shown(connection, some, base), lambda row: str(row.id)
            )

        return await self._database.read(unit)

    async def show(self, caller: Caller, number: str) -> Automation:
        base = self._base()
        return await self._database.read(
            lambda connection: shown(connection, [visible(connection, caller, number)], base)[0]
        )

    async def create(self, caller: Caller, creation: AutomationCreation) -> NewAutomation:
        """Make an automation. The token of a webhook is in this answer and nowhere else."""

        def unit(connection: Connection) -> NewAutomation:
            now = self._clock.now()
            workspace = visible_workspace(connection, caller, creation.workspace)
            _require_making(caller)
            person = people_store.person_by_id(connection, caller.person)
            if person is None:
                raise NotFoundError("You are not known here any more.")
            around = Surroundings(connection, workspace.id, now, person.time_zone, self._providers)
            values = columns_of(creation, around)
            token, of_token = self._token(creation.type, now)
            row = self._add(
                connection,
                {
                    **values,
                    **of_token,
                    "workspace_id": workspace.id,
                    "creator_id": caller.person,
                    "enabled": creation.enabled,
                    "created_at": now,
                    **({} if creation.enabled else _off(caller, "It was made switched off.", now)),
                },
                now,
            )
            responsibilities.assign(connection, workspace.id, "automation", str(row.id), "creator", caller.person)
            record_change(connection, caller, "automation.create", row, now)
            return with_token(shown(connection, [row], self._base())[0], token)

        target = f"{creation.workspace}/{creation.name}"
        return await self._audit.attempt(caller, "automation.create", target, unit)

    async def change(self, caller: Caller, number: str, change: AutomationChange) -> NewAutomation:
        """Change what is named. A new schedule takes effect at once; any change ends a count of failures."""

        def unit(connection: Connection) -> NewAutomation:
            now = self._clock.now()
            row = manageable(connection, caller, number)
            if change.revision not in (UNSET, row.revision):
                raise ConflictError(
                    "Somebody else has changed this automation meanwhile: look at it again, and repeat your"
                    " change."
                )
            wanted = wish(connection, row, change)
            person = people_store.person_by_id(connection, row.creator_id)
            around = Surroundings(
                connection,
                row.workspace_id,
                now,
                "UTC" if person is None else person.time_zone,
                self._providers,
                None if row.run_at is None else (row.run_at, row.wall_time or ""),
                row.signature_secret,
            )
            values = columns_of(wanted, around)
            token = None
            if wanted.type != row.type:
                token, of_token = self._token(wanted.type, now)
                values |= of_token
                if wanted.type == "http":
                    values |= _ON
            after = _update(connection, row, {**values, **replanned(connection, row, values, now)}, now)
            record_change(connection, caller, "automation.change", after, now)
            return with_token(shown(connection, [after], self._base())[0], token)

        return await self._audit.attempt(caller, "automation.change", number, unit)

    async def delete(self, caller: Caller, number: str) -> Done:
        """Delete it. Its history stays, and what it has started goes on."""

        def unit(connection: Connection) -> Done:
            now = self._clock.now()
            row = manageable(connection, caller, number)
            note_dropped(connection, row, "disabled", f"The automation was deleted by {caller.name}.", now)
            gone = {"enabled": False, "next_run_at": None, "token_hash": None, "deleted_at": now}
            store.change(connection, row.id, gone)
            record_change(connection, caller, "automation.delete", row, now)
            return Done()

        return await self._audit.attempt(caller, "automation.delete", number, unit)

    async def rotate(self, caller: Caller, number: str) -> NewAutomation:
        """Put a new token in the place of a webhook's, which stops working at once."""

        def unit(connection: Connection) -> NewAutomation:
            now = self._clock.now()
            row = manageable(connection, caller, number)
            if row.type != "http":
                raise ConflictError("Only an automation that a webhook triggers has a token.")
            token, of_token = self._token("http", now)
            after = _update(connection, row, of_token, now)
            record_change(connection, caller, "automation.rotate-token", after, now)
            return with_token(shown(connection, [after], self._base())[0], token)

        return await self._audit.attempt(caller, "automation.rotate-token", number, unit)

    def _token(self, type_: AutomationType, now: Instant) -> tuple[str | None, dict[str, object]]:
        """A new token, and its columns; of other types, that there is none."""
        if type_ != "http":
            return None, {"token_hash": None, "token_fingerprint": None, "token_made_at": None}
        token = tokens.new_token(self._entropy)
        hash_ = tokens.hash_of(token)
        return token, {
            "token_hash": hash_,
            "token_fingerprint": tokens.fingerprint(hash_),
            "token_made_at": now,
        }

    def _add(self, connection: Connection, values: dict[str, object], now: Instant) -> AutomationRow:
        planned = {"updated_at": now, "last_scheduled_for": now, "zone_data": zone_data_version()}
        row = _existing(connection, store.add(connection, {**values, **planned}))
        if row.enabled:
            store.change(connection, row.id, {"next_run_at": first_due(connection, row, now)})
        return _existing(connection, row.id)


_ON: dict[str, object] = {
    "enabled": True,
    "disabled_reason": None,
    "disabled_at": None,
    "disabled_by": None,
}


def _require_making(caller: Caller) -> None:
    if not caller.may(Permission.AUTOMATIONS_MANAGE_ALL):
        caller.require(Permission.AUTOMATIONS_MANAGE)


def _off(caller: Caller, reason: str, now: Instant) -> dict[str, object]:
    return {"disabled_reason": reason, "disabled_at": now, "disabled_by": caller.name}


def _update(connection: Connection, row: AutomationRow, values: dict[str, object], now: Instant) -> AutomationRow:
    store.change(connection, row.id, {"revision": row.revision + 1, **values, "updated_at": now})
    return _existing(connection, row.id)


def _existing(connection: Connection, automation: AutomationId) -> AutomationRow:
    row = store.by_id(connection, automation)
    if row is None:
        raise InvalidError("This automation has just been deleted.")
    return row


def record_change(connection: Connection, caller: Caller, action: str, row: AutomationRow, now: Instant) -> None:
    """Write the change down, and tell whoever shows it."""
    detail: dict[str, object] = {"name": row.name, "type": row.type, "revision": row.revision}
    if row.type == "http":
        detail["fingerprint"] = row.token_fingerprint
    write(connection, caller, action, str(row.id), "done", detail, now)
    changed(connection, row.id, row.workspace_id, now)
