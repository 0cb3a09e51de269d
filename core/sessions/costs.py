"""The cost ledger, as turns are charged: once for each, and only what is new in it."""

from core.sessions.turns import CostScope, Usage
from storage import usage as ledger
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import SessionRow
from storage.turns import TurnRow
from storage.usage import NewUsageRow, TotalsRow

_NOTHING = TotalsRow()
_LONGEST_CONVERSATION = 200


def charge(
    connection: Connection,
    session: SessionRow,
    turn: TurnRow,
    usage: Usage,
    now: Instant,
    *,
    resumed: str | None = None,
) -> None:
    """Write what the turn used. Where its provider reports what the conversation has used, the difference to
    the turn before is charged, which is never negative; `resumed` is the conversation that it went on with."""
    conversation = (turn.resume_id or resumed or f"turn {turn.id}")[:_LONGEST_CONVERSATION]
    before = ledger.totals(connection, session.id, conversation)
    if before is None and resumed is not None:
        before = ledger.totals(connection, session.id, resumed[:_LONGEST_CONVERSATION])
    known = before or _NOTHING
    tokens = usage.tokens
    cost = _new(usage.cost, known.cost, usage.cost_scope)
    row = NewUsageRow(
        at=now,
        workspace_id=session.workspace_id,
        session_id=session.id,
        turn_id=turn.id,
        ticket_id=session.ticket_id,
        automation_id=session.automation_id,
        purpose=turn.purpose,
        provider=turn.provider,
        model=turn.model,
        cost=cost,
        source="unknown" if cost is None else "reported",
        input_tokens=_new(tokens.input, known.input_tokens, usage.tokens_scope),
        cached_tokens=_new(tokens.cached, known.cached_tokens, usage.tokens_scope),
        output_tokens=_new(tokens.output, known.output_tokens, usage.tokens_scope),
    )
    ledger.add(connection, row)
    ledger.remember(connection, session.id, conversation, _totals(usage, known))


def dollars(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / 1_000_000


def _new(reported: int | None, before: int | None, scope: CostScope) -> int | None:
    if reported is None:
        return None
    return max(0, reported - (before or 0) if scope == "total" else reported)


def _totals(usage: Usage, before: TotalsRow) -> TotalsRow:
    """What is to be taken off the next report: the last figure that there was, of those that are totals."""
    tokens = usage.tokens
    counted = usage.tokens_scope == "total"
    return TotalsRow(
        cost=_last(usage.cost, before.cost, usage.cost_scope == "total"),
        input_tokens=_last(tokens.input, before.input_tokens, counted),
        cached_tokens=_last(tokens.cached, before.cached_tokens, counted),
        output_tokens=_last(tokens.output, before.output_tokens, counted),
    )


def _last(reported: int | None, before: int | None, total: bool) -> int | None:
    return reported if total and reported is not None else before
