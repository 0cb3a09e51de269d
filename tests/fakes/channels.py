"""A server's channels and deliveries in memory, as the app meets them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from msgspec import UNSET, Raw
from msgspec.structs import replace

from core.api.channels import Channel, ChannelChange, ChannelTest, ChannelTesting, Day, NewChannel
from core.api.deliveries import Attempt, Delivery, DeliveryDetail, Scheduled, Sending
from core.api.inbox import InboxItem
from core.api.wire import Call, Done, Page
from core.clock import Clock, to_datetime
from core.errors import CallboardError, ConflictError, InvalidError, NotFoundError
from tests.fakes.inbox import FakeInbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def days(*counts: tuple[int, int, int]) -> list[Day]:
    """Sent, failed and dropped, the last of them today."""
    first = NOW.date() - timedelta(days=len(counts) - 1)
    return [Day((first + timedelta(days=at)).isoformat(), *count) for at, count in enumerate(counts)]


def channel(name: str, **facts: Any) -> Channel:
    """A channel of Slack that works, unless told otherwise."""
    known = {
        "type": "slack",
        "state": "working",
        "source": "api",
        "last_state": "sent",
        "last_at": NOW - timedelta(minutes=5),
        "settings": {"webhookUrl": "${SLACK_WEBHOOK_URL}"},
        "days": days((3, 0, 0), (8, 0, 1), (2, 1, 0), (5, 0, 0)),
        "created_at": NOW - timedelta(days=20),
    }
    return Channel(name, **{**known, **facts})


def delivery(number: int, title: str = "", **facts: Any) -> Delivery:
    """One that was sent, unless told otherwise; the higher its number the newer it is."""
    at = NOW - timedelta(minutes=facts.pop("minutes", 100 - number))
    status = facts.get("status", "sent")
    known = {
        "id": f"notif_{number:04}",
        "status": status,
        "channel": "slack-alerts",
        "channel_type": "slack",
        "rule_id": "task-failed",
        "rule_name": "Tasks that fail",
        "event": "task:transition",
        "event_id": f"ev_{number:04}",
        "workspace": "atelier",
        "title": title or f"Delivery {number}",
        "body": f"What delivery {number} says.",
        "severity": "warning",
        "attempts": 0 if status in ("pending", "dropped") else 1,
        "error": None,
        "reason": None,
        "sender": None,
        "scheduled_at": at,
        "fires_at": at,
        "next_attempt_at": None,
        "settled_at": None if status == "pending" else at + timedelta(seconds=2),
    }
    return Delivery(**{**known, **facts})


def house() -> list[Channel]:
    """A channel in each state."""
    return [
        channel("desk", type="desktop", settings={}, last_state=None, last_at=None, days=[]),
        channel("mail-ops", type="email", state="broken", source="file", place="config.toml:42", pending=2,
                reason="config.toml:42: [notifications.channels.mail-ops] apiKey needs the variable RESEND_KEY.",
                settings={"provider": "resend", "to": ["ops@example.com"], "apiKey": "${RESEND_KEY}"}, days=[]),
        channel("oncall", type="telegram", state="paused", paused_until=NOW + timedelta(minutes=4), pending=31,
                reason="Telegram wants to hear nothing before 10:04.", last_state="failed",
                last_error="429 Too Many Requests: retry after 240", days=days((4, 0, 0), (9, 2, 0), (1, 0, 40)),
                settings={"botToken": "***", "chatId": "-1001"}),
        channel("old-hook", type="webhook", state="disabled", reason="410 Gone: the address is no more.",
                settings={"url": "***", "headers": {"Authorization": "***"}}),
        channel("slack-alerts"),
    ]  # fmt: skip


def morning() -> list[Delivery]:
    """A few of each kind, the newest last."""
    return [
        delivery(1, "⚠️ Task Phở 🍜 failed", minutes=3000),
        delivery(2, "ℹ️ Session done: Export invoices", minutes=300, channel="desk", channel_type="desktop"),
        delivery(3, "Held back", status="dropped", minutes=240,
                 reason="held back by the cooldown of task-failed until 05:10"),
        delivery(4, "🚨 Merge failed: feature/ledger", status="failed", minutes=90, channel="old-hook",
                 severity="critical", event="session:merge:failed", error="410 Gone: the address is no more."),
        delivery(5, "⚠️ Task “Sign-in page” failed", status="pending", channel="oncall", channel_type="telegram",
                 minutes=4, attempts=2, error="429 Too Many Requests: retry after 240",
                 next_attempt_at=NOW + timedelta(minutes=4)),
        delivery(6, "Deploy at noon", status="pending", rule_id="direct", rule_name="Sent by hand",
                 event="direct:send", event_id=None, sender="dana", minutes=2, fires_at=NOW + timedelta(hours=3),
                 next_attempt_at=NOW + timedelta(hours=3)),
    ]  # fmt: skip


class FakeChannels(FakeInbox):
    """`refuse` is what the next call that changes something is answered with."""

    def __init__(
        self,
        clock: Clock,
        channels: Sequence[Channel] | None = None,
        deliveries: Sequence[Delivery] | None = None,
        items: Sequence[InboxItem] = (),
    ) -> None:
        super().__init__(clock, items)
        self.channels = {one.name: one for one in (house() if channels is None else channels)}
        self.deliveries = {one.id: one for one in (morning() if deliveries is None else deliveries)}
        self.data: dict[str, bytes] = {}
        self.attempts: dict[str, list[Attempt]] = {}
        self.tests: list[tuple[str, bool]] = []
        self.made: list[NewChannel | ChannelChange | Sending] = []
        self.result = ChannelTest("", True, "Slack answered ok.", took_ms=120)
        self.refuse: CallboardError | None = None

    def put(self, *these: Delivery | Channel) -> None:
        """They are like this now."""
        for one in these:
            if isinstance(one, Channel):
                self.channels[one.name] = one
            else:
                self.deliveries[one.id] = one
        self._tell([1], "channels")
        self._tell([1], "deliveries")

    def _answer(self, call: Call[Any]) -> object:
        area, _, rest = call.path.removeprefix("/").partition("/")
        if call.method != "GET" and self.refuse is not None:
            refuse, self.refuse = self.refuse, None
            raise refuse
        match call.method, area:
            case _, "channels":
                return self._of_channels(call, rest)
            case _, "deliveries":
                return self._of_deliveries(call, rest)
            case "POST", "projects":
                return self._send(cast(Sending, call.body), rest.partition("/")[0])
        return super()._answer(call)

    def _of_channels(self, call: Call[Any], rest: str) -> object:
        name, _, what = rest.partition("/")
        match call.method, what:
            case "GET", _ if not name:
                shown = _kept(self.channels.values(), str(call.query["filter"]), _CHANNEL)
                return _page(sorted(shown, key=lambda one: one.name), call)
            case "POST", _ if not name:
                new = cast(NewChannel, call.body)
                self.made.append(new)
                if new.name in self.channels:
                    raise ConflictError(f"There is a channel {new.name} already.")
                self.put(channel(new.name, type=new.type, settings=new.settings, last_state=None, days=[]))
                return self.channels[new.name]
        if name not in self.channels:
            raise NotFoundError(f"There is no channel {name}.")
        match call.method, what:
            case "POST", "test":
                self.tests.append((name, cast(ChannelTesting, call.body).send))
                return replace(self.result, channel=name, sent=self.tests[-1][1] and self.result.ok)
            case "PATCH", _:
                self._change(name, cast(ChannelChange, call.body))
            case "DELETE", _:
                del self.channels[name]
                self._tell([1], "channels")
                return Done()
        return self.channels[name]

    def _change(self, name: str, change: ChannelChange) -> None:
        self.made.append(change)
        one = self.channels[name]
        if change.enabled is not UNSET:
            one = replace(one, state="working" if change.enabled else "disabled")
        if change.settings is not UNSET:
            one = replace(one, settings=change.settings)
        self.put(one)

    def _of_deliveries(self, call: Call[Any], rest: str) -> object:
        number, _, what = rest.partition("/")
        if not number:
            shown = _kept(self.deliveries.values(), str(call.query["filter"]), _DELIVERY)
            return _page(sorted(shown, key=lambda one: one.id, reverse=True), call)
        if number not in self.deliveries:
            raise NotFoundError("There is no such delivery.")
        one = self.deliveries[number]
        match what:
            case "retry":
                self.put(replace(one, status="pending", settled_at=None, error=None))
                return self.deliveries[number]
            case "cancel":
                if one.status != "pending":
                    raise ConflictError("Only what is pending can be cancelled.")
                self.put(replace(one, status="cancelled", reason="taken back by dana"))
                return self.deliveries[number]
        return DeliveryDetail(one, self.attempts.get(number, []), Raw(self.data.get(number, b"{}")))

    def _send(self, sending: Sending, workspace: str) -> Scheduled:
        self.made.append(sending)
        if sending.channel not in self.channels:
            raise InvalidError(f"There is no channel {sending.channel}.", "body.channel")
        now = to_datetime(self.clock.now())
        fires = now + timedelta(milliseconds=sending.delay_ms)
        named = f"notif_9{len(self.made):03}"
        by_hand = {"rule_id": "direct", "rule_name": "Sent by hand", "event": "direct:send", "sender": "dana"}
        made = delivery(
            1, sending.title, status="pending", channel=sending.channel, workspace=workspace, **by_hand
        )
        self.put(replace(made, id=named, scheduled_at=now, fires_at=fires, next_attempt_at=fires))
        return Scheduled(named, now, fires)


def _page(shown: Sequence[Any], call: Call[Any]) -> Page[Any]:
    start, limit = int(call.query["cursor"] or 0), int(call.query["limit"] or 50)
    return Page([*shown[start : start + limit]], str(start + limit) if start + limit < len(shown) else None)


_CHANNEL = {"name": "name", "type": "type", "state": "state"}
_DELIVERY = {"state": "status", "channel": "channel", "rule": "rule_id", "event": "event"}


def _kept(there: Any, filter: str, fields: dict[str, str]) -> list[Any]:
    """Enough of the filter language: these fields, and words."""
    shown = list(there)
    for word in filter.split():
        named, colon, value = word.partition(":")
        if named in fields:
            shown = [one for one in shown if getattr(one, fields[named]) in value.split(",")]
        elif colon:
            raise InvalidError(
                f"There is no field '{named}' here.", f"filter, character {filter.index(word) + 1}"
            )
        else:
            shown = [
                one for one in shown if word.lower() in getattr(one, "title", getattr(one, "name", "")).lower()
            ]
    return shown
