"""The events of automations, budgets, API keys, deliveries and the system itself."""

from core.api.inbox import Severity
from core.events.kind import (
    TO_AUTOMATION,
    TO_CHANNEL,
    TO_DELIVERY,
    TO_KEY,
    TO_SESSION,
    TO_TICKET,
    WHY,
    EventKind,
    Identifier,
    Link,
    Number,
    OfSession,
    Payload,
    Role,
    Told,
    When,
    naming,
    told,
)

_GLOBAL = When("scope", ("global",))
_SPENDERS = (told(Role.ADMINS, when=_GLOBAL), told(Role.MEMBERS, when=When("scope", ("global",), negated=True)))
_KEEPERS: tuple[Told, ...] = (told(Role.KEY_MANAGERS),)
_AUTOMATORS = (
    told(Role.AUTOMATION_CREATOR),
    told(Role.SESSION_OWNER, needs="sessionId"),
    told(Role.DEVELOPER, needs="sessionId"),
)


class OfAutomation(OfSession, frozen=True):
    automation_id: Identifier = None
    automation_name: str | None = None
    automation_creator: str | None = None
    execution_id: Identifier = None
    reason: str | None = None
    error: str | None = None
    failures: Number = None


class Budget(Payload, frozen=True):
    scope: str | None = None
    budget: str | None = None
    task_id: Identifier = None
    spent: Number = None
    cap: Number = None
    currency: str | None = None
    percent: Number = None
    month: str | None = None


class OfKey(Payload, frozen=True):
    key_id: str | None = None
    name: str | None = None
    prefix: str | None = None
    owner: str | None = None
    days: Number = None
    expires_at: str | None = None
    attempts: Number = None
    address: str | None = None


class Delivery(Payload, frozen=True):
    rule_id: str | None = None
    channel: str | None = None
    event: str | None = None
    error: str | None = None
    delivery_id: str | None = None
    sender: str | None = None


class OfChannel(Payload, frozen=True):
    channel: str | None = None
    type: str | None = None
    reason: str | None = None


class Notice(Payload, frozen=True):
    title: str | None = None
    body: str | None = None
    severity: Severity | None = None
    link: str | None = None


_AUTOMATION = {"automationId": "a1", "automationName": "Nightly build", "automationCreator": "ann"}
_KEY = {"keyId": "key_1", "name": "ci", "prefix": "cb_abcd", "owner": "ann"}
_BUDGET = {"scope": "workspace", "spent": 80, "cap": 100, "currency": "USD", "percent": 80}
_SENT = {
    "ruleId": "failed-tasks",
    "channel": "slack-alerts",
    "event": "task:transition",
    "deliveryId": "notif_01KH3V8Z2Q4M6X8RBTN5PCWD7E",
}

