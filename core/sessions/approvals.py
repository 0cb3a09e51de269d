"""Approvals as a person finds them: what waits for their word, and the word itself."""

from collections.abc import Sequence
from typing import cast

import msgspec

from core import paging
from core.api.approvals import Approval, ApprovalAnswer, ApprovalChoice, ApprovalState
from core.api.wire import ListQuery, Page
from core.caller import Caller, Permission
from core.clock import maybe_datetime, to_datetime
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.filtering import parse
from core.filters import APPROVAL_FIELDS
from core.sessions.access import require_running_rights, sees, viewer
from core.sessions.asking import close
from core.sessions.workshop import Workshop
from storage import approvals, people, sessions
from storage.approvals import ApprovalRow
from storage.database import Connection
from storage.ids import ApprovalId

_LARGEST = 2**62
_KINDS = {"allow": ("allow_once", "allow_always"), "refuse": ("reject_once", "reject_always")}


class Approvals:
    """What can be asked of approvals. The first answer counts, whichever way it comes."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._database = shop.database

    async def page(self, caller: Caller, query: ListQuery) -> Page[Approval]:
        """What the caller is asked, and what the sessions that they may see wait for, newest first."""
        most = paging.one_more(query)
        below = ApprovalId(paging.number(query.cursor)) if query.cursor else None
        criteria = parse(query.filter, APPROVAL_FIELDS, self._shop.clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Approval]:
            rows = approvals.page(connection, viewer(caller), criteria, below, most)
            return paging.page(rows, query.limit, lambda some: _shown(connection, some), lambda row: str(row.id))

        return await self._database.read(unit)

    async def show(self, caller: Caller, number: int) -> Approval:
        return await self._database.read(
            lambda connection: _shown(connection, [_visible(connection, caller, number)])[0]
        )

    async def answer(self, caller: Caller, number: int, answer: ApprovalAnswer) -> Approval:
        """Answer it. Who runs the session goes on at once."""

        def unit(connection: Connection) -> Approval:
            row = _visible(connection, caller, number)
            if caller.person != row.approver_id and not caller.may(Permission.SESSIONS_MANAGE_ALL):
                asked = people.names(connection, [row.approver_id])[row.approver_id]
                raise NotAllowedError(f"Approval {number} is for {asked} to answer.")
            require_running_rights(caller)
            chosen = _chosen(row, answer.choice)
            state: ApprovalState = "allowed" if chosen.kind in _KINDS["allow"] else "refused"
            now, entropy = self._shop.clock.now(), self._shop.entropy
            expired = now >= row.expires_at
            if expired or not close(
                connection, row, state, now=now, entropy=entropy, answer=chosen.id, by=caller.person
            ):
                was = "expired" if expired and row.state == "open" else row.state
                raise ConflictError(f"Approval {number} is {was}: it can no longer be answered.")
            return _shown(connection, [approvals.existing(connection, row.id)])[0]

        answered = await self._database.write(unit)
        waiting = self._shop.answered.get(ApprovalId(number))
        if waiting is not None:
            waiting.set()
        return answered


def _visible(connection: Connection, caller: Caller, number: int) -> ApprovalRow:
    row = approvals.by_id(connection, ApprovalId(number)) if 0 < number < _LARGEST else None
    if row is None or not _sees(connection, caller, row):
        raise NotFoundError(f"There is no approval {number}, or none that you may see.")
    return row


def _sees(connection: Connection, caller: Caller, row: ApprovalRow) -> bool:
    if not caller.sees(row.workspace_id):
        return False
    if caller.person == row.approver_id or caller.may(Permission.SESSIONS_VIEW_ALL):
        return True
    session = None if row.session_id is None else sessions.by_id(connection, row.session_id)
    return session is not None and sees(caller, session)


def _choices(row: ApprovalRow) -> list[ApprovalChoice]:
    return msgspec.json.decode(row.choices, type=list[ApprovalChoice])


def _chosen(row: ApprovalRow, wanted: str) -> ApprovalChoice:
    """The choice of this id, or the first of its kind; an agent's own id goes before our words."""
    choices = _choices(row)
    for one in choices:
        if one.id == wanted:
            return one
    for kind in _KINDS.get(wanted, ()):
        for one in choices:
            if one.kind == kind:
                return one
    known = ", ".join(one.id for one in choices)
    raise InvalidError(f"There is no such choice; there are {known}.", "choice")


def _shown(connection: Connection, rows: Sequence[ApprovalRow]) -> list[Approval]:
    slugs = people.slugs(connection, {row.workspace_id for row in rows})
    named = {row.approver_id for row in rows} | {row.answered_by for row in rows if row.answered_by is not None}
    names = people.names(connection, named)
    return [
        Approval(
            id=row.id,
            state=cast(ApprovalState, row.state),
            title=row.title,
            detail=row.detail,
            choices=_choices(row),
            workspace=slugs[row.workspace_id],
            session=row.session_id,
            approver=names[row.approver_id],
            answer=row.answer,
            answered_by=None if row.answered_by is None else names[row.answered_by],
            created_at=to_datetime(row.created_at),
            expires_at=to_datetime(row.expires_at),
            answered_at=maybe_datetime(row.answered_at),
        )
        for row in rows
    ]
