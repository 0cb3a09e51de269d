"""The events of tickets, missions, plans, deadlines and quality gates."""

from msgspec import field

from core.events.kind import (
    DEVELOPER,
    TO_MISSION,
    TO_PLAN,
    TO_TICKET,
    WHY,
    Case,
    EventKind,
    Identifier,
    Number,
    OfTicket,
    Payload,
    Role,
    When,
    mission,
    naming,
    ticket,
    told,
)

_FAILED = When("to", ("failed",))


class TicketTransition(OfTicket, frozen=True):
    from_: str | None = field(default=None, name="from")
    to: str | None = None
    reason: str | None = None


class TicketTold(OfTicket, frozen=True):
    title: str | None = None
    reason: str | None = None
    previous_status: str | None = None


class TicketAttempt(OfTicket, frozen=True):
    attempt: Number = None
    max_retries: Number = None
    reason: str | None = None


class TicketTimeout(OfTicket, frozen=True):
    elapsed: Number = None
    timeout: Number = None


class OfMission(Payload, frozen=True):
    mission_id: Identifier = None
    name: str | None = None
    group: str | None = None
    status: str | None = None
    task_count: Number = None
    all_passed: bool | None = None
    report: dict[str, object] | None = None
    retried: Number = None
    pending: Number = None
    deleted_tasks: Number = None


class Deadline(Payload, frozen=True):
    entity_id: Identifier = None
    entity_type: str | None = None
    deadline: str | None = None
    elapsed: Number = None
    remaining: Number = None
    percent_used: Number = None
    overdue_ms: Number = None
    margin_ms: Number = None


class Gate(Payload, frozen=True):
    mission_id: Identifier = None
    gate_name: str | None = None
    reason: str | None = None
    avg_score: Number = None
    threshold: Number = None


class OfPlan(Payload, frozen=True):
    plan_id: Identifier = None
    title: str | None = None
    step: str | int | None = None
    steps: Number = None
    mission_id: Identifier = None


_TICKET = {"taskId": "t1", "task": {"id": "t1", "title": "Sign-in page"}}
_MISSION = {"missionId": "m1", "name": "Release 2.0"}
_DEADLINE = {"entityId": "t1", "entityType": "task", "deadline": "2026-03-02T12:00:00Z"}
_GATE = {"missionId": "m1", "gateName": "integration", "avgScore": 3.2}
_PLAN = {"planId": "p1", "title": "Move to the new queue", "step": 3, "steps": 6}

TICKETS = (
    EventKind(
        "task:created",
        "A ticket was made.",
        TicketTold,
        ticket("New ticket: @", "A ticket was created"),
        links=(TO_TICKET,),
        example=_TICKET,
    ),
    EventKind(
        "task:transition",
        "A ticket moved to another state. When it failed, those who answer for it are told.",
        TicketTransition,
        (*ticket("Now {{to}}: @", "A ticket moved to {{to}}"), "A ticket moved"),
        body=("{{reason}}", "It was {{from}} before.", ""),
        told=(told(Role.TICKET_CREATOR, when=_FAILED), told(Role.DEVELOPER, when=_FAILED)),
        links=(TO_TICKET,),
        case=Case(_FAILED, ticket("Ticket failed: @", "A ticket failed"), "critical"),
        example={**_TICKET, "from": "implementation", "to": "failed", "developer": "ann", "creator": "ben"},
    ),
    EventKind(
        "task:updated",
        "A ticket was changed.",
        TicketTold,
        ticket("Ticket changed: @", "A ticket was changed"),
        links=(TO_TICKET,),
        example=_TICKET,
    ),
    EventKind(
        "task:removed",
        "A ticket was removed.",
        TicketTold,
        ticket("Ticket removed: @", "A ticket was removed"),
        example=_TICKET,
    ),
    EventKind(
        "task:retry",
        "A ticket is tried again.",
        TicketAttempt,
        ticket("Trying again: @", "A ticket is tried again"),
        body=("Attempt {{attempt}} of {{maxRetries}}.", "Attempt {{attempt}}.", ""),
        links=(TO_TICKET,),
        example={**_TICKET, "attempt": 2, "maxRetries": 3},
    ),
    EventKind(
        "task:maxRetries",
        "A ticket has used up its attempts.",
        TicketAttempt,
        ticket("Out of attempts: @", "A ticket has used up its attempts"),
        body=WHY,
        severity="critical",
        links=(TO_TICKET,),
        example=_TICKET,
    ),
    EventKind(
        "task:timeout",
        "A ticket ran out of time.",
        TicketTimeout,
        ticket("Out of time: @", "A ticket ran out of time"),
        body=("It took {{elapsed}} ms and had {{timeout}} ms.", ""),
        severity="warning",
        links=(TO_TICKET,),
        example={**_TICKET, "elapsed": 700_000, "timeout": 600_000},
    ),
    EventKind(
        "task:recovered",
        "A ticket that was interrupted goes on.",
        TicketTold,
        ticket("Going on after an interruption: @", "A ticket goes on after an interruption"),
        body=("It was {{previousStatus}} before.", ""),
        links=(TO_TICKET,),
        example={**_TICKET, "previousStatus": "implementation"},
    ),
    EventKind(
        "task:review",
        "A ticket is implemented and waits for its developer.",
        TicketTold,
        ticket("Ready for your review: @", "A ticket is ready for your review"),
        body=("{{summary}}", "Its implementation is finished."),
        told=(DEVELOPER,),
        links=(TO_TICKET,),
        example={**_TICKET, "developer": "ann"},
    ),
    EventKind(
        "task:qa",
        "A developer has approved a ticket, and it waits for its QA reviewer.",
        TicketTold,
        ticket("Ready for QA: @", "A ticket is ready for QA"),
        body=("{{summary}}", "Its developer has approved it."),
        told=(told(Role.QA_REVIEWER),),
        links=(TO_TICKET,),
        example={**_TICKET, "qaReviewer": "eva"},
    ),
)