KINDS = (
    EventKind(
        "automation:failed",
        "A run of an automation failed.",
        OfAutomation,
        naming("automationName automationId", "Automation failed: @", "An automation failed"),
        body=WHY,
        severity="critical",
        told=_AUTOMATORS,
        links=(TO_AUTOMATION, TO_SESSION),
        example={**_AUTOMATION, "error": "the provider answered 529"},
    ),
    EventKind(
        "automation:disabled",
        "An automation was switched off because it kept failing, or what it names is gone.",
        OfAutomation,
        naming("automationName automationId", "Automation disabled: @", "An automation was disabled"),
        body=(*WHY[:-1], "It failed {{failures}} times in a row.", ""),
        severity="critical",
        told=_AUTOMATORS,
        links=(TO_AUTOMATION, TO_SESSION),
        example={**_AUTOMATION, "failures": 3},
    ),
    EventKind(
        "automation:skipped",
        "A run found the last one still going. Told once per streak.",
        OfAutomation,
        naming("automationName automationId", "Run skipped: @", "A run was skipped"),
        body=("{{reason}}", "Its last session is still running."),
        severity="warning",
        told=(told(Role.AUTOMATION_CREATOR),),
        links=(TO_AUTOMATION, TO_SESSION),
        example={**_AUTOMATION, "sessionId": "s1"},
    ),
    EventKind(
        "budget:warning",
        "Four fifths of a budget are spent.",
        Budget,
        naming("budget scope", "Budget warning: @", "A budget is nearly spent"),
        body=("{{spent}} of {{cap}} {{currency}} are spent.", "{{spent}} of {{cap}} are spent.", ""),
        severity="warning",
        told=_SPENDERS,
        links=(TO_TICKET, Link("callboard:budgets", "Open Budgets")),
        example=_BUDGET,
    ),
    EventKind(
        "budget:breach",
        "A budget is overspent.",
        Budget,
        naming("budget scope", "Budget breach: @", "A budget is overspent"),
        body=("{{spent}} of {{cap}} {{currency}} are spent.", "{{spent}} of {{cap}} are spent.", ""),
        severity="critical",
        told=_SPENDERS,
        links=(TO_TICKET, Link("callboard:budgets", "Open Budgets")),
        example={**_BUDGET, "spent": 104, "percent": 104},
    ),
    EventKind(
        "key:expiring",
        "An API key will expire soon.",
        OfKey,
        (
            *naming("name prefix keyId", "API key @ expires soon: {{days}} d left", "An API key expires soon")[
                :-1
            ],
            *naming("name prefix keyId", "API key @ expires soon", "An API key expires soon"),
        ),
        body=("It stops working at {{expiresAt}}.", ""),
        severity="warning",
        told=_KEEPERS,
        links=(TO_KEY,),
        example={**_KEY, "days": 7, "expiresAt": "2026-03-09T09:00:00Z"},
    ),
    EventKind(
        "key:expired",
        "An API key has expired.",
        OfKey,
        naming("name prefix keyId", "API key @ has expired", "An API key has expired"),
        body=("It belongs to {{owner}}.", ""),
        severity="warning",
        told=_KEEPERS,
        links=(TO_KEY,),
        example=_KEY,
    ),
    EventKind(
        "key:revoked",
        "An API key was revoked.",
        OfKey,
        naming("name prefix keyId", "API key @ was revoked", "An API key was revoked"),
        body=("It belonged to {{owner}}.", ""),
        told=_KEEPERS,
        links=(TO_KEY,),
        example=_KEY,
    ),
    EventKind(
        "key:rotated",
        "An API key was replaced by a new one.",
        OfKey,
        naming("name prefix keyId", "API key @ was rotated", "An API key was rotated"),
        body=("It belongs to {{owner}}.", ""),
        told=_KEEPERS,
        links=(TO_KEY,),
        example=_KEY,
    ),
    EventKind(
        "key:suspicious",
        "Too many failed attempts on one API key, or from one address.",
        OfKey,
        (
            *naming("name prefix keyId", "Failed attempts on API key @", "Failed attempts on API keys")[:-1],
            *naming("address", "Failed attempts on API keys from @", "Failed attempts on API keys"),
        ),
        body=("{{attempts}} attempts failed, from {{address}}.", "{{attempts}} attempts failed.", ""),
        severity="critical",
        told=_KEEPERS,
        links=(TO_KEY,),
        example={**_KEY, "attempts": 10, "address": "203.0.113.7"},
    ),
    EventKind(
        "channel:disabled",
        "A channel was switched off, because its service says that it is gone.",
        OfChannel,
        naming("channel", "Channel disabled: @", "A channel was disabled"),
        body=("{{reason}}", ""),
        severity="critical",
        told=(told(Role.ADMINS),),
        links=(TO_CHANNEL,),
        example={"channel": "slack-alerts", "type": "slack", "reason": "Slack says: no_service"},
    ),
    EventKind(
        "notification:sent",
        "A delivery arrived.",
        Delivery,
        naming("channel", "Sent to @", "A notification was sent"),
        body=("{{event}}, by rule {{ruleId}}", ""),
        links=(TO_DELIVERY,),
        example=_SENT,
    ),
    EventKind(
        "notification:failed",
        "A delivery failed for good.",
        Delivery,
        naming("channel", "Could not be sent to @", "A notification could not be sent"),
        body=("{{error}}", ""),
        severity="warning",
        told=(told(Role.DELIVERY_SENDER, Role.ADMINS),),
        links=(TO_DELIVERY,),
        source="channel/{{channel}}",
        example={**_SENT, "error": "channel not found"},
    ),
    EventKind(
        "system:notice",
        "A word from a person or from the server. It goes to whom it names.",
        Notice,
        ("{{title}}", "A notice"),
        body=("{{body}}", ""),
        told=(told(Role.NAMED),),
        example={"title": "Maintenance tonight", "body": "From ten to eleven.", "severity": "info"},
    ),
)
