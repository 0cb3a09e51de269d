"""Approvals on the wire."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from core.api.wire import Call, Page

ApprovalState = Literal["open", "allowed", "refused", "expired", "cancelled"]
ChoiceKind = Literal["allow_once", "allow_always", "reject_once", "reject_always"]


class ApprovalChoice(Struct, frozen=True):
    """An answer that can be given. Only an agent that offers it takes `allow_always`, for as long as its
    conversation lasts."""

    id: str
    name: str
    kind: ChoiceKind


class Approval(Struct, frozen=True):
    """Something that may not be done before a person has said so."""

    id: int
    state: ApprovalState
    title: str
    detail: str
    choices: list[ApprovalChoice]
    workspace: str
    session: int | None
    approver: str
    answer: str | None
    answered_by: str | None
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None


class ApprovalAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """The id of a choice; or `allow` or `refuse`, for the first choice of that kind."""

    choice: str


def approvals(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Approval]]:
    return Call("GET", "/approvals", Page[Approval], {"limit": limit, "cursor": cursor, "filter": filter})


def approval(number: int) -> Call[Approval]:
    return Call("GET", f"/approvals/{number}", Approval)


def answer(number: int, choice: str) -> Call[Approval]:
    return Call("POST", f"/approvals/{number}/answer", Approval, body=ApprovalAnswer(choice))
