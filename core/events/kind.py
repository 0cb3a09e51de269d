"""What the catalogue says of one event: its payload, its words, its severity, and who must know of it.

Texts are lists of candidates: the first whose places the payload can fill is the one that is used, and the last
has no places. So a text never has a hole in it, whatever the sender left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from core.api.inbox import Severity

Identifier = str | int | None
Number = int | float | None


class Payload(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What an event carries. Fields that are not named here are kept as they came."""


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the payload: the field is, or is not, one of these values."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, payload: Mapping[str, object]) -> bool:
        return (payload.get(self.field) in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds for a ticket, a session, an automation or a merge. The payload may name the
    person in `field`; otherwise it is looked up by the subject that the payload names."""

    field: str
    kind: str
    role: str
    subject: str


class Role(Enum):
    """Who can be told, and why it came to them."""

    reason: str
    held: Held | None

    def __init__(self, reason: str, held: Held | None = None) -> None:
        self.reason = reason
        self.held = held

    DEVELOPER = "you are the assigned developer", Held("developer", "ticket", "developer", "taskId")
    TICKET_CREATOR = "you created the ticket", Held("creator", "ticket", "creator", "taskId")
    QA_REVIEWER = "you are the QA reviewer", Held("qaReviewer", "ticket", "qa", "taskId")
    SESSION_OWNER = "you own the session", Held("sessionOwner", "session", "owner", "sessionId")
    SESSION_CREATOR = "you started the session", Held("sessionCreator", "session", "creator", "sessionId")
    AUTOMATION_CREATOR = (
        "you created the automation",
        Held("automationCreator", "automation", "creator", "automationId"),
    )
    MERGE_STARTER = "you started the merge", Held("startedBy", "merge", "starter", "mergeId")
    APPROVER = "the step names you as its approver", Held("approver", "approval", "approver", "approvalId")
    DELIVERY_SENDER = "you sent it", Held("sender", "delivery", "sender", "deliveryId")
    ADMINS = ("you are an admin",)
    MEMBERS = ("you belong to the workspace",)
    KEY_MANAGERS = ("you manage API keys",)
    NAMED = ("sent to you",)
    NOBODY_ELSE = ("nobody else is there to be told, and you are an admin",)


@dataclass(frozen=True, slots=True)
class Told:
    """The first of these roles that somebody holds is told, where the condition holds."""

    roles: tuple[Role, ...]
    when: When | None = None
    needs: str | None = None  # a field of the payload without which this does not apply


@dataclass(frozen=True, slots=True)
class Link:
    """Where an event leads, and what the button says."""

    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Case:
    """How an event reads when its payload says so."""

    when: When
    title: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Needing:
    """A thing of My Work that needs a person from now on: its type, and the field of the payload that has its
    number. Whoever had hidden it sees it again."""

    type: str
    field: str
    when: When | None = None


@dataclass(frozen=True, slots=True)
class EventKind:
    """One entry of the catalogue."""

    name: str
    about: str
    payload: type[Payload]
    title: tuple[str, ...]
    body: tuple[str, ...] = ("",)
    severity: Severity = "info"
    told: tuple[Told, ...] = ()
    links: tuple[Link, ...] = ()
    source: str | None = None  # what it comes from, where its link leads to something else
    case: Case | None = None
    needs: Needing | None = None
    asks: bool = False  # it waits for the answer of whoever is told: nobody can mute it
    example: Mapping[str, object] | None = None


def told(*roles: Role, when: When | None = None, needs: str | None = None) -> Told:
    return Told(roles, when, needs)


TO_SESSION = Link("callboard:session/{{sessionId}}", "Open Session")
TO_TICKET = Link("callboard:ticket/{{taskId}}", "Open Ticket")
TO_MISSION = Link("callboard:mission/{{missionId}}", "Open Mission")
TO_AUTOMATION = Link("callboard:automation/{{automationId}}", "Open Automation")
TO_PLAN = Link("callboard:plan/{{planId}}", "Open Plan")
TO_ROUND_TABLE = Link("callboard:roundtable/{{roundTableId}}", "Open Round Table")
TO_APPROVAL = Link("callboard:approval/{{approvalId}}", "Open Approval")
TO_REQUEST = Link("callboard:approval/{{requestId}}", "Open Approval")
TO_KEY = Link("callboard:key/{{keyId}}", "Open Key")
TO_DELIVERY = Link("callboard:delivery/{{deliveryId}}", "Open Delivery")
TO_CHANNEL = Link("callboard:channel/{{channel}}", "Open Channel")

SESSION_NEEDS = Needing("session", "sessionId")

FIXER = told(Role.DEVELOPER, Role.SESSION_OWNER)
DEVELOPER = told(Role.DEVELOPER)


class OfTicket(Payload, frozen=True):
    """An event about a ticket, and the people who answer for it."""

    task_id: Identifier = None
    task_title: str | None = None
    task: dict[str, object] | None = None
    mission_id: Identifier = None
    creator: str | None = None
    developer: str | None = None
    qa_reviewer: str | None = None


class OfSession(OfTicket, frozen=True):
    """An event about a session, and about the ticket that it works on."""

    session_id: Identifier = None
    session_title: str | None = None
    session_owner: str | None = None
    session_creator: str | None = None
    agent_name: str | None = None


def naming(places: str, sentence: str, otherwise: str) -> tuple[str, ...]:
    """The sentence with each place as its subject `@`, best first, and what to say when none has a value."""
    return (*(sentence.replace("@", f"{{{{{place}}}}}") for place in places.split()), otherwise)


def ticket(sentence: str, otherwise: str) -> tuple[str, ...]:
    return naming("task.title taskTitle title taskId", sentence, otherwise)


def session(sentence: str, otherwise: str) -> tuple[str, ...]:
    return naming("sessionTitle title agentName sessionId", sentence, otherwise)


def mission(sentence: str, otherwise: str) -> tuple[str, ...]:
    return naming("name missionName group missionId", sentence, otherwise)


WHY = ("{{reason}}", "{{error}}", "{{message}}", "{{summary}}", "")
