"""The events of sessions and of what happens in them: reviews, hooks, merges, approvals, round tables."""

from core.events.kind import (
    DEVELOPER,
    FIXER,
    SESSION_NEEDS,
    TO_APPROVAL,
    TO_REQUEST,
    TO_ROUND_TABLE,
    TO_SESSION,
    TO_TICKET,
    WHY,
    Case,
    EventKind,
    Identifier,
    Link,
    Needing,
    Number,
    OfSession,
    Payload,
    Role,
    When,
    naming,
    session,
    ticket,
    told,
)

_LINKS = (TO_SESSION, TO_TICKET)
_OWNER = told(Role.SESSION_OWNER)


class SessionTold(OfSession, frozen=True):
    automation_id: Identifier = None
    execution_id: Identifier = None
    title: str | None = None
    outcome: str | None = None
    reason: str | None = None
    summary: str | None = None
    error: str | None = None


class AgentStale(OfSession, frozen=True):
    idle_ms: Number = None
    action: str | None = None


class StepFailed(OfSession, frozen=True):
    workflow: str | None = None
    step: str | int | None = None
    error: str | None = None
    reason: str | None = None


class ReviewBlocking(OfSession, frozen=True):
    issues: Number | list[object] = None
    summary: str | None = None


class VerificationFailed(OfSession, frozen=True):
    command: str | None = None
    exit_code: Number = None
    error: str | None = None
    reason: str | None = None


class HookFailed(OfSession, frozen=True):
    hook: str | None = None
    command: str | None = None
    exit_code: Number = None
    error: str | None = None
    reason: str | None = None


class MergeFailed(OfSession, frozen=True):
    merge_id: Identifier = None
    started_by: str | None = None
    branch: str | None = None
    base: str | None = None
    files: list[str] | None = None
    error: str | None = None
    reason: str | None = None


class PullRequestClosed(OfSession, frozen=True):
    automation_id: Identifier = None
    automation_creator: str | None = None
    url: str | None = None
    title: str | None = None
    iteration: Number = None


class ApprovalRequested(OfSession, frozen=True):
    request_id: Identifier = None
    approval_id: Identifier = None
    approver: str | None = None
    gate_id: Identifier = None
    gate_name: str | None = None
    question: str | None = None
    title: str | None = None


class ApprovalSettled(ApprovalRequested, frozen=True):
    status: str | None = None
    resolved_by: str | None = None
    action: str | None = None


class OfRoundTable(Payload, frozen=True):
    round_table_id: Identifier = None
    topic: str | None = None
    decision: str | None = None


_SESSION = {"sessionId": "s1", "sessionTitle": "Sign-in page", "sessionOwner": "ann"}
_BOTH = {**_SESSION, "taskId": "t1", "developer": "ben"}
_TABLE = {"roundTableId": "r1", "topic": "Which queue to use"}

