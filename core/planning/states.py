"""The states of tickets and missions, and from where each can go where."""

from typing import Final

from core.api.tickets import MissionState, TicketState

TICKET_MOVES: Final[dict[TicketState, frozenset[TicketState]]] = {
    "pending": frozenset({"queued", "implementation", "failed", "cancelled"}),
    "queued": frozenset({"pending", "implementation", "failed", "cancelled"}),
    "implementation": frozenset(
        {
            *("pending", "queued", "developer-approval", "qa-approval", "pull-request"),
            *("completed", "failed", "cancelled", "merge-conflict"),
        }
    ),
    "developer-approval": frozenset(
        {
            *("implementation", "qa-approval", "pull-request"),
            *("completed", "failed", "cancelled", "merge-conflict"),
        }
    ),
    "qa-approval": frozenset(
        {
            *("implementation", "developer-approval", "pull-request"),
            *("completed", "failed", "cancelled", "merge-conflict"),
        }
    ),
    "pull-request": frozenset(
        {
            *("implementation", "developer-approval", "qa-approval"),
            *("completed", "failed", "cancelled", "merge-conflict"),
        }
    ),
    "merge-conflict": frozenset(
        {
            *("implementation", "developer-approval", "qa-approval", "pull-request"),
            *("completed", "failed", "cancelled"),
        }
    ),
    "failed": frozenset({"pending", "queued", "implementation", "cancelled"}),
    "cancelled": frozenset({"pending", "queued", "implementation"}),
    "completed": frozenset({"pending", "queued", "implementation"}),
}

MISSION_MOVES: Final[dict[MissionState, frozenset[MissionState]]] = {
    "draft": frozenset({"active", "cancelled"}),
    "active": frozenset({"paused", "completed", "failed", "cancelled"}),
    "paused": frozenset({"active", "completed", "failed", "cancelled"}),
    "completed": frozenset({"active"}),
    "failed": frozenset({"active", "cancelled"}),
    "cancelled": frozenset({"draft", "active"}),
}

OVER: Final = frozenset({"completed", "failed", "cancelled"})
"""Nothing of it is left to do, unless it is taken up again."""

BEGUN: Final[frozenset[TicketState]] = frozenset(
    {"implementation", "developer-approval", "qa-approval", "pull-request", "merge-conflict", "completed"}
)
"""Work on the ticket has begun: what a gate holds comes no further than before these."""

APPROVED: Final[dict[TicketState, TicketState]] = {
    "developer-approval": "qa-approval",
    "qa-approval": "pull-request",
}
"""Where a ticket goes when whoever has it agrees; one without a QA reviewer skips the second."""
