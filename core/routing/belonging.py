"""Which ticket and which mission an event is about, as far as the event itself says."""

from collections.abc import Mapping
from typing import NamedTuple

from core.events.templates import text_of
from core.routing.router import Event

_LONGEST = 200


class About(NamedTuple):
    """A ticket and a mission by their ids, and a mission by its name, for the events that have no id of it."""

    ticket: str | None = None
    mission: str | None = None
    group: str | None = None


def about(event: Event) -> About:
    """What the event, its payload or the ticket in that names. An event of a deadline names what has it."""
    data = event.data
    task = data.get("task")
    of_task: Mapping[str, object] = task if isinstance(task, Mapping) else {}
    entity = data.get("entityType") if event.name.startswith("sla:") else None
    return About(
        _first(
            event.ticket,
            data.get("taskId"),
            of_task.get("id"),
            data.get("entityId") if entity in ("task", "ticket") else None,
        ),
        _first(
            event.mission,
            data.get("missionId"),
            of_task.get("missionId"),
            data.get("entityId") if entity == "mission" else None,
        ),
        _first(data.get("group"), of_task.get("group")),
    )


def _first(*named: object) -> str | None:
    """The first of these that can be an id or a name."""
    for value in named:
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = text_of(value)
            if 0 < len(text) <= _LONGEST:
                return text
    return None
