"""The rows of the sample automations, with their history, their bots and their workflow."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.automations import tokens
from core.automations.cron import zone_data_version
from core.automations.ending import SERVER
from core.automations.schedules import following
from core.clock import DAY, MINUTE, from_datetime, to_datetime
from core.demo.automations import BOTS, PINNED
from core.demo.parts import SampleAutomation, SampleExecution, SampleSession
from core.demo.rows import Known, Row, holds, workflow
from core.demo.scripts import RELEASE
from core.demo.work import Work
from core.sessions.stages.definition import encode
from storage.ids import Instant

_MADE = 40 * DAY
_TOKEN = "0123456789-sample-token-of-the-demo-abcdefg"  # noqa: S105 - it opens nothing but a home that is thrown away
_HASH = tokens.hash_of(_TOKEN)


def automation_rows(work: Work, known: Known) -> list[Row]:
    return [_automation(work, known, number, each) for number, each in enumerate(work.automations, 1)]


def execution_rows(work: Work, known: Known) -> list[Row]:
    return [_execution(work, known, number, each) for number, each in enumerate(work.executions, 1)]


def creator_rows(work: Work, known: Known) -> list[Row]:
    return [
        holds(
            known.workspaces[each.workspace],
            "automation",
            number,
            "creator",
            known.people[work.who(each.creator)],
        )
        for number, each in enumerate(work.automations, 1)
    ]


def bot_rows(work: Work, known: Known) -> list[Row]:
    made = Instant(work.end - _MADE)
    return [
        {
            "id": known.bots[name],
            "workspace_id": known.workspaces[workspace],
            "name": name,
            "provider": provider,
            "model": model,
            "instructions": instructions,
            "creator_id": known.people[work.who(creator)],
            "created_at": made,
            "updated_at": made,
        }
        for workspace, name, provider, model, instructions, creator in BOTS
    ]


def workflow_rows(work: Work, known: Known) -> list[Row]:
    definition, made = workflow(), Instant(work.end - _MADE)
    row: Row = {
        "workspace_id": known.workspaces["storefront"],
        "name": definition.name,
        "description": definition.description,
        "definition": encode(definition),
        "source": RELEASE,
        "format": "toml",
        "creator_id": known.people[work.who("chau")],
        "created_at": made,
        "updated_at": made,
    }
    return [row]


def pin_rows(work: Work, known: Known) -> list[Row]:
    person = known.people[work.you]
    return [
        {
            "person_id": person,
            "kind": kind,
            "target_id": work.automation(name) if kind == "automation" else known.bots[name],
            "position": position,
        }
        for position, (kind, name) in enumerate(PINNED)
    ]


def _automation(work: Work, known: Known, number: int, one: SampleAutomation) -> Row:
    made, loop = Instant(work.end - _MADE), one.type == "loop"
    off = _switched_off(work, one) if one.disabled is not None else None
    run_at, wall_time = _once(work.end, one)
    due = following(one.cron, one.zone or "UTC", work.end) if one.cron is not None else run_at
    called = one.type == "http"
    runs = [each for each in work.executions if each.automation == one.name]
    return {
        "id": number,
        "workspace_id": known.workspaces[one.workspace],
        "name": one.name,
        "type": one.type,
        "kind": one.kind,
        "creator_id": known.people[work.who(one.creator)],
        "prompt": one.prompt,
        "workflow": one.workflow,
        "bot_id": None if one.bot is None else known.bots[one.bot],
        "parameters": json.dumps(one.parameters),
        "provider": one.provider,
        "modes": "[]",
        "auto_complete": one.auto_complete and one.kind == "develop",
        "run_missed": one.run_missed,
        "cron": one.cron,
        "zone": one.zone,
        "run_at": run_at,
        "wall_time": wall_time,
        "zone_data": zone_data_version() if one.cron is not None else None,
        "next_run_at": None if off is not None else due,
        "last_scheduled_for": work.end if one.type != "http" and runs else None,
        "enabled": off is None,
        "disabled_reason": one.disabled,
        "disabled_at": off,
        "disabled_by": None if off is None else SERVER,
        "failures": 0 if off is None else 3,
        "iteration": max((each.iteration or 0 for each in runs), default=0) if loop else 0,
        "token_hash": _HASH if called else None,
        "token_fingerprint": tokens.fingerprint(_HASH) if called else None,
        "token_made_at": made if called else None,
        "created_at": made,
        "updated_at": off or made,
    }


def _execution(work: Work, known: Known, number: int, one: SampleExecution) -> Row:
    automation = work.automations[work.automation(one.automation) - 1]
    began = Instant(one.at + one.late)
    ran = one.outcome not in ("missed", "skipped")
    return {
        "id": number,
        "automation_id": work.automation(one.automation),
        "workspace_id": known.workspaces[automation.workspace],
        "trigger": one.trigger,
        "actor_id": None if one.actor is None else known.people[work.who(one.actor)],
        "fingerprint": tokens.fingerprint(_HASH) if one.trigger == "webhook" else None,
        "scheduled_for": one.at if one.trigger in ("schedule", "catch-up", "loop") else None,
        "missed_count": one.missed,
        "iteration": one.iteration,
        "parameters": json.dumps(one.session.parameters if one.session is not None else automation.parameters),
        "created_at": began,
        "started_at": began if ran else None,
        "finished_at": _finished(work, one, began),
        "outcome": one.outcome,
        "reason": work.reason(one),
        "session_id": None if one.session is None else work.numbers[one.session],
    }


def _finished(work: Work, one: SampleExecution, began: Instant) -> Instant | None:
    if one.outcome is None:
        return None
    if one.session is None or one.outcome == "skipped":
        return began
    return Instant(work.end - one.session.ago + lasted(one.session))


def lasted(session: SampleSession) -> int:
    return sum(round(part.minutes * MINUTE) for part in session.parts if part.state != "pending")


def _switched_off(work: Work, one: SampleAutomation) -> Instant:
    """When its last run ended."""
    last = [each for each in work.executions if each.automation == one.name][-1]
    return _finished(work, last, last.at) or last.at


def _once(end: Instant, one: SampleAutomation) -> tuple[Instant | None, str | None]:
    """Tomorrow at its hour, where it is to run: the instant, and how it was typed."""
    if one.wall_time is None:
        return None, None
    zone = ZoneInfo(one.zone or "UTC")
    tomorrow = to_datetime(end).astimezone(zone).date() + timedelta(days=1)
    typed = f"{tomorrow}T{one.wall_time}"
    return Instant(from_datetime(datetime.fromisoformat(typed).replace(tzinfo=zone))), typed
