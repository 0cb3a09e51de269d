"""The webhooks of automations: a call that knows the token starts a session, and is answered when the run, the
session and the answer itself are durable."""

import asyncio
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple, get_args

import msgspec

from core.api.automations import Signature
from core.api.trigger import TriggerAnswer
from core.api.wire import API
from core.automations import tokens
from core.automations.firing import Fired, Firing, Occurrence
from core.automations.signatures import Header, is_signed
from core.automations.trigger_limits import Limit
from core.clock import DAY, Clock
from core.errors import NotAuthenticatedError, NotFoundError, SlowDownError
from storage import automations as store
from storage import webhook_calls
from storage.automations import AutomationRow
from storage.database import Connection, Database
from storage.ids import AutomationId, Instant
from storage.webhook_calls import WebhookCallRow

UNKNOWN: Final = (
    "No webhook answers to this. Check its token, and the signature where it asks for one; the token goes into"
    " the header Api-Authentication."
)
"""What is said of every token that opens nothing, so that the answer does not say why."""

REMEMBERED: Final = DAY
"""For how long the same call is answered alike."""

_DELIVERY_IDS: Final[dict[Signature | None, tuple[str, ...]]] = {
    None: ("X-GitHub-Delivery", "webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID"),
    "github": ("X-GitHub-Delivery", "Idempotency-Key"),
    "gitlab": ("Idempotency-Key", "X-Gitlab-Event-UUID"),
    "standard": ("webhook-id",),  # which alone is signed
}
_SIGNATURES: Final[dict[str, Signature]] = {kind: kind for kind in get_args(Signature)}
_KEPT_SECONDS = 5.0
_MOST_KEPT = 10_000
_PURGE_SECONDS = 600.0
_PURGED = 200

_encode = msgspec.json.Encoder().encode


class Webhook(NamedTuple):
    """What a token opens, as it was when it was looked up."""

    hash: bytes
    automation: AutomationId
    name: str
    signature: Signature | None
    secret: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a call: its headers, and the body before anything is made of it."""

    method: str
    header: Header
    body: bytes
    source: str


class Triggered(NamedTuple):
    """The answer to a call that was understood. `begun` when it is this call that a session was begun for."""

    status: int
    body: bytes
    begun: bool = False


class _Call(NamedTuple):
    """A call that has been verified. `delivery` is its sender's own id of it."""

    webhook: Webhook
    delivery: str | None
    parameters: Mapping[str, Any]


