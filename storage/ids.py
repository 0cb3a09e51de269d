"""The identifiers and the instant that rows carry."""

from typing import Final, NewType

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00:00Z: exact, ordered, and the same integer on both engines."""
DAY: Final = 24 * 3600 * 1_000_000

PersonId = NewType("PersonId", int)
WorkspaceId = NewType("WorkspaceId", int)
KeyId = NewType("KeyId", str)
EventId = NewType("EventId", str)
EventSeq = NewType("EventSeq", int)
ItemId = NewType("ItemId", int)
ChangeSeq = NewType("ChangeSeq", int)
AutomationId = NewType("AutomationId", int)
ExecutionId = NewType("ExecutionId", int)
SessionId = NewType("SessionId", int)
TurnId = NewType("TurnId", int)
StageId = NewType("StageId", int)
ApprovalId = NewType("ApprovalId", int)
WorkflowId = NewType("WorkflowId", int)
BotId = NewType("BotId", int)
MuteId = NewType("MuteId", int)
ChannelId = NewType("ChannelId", int)
DeliveryId = NewType("DeliveryId", int)
TicketSeq = NewType("TicketSeq", int)
MissionSeq = NewType("MissionSeq", int)