KINDS = (
    EventKind(
        "session:created",
        "A session began.",
        SessionTold,
        session("Session started: @", "A session started"),
        links=_LINKS,
        example=_SESSION,
    ),
    EventKind(
        "session:finished",
        "A session ended well.",
        SessionTold,
        session("Session finished: @", "A session finished"),
        body=("{{reason}}", "{{summary}}", ""),
        links=_LINKS,
        example=_SESSION,
    ),
    EventKind(
        "session:failed",
        "A session failed.",
        SessionTold,
        session("Session failed: @", "A session failed"),
        body=WHY,
        severity="critical",
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_SESSION, "error": "the provider answered 529"},
    ),
    EventKind(
        "session:stopped",
        "A session was stopped.",
        SessionTold,
        session("Session stopped: @", "A session was stopped"),
        body=WHY,
        links=_LINKS,
        case=Case(
            When("outcome", ("interrupted",)),
            session("Session interrupted: @", "A session was interrupted"),
            "warning",
        ),
        needs=Needing("session", "sessionId", When("outcome", ("interrupted",))),
        example=_SESSION,
    ),
    EventKind(
        "agent:stale",
        "An agent has been silent for too long.",
        AgentStale,
        naming("agentName sessionTitle sessionId", "Agent silent: @", "An agent is silent"),
        body=("Silent for {{idleMs}} ms: {{action}}.", "Silent for {{idleMs}} ms.", ""),
        severity="warning",
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_SESSION, "agentName": "coder-1", "idleMs": 300_000, "action": "warning"},
    ),
    EventKind(
        "workflow:step-failed",
        "A step of a workflow failed.",
        StepFailed,
        naming("step", "Workflow step failed: @", "A workflow step failed"),
        body=WHY,
        severity="critical",
        told=(_OWNER, DEVELOPER),
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_BOTH, "workflow": "release", "step": "build", "error": "exit code 2"},
    ),
    EventKind(
        "review:blocking",
        "A code review found issues that block.",
        ReviewBlocking,
        ticket("Review found blocking issues: @", "A code review found blocking issues"),
        body=("{{summary}}", "Blocking issues: {{issues}}.", ""),
        severity="warning",
        told=(FIXER,),
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_BOTH, "issues": 2},
    ),
    EventKind(
        "verification:failed",
        "The checks after a session did not pass.",
        VerificationFailed,
        ticket("Verification failed: @", "A verification failed"),
        body=(*WHY[:-1], "{{command}} ended with {{exitCode}}.", ""),
        severity="critical",
        told=(_OWNER, DEVELOPER),
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_BOTH, "command": "make test", "exitCode": 2},
    ),
    EventKind(
        "hook:failed",
        "A hook of the workspace failed.",
        HookFailed,
        naming("hook", "Hook failed: @", "A hook failed"),
        body=(*WHY[:-1], "{{command}} ended with {{exitCode}}.", ""),
        severity="warning",
        told=(FIXER,),
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_BOTH, "hook": "on-done", "command": "make test", "exitCode": 2},
    ),
    EventKind(
        "merge:failed",
        "A branch could not be merged.",
        MergeFailed,
        naming("branch taskTitle taskId", "Merge failed: @", "A merge failed"),
        body=(*WHY[:-1], "It was to go into {{base}}.", ""),
        severity="critical",
        told=(told(Role.MERGE_STARTER), DEVELOPER),
        links=_LINKS,
        needs=SESSION_NEEDS,
        example={**_BOTH, "mergeId": "g1", "startedBy": "ann", "branch": "sign-in", "base": "main"},
    ),
    EventKind(
        "pr:closed",
        "The pull request of a loop's iteration was closed without merging.",
        PullRequestClosed,
        naming("title url", "Closed without merging: @", "A pull request was closed without merging"),
        body=("{{url}}", ""),
        severity="warning",
        told=(told(Role.AUTOMATION_CREATOR), told(Role.SESSION_CREATOR), DEVELOPER),
        links=(*_LINKS, Link("callboard:automation/{{automationId}}", "Open Automation")),
        example={**_BOTH, "automationId": "a1", "automationCreator": "ann", "url": "https://example.com/pull/7"},
    ),
    EventKind(
        "approval:requested",
        "An agent asks for permission, or a workflow or plan waits for a person.",
        ApprovalRequested,
        naming("title gateName", "Approval wanted: @", "Your approval is wanted"),
        body=("{{question}}", "{{message}}", ""),
        severity="warning",
        told=(told(Role.APPROVER, Role.SESSION_OWNER),),
        links=(TO_APPROVAL, TO_REQUEST, *_LINKS),
        asks=True,
        needs=SESSION_NEEDS,
        example={**_SESSION, "requestId": "q1", "gateName": "Deploy", "question": "Deploy to production?"},
    ),
    EventKind(
        "approval:resolved",
        "A request was answered.",
        ApprovalSettled,
        naming("title gateName requestId", "Answered, {{status}}: @", "A request was answered"),
        body=("By {{resolvedBy}}.", ""),
        links=(TO_APPROVAL, TO_REQUEST, *_LINKS),
        example={"requestId": "q1", "gateName": "Deploy", "status": "approved", "resolvedBy": "ann"},
    ),
    EventKind(
        "approval:timeout",
        "A request expired, and counts as refused.",
        ApprovalSettled,
        naming("title gateName requestId", "Expired without an answer: @", "A request expired without an answer"),
        severity="warning",
        links=(TO_APPROVAL, TO_REQUEST, *_LINKS),
        example={"requestId": "q1", "gateName": "Deploy", "action": "reject"},
    ),
    EventKind(
        "roundtable:opened",
        "A round table was opened.",
        OfRoundTable,
        naming("topic", "Round table: @", "A round table was opened"),
        links=(TO_ROUND_TABLE,),
        example=_TABLE,
    ),
    EventKind(
        "roundtable:concluded",
        "A round table came to its conclusion.",
        OfRoundTable,
        naming("topic", "Concluded: @", "A round table is concluded"),
        body=("{{decision}}", ""),
        links=(TO_ROUND_TABLE,),
        example={**_TABLE, "decision": "Keep the one we have."},
    ),
)
