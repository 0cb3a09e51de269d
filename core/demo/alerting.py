"""Where alerts of the sample month went, by which rules, what became of them, and those that have a story.

Nothing of it can leave the machine: what has an address has one of the machine itself, which `[outbound]` does
not let through, and the variables are none that the sample home lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from core.api.channels import ChannelType
from core.api.deliveries import DIRECT, DeliveryStatus
from core.api.inbox import Severity
from core.api.rules import NewRule
from core.clock import DAY, HOUR, MINUTE, SECOND
from storage.ids import Instant

DESKTOPS, MAIL, ON_CALL, SLACK, STATUS = "desktops", "ops-mail", "on-call", "team-slack", "status-page"

_NOWHERE = "http://127.0.0.1:9"
_MINUTE_MS = 60_000
_ARCHIVED = HOUR + 12 * MINUTE  # so long ago the channel of Slack was gone
_BUSY = 35 * MINUTE  # Telegram wanted to hear no more
_UNSET = 20 * HOUR  # the server was started without the address of the status page
_PAUSE = 6 * HOUR
_WAITING = {SLACK: _ARCHIVED, ON_CALL: _BUSY, STATUS: _UNSET}
_ARCHIVED_ERROR = "Slack answered 404: channel_is_archived"
_BUSY_ERROR = "Telegram answered 429: Too Many Requests: retry after 21600"
_MAIL_ERROR = "The mail server refused it: 550 no such mailbox"
_SHOWN = "Announced to one person who is connected. Their apps show it as they like."
_SERVICES = {SLACK: "Slack", ON_CALL: "Telegram", STATUS: "The webhook"}


class SampleChannel(NamedTuple):
    """`standing` is what keeps it from sending; its times are relative to the end of the month."""

    name: str
    type: ChannelType
    settings: dict[str, object]
    standing: Mapping[str, int | str] = {}


class Try(NamedTuple):
    """An attempt, so long after it was due."""

    outcome: str
    sentence: str = ""
    took_ms: int = 240
    after: int = 0


class Course(NamedTuple):
    """What became of a delivery: its state, what was tried, when it is tried next, and why it was not sent."""

    state: DeliveryStatus
    tries: tuple[Try, ...] = ()
    again_after: int = 0
    error: str | None = None
    reason: str | None = None

    def settled(self, at: Instant, due: Instant) -> Instant | None:
        """When it was, if it was, of one that was accepted and due then."""
        if self.state == "pending":
            return None
        return Instant(due + self.tries[-1].after + self.tries[-1].took_ms * 1_000) if self.tries else at


@dataclass(frozen=True, slots=True)
class SampleDelivery:
    """One that has a story: accepted `ago` before the end of the month, and due so much later."""

    ago: int
    channel: str
    title: str
    body: str
    course: Course
    rule: str = DIRECT
    rule_name: str = "Sent by hand"
    event: str = "direct:send"
    severity: Severity = "info"
    wait: int = 0
    id: str | None = None  # where a notification names it

    @property
    def by_hand(self) -> bool:
        return self.rule == DIRECT


def course(random: Random, channel: str, ago: int) -> Course:
    """What became of one to this channel, so long ago."""
    if channel == DESKTOPS:
        return Course("sent", (Try("sent", _SHOWN, random.randint(2, 9)),))
    if ago < _WAITING.get(channel, 0):
        return Course("pending")
    sent, chance = Try("sent", took_ms=random.randint(110, 480)), random.random()
    if channel == STATUS and chance < 0.2:
        error = "The webhook answered 404: no such component"
        return Course("failed", (Try("refused", error, sent.took_ms),), error=error)
    if channel == MAIL or chance < 0.9:
        return Course("sent", (sent,))
    before = Try("transient", f"{_SERVICES[channel]} answered 503.", random.randint(90, 2_000))
    return Course("sent", (before, sent._replace(after=random.randint(4, 6) * SECOND)))


CHANNELS: Final = (
    SampleChannel(DESKTOPS, "desktop", {}),
    SampleChannel(
        ON_CALL,
        "telegram",
        {"botToken": "123456789:SAMPLE", "chatId": "-1001234567890", "baseUrl": _NOWHERE},
        {"paused_until": _PAUSE - _BUSY, "pause_reason": _BUSY_ERROR},
    ),
    SampleChannel(
        MAIL,
        "email",
        {
            "provider": "smtp",
            "host": "127.0.0.1",
            "port": 9,
            "from": "callboard@example.com",
            "to": ["ops@example.com"],
        },
    ),
    SampleChannel(STATUS, "webhook", {"url": "${STATUS_PAGE_URL}", "secret": "${STATUS_PAGE_SECRET}"}),
    SampleChannel(
        SLACK,
        "slack",
        {"webhookUrl": f"{_NOWHERE}/services/T00/B00/sample"},
        {"disabled_at": -_ARCHIVED, "disabled_reason": _ARCHIVED_ERROR},
    ),
)

RULES: Final = (
    NewRule(
        ["task:transition"],
        [SLACK, DESKTOPS],
        id="failed-tickets",
        name="A ticket failed",
        condition={"field": "to", "op": "==", "value": "failed"},
        severity="critical",
        cooldown_ms=10 * _MINUTE_MS,
    ),
    NewRule(
        ["task:review", "task:qa"],
        [SLACK],
        id="reviews",
        name="Somebody waits for a review",
        cooldown_ms=240 * _MINUTE_MS,
    ),
    NewRule(
        ["hook:failed", "verification:failed", "workflow:step-failed"],
        [SLACK],
        id="broken-builds",
        name="A build broke",
        severity="warning",
        cooldown_ms=720 * _MINUTE_MS,
    ),
    NewRule(
        ["merge:failed"],
        [DESKTOPS],
        id="conflicts",
        name="A merge needs hands",
        severity="warning",
        title="Conflicts in {{files.0}}",
        template="{{branch}} does not merge into {{base}}: {{error}}",
    ),
    NewRule(
        ["automation:failed", "automation:disabled"],
        [ON_CALL],
        id="night-shift",
        name="An automation gave up",
        severity="critical",
        cooldown_ms=60 * _MINUTE_MS,
    ),
    NewRule(
        ["budget:*"],
        [MAIL, ON_CALL],
        id="money",
        name="A budget is spent",
        condition={"field": "percent", "op": ">=", "value": 80},
        severity="warning",
    ),
    NewRule(["key:suspicious"], [ON_CALL, MAIL], id="locks", name="Somebody tries keys", severity="critical"),
    NewRule(
        ["sla:**", "quality:gate:*"],
        [MAIL, STATUS],
        id="promises",
        name="Deadlines and gates",
        severity="warning",
        cooldown_ms=30 * _MINUTE_MS,
    ),
    NewRule(
        ["deploy:*", "backup:*", "certificate:*", "import:*"],
        [STATUS],
        id="good-news",
        name="What other programs say",
    ),
    NewRule(["approval:requested"], [DESKTOPS], id="questions", name="An agent asks"),
    NewRule(["**"], [MAIL], id="everything", name="Everything of billing", enabled=False, workspace="billing"),
)


LOST: Final = (
    SampleDelivery(
        _ARCHIVED,
        SLACK,
        "⚠️ Hook failed: lint",
        "make lint ended with exit code 1.",
        Course("failed", (Try("gone", _ARCHIVED_ERROR, 318),), error=_ARCHIVED_ERROR),
        "broken-builds",
        "A build broke",
        "hook:failed",
        "warning",
        id="notif_01SAMPLE0SLACK0ARCHIVED00001",
    ),
    SampleDelivery(
        2 * DAY + 3 * HOUR,
        MAIL,
        "⚠️ Budget spent: Billing & invoices",
        "416 of 400 USD are spent.",
        Course(
            "failed",
            (
                Try("transient", "The mail server wants this to be tried later: 451 greylisted", 640),
                Try("refused", _MAIL_ERROR, 512, 6 * SECOND),
            ),
            error=_MAIL_ERROR,
        ),
        "money",
        "A budget is spent",
        "budget:breach",
        "warning",
        id="notif_01SAMPLE0MAIL0REFUSED0000002",
    ),
)
"""Those of which a notification says that they could not be sent."""

TOLD: Final = (
    *LOST,
    SampleDelivery(
        _BUSY,
        ON_CALL,
        "🚨 Automation failed: Nightly audit",
        "The command ended with exit code 2.",
        Course("pending", (Try("retry", _BUSY_ERROR, 96),), _PAUSE, _BUSY_ERROR),
        "night-shift",
        "An automation gave up",
        "automation:failed",
        "critical",
    ),
    SampleDelivery(
        26 * HOUR,
        MAIL,
        "Restore rehearsal on Thursday, 14:00",
        "We bring the billing database back from the backup, for real this time.",
        Course(
            "sent",
            (
                Try("interrupted", "The server stopped in the middle of it.", 0),
                Try("sent", took_ms=391, after=48 * SECOND),
            ),
        ),
    ),
    SampleDelivery(
        3 * HOUR,
        MAIL,
        "The freeze begins at five",
        "Merge what must be in before.",
        Course("cancelled", reason="Taken back by %s."),
        wait=2 * HOUR,
    ),
    SampleDelivery(
        20 * MINUTE,
        MAIL,
        "The freeze begins at five",
        "Merge what must be in before.",
        Course("pending"),
        wait=14 * HOUR,
    ),
)
