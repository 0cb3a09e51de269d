"""What each list can be narrowed by. The app, the command line and the server read the same tables: nothing here
needs a database."""

from collections.abc import Mapping
from typing import get_args

from core.api.approvals import ApprovalState
from core.api.automations import AutomationType, ExecutionOutcome, Trigger
from core.api.channels import ChannelSource, ChannelState, ChannelType
from core.api.deliveries import DeliveryStatus
from core.api.inbox import Severity
from core.api.people import KeyState
from core.api.rules import RuleSource
from core.api.sessions import RunOutcome, SessionKind, SessionState
from core.api.tickets import MissionState, TicketState
from core.api.work import WorkType
from core.caller import Permission
from core.filtering import Field, choice, coming, moment, number, pattern, words

Fields = Mapping[str, Field]

_WORKSPACE = words("a workspace's slug", "workspace")
_TICKET = words("a ticket's id", "ticket")
_FROM = words(
    "what it comes from: automation/12, session/7, person/dana, or only the part before the /",
    "source",
    suggested=("automation", "session", "person", "task", "system"),
)
_SEVERITY = choice(*get_args(Severity))
_TIMES: Fields = {"since": moment(), "until": moment()}

INBOX_FIELDS: Fields = {
    "is": choice(
        *("unread", "read", "starred", "dismissed", "snoozed", "all"),
        help="unread, read, starred, dismissed, snoozed, all (dismissed and snoozed ones too)",
    ),
    "has": choice("link"),
    "event": pattern(),
    "severity": _SEVERITY,
    "from": _FROM,
    "ticket": _TICKET,
    "workspace": _WORKSPACE,
    "reason": words("a part of why it came to you"),
    **_TIMES,
}
WORK_FIELDS: Fields = {
    "type": choice(*get_args(WorkType)),
    "is": choice(
        *("open", "over", "hidden", "unread", "starred", "needs"),
        help="open, over, hidden, unread, starred, needs (a person has to do something)",
    ),
    "state": choice(*get_args(SessionState), "unread", "read", "snoozed", "dismissed"),
    "severity": _SEVERITY,
    "event": pattern(),
    "from": _FROM,
    "ticket": _TICKET,
    "workspace": _WORKSPACE,
    **_TIMES,
}
SESSION_FIELDS: Fields = {
    "state": choice(*get_args(SessionState)),
    "is": choice("active"),
    "kind": choice(*get_args(SessionKind)),
    "outcome": choice(*get_args(RunOutcome)),
    "workspace": _WORKSPACE,
    "owner": words("a person's name", "person"),
    "provider": words("a provider's name", "provider"),
    "automation": number("an automation's number"),
    "ticket": _TICKET,
    "bot": words("a bot's name", "bot"),
    **_TIMES,
}
APPROVAL_FIELDS: Fields = {
    "state": choice(*get_args(ApprovalState)),
    "is": choice("open"),
    "workspace": _WORKSPACE,
    "approver": words("a person's name", "person"),
    "session": number("a session's number"),
    **_TIMES,
}
COST_FIELDS: Fields = {
    "workspace": _WORKSPACE,
    "provider": words("a provider's name", "provider"),
    "automation": number("an automation's number"),
    "ticket": _TICKET,
    "session": number("a session's number"),
    **_TIMES,
}
AUTOMATION_FIELDS: Fields = {
    "name": words("the whole name", "automation"),
    "type": choice(*get_args(AutomationType)),
    "kind": choice(*get_args(SessionKind)),
    "workspace": _WORKSPACE,
    "creator": words("a person's name", "person"),
    "state": choice("enabled", "disabled"),
    "outcome": choice(*get_args(ExecutionOutcome), "never", help="how the last execution ended"),
    "due": coming("due within 2h, 1d, or before a date like 2026-03-01"),
}
EXECUTION_FIELDS: Fields = {
    "automation": words("an automation's number or name", "automation"),
    "outcome": choice(*get_args(ExecutionOutcome), "running"),
    "trigger": choice(*get_args(Trigger), "unknown"),
    "workspace": _WORKSPACE,
    "session": words("a session's number"),
    **_TIMES,
}
WORKFLOW_FIELDS: Fields = {
    "workspace": _WORKSPACE,
    "creator": words("the name of who made it", "person"),
}
BOT_FIELDS: Fields = {
    "workspace": _WORKSPACE,
    "provider": words("the provider that it runs on", "provider"),
    "creator": words("the name of who made it", "person"),
}
CHANNEL_FIELDS: Fields = {
    "name": words("the whole name", "channel"),
    "type": choice(*get_args(ChannelType)),
    "state": choice(*get_args(ChannelState)),
    "source": choice(*get_args(ChannelSource)),
}
RULE_FIELDS: Fields = {
    "id": words("the whole id", "rule"),
    "is": choice("on", "off"),
    "source": choice(*get_args(RuleSource)),
    "event": words("an event that it listens to, or one of its patterns", "event"),
    "channel": words("a channel's name", "channel"),
    "severity": _SEVERITY,
    "workspace": _WORKSPACE,
}
DELIVERY_FIELDS: Fields = {
    "state": choice(*get_args(DeliveryStatus)),
    "status": choice(*get_args(DeliveryStatus), help="the same as state, as the API calls it"),
    "channel": words("a channel's name", "channel"),
    "rule": words("a rule's id; direct for what was sent by hand", "rule", suggested=("direct",)),
    "event": pattern(),
    "severity": _SEVERITY,
    "workspace": _WORKSPACE,
    "sender": words("the name of who sent it by hand", "person"),
    **_TIMES,
}
_DUE = coming("due within 2h, 1d, or before a date like 2026-03-01")
_STANDING = choice("open", "over", "late", help="open, over, late (past its deadline)")
TICKET_FIELDS: Fields = {
    "state": choice(*get_args(TicketState)),
    "is": _STANDING,
    "mission": words("a mission's id"),
    "assignee": words("who works on it: a person's name, or an agent's", "person"),
    "qa": words("the QA reviewer's name", "person"),
    "creator": words("a person's name", "person"),
    "workspace": _WORKSPACE,
    "due": _DUE,
    **_TIMES,
}
MISSION_FIELDS: Fields = {
    "state": choice(*get_args(MissionState)),
    "is": _STANDING,
    "creator": words("a person's name", "person"),
    "workspace": _WORKSPACE,
    "due": _DUE,
    **_TIMES,
}
EVENT_FIELDS: Fields = {
    "event": pattern(),
    "ticket": _TICKET,
    "mission": words("a mission's id"),
    **_TIMES,
}
MUTE_FIELDS: Fields = {
    "from": words("what is muted: automation/12, session/7, or only the part before the /", "source"),
    "event": pattern(),
    "workspace": _WORKSPACE,
}
PEOPLE_FIELDS: Fields = {"name": words("a person's name", "person"), "is": choice("admin", "here", "left")}
MANAGED_PEOPLE_FIELDS: Fields = {
    **PEOPLE_FIELDS,
    "permission": choice(*Permission),
    "workspace": _WORKSPACE,
}
"""What those who may not see them cannot narrow by either."""
WORKSPACE_FIELDS: Fields = {"member": words("the name of a member", "person")}
KEY_FIELDS: Fields = {
    "owner": words("the owner's name", "person"),
    "state": choice(*get_args(KeyState)),
    "permission": choice(*Permission),
}
AUDIT_FIELDS: Fields = {
    "action": words("what was done, as in key.create; key.* for all of a kind"),
    "actor": words("who did it: a person's name, or server", "person"),
    "via": words("how they came: socket, server, or key:ID"),
    "target": words("to which thing"),
    "outcome": choice("done", "refused"),
    **_TIMES,
}

LISTS: Mapping[str, Fields] = {
    "inbox": INBOX_FIELDS,
    "work": WORK_FIELDS,
    "sessions": SESSION_FIELDS,
    "worktrees": SESSION_FIELDS,
    "approvals": APPROVAL_FIELDS,
    "costs": COST_FIELDS,
    "automations": AUTOMATION_FIELDS,
    "executions": EXECUTION_FIELDS,
    "workflows": WORKFLOW_FIELDS,
    "bots": BOT_FIELDS,
    "rules": RULE_FIELDS,
    "channels": CHANNEL_FIELDS,
    "deliveries": DELIVERY_FIELDS,
    "tickets": TICKET_FIELDS,
    "missions": MISSION_FIELDS,
    "events": EVENT_FIELDS,
    "mutes": MUTE_FIELDS,
    "people": MANAGED_PEOPLE_FIELDS,
    "workspaces": WORKSPACE_FIELDS,
    "keys": KEY_FIELDS,
    "audit": AUDIT_FIELDS,
}
"""All lists that take a filter, as the guide shows them."""
