"""One run of a session, from the moment that a server has claimed it to the end that is written."""

import asyncio
import logging

from core.errors import CallboardError
from core.sessions.requests import bind_named
from core.sessions.runs.courses import COMPLETION, Course, course_of, is_command, planned_of
from core.sessions.runs.ending import FAULT, INTERRUPTED, STOPPED, RunEnd, write_end
from core.sessions.runs.files import files_of
from core.sessions.runs.preparing import prepare
from core.sessions.runs.scene import find, set_up
from core.sessions.runs.work import SessionWork
from core.sessions.settings_words import Hook
from core.sessions.stages.hooks import run_hooks
from core.sessions.stages.planning import PAST, next_after
from core.sessions.stages.running import run as run_stage
from core.sessions.stages.work import StageEnd
from core.sessions.telling import changed
from core.sessions.turns import Outcome
from core.sessions.workshop import Slots, Workshop
from core.text import storable
from storage import sessions, turns
from storage.database import Connection
from storage.errors import UnavailableDatabaseError
from storage.ids import SessionId
from storage.turns import NewStageRow, StageRow

_SPOKEN = frozenset({"prompt", "phase", "plan"})
_LONGEST_DETAIL = 4_000
_WAITS = (0.2, 1.0, 5.0)  # seconds, for a database that is away for a moment

_log = logging.getLogger("callboard.sessions")


