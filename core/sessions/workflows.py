"""The workflows of workspaces. Whoever belongs to one reads them; who may manage automations writes them.

A command of a workflow runs as the account of the server, as an agent does: only who is trusted with that account
should be given `automations.manage`."""

import asyncio
from collections.abc import Callable, Sequence

from core import filtering, paging
from core.api.wire import Done, ListQuery, Page
from core.api.workflows import Parameter, Step, Workflow, WorkflowWriting
from core.caller import Caller, Permission
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filters import WORKFLOW_FIELDS
from core.people.audit import Audit, write
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.sessions.placeholders import written
from core.sessions.stages.definition import Definition, decode, encode, kind_of, title_of
from core.sessions.stages.reading import read
from core.text import storable
from storage import changes
from storage import workflows as store
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant
from storage.workflows import NewWorkflowRow, WorkflowRow


class Workflows:
    """Decides who may do what with them. `gone` is called when one was deleted."""

    def __init__(self, database: Database, clock: Clock, gone: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._clock = clock
        self._gone = gone
        self._audit = Audit(database, clock)

    async def page(self, caller: Caller, query: ListQuery) -> Page[Workflow]:
        """The workflows of the caller's workspaces, in the order in which they were made."""
        limit, after = paging.one_more(query), 0 if query.cursor is None else paging.number(query.cursor)
        criteria = filtering.parse(query.filter, WORKFLOW_FIELDS, self._clock.now(), caller.zone)
        among = None if caller.admin else caller.workspaces
        rows = await self._database.read(
            lambda connection: store.workflows_page(connection, criteria, among=among, limit=limit, after=after)
        )
        return paging.page(rows, query.limit, _listed, lambda row: str(row.id))

    async def show(self, caller: Caller, slug: str, name: str) -> Workflow:
        return await self._database.read(
            lambda connection: shown(_visible(connection, caller, slug, name), source=True)
        )

    async def add(self, caller: Caller, slug: str, writing: WorkflowWriting) -> Workflow:
        definition = await _read(writing)

        def unit(connection: Connection) -> Workflow:
            workspace = visible_workspace(connection, caller, slug)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            now = self._clock.now()
            row = NewWorkflowRow(
                workspace.id,
                definition.name,
                definition.description,
                encode(definition),
                writing.source,
                writing.format,
                caller.person,
                now,
                now,
            )
            if store.add_workflow(connection, row) is None:
                raise ConflictError(
                    f"There is already a workflow {definition.name} in {slug}: change that one, or rename this."
                )
            return self._done(connection, caller, "workflow.create", slug, definition.name, now)

        return await self._audit.attempt(caller, "workflow.create", f"{slug}/{definition.name}", unit)

    async def change(self, caller: Caller, slug: str, name: str, writing: WorkflowWriting) -> Workflow:
        """Write a workflow anew. What runs already goes on as it was."""
        definition = await _read(writing)

        def unit(connection: Connection) -> Workflow:
            row = _visible(connection, caller, slug, name)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            if definition.name != row.name:
                raise InvalidError(
                    f"It calls itself {definition.name}: a workflow keeps its name, {row.name}."
                    " To have another one, add it.",
                    "name",
                )
            now = self._clock.now()
            values = {
                "description": definition.description,
                "definition": encode(definition),
                "source": writing.source,
                "format": writing.format,
                "updated_at": now,
            }
            store.change_workflow(connection, row.id, values)
            return self._done(connection, caller, "workflow.change", slug, row.name, now)

        return await self._audit.attempt(caller, "workflow.change", f"{slug}/{name}", unit)

    async def delete(self, caller: Caller, slug: str, name: str) -> Done:
        """Delete a workflow. Automations that name it cannot run any more, and are disabled."""

        def unit(connection: Connection) -> Done:
            row = _visible(connection, caller, slug, name)
            caller.require(Permission.AUTOMATIONS_MANAGE)
            now = self._clock.now()
            store.delete_workflow(connection, row.id)
            _note(connection, caller, "workflow.delete", row, now)
            return Done()

        done = await self._audit.attempt(caller, "workflow.delete", f"{slug}/{name}", unit)
        self._gone()
        return done

    def _done(
        self, connection: Connection, caller: Caller, action: str, slug: str, name: str, now: Instant
    ) -> Workflow:
        row = _visible(connection, caller, slug, name)
        _note(connection, caller, action, row, now)
        return shown(row, source=True)


def shown(row: WorkflowRow, *, source: bool = False) -> Workflow:
    definition = decode(row.definition)
    return Workflow(
        name=row.name,
        workspace=row.workspace,
        description=row.description,
        revision=row.revision,
        parameters=_parameters(definition),
        steps=[Step(step.id, kind_of(step), title_of(step)) for step in definition.steps],
        creator=row.creator,
        created_at=to_datetime(row.created_at),
        updated_at=to_datetime(row.updated_at),
        format="json" if row.format == "json" else "toml",
        source=row.source if source else None,
    )


def _listed(rows: Sequence[WorkflowRow]) -> list[Workflow]:
    return [shown(row) for row in rows]


def _parameters(definition: Definition) -> list[Parameter]:
    return [
        Parameter(
            name=name,
            required=parameter.required,
            default=None if parameter.default is None else written(parameter.default),
            pattern=parameter.pattern,
            description=parameter.description,
        )
        for name, parameter in definition.params.items()
    ]


async def _read(writing: WorkflowWriting) -> Definition:
    return await asyncio.to_thread(read, writing.source, writing.format)


def _visible(connection: Connection, caller: Caller, slug: str, name: str) -> WorkflowRow:
    workspace = visible_workspace(connection, caller, slug)
    row = store.workflow_by_name(connection, workspace.id, storable(name))
    if row is None:
        raise NotFoundError(f"There is no workflow {quoted(name)} in {workspace.slug}.")
    return row


def _note(connection: Connection, caller: Caller, action: str, row: WorkflowRow, now: Instant) -> None:
    target = f"{row.workspace}/{row.name}"
    write(connection, caller, action, target, "done", {"revision": row.revision}, now)
    changes.append(connection, [NewChange("workflows", target, None, row.workspace_id, now)])
