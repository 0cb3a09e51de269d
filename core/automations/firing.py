"""The one place where an automation starts a session, whatever set it off: the clock, a person, a webhook.

The guard, the row of the ledger, the session and the streaks are one transaction: there is never a session
without its row, nor a row that says it runs and has no session."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, get_args

import msgspec

from core.api.automations import Trigger
from core.api.sessions import Mode, SessionKind
from core.automations.ending import COUNTED, End, after_end
from core.automations.telling import all_changed, both_changed, tell
from core.clock import written
from core.errors import InvalidError, NotFoundError
from core.ids import Entropy
from core.sessions.launching import Launch
from core.sessions.placeholders import names
from core.sessions.stages.definition import AUTOMATIC, decode
from core.sessions.stages.parameters import check_parameters
from core.sessions.starting import GoneError
from core.text import storable
from storage import automations as store
from storage import executions, sessions
from storage.automations import AutomationRow
from storage.database import Connection
from storage.executions import BegunRow, ExecutionRow, NewExecutionRow
from storage.ids import AutomationId, ExecutionId, Instant, PersonId, SessionId
from storage.workflows import workflow_by_name

_KINDS: dict[str, SessionKind] = {kind: kind for kind in get_args(SessionKind)}
_decode_modes = msgspec.json.Decoder(tuple[Mode, ...]).decode
_decode_parameters = msgspec.json.Decoder(dict[str, Any]).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_GIVEN = ("parameters", "prompt")
"""Where what a caller gave can be wrong: in itself, or in the prompt that it was put into."""


class Starter(Protocol):
    """What begins sessions."""

    def start(self, connection: Connection, launch: Launch, now: Instant) -> SessionId: ...

    def start_all(self, connection: Connection, launches: Sequence[Launch], now: Instant) -> list[SessionId]: ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an automation is to run, and what set it off."""

    trigger: Trigger
    scheduled_for: Instant | None = None
    actor: PersonId | None = None  # who pressed Run Now
    fingerprint: str | None = None  # of a webhook's token
    parameters: Mapping[str, Any] = field(default_factory=dict)
    missed_count: int = 0


class Fired(NamedTuple):
    """What came of it. `session` is the one that was started, or with `skipped` the one in the way, which
    `blocked_by` started. `unresolved` are the places of the prompt that nobody gave a value for."""

    outcome: Literal["started", "skipped", "failed"]
    execution: ExecutionId
    session: SessionId | None
    reason: str
    unresolved: list[str]
    blocked_by: ExecutionId | None = None


class Firing:
    """Starts automations."""

    def __init__(self, starter: Starter, entropy: Entropy) -> None:
        self._starter = starter
        self._entropy = entropy

    def fire(
        self, connection: Connection, automation: AutomationId, occurrence: Occurrence, now: Instant
    ) -> Fired:
        """Run it now, within the caller's transaction. NotFoundError when it is deleted; InvalidError for
        parameters that do not fit, in which case nothing is noted and the transaction must end."""
        row = store.locked(connection, automation)
        if row is None:
            raise NotFoundError("This automation has been deleted.")
        return self.fire_locked(connection, row, occurrence, now)

    def fire_locked(
        self, connection: Connection, row: AutomationRow, occurrence: Occurrence, now: Instant
    ) -> Fired:
        """The same, of an automation that this transaction has locked."""
        execution = executions.add(connection, _noted(row, occurrence, now))
        if execution is None:
            raise ValueError("An occurrence with a time of its own is claimed, not fired.")
        return self._run(connection, row, execution, occurrence, now)

    def fire_all(
        self, connection: Connection, row: AutomationRow, occurrences: Sequence[Occurrence], now: Instant
    ) -> list[Fired]:
        """Several at once, in this order, of an automation that this transaction has locked and that allows
        parallel sessions. InvalidError where any of them cannot be started: nothing is written then."""
        for occurrence in occurrences:
            if row.workflow is not None:
                _check_given(connection, row, row.workflow, occurrence, blocked=False)
        numbers = executions.numbers(connection, len(occurrences))
        launches = [
            _launch(row, number, occurrence, now) for number, occurrence in zip(numbers, occurrences, strict=True)
        ]
        ids = self._starter.start_all(connection, [launch for launch, _ in launches], now)
        begun = zip(numbers, occurrences, ids, strict=True)
        executions.add_begun(connection, [_begun(row, *one, now) for one in begun])
        _note_start(connection, row)
        all_changed(connection, row, numbers, now)
        return [
            Fired("started", number, session, "", unresolved)
            for number, session, (_, unresolved) in zip(numbers, ids, launches, strict=True)
        ]

    def start_owed(self, connection: Connection, owed: ExecutionRow, now: Instant) -> Fired | None:
        """Start what was claimed before; nothing when its automation is gone."""
        row = store.locked(connection, owed.automation_id)
        if row is None:
            executions.finish(connection, owed.id, "disabled", "The automation was deleted.", now)
            return None
        trigger = msgspec.convert(owed.trigger, Trigger)
        occurrence = Occurrence(trigger, owed.scheduled_for, missed_count=owed.missed_count)
        return self._run(connection, row, owed.id, occurrence, now)

    def give_up(self, connection: Connection, owed: ExecutionRow, reason: str, now: Instant) -> None:
        """Note that what was claimed cannot be started."""
        row = store.locked(connection, owed.automation_id)
        if executions.finish(connection, owed.id, "failed", reason, now) and row is not None:
            after_end(connection, row, End(owed.id, owed.trigger, "failed", reason, now), now, self._entropy)

    def _run(
        self,
        connection: Connection,
        row: AutomationRow,
        execution: ExecutionId,
        occurrence: Occurrence,
        now: Instant,
    ) -> Fired:
        blocking = None if row.parallel else sessions.in_flight(connection, row.id)
        if row.workflow is not None and occurrence.trigger not in COUNTED:
            _check_given(connection, row, row.workflow, occurrence, blocked=blocking is not None)
        if blocking is not None:
            return self._skip(connection, row, execution, occurrence, blocking.id, now)
        launch, unresolved = _launch(row, execution, occurrence, now)
        try:
            session = self._starter.start(connection, launch, now)
        except InvalidError as error:
            if occurrence.trigger not in COUNTED and error.place.startswith(_GIVEN):
                raise
            reason = f"It could not be started: {error.sentence}"
            executions.finish(connection, execution, "failed", reason, now)
            gone = isinstance(error, GoneError)
            end = End(execution, occurrence.trigger, "failed", reason, now, gone=gone)
            after_end(connection, row, end, now, self._entropy)
            return Fired("failed", execution, None, reason, unresolved)
        executions.begin(connection, execution, session, _iteration(row), now)
        _note_start(connection, row)
        both_changed(connection, row, execution, now)
        return Fired("started", execution, session, "", unresolved)

    def _skip(
        self,
        connection: Connection,
        row: AutomationRow,
        execution: ExecutionId,
        occurrence: Occurrence,
        blocking: SessionId,
        now: Instant,
    ) -> Fired:
        reason = f"Session {blocking} was still going."
        executions.finish(connection, execution, "skipped", reason, now, blocking)
        if occurrence.trigger in COUNTED:
            if row.skips == 0:
                tell(
                    connection,
                    row,
                    "automation:skipped",
                    reason=reason,
                    now=now,
                    entropy=self._entropy,
                    execution=execution,
                    session=blocking,
                )
            store.change(connection, row.id, {"skips": row.skips + 1})
        end = End(execution, occurrence.trigger, "skipped", reason, now, blocking)
        after_end(connection, row, end, now, self._entropy)
        first = executions.of_session(connection, blocking)
        return Fired("skipped", execution, blocking, reason, [], None if first is None else first.id)


