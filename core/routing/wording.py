"""What a message says: the texts of its rule, or else those of the catalogue with the severity's sign first."""

from collections.abc import Mapping
from typing import Final

from core.api.inbox import Severity
from core.api.rules import Rendered
from core.events.catalogue import CATALOGUE, word
from core.events.templates import render
from core.routing.router import Event
from core.routing.rule import Rule
from core.text import first_of

SIGNS: Final[Mapping[Severity, str]] = {"info": "ℹ️", "warning": "⚠️", "critical": "🚨"}

_LONGEST_TITLE = 1_000
_LONGEST_BODY = 64_000


def worded(rule: Rule, event: Event) -> Rendered:
    """The title and the body of what this rule sends of this event."""
    data = _whole(event)
    title = None if rule.title is None else render(rule.title, data, _LONGEST_TITLE)
    body = None if rule.template is None else render(rule.template, data, _LONGEST_BODY)
    if title is None or (not title.strip() and not (body or "").strip()):
        title = _default_title(event.name, data, rule.severity)
    if body is None:
        body = _default_body(event.name, data)
    return Rendered(first_of(title, _LONGEST_TITLE), first_of(body, _LONGEST_BODY), rule.severity)


def _default_title(name: str, data: Mapping[str, object], severity: Severity) -> str:
    sign = SIGNS[severity]
    title = word(name, data).title
    return title if title.startswith(sign) else f"{sign} {title}"


def _default_body(name: str, data: Mapping[str, object]) -> str:
    body = word(name, data).body
    if body.strip():
        return body
    kind = CATALOGUE.get(name)
    return (
        kind.about.partition(". ")[0].rstrip(".") + "." if kind is not None else "It came without anything more."
    )


def _whole(event: Event) -> Mapping[str, object]:
    """The payload, with the mission and the ticket where only the event itself names them."""
    named = {"missionId": event.mission, "taskId": event.ticket}
    return {**{key: value for key, value in named.items() if value}, **event.data}