class Trigger:
    """`public` answers the configured public address of this server, and `started` is called when a session was
    begun. A token's automation is kept for seconds: what was looked up is looked at again where the session
    starts, so that nothing old lets a call in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        firing: Firing,
        public: Callable[[], str | None],
        started: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._firing = firing
        self._public = public
        self._started = started
        self._kept: dict[bytes, tuple[float, Webhook]] = {}
        self._calls = Limit(clock, burst=60_000, per_second=5_000)
        self._failures = Limit(clock, burst=3_000, per_second=50)

    async def webhook(self, token: str, source: str) -> Webhook:
        """What this token opens. A source that fails too often is told to slow down; a token that is right never
        is for that, since it may share an address with whoever is guessing."""
        if not tokens.is_well_formed(token):
            self._count_failure(source)
            raise NotAuthenticatedError(UNKNOWN)
        return await self._opened(tokens.hash_of(token), source)

    async def opened_anew(self, webhook: Webhook, source: str) -> Webhook:
        """What its token opens now."""
        self._kept.pop(webhook.hash, None)
        return await self._opened(webhook.hash, source)

    def verify(self, webhook: Webhook, sent: Sent) -> None:
        """Refuse a call that is not signed as its automation asks for."""
        if webhook.signature is None:
            return
        now = self._clock.now()
        signed = sent.method == "POST" and is_signed(
            webhook.signature, webhook.secret, sent.header, sent.body, now
        )
        if not signed:
            self._count_failure(sent.source)
            raise NotAuthenticatedError(UNKNOWN)

    async def call(self, webhook: Webhook, sent: Sent, parameters: Mapping[str, Any]) -> Triggered:
        """Start the automation, or answer what the same call was answered. The call has been verified."""
        wait = self._calls.take(webhook.automation)
        if wait > 0:
            raise SlowDownError("This webhook is called too often; try again later.", math.ceil(wait))
        while True:
            call = _Call(webhook, _delivery(webhook, sent.header), parameters)
            triggered = await self._database.write_together(self._run_all, call)
            if triggered is not None:
                if triggered.begun:
                    self._started()
                return triggered
            webhook = await self.opened_anew(webhook, sent.source)
            self.verify(webhook, sent)

    async def run(self) -> None:
        """Forget old calls, until cancelled."""
        while True:
            await self.purge()
            await asyncio.sleep(_PURGE_SECONDS)

    async def purge(self) -> None:
        """Forget the calls that are not answered alike any more, a few at a time."""
        before = Instant(self._clock.now() - REMEMBERED)
        while await self._database.read(partial(webhook_calls.any_old, before=before)):
            await self._database.write(partial(webhook_calls.drop_old, before=before, limit=_PURGED))

    async def _opened(self, hash_: bytes, source: str) -> Webhook:
        kept = self._kept.get(hash_)
        if kept is not None and self._clock.monotonic() < kept[0]:
            return kept[1]
        row = await self._database.read(partial(store.by_token, hash=hash_))
        if row is None or not _is_open(row):
            self._count_failure(source)
            raise NotFoundError(UNKNOWN)
        webhook = _webhook(hash_, row)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[hash_] = self._clock.monotonic() + _KEPT_SECONDS, webhook
        return webhook

    def _count_failure(self, source: str) -> None:
        wait = self._failures.take(source)
        if wait > 0:
            raise SlowDownError("Too many failed attempts; try again later.", math.ceil(wait))

    def _run_all(self, connection: Connection, calls: Sequence[_Call]) -> list[Triggered | None]:
        """The answers to calls that wait together, as if they had come one after the other: nothing for one whose
        webhook is not any more what it was taken for. Where one of several cannot start a session, all fail here,
        and are run one by one."""
        if len(calls) > 1 and _are_of_one(calls):
            row = _locked(connection, calls[0].webhook)
            if row is not None and row.parallel:
                return [*self._run_at_once(connection, row, calls)]
        return [self._run(connection, call) for call in calls]

    def _run_at_once(self, connection: Connection, row: AutomationRow, calls: Sequence[_Call]) -> list[Triggered]:
        now = self._clock.now()
        answers = [_answered(connection, row, call, now) for call in calls]
        new = [call for call, answer in zip(calls, answers, strict=True) if answer is None]
        occurrences = [_occurrence(row, call) for call in new]
        fired = iter(self._firing.fire_all(connection, row, occurrences, now) if new else ())
        return [
            answer or self._answer(connection, row, call, next(fired), now)
            for call, answer in zip(calls, answers, strict=True)
        ]

    def _run(self, connection: Connection, call: _Call) -> Triggered | None:
        now = self._clock.now()
        row = _locked(connection, call.webhook)
        if row is None:
            return None
        before = _answered(connection, row, call, now)
        if before is not None:
            return before
        fired = self._firing.fire_locked(connection, row, _occurrence(row, call), now)
        return self._answer(connection, row, call, fired, now)

    def _answer(
        self, connection: Connection, row: AutomationRow, call: _Call, fired: Fired, now: Instant
    ) -> Triggered:
        """What the call is answered, and will be when it comes again."""
        started = fired.outcome == "started"
        answer = TriggerAnswer(
            success=started,
            error=None if started else _why(fired),
            session_id=fired.session,
            session_url=None if fired.session is None else self._url(fired.session),
            execution_id=fired.blocked_by if fired.outcome == "skipped" else fired.execution,
            automation_name=row.name,
            unresolved_placeholders=fired.unresolved if started else [],
        )
        triggered = Triggered(_STATUSES[fired.outcome], _encode(answer), started)
        if started and call.delivery is not None:
            kept = WebhookCallRow(row.id, call.delivery, now, triggered.status, triggered.body.decode())
            webhook_calls.keep(connection, kept)
        return triggered

    def _url(self, session: int) -> str:
        public = self._public()
        return f"callboard:session/{session}" if not public else f"{public.rstrip('/')}{API}/sessions/{session}"


_STATUSES: Final = {"started": 200, "skipped": 409, "failed": 400}


def _are_of_one(calls: Sequence[_Call]) -> bool:
    """Whether all are of one webhook, and none of them is another again."""
    deliveries = [call.delivery for call in calls if call.delivery is not None]
    return len(set(deliveries)) == len(deliveries) and all(call.webhook == calls[0].webhook for call in calls)


def _locked(connection: Connection, webhook: Webhook) -> AutomationRow | None:
    """Its automation, or nothing where the webhook is not any more what it was taken for."""
    row = store.locked_by_token(connection, webhook.hash)
    return row if row is not None and _is_open(row) and _webhook(webhook.hash, row) == webhook else None


def _answered(connection: Connection, row: AutomationRow, call: _Call, now: Instant) -> Triggered | None:
    """What the same call was answered before."""
    if call.delivery is None:
        return None
    before = webhook_calls.answered(connection, row.id, call.delivery, Instant(now - REMEMBERED))
    return None if before is None else Triggered(before.status, before.answer.encode())


def _occurrence(row: AutomationRow, call: _Call) -> Occurrence:
    return Occurrence("webhook", fingerprint=row.token_fingerprint, parameters=call.parameters)


def _why(fired: Fired) -> str:
    if fired.outcome == "failed":
        return fired.reason
    return (
        f"Session {fired.session} of this automation is still going: call again when it has ended, or allow"
        " parallel sessions."
    )


def _is_open(row: AutomationRow) -> bool:
    return row.type == "http" and row.enabled


def _webhook(hash_: bytes, row: AutomationRow) -> Webhook:
    signature = None if row.signature is None else _SIGNATURES[row.signature]
    return Webhook(hash_, row.id, row.name, signature, row.signature_secret or "")


def _delivery(webhook: Webhook, header: Header) -> str | None:
    """The sender's own id of the call, as a hash: it may be any text. Where calls are signed, no id counts that
    another sender's headers could put in its place."""
    for name in _DELIVERY_IDS[webhook.signature]:
        value = (header(name) or "").strip()
        if value:
            digest = hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
            return f"{name.lower()}:{digest}"
    return None