def _check_given(
    connection: Connection, row: AutomationRow, name: str, occurrence: Occurrence, *, blocked: bool
) -> None:
    """Refuse what a caller cannot give to a workflow, also where a session is in the way."""
    for known in occurrence.parameters.keys() & AUTOMATIC:
        raise InvalidError(f"{known} has its value by itself and cannot be given.", "parameters")
    found = workflow_by_name(connection, row.workspace_id, name) if blocked else None
    if found is not None:
        check_parameters(decode(found.definition), _given(row, occurrence))


def _given(row: AutomationRow, occurrence: Occurrence) -> dict[str, Any]:
    """What is stored, and over it what came with the occurrence."""
    return {**_decode_parameters(row.parameters), **occurrence.parameters}


def _noted(row: AutomationRow, occurrence: Occurrence, now: Instant) -> NewExecutionRow:
    return NewExecutionRow(
        automation_id=row.id,
        workspace_id=row.workspace_id,
        trigger=occurrence.trigger,
        created_at=now,
        actor_id=occurrence.actor,
        fingerprint=occurrence.fingerprint,
        scheduled_for=occurrence.scheduled_for,
        missed_count=occurrence.missed_count,
        parameters=storable(_encode(occurrence.parameters)),
    )


def _begun(
    row: AutomationRow, number: ExecutionId, occurrence: Occurrence, session: SessionId, now: Instant
) -> BegunRow:
    return BegunRow(
        id=number,
        automation_id=row.id,
        workspace_id=row.workspace_id,
        trigger=occurrence.trigger,
        actor_id=occurrence.actor,
        fingerprint=occurrence.fingerprint,
        iteration=_iteration(row),
        parameters=storable(_encode(occurrence.parameters)),
        created_at=now,
        started_at=now,
        session_id=session,
    )


def _launch(
    row: AutomationRow, execution: ExecutionId, occurrence: Occurrence, now: Instant
) -> tuple[Launch, list[str]]:
    """The session to be, and the places of its prompt that have no value."""
    given = _given(row, occurrence)
    known = _known(row, occurrence, now)
    values = {**known, **given}
    launch = Launch(
        workspace=row.workspace_id,
        kind=_KINDS[row.kind],
        owner=row.creator_id,
        creator=occurrence.actor or row.creator_id,
        title=row.name,
        prompt=row.prompt,
        workflow=row.workflow,
        parameters=given if row.workflow is None else values,
        known=known,
        provider=row.provider,
        model=row.model,
        bot=row.bot_id,
        ticket=row.ticket_id,
        modes=_decode_modes(row.modes),
        auto_complete=row.auto_complete,
        only_if_unchanged=row.only_if_unchanged,
        automation=row.id,
        execution=execution,
    )
    return launch, [name for name in names(row.prompt or "") if name not in values]


def _known(row: AutomationRow, occurrence: Occurrence, now: Instant) -> dict[str, Any]:
    """What every prompt and workflow may name without a parameter."""
    moment, due = written(now), written(occurrence.scheduled_for or now)
    return {
        "automation": row.name,
        "trigger": occurrence.trigger,
        "date": moment[:10],
        "datetime": moment,
        "scheduled_for": due,
        "missed_count": occurrence.missed_count,
        "iteration": _iteration(row) or 1,
    }


def _iteration(row: AutomationRow) -> int | None:
    return row.iteration + 1 if row.type == "loop" else None


def _note_start(connection: Connection, row: AutomationRow) -> None:
    """A session has started: a streak of skips is over, and a loop is at its next turn."""
    values: dict[str, object] = {} if row.skips == 0 else {"skips": 0}
    if row.type == "loop":
        values |= {"iteration": row.iteration + 1, "next_run_at": None}
    if values:
        store.change(connection, row.id, values)