MISSIONS = (
    EventKind(
        "mission:saved",
        "A mission was saved.",
        OfMission,
        mission("Mission saved: @", "A mission was saved"),
        body=("It is {{status}}.", ""),
        links=(TO_MISSION,),
        example={**_MISSION, "status": "draft"},
    ),
    EventKind(
        "mission:executed",
        "A mission began.",
        OfMission,
        mission("Mission started: @", "A mission started"),
        body=("Tickets: {{taskCount}}.", ""),
        links=(TO_MISSION,),
        example={**_MISSION, "taskCount": 12},
    ),
    EventKind(
        "mission:completed",
        "A mission is finished.",
        OfMission,
        mission("Mission completed: @", "A mission was completed"),
        body=("The average score is {{report.avgScore}}.", ""),
        links=(TO_MISSION,),
        example={**_MISSION, "allPassed": True, "report": {"avgScore": 4.1}},
    ),
    EventKind(
        "mission:resumed",
        "A mission goes on.",
        OfMission,
        mission("Mission resumed: @", "A mission was resumed"),
        body=("Tickets tried again: {{retried}}; waiting: {{pending}}.", ""),
        links=(TO_MISSION,),
        example={**_MISSION, "retried": 1, "pending": 2},
    ),
    EventKind(
        "mission:deleted",
        "A mission was deleted.",
        OfMission,
        mission("Mission deleted: @", "A mission was deleted"),
        body=("Tickets removed with it: {{deletedTasks}}.", ""),
        example={**_MISSION, "deletedTasks": 3},
    ),
)

DEADLINES = (
    EventKind(
        "sla:warning",
        "A deadline nears: four fifths of the time are gone.",
        Deadline,
        naming("name entityId", "Deadline near: @", "A deadline is near"),
        body=("It is due at {{deadline}}.", ""),
        severity="warning",
        links=(TO_TICKET, TO_MISSION),
        example={**_DEADLINE, "percentUsed": 0.82},
    ),
    EventKind(
        "sla:violated",
        "A deadline has passed.",
        Deadline,
        naming("name entityId", "Deadline passed: @", "A deadline has passed"),
        body=("It was due at {{deadline}}.", ""),
        severity="critical",
        links=(TO_TICKET, TO_MISSION),
        example={**_DEADLINE, "overdueMs": 60_000},
    ),
    EventKind(
        "sla:met",
        "A deadline was kept.",
        Deadline,
        naming("name entityId", "Finished in time: @", "A deadline was kept"),
        body=("It was due at {{deadline}}.", ""),
        links=(TO_TICKET, TO_MISSION),
        example={**_DEADLINE, "marginMs": 60_000},
    ),
)

GATES = (
    EventKind(
        "quality:gate:passed",
        "A quality gate opened.",
        Gate,
        naming("gateName", "Quality gate passed: @", "A quality gate was passed"),
        body=("The average score is {{avgScore}}.", ""),
        links=(TO_MISSION,),
        example=_GATE,
    ),
    EventKind(
        "quality:gate:failed",
        "A quality gate closed.",
        Gate,
        naming("gateName", "Quality gate failed: @", "A quality gate failed"),
        body=("{{reason}}", "The average score is {{avgScore}}.", ""),
        severity="warning",
        links=(TO_MISSION,),
        example={**_GATE, "reason": "two tickets are below the minimum"},
    ),
    EventKind(
        "quality:threshold:failed",
        "A mission scored below its threshold.",
        Gate,
        naming("missionName missionId", "Below the quality threshold: @", "A mission is below its threshold"),
        body=("It scored {{avgScore}} and needs {{threshold}}.", ""),
        severity="warning",
        links=(TO_MISSION,),
        example={"missionId": "m1", "avgScore": 2.1, "threshold": 3.5},
    ),
)

PLANS = (
    EventKind(
        "plan:created",
        "A draft plan was begun.",
        OfPlan,
        naming("title planId", "New plan: @", "A plan was begun"),
        links=(TO_PLAN,),
        example=_PLAN,
    ),
    EventKind(
        "plan:advanced",
        "A draft plan reached its next step.",
        OfPlan,
        naming("title planId", "Plan at its next step: @", "A plan reached its next step"),
        body=("Step {{step}} of {{steps}}.", "Step {{step}}.", ""),
        links=(TO_PLAN,),
        example=_PLAN,
    ),
    EventKind(
        "plan:approved",
        "A plan was approved and is a mission now.",
        OfPlan,
        naming("title planId", "Plan approved: @", "A plan was approved"),
        links=(TO_MISSION, TO_PLAN),
        example={**_PLAN, "missionId": "m1"},
    ),
)

KINDS = (*TICKETS, *MISSIONS, *DEADLINES, *GATES, *PLANS)
