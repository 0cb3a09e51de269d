"""The whole schema: the metadata, once every area has put its tables into it."""

from storage import (
    approvals,
    audit,
    automations,
    bots,
    changes,
    claims,
    events,
    executions,
    inbox,
    keys,
    people,
    sessions,
    turns,
    usage,
    webhook_calls,
    workers,
    workflows,
)
from storage.metadata import metadata as metadata

AREAS = (
    approvals,
    audit,
    automations,
    bots,
    changes,
    claims,
    events,
    executions,
    inbox,
    keys,
    people,
    sessions,
    turns,
    usage,
    webhook_calls,
    workers,
    workflows,
)