class Run:
    """`stop` is set by whoever wants it to end."""

    def __init__(self, shop: Workshop, session: SessionId, slots: Slots, stop: asyncio.Event) -> None:
        self._shop = shop
        self._session = session
        self._slots = slots
        self._stop = stop
        self._open_for: list[str] = []
        self._hooked = False

    async def go(self) -> None:
        """Run to the end. When this is cancelled the run is written as interrupted."""
        try:
            end = await self._through()
        except asyncio.CancelledError:
            await self._write(RunEnd(Outcome.INTERRUPTED, INTERRUPTED))
            raise
        except CallboardError as error:
            end = RunEnd(Outcome.FAILED, error.sentence)
        except Exception:
            _log.exception("A run failed by a fault of ours", extra={"session": self._session})
            end = RunEnd(Outcome.FAILED, FAULT)
        await self._write(end)

    async def _through(self) -> RunEnd:
        shop = self._shop
        found = await shop.database.read(lambda connection: find(connection, self._session))
        provider = shop.providers.get(found.session.provider)
        course = course_of(found.stages)
        self._hooked = not is_command(found.stages)
        session, place = await prepare(
            shop,
            found.session,
            found.workspace,
            found.workplace,
            provider.ignore,
            first=course.first,
            looks=self._hooked,
        )
        scene = set_up(shop, self._stop, found, provider, place)
        work = SessionWork(scene, files_of(session, place, provider.ignore), self._slots)
        if course.first:
            await self._hooks("on_start", work)
        end = await self._added(work, course) if course.added else await self._planned(work, course)
        if self._hooked:
            await bind_named(shop, session, place.path, work.last_text)
        if end is None:
            return await self._finished(work)
        work.enter(None)
        if end.outcome in (Outcome.FAILED, Outcome.TIMED_OUT):
            await self._hooks("on_failure", work)
        return end

    async def _planned(self, work: SessionWork, course: Course) -> RunEnd | None:
        """The planned stages, one after the other; nothing when all that had to be done is."""
        stages = [planned_of(row) for row in course.planned]
        number = course.start
        while number is not None:
            row = await self._enter(number)
            end = await self._stage(work, row)
            number = next_after(stages, number, end, row.attempt)
            if number is None and end.state not in PAST and not end.leave_open:
                return self._broken_off(work, end)
        return None

    async def _added(self, work: SessionWork, course: Course) -> RunEnd | None:
        """What a person has said since, in the order in which they said it."""
        for stage in course.added:
            end = await self._stage(work, await self._enter(stage.number))
            if end.state not in PAST:
                return self._broken_off(work, end)
        return None

    async def _stage(self, work: SessionWork, row: StageRow) -> StageEnd:
        work.enter(row.id)
        if self._stop.is_set():
            end = StageEnd("cancelled", STOPPED)
        elif row.name == COMPLETION:
            work.ask_to_complete(only_if_unchanged=False)
            end = StageEnd("passed")
        else:
            end = await run_stage(planned_of(row), work)
        if row.kind in _SPOKEN and end.state in PAST:
            await self._hooks("on_turn_end", work)
        if end.leave_open:
            self._open_for.append(end.detail or f"{row.title} did not pass.")
        now = self._shop.clock.now()
        values = {"state": end.state, "detail": storable(end.detail)[:_LONGEST_DETAIL], "ended_at": now}

        def unit(connection: Connection) -> None:
            turns.change_stage(connection, row.id, values)
            self._changed(connection)

        await self._shop.database.write(unit)
        return end

    async def _enter(self, number: int) -> StageRow:
        """The stage, as running: the attempt at it that waits, or another one."""
        now = self._shop.clock.now()

        def unit(connection: Connection) -> StageRow:
            attempts = [row for row in turns.stages_of(connection, self._session) if row.number == number]
            row = attempts[-1]
            stage = row.id
            if row.state != "pending":
                again = NewStageRow(
                    row.session_id, number, row.name, row.kind, row.title, row.spec, row.attempt + 1
                )
                stage = turns.add_stage(connection, again)
            turns.change_stage(connection, stage, {"state": "running", "started_at": now, "detail": ""})
            sessions.change(connection, self._session, {"detail": row.title}, now)
            self._changed(connection)
            return turns.existing_stage(connection, stage)

        return await self._shop.database.write(unit)

    async def _finished(self, work: SessionWork) -> RunEnd:
        """All stages are done. What is to be done on completion may still keep it open."""
        work.enter(None)
        complete = work.complete and not self._open_for
        unchanged = complete and work.only_if_unchanged
        seen = await work.changed() if unchanged else None
        if complete and (not unchanged or seen is False):
            hooked = await self._hooks("on_done", work)
            if hooked is not None and hooked.leave_open:
                self._open_for.append(hooked.detail)
        if self._stop.is_set():
            return RunEnd(Outcome.CANCELLED, STOPPED)
        return RunEnd(
            Outcome.SUCCEEDED,
            summary=work.last_text,
            open_for=storable("\n".join(self._open_for))[:_LONGEST_DETAIL],
            complete=complete,
            only_if_unchanged=unchanged,
            changed=seen,
        )

    def _broken_off(self, work: SessionWork, end: StageEnd) -> RunEnd:
        detail = storable(end.detail)[:_LONGEST_DETAIL]
        if self._stop.is_set():
            return RunEnd(Outcome.CANCELLED, STOPPED)
        match end.state:
            case "failed":
                timed_out = work.last_outcome is Outcome.TIMED_OUT
                return RunEnd(Outcome.TIMED_OUT if timed_out else Outcome.FAILED, detail)
            case "cancelled":
                return RunEnd(Outcome.CANCELLED, detail or STOPPED)
            case "interrupted":
                return RunEnd(Outcome.INTERRUPTED, detail or INTERRUPTED)
        return RunEnd(Outcome.SUCCEEDED, open_for=detail or "It waits for a person.")

    async def _hooks(self, when: Hook, work: SessionWork) -> StageEnd | None:
        return await run_hooks(when, work) if self._hooked and not self._stop.is_set() else None

    def _changed(self, connection: Connection) -> None:
        row = sessions.existing(connection, self._session)
        changed(connection, row.id, row.workspace_id, self._shop.clock.now())

    async def give_up(self) -> None:
        """Write that the run was interrupted, when nobody can say how it ended."""
        await self._write(RunEnd(Outcome.INTERRUPTED, INTERRUPTED))

    async def _write(self, end: RunEnd) -> None:
        """Write the end, unless the session has been taken from this server."""

        def unit(connection: Connection) -> bool:
            row = sessions.existing(connection, self._session)
            if row.worker != self._shop.worker.name:
                return False
            return write_end(connection, self._shop, row, end, self._shop.clock.now())

        for wait in _WAITS:
            try:
                await self._shop.database.write(unit)
            except UnavailableDatabaseError:
                await asyncio.sleep(wait)
            else:
                return
        await self._shop.database.write(unit)
