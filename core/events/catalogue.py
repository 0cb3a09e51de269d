"""The catalogue of events: what each carries, how it reads, how grave it is, and who must know of it.

A name outside the catalogue is legal: it is shown with its name as title, to whom its recorder names."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from core.api.inbox import Severity
from core.events import operations, sessions, tickets
from core.events.kind import EventKind, Told
from core.events.templates import first_filled, text_of
from core.text import first_of

_LONGEST_TITLE = 1_000
_LONGEST_BODY = 64_000
_LISTED = 20

CATALOGUE: Mapping[str, EventKind] = {
    kind.name: kind for kind in (*tickets.KINDS, *sessions.KINDS, *operations.KINDS)
}


class Wording(NamedTuple):
    """An event as a person reads it."""

    title: str
    body: str
    severity: Severity
    link: str | None
    link_label: str | None
    source: str | None = None


class Described(NamedTuple):
    """One row of the reference page."""

    name: str
    about: str
    severity: str
    told: str
    fields: tuple[str, ...]


def word(name: str, payload: Mapping[str, object]) -> Wording:
    """The event's default texts, severity and link."""
    kind = CATALOGUE.get(name)
    if kind is None:
        return Wording(name, first_of(_listing(payload), _LONGEST_BODY), "info", None, None)
    case = kind.case if kind.case and kind.case.when.holds(payload) else None
    title = first_filled(case.title if case else kind.title, payload) or name
    body = first_filled(kind.body, payload) or ""
    severity = case.severity if case else kind.severity
    link, label = _link(kind, payload)
    if name == "system:notice":
        severity = _own_severity(payload) or severity
        link = text_of(payload.get("link")) or None
        label = label_of(link) if link else None
    source = first_filled((kind.source,), payload, in_path=True) if kind.source else None
    return Wording(first_of(title, _LONGEST_TITLE), first_of(body, _LONGEST_BODY), severity, link, label, source)


def label_of(link: str) -> str:
    """What the button of a link says."""
    for kind in CATALOGUE.values():
        for known in kind.links:
            if link.startswith(known.target.split("/")[0] + "/"):
                return known.label
    return "Open Link"


def describe() -> Iterator[Described]:
    """The catalogue as rows of a table, in its own order."""
    for kind in CATALOGUE.values():
        yield Described(
            kind.name,
            kind.about,
            kind.severity if kind.case is None else f"{kind.severity}, or {kind.case.severity}",
            "; ".join(_told(told) for told in kind.told) or "nobody, unless the recorder names them",
            kind.payload.__struct_encode_fields__,
        )


def _told(told: Told) -> str:
    roles = ", otherwise ".join(role.name.lower().replace("_", " ") for role in told.roles)
    if told.when:
        sign = "is not" if told.when.negated else "is"
        return f"{roles} (when {told.when.field} {sign} {' or '.join(told.when.values)})"
    return f"{roles} (with {told.needs})" if told.needs else roles


def _link(kind: EventKind, payload: Mapping[str, object]) -> tuple[str | None, str | None]:
    for link in kind.links:
        target = first_filled((link.target,), payload, in_path=True)
        if target is not None:
            return target, link.label
    return None, None


def _own_severity(payload: Mapping[str, object]) -> Severity | None:
    match payload.get("severity"):
        case "info" | "warning" | "critical" as severity:
            return severity
        case _:
            return None


def _listing(payload: Mapping[str, object]) -> str:
    """The payload of an event that has no texts of its own, a line for each field."""
    lines = [f"{key}: {text_of(value)}" for key, value in list(payload.items())[:_LISTED]]
    return "\n".join([*lines, "…"] if len(payload) > _LISTED else lines)
