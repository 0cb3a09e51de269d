"""How attempts end: the state of the delivery, the attempt, the day's count, how the channel does, and the event
that tells of it, all in the transaction of whoever calls.

A worker whose lease was lost settles nothing: somebody else has the delivery by then."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from core.channels.delivering.backoff import next_attempt
from core.channels.outbound.retry import LONGEST_PAUSE
from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, RetryAt, Sent, Transient
from core.clock import MINUTE, SECOND, day_of
from core.events.record import NewEvent, record
from core.ids import Entropy
from core.text import storable
from storage import changes, delivering, people, standings
from storage.changes import NewChange
from storage.database import Connection
from storage.deliveries import CLAIMS, DueRow, count
from storage.delivering import EndedAttempt
from storage.ids import ChannelId, DeliveryId, Instant

_LONGEST_SENTENCE: Final = 500
_SHORTEST_PAUSES: Final = (SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE)
"""How long a channel rests at the least when its service says "later", by how often the delivery was tried: one
that says "in no time" every time would be asked for ever, as fast as it answers."""

State = Literal["pending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The server stopped in the middle of it. It may have arrived, and is sent again, with the same id."""

    sentence: str = "The server stopped in the middle of it."


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that has ended so."""

    row: DueRow
    outcome: Outcome | Interrupted
    took_ms: int


class Verdict(NamedTuple):
    """What a delivery is from now on; `again_at` of one that is tried again."""

    state: State
    sentence: str
    again_at: Instant | None = None


def judge(ended: Ended, failures: int, now: Instant, entropy: Entropy) -> Verdict:
    """What becomes of the delivery, of which so many attempts have not worked, this one included."""
    outcome = ended.outcome
    if isinstance(outcome, Sent):
        return Verdict("sent", "")
    sentence = said(outcome.sentence)
    again_at = _again_at(ended, failures, now, entropy)
    return Verdict("failed", sentence) if again_at is None else Verdict("pending", sentence, again_at)


def settle(connection: Connection, ended: Sequence[Ended], token: str, now: Instant, entropy: Entropy) -> None:
    """Write the ends of these attempts, of one channel."""
    if not ended:
        return
    channel = ended[0].row.channel_id
    delivering.end_attempts(connection, [_attempt(one) for one in ended])
    failed = delivering.failures(connection, [one.row.seq for one in ended if _may_fail(one.outcome)])
    told: list[tuple[DueRow, Verdict]] = []
    for one in ended:
        verdict = judge(one, failed.get(one.row.seq, 0), now, entropy)
        if CLAIMS.settle(connection, one.row.seq, token, _columns(one, verdict, now)):
            told.append((one.row, verdict))
    _tell(connection, told, now, entropy)
    for one in ended:
        _of_channel(connection, channel, one, now, entropy)
    _note(connection, ended, now)


def give_up(connection: Connection, rows: Sequence[DueRow], sentence: str, now: Instant, entropy: Entropy) -> int:
    """These fail without another attempt."""
    delivering.give_up(connection, [row.seq for row in rows], sentence, now)
    _tell(connection, [(row, Verdict("failed", sentence)) for row in rows], now, entropy)
    return len(rows)


def _again_at(ended: Ended, failures: int, now: Instant, entropy: Entropy) -> Instant | None:
    """When it is tried again, if it is."""
    outcome, give_up_at = ended.outcome, ended.row.give_up_at
    match outcome:
        case RetryAt():
            at = bounded(outcome.at, ended.row.attempt, now)
            return at if at <= give_up_at else None
        case Transient() | Ambiguous():
            return next_attempt(failures, now, give_up_at, entropy)
        case Interrupted():
            return now
        case _:
            return None


def _columns(ended: Ended, verdict: Verdict, now: Instant) -> dict[str, object]:
    if verdict.state == "pending":
        return {"run_at": verdict.again_at, "error": verdict.sentence}
    if verdict.state == "failed":
        return {"state": "failed", "error": verdict.sentence, "settled_at": now}
    receipt = ended.outcome.receipt if isinstance(ended.outcome, Sent) else ""
    return {"state": "sent", "error": None, "receipt": said(receipt) or None, "settled_at": now}


def _tell(connection: Connection, told: Sequence[tuple[DueRow, Verdict]], now: Instant, entropy: Entropy) -> None:
    """Count what is settled, record its event, and have whoever shows any of it look again."""
    senders = people.names(connection, [row.sender_id for row, _ in told if row.sender_id is not None])
    for row, verdict in told:
        if verdict.state != "pending":
            payload: dict[str, object] = {
                "ruleId": row.rule_id,
                "channel": row.channel,
                "event": row.event,
                "deliveryId": row.id,
            }
            if verdict.state == "failed":
                payload["error"] = verdict.sentence
            if row.sender_id in senders:
                payload["sender"] = senders[row.sender_id]
            event = NewEvent(f"notification:{verdict.state}", payload, row.workspace_id)
            record(connection, event, now=now, entropy=entropy)
    changes.append(connection, [NewChange("deliveries", row.id, None, row.workspace_id, now) for row, _ in told])
    settled = Counter((row.channel_id, verdict.state) for row, verdict in told if verdict.state != "pending")
    for (channel, state), number in settled.items():
        if channel is not None:
            count(connection, channel, day_of(now), **{state: number})


def _of_channel(connection: Connection, channel: ChannelId, ended: Ended, now: Instant, entropy: Entropy) -> None:
    """The channel pauses, or is gone."""
    outcome, row = ended.outcome, ended.row
    if isinstance(outcome, RetryAt):
        until = bounded(outcome.at, row.attempt, now)
        standings.pause(connection, channel, until, said(outcome.sentence), now)
    elif isinstance(outcome, Gone):
        sentence = said(outcome.sentence)
        if standings.disable(connection, channel, sentence, now):
            payload = {"channel": row.channel, "type": row.channel_type, "reason": sentence}
            record(connection, NewEvent("channel:disabled", payload), now=now, entropy=entropy)


def _note(connection: Connection, ended: Sequence[Ended], now: Instant) -> None:
    """How the channel does, by the last of them."""
    last = ended[-1]
    channel = last.row.channel_id
    if isinstance(last.outcome, Interrupted):
        return
    if isinstance(last.outcome, Sent):
        standings.note_sent(connection, channel, now)
    else:
        standings.note_failed(connection, channel, said(last.outcome.sentence), now)
    changes.append(connection, [NewChange("channels", last.row.channel, None, None, now)])


def _attempt(ended: Ended) -> EndedAttempt:
    outcome = ended.outcome
    return EndedAttempt(
        DeliveryId(ended.row.seq),
        ended.row.attempt,
        OUTCOMES[type(outcome)],
        ended.took_ms,
        said(outcome.sentence),
    )


OUTCOMES: Final[dict[type, str]] = {
    Sent: "sent",
    RetryAt: "retry",
    Transient: "transient",
    Refused: "refused",
    Gone: "gone",
    Ambiguous: "ambiguous",
    Interrupted: delivering.INTERRUPTED,
}
"""The outcomes as attempts have them."""


def _may_fail(outcome: Outcome | Interrupted) -> bool:
    return isinstance(outcome, Transient | Ambiguous)


def bounded(at: Instant, attempt: int, now: Instant) -> Instant:
    """When the channel may be heard of again, twelve hours from now at the most."""
    least = _SHORTEST_PAUSES[min(max(attempt, 1), len(_SHORTEST_PAUSES)) - 1]
    return Instant(min(max(at, now + least), now + LONGEST_PAUSE))


def said(text: str) -> str:
    """What somebody said, as it is kept."""
    return storable(text)[:_LONGEST_SENTENCE]
