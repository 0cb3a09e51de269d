"""One turn, or one command, of a session: its row first, then its process, then how it ended, each durable before
the next, so that a crash between any two leaves what the sweep can mend."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import CallboardError
from core.ids import run_mark
from core.sessions.costs import charge
from core.sessions.output import name_of
from core.sessions.runs.ending import FAULT, INTERRUPTED
from core.sessions.supervision.command import Identity
from core.sessions.supervision.transcript import Transcript
from core.sessions.telling import changed
from core.sessions.turns import Outcome, Purpose, Question, Stand, TurnResult
from core.sessions.workshop import Workshop
from core.text import storable
from storage import sessions, turns
from storage.database import Connection
from storage.ids import StageId
from storage.sessions import SessionRow
from storage.turns import NewTurnRow, TurnRow

_MEGABYTE = 1024 * 1024
_LONGEST_TEXT = 500_000
_LONGEST_DETAIL = 2_000

_log = logging.getLogger("callboard.sessions")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a turn is to be. `metered` is one whose cost belongs into the ledger."""

    session: SessionRow
    stage: StageId | None
    purpose: Purpose
    prompt: str
    provider: str
    model: str | None = None
    resume_id: str | None = None
    detail: str = ""
    metered: bool = True
    keeps_conversation: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """A turn that has begun, with what its process may use of the server."""

    row: TurnRow
    stand: Stand
    private: Path


Do = Callable[[Running], Awaitable[TurnResult]]


@dataclass(frozen=True, slots=True)
class Attendant:
    """Looks after the turns of one run."""

    shop: Workshop
    stop: asyncio.Event
    ask: Callable[[TurnRow, Question], Awaitable[str | None]]
    stale: Callable[[TurnRow, float], Awaitable[None]]

    async def attend(self, errand: Errand, do: Do) -> tuple[TurnRow, TurnResult]:
        """Do it, and answer its row and how it ended, when that is written. What is cancelled is interrupted."""
        row = await self.shop.database.write(lambda connection: self._begin(connection, errand))
        folder = self.shop.folder(errand.session.id)
        private = folder / f"private-{row.number}"
        transcript: Transcript | None = None
        result = TurnResult(Outcome.INTERRUPTED, INTERRUPTED)
        try:
            await asyncio.to_thread(self.shop.make_folder, errand.session.id, private.name)
            cap = self.shop.rules().output_mb * _MEGABYTE
            transcript = await asyncio.to_thread(Transcript, folder, name_of(row.number), cap)
            result = await do(Running(row, self._stand(row, transcript), private))
        except CallboardError as error:
            result = TurnResult(Outcome.FAILED, error.sentence)
        except OSError as error:
            result = TurnResult(Outcome.FAILED, f"What it prints cannot be kept: {error.strerror or error}.")
        except Exception:
            _log.exception("A turn failed by a fault of ours", extra={"session": errand.session.id})
            result = TurnResult(Outcome.FAILED, FAULT)
        finally:
            total = 0
            if transcript is not None:
                await asyncio.to_thread(transcript.close)
                total = transcript.total
            await asyncio.to_thread(shutil.rmtree, private, ignore_errors=True)
            ended = result
            row = await self.shop.database.write(
                lambda connection: self._end(connection, errand, row, ended, total)
            )
        return row, result

    def _begin(self, connection: Connection, errand: Errand) -> TurnRow:
        """The row of the turn: the one that waits for this stage, or a new one."""
        now, session = self.shop.clock.now(), errand.session
        waiting = None if errand.stage is None else turns.promised(connection, session.id, errand.stage)
        begun = {
            "purpose": errand.purpose,
            "provider": errand.provider,
            "model": errand.model,
            "detail": errand.detail,
            "worker": self.shop.worker.name,
            "started_at": now,
        }
        if waiting is not None:
            turns.change_turn(connection, waiting.id, begun)
            number = waiting.number
        else:
            number = turns.next_number(connection, session.id)
            new = NewTurnRow(
                session_id=session.id,
                number=number,
                stage_id=errand.stage,
                purpose=errand.purpose,
                prompt=storable(errand.prompt),
                provider=errand.provider,
                model=errand.model,
                mark=run_mark(self.shop.entropy),
                created_at=now,
                detail=errand.detail,
                worker=self.shop.worker.name,
                started_at=now,
            )
            turns.add_turn(connection, new)
        changed(connection, session.id, session.workspace_id, now)
        return turns.existing_turn(connection, session.id, number)

    def _stand(self, row: TurnRow, transcript: Transcript) -> Stand:
        async def started(identity: Identity) -> None:
            found = {"pid": identity.pid, "pid_started": identity.started, "boot": identity.boot}
            await self.shop.database.write(lambda connection: turns.change_turn(connection, row.id, found))

        async def ask(question: Question) -> str | None:
            return await self.ask(row, question)

        async def stale(seconds: float) -> None:
            await self.stale(row, seconds)

        return Stand(transcript.write, started, ask, stale, self.stop)

    def _end(
        self, connection: Connection, errand: Errand, row: TurnRow, result: TurnResult, total: int
    ) -> TurnRow:
        """Write how it ended, what it used, and how its conversation goes on."""
        now, session = self.shop.clock.now(), errand.session
        values = {
            "outcome": result.outcome.value,
            "detail": storable(result.detail or errand.detail)[:_LONGEST_DETAIL],
            "text": storable(result.text)[:_LONGEST_TEXT],
            "exit_code": result.exit_code,
            "resume_id": result.resume_id,
            "denied_tools": result.denied_tools,
            "failed_tools": result.failed_tools,
            "output_bytes": total,
            "ended_at": now,
        }
        if not turns.end_turn(connection, row.id, values):
            return turns.existing_turn(connection, session.id, row.number)
        if errand.metered:
            ended = row._replace(resume_id=result.resume_id)
            charge(connection, session, ended, result.usage, now, resumed=errand.resume_id)
        sessions.count_tools(connection, session.id, result.denied_tools, result.failed_tools, now)
        if errand.keeps_conversation and result.resume_id is not None:
            sessions.change(connection, session.id, {"resume_id": storable(result.resume_id)}, now)
        changed(connection, session.id, session.workspace_id, now)
        return turns.existing_turn(connection, session.id, row.number)
