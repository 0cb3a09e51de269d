"""Asking a person, and waiting for the answer. The row is the truth; what wakes the one who waits may be lost."""

import asyncio
from dataclasses import dataclass

import msgspec

from core.api.approvals import ApprovalChoice, ApprovalState
from core.clock import HOUR
from core.ids import Entropy
from core.sessions.telling import changed, tell
from core.sessions.workshop import Workshop
from core.text import storable
from storage import approvals, changes, people, responsibilities, sessions
from storage.approvals import ApprovalRow, NewApprovalRow
from storage.changes import NewChange
from storage.database import Connection
from storage.ids import ApprovalId, Instant, PersonId, SessionId, StageId, TurnId
from storage.sessions import SessionRow

ALLOW = ApprovalChoice("allow", "Allow", "allow_once")
REFUSE = ApprovalChoice("refuse", "Refuse", "reject_once")

_POLL_SECONDS = 1.0
_LONGEST_TITLE = 300
_LONGEST_DETAIL = 20_000
_LONGEST_QUESTION = 500
_ROLES = {"developer": ("ticket", "developer"), "qa": ("ticket", "qa")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is to decide, and for which part of a session."""

    session: SessionId
    title: str
    detail: str
    choices: tuple[ApprovalChoice, ...]
    to: str = "owner"  # or developer, qa, user:NAME
    stage: StageId | None = None
    turn: TurnId | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks for the runs of this server."""

    shop: Workshop

    async def ask(self, asked: Asked, stop: asyncio.Event) -> ApprovalRow:
        """The approval, closed: answered, expired, or cancelled because the run is to stop."""
        shop = self.shop
        approval = await shop.database.write(lambda connection: self._open(connection, asked))
        woken = shop.answered[approval] = asyncio.Event()
        closed = False
        try:
            while True:
                row = await shop.database.read(lambda connection: approvals.existing(connection, approval))
                if row.state != "open":
                    closed = True
                    return row
                if stop.is_set():
                    await self._close(approval, "cancelled")
                elif shop.clock.now() >= row.expires_at:
                    await self._close(approval, "expired")
                else:
                    await _either(woken, stop)
        finally:
            shop.answered.pop(approval, None)
            if not closed:
                await self._close(approval, "cancelled")

    def _open(self, connection: Connection, asked: Asked) -> ApprovalId:
        now = self.shop.clock.now()
        session = sessions.existing(connection, asked.session)
        approver = approver_of(connection, session, asked.to)
        row = NewApprovalRow(
            workspace_id=session.workspace_id,
            session_id=session.id,
            turn_id=asked.turn,
            stage_id=asked.stage,
            title=storable(asked.title)[:_LONGEST_TITLE],
            detail=storable(asked.detail)[:_LONGEST_DETAIL],
            choices=msgspec.json.encode(asked.choices).decode(),
            approver_id=approver,
            created_at=now,
            expires_at=Instant(now + round(self.shop.rules().approval_hours * HOUR)),
        )
        approval = approvals.add(connection, row)
        detail = f"Waits for an answer: {row.title}"
        asking = {"state": "asking", "detail": detail}
        sessions.move(connection, session.id, ("running",), asking, now, worker=self.shop.worker.name)
        told = {
            "approvalId": approval,
            "title": row.title,
            "question": row.detail[:_LONGEST_QUESTION] or None,
            "approver": _named(connection, approver, session),
        }
        tell(connection, session, "approval:requested", told, now=now, entropy=self.shop.entropy)
        approval_changed(connection, approval, session, now)
        changed(connection, session.id, session.workspace_id, now)
        return approval

    async def _close(self, approval: ApprovalId, state: ApprovalState) -> None:
        shop = self.shop

        def unit(connection: Connection) -> bool:
            row = approvals.existing(connection, approval)
            return close(connection, row, state, now=shop.clock.now(), entropy=shop.entropy)

        await shop.database.write(unit)


def close(
    connection: Connection,
    row: ApprovalRow,
    state: ApprovalState,
    *,
    now: Instant,
    entropy: Entropy,
    answer: str | None = None,
    by: PersonId | None = None,
) -> bool:
    """Settle the approval, unless that was done before, and let its session go on if nothing else is open."""
    if not approvals.settle(connection, row.id, state, answer, by, now):
        return False
    session = None if row.session_id is None else sessions.by_id(connection, row.session_id)
    if session is None:
        return True
    told = {
        "approvalId": row.id,
        "title": row.title,
        "approver": people.names(connection, [row.approver_id]).get(row.approver_id),
        "status": state,
        "resolvedBy": None if by is None else people.names(connection, [by]).get(by),
        "action": {"expired": "refuse", "cancelled": "cancel"}.get(state, answer),
    }
    event = "approval:timeout" if state == "expired" else "approval:resolved"
    tell(connection, session, event, told, now=now, entropy=entropy, actor=by)
    approval_changed(connection, row.id, session, now)
    if not approvals.open_of(connection, session.id):
        sessions.move(connection, session.id, ("asking",), {"state": "running", "detail": ""}, now)
    changed(connection, session.id, session.workspace_id, now)
    return True


def approval_changed(connection: Connection, approval: ApprovalId, session: SessionRow, now: Instant) -> None:
    """Whoever shows the approval must look again."""
    changes.append(connection, [NewChange("approvals", str(approval), None, session.workspace_id, now)])


def _named(connection: Connection, approver: PersonId, session: SessionRow) -> str | None:
    """The approver, where that is not the owner by whose role they are told anyway."""
    return None if approver == session.owner_id else people.names(connection, [approver]).get(approver)


def approver_of(connection: Connection, session: SessionRow, to: str) -> PersonId:
    """Who is asked. Where nobody has the role, or the one who is named is not there, the session's owner is."""
    person: PersonId | None = None
    if to.startswith("user:"):
        named = people.person_by_name(connection, to.removeprefix("user:"))
        person = None if named is None else named.id
    elif to in _ROLES and session.ticket_id is not None:
        kind, role = _ROLES[to]
        person = responsibilities.holder(connection, session.workspace_id, kind, session.ticket_id, role)
    if person is not None and person in people.members_and_admins(connection, session.workspace_id):
        return person
    return session.owner_id


async def _either(woken: asyncio.Event, stop: asyncio.Event) -> None:
    """Until one of the two, and a second at most."""
    waits = [asyncio.create_task(woken.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
