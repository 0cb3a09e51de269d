"""What people see of automations and executions: rows in the shape of the wire."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from core.api.automations import (
    Automation,
    AutomationType,
    Execution,
    ExecutionOutcome,
    NewAutomation,
    Signature,
    Trigger,
)
from core.api.sessions import Mode, SessionKind
from core.api.trigger import HTTP_TRIGGER
from core.automations.cron import in_words
from core.automations.fitting import fits
from core.automations.schedules import expression
from core.clock import maybe_datetime, to_datetime
from core.errors import InvalidError
from storage import automations as store
from storage import history, people
from storage.automations import AutomationRow
from storage.database import Connection
from storage.executions import ExecutionRow


def shown(connection: Connection, rows: Sequence[AutomationRow], base: str) -> list[Automation]:
    """Automations, with what their history says of them. `base` is where others reach this server."""
    names = people.names(connection, {row.creator_id for row in rows})
    slugs = people.slugs(connection, {row.workspace_id for row in rows})
    bots = store.bot_names(connection, {row.bot_id for row in rows if row.bot_id is not None})
    latest = history.latest(connection, [row.id for row in rows])
    found = []
    for row in rows:
        type_, kind = msgspec.convert(row.type, AutomationType), msgspec.convert(row.kind, SessionKind)
        ended, begun, session = latest[row.id]
        found.append(
            Automation(
                id=row.id,
                name=row.name,
                type=type_,
                kind=kind,
                workspace=slugs[row.workspace_id],
                creator=names[row.creator_id],
                prompt=row.prompt,
                workflow=row.workflow,
                bot=None if row.bot_id is None else bots.get(row.bot_id),
                parameters=msgspec.json.decode(row.parameters, type=dict[str, Any]),
                provider=row.provider,
                model=row.model,
                modes=msgspec.json.decode(row.modes, type=list[Mode]),
                ticket=row.ticket_id,
                auto_complete=row.auto_complete if fits("auto_complete", type_, kind) else None,
                only_if_unchanged=row.only_if_unchanged if fits("only_if_unchanged", type_, kind) else None,
                run_missed=row.run_missed if fits("run_missed", type_, kind) else None,
                parallel=row.parallel,
                cron=row.cron,
                tz=row.zone,
                schedule=None if row.cron is None else _words(row.cron),
                at=maybe_datetime(row.run_at),
                next_run=maybe_datetime(row.next_run_at),
                enabled=row.enabled,
                disabled_reason=row.disabled_reason,
                disabled_at=maybe_datetime(row.disabled_at),
                disabled_by=row.disabled_by,
                failures=row.failures,
                skips=row.skips,
                last_outcome=msgspec.convert(ended, ExecutionOutcome | None),
                last_run=maybe_datetime(begun),
                session=session,
                url=f"{base}{HTTP_TRIGGER}" if row.type == "http" else None,
                fingerprint=row.token_fingerprint,
                signature=msgspec.convert(row.signature, Signature | None),
                created_at=to_datetime(row.created_at),
                updated_at=to_datetime(row.updated_at),
                revision=row.revision,
            )
        )
    return found


def with_token(automation: Automation, token: str | None) -> NewAutomation:
    """The automation with the token that was just made, which is shown this once."""
    fields = msgspec.structs.asdict(automation)
    if token is not None:
        fields["url"] = f"{automation.url}/{token}"
    return NewAutomation(**fields, token=token)


def shown_executions(connection: Connection, rows: Sequence[tuple[ExecutionRow, str]]) -> list[Execution]:
    """Executions with the names of their automations."""
    names = people.names(connection, {row.actor_id for row, _ in rows if row.actor_id is not None})
    slugs = people.slugs(connection, {row.workspace_id for row, _ in rows})
    return [
        Execution(
            id=row.id,
            automation=row.automation_id,
            automation_name=name,
            workspace=slugs[row.workspace_id],
            trigger=msgspec.convert(row.trigger, Trigger | None),
            actor=None if row.actor_id is None else names.get(row.actor_id),
            fingerprint=row.fingerprint,
            scheduled_for=maybe_datetime(row.scheduled_for),
            started_at=maybe_datetime(row.started_at),
            finished_at=maybe_datetime(row.finished_at),
            outcome=msgspec.convert(row.outcome, ExecutionOutcome | None),
            reason=row.reason,
            session=row.session_id,
            missed_count=row.missed_count,
            iteration=row.iteration,
            created_at=to_datetime(row.created_at),
        )
        for row, name in rows
    ]


@lru_cache(maxsize=1024)
def _words(cron: str) -> str | None:
    try:
        return in_words(expression(cron))
    except InvalidError:
        return None
