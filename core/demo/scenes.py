"""The scenes that the sample month is made of: one function for each kind of event, and how often it comes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.demo import words
from core.demo.alerting import SampleDelivery
from core.demo.cast import KEYS, MISSIONS, PLANS, ROUND_TABLES, WORKSPACES, Ticket
from core.demo.parts import SampleExecution, SampleSession
from core.demo.stage import Happening, Stage


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of event. `tells` says who learns of it: the hero, everybody who may, or nobody."""

    weight: int
    play: Callable[[Stage], Happening]
    tells: str = "hero"


def _of_ticket(ticket: Ticket) -> dict[str, Any]:
    return {"taskId": ticket.id, "taskTitle": ticket.title}


def _ticket_event(stage: Stage, event: str, **data: object) -> Happening:
    ticket = stage.ticket()
    return Happening(
        event, ticket.workspace, stage.other(ticket.workspace), {**_of_ticket(ticket), **data}, task=ticket.id
    )


def _session_event(stage: Stage, event: str, **data: object) -> Happening:
    return _event_of(stage, stage.session(), event, **data)


def _event_of(stage: Stage, session: SampleSession, event: str, **data: object) -> Happening:
    about = {
        "taskId": session.ticket,
        "taskTitle": session.title,
        "sessionId": stage.work.numbers[session],
        "sessionTitle": session.title,
        "sessionOwner": stage.hero,
        "agentName": stage.one(words.AGENTS),
        "developer": stage.hero,
    }
    by = stage.other(session.workspace)
    return Happening(event, session.workspace, by, {**about, **data}, task=session.ticket)


def ready_for_review(stage: Stage) -> Happening:
    return _ticket_event(stage, "task:review", developer=stage.hero, summary=stage.one(words.SUMMARIES))


def ready_for_qa(stage: Stage) -> Happening:
    return _ticket_event(stage, "task:qa", qaReviewer=stage.hero, summary=stage.one(words.APPROVED))


def ticket_failed(stage: Stage) -> Happening:
    reason = stage.one(words.FAILURES)
    people = {"developer": stage.hero, "creator": stage.hero}
    return _ticket_event(
        stage, "task:transition", **{"from": "implementation", "to": "failed"}, reason=reason, **people
    )


def review_blocks(stage: Stage) -> Happening:
    return _session_event(
        stage, "review:blocking", issues=stage.random.randint(1, 4), summary=stage.one(words.REVIEWS)
    )


def hook_failed(stage: Stage) -> Happening:
    hook, command, code, error = stage.one(words.HOOKS)
    return _session_event(stage, "hook:failed", hook=hook, command=command, exitCode=code, error=error)


def verification_failed(stage: Stage) -> Happening:
    command, code, error = stage.one(words.VERIFICATIONS)
    return _session_event(stage, "verification:failed", command=command, exitCode=code, error=error)


def step_failed(stage: Stage) -> Happening:
    workflow, step, error = stage.one(words.STEPS)
    return _session_event(stage, "workflow:step-failed", workflow=workflow, step=step, error=error)


def merge_failed(stage: Stage) -> Happening:
    happening = _session_event(stage, "merge:failed", startedBy=stage.hero, base="main")
    files = list(stage.one(words.CONFLICTS))
    more = {
        "branch": f"{happening.task}-fix".lower(),
        "files": files,
        "error": f"Conflicts in {', '.join(files)}.",
    }
    return replace(happening, data={**happening.data, **more})


def approval_wanted(stage: Stage) -> Happening:
    number, approval, session = stage.question()
    about = {"approvalId": number, "title": approval.title, "question": approval.detail}
    return _event_of(stage, session, "approval:requested", approver=stage.hero, **about)


def pull_request_closed(stage: Stage) -> Happening:
    automation = stage.automation()
    number = stage.random.randint(300, 999)
    data = {
        "automationId": stage.work.automation(automation.name),
        "automationCreator": stage.hero,
        "title": f"#{number} {stage.one(words.PULL_REQUESTS)}",
        "url": f"https://git.example.com/{automation.workspace}/pull/{number}",
        "iteration": stage.random.randint(2, 40),
    }
    return Happening("pr:closed", automation.workspace, stage.other(automation.workspace), data)


def _automation_event(stage: Stage, event: str, ran: tuple[int, SampleExecution], **data: object) -> Happening:
    number, execution = ran
    automation = stage.work.automation(execution.automation)
    about = {
        "automationId": automation,
        "automationName": execution.automation,
        "automationCreator": stage.hero,
        "executionId": number,
        "sessionId": None if execution.session is None else stage.work.numbers[execution.session],
    }
    workspace = stage.work.automations[automation - 1].workspace
    return Happening(event, workspace, stage.other(workspace), {**about, **data})


def automation_failed(stage: Stage) -> Happening:
    ran = stage.execution("failed")
    return _automation_event(stage, "automation:failed", ran, error=ran[1].reason)


def automation_disabled(stage: Stage) -> Happening:
    ran = stage.execution("failed", of_disabled=True)
    reason = f"It failed 3 times in a row, the last time so: {ran[1].reason}"
    return _automation_event(stage, "automation:disabled", ran, failures=3, reason=reason)


def automation_skipped(stage: Stage) -> Happening:
    return _automation_event(stage, "automation:skipped", stage.execution("skipped"))


def budget_warning(stage: Stage) -> Happening:
    workspace, cap = stage.workspace(), stage.one((200, 400, 750))
    data = {"scope": "workspace", "budget": WORKSPACES[workspace], "spent": int(cap * 0.81), "cap": cap}
    more = {"currency": "USD", "percent": 81}
    return Happening("budget:warning", workspace, stage.you, {**data, **more})


def budget_breach(stage: Stage) -> Happening:
    workspace, cap = stage.workspace(), stage.one((200, 400))
    data = {"scope": "workspace", "budget": WORKSPACES[workspace], "spent": int(cap * 1.04), "cap": cap}
    more = {"currency": "USD", "percent": 104}
    return Happening("budget:breach", workspace, stage.you, {**data, **more})


def key_expiring(stage: Stage) -> Happening:
    name, owner = stage.one(KEYS)
    data = {"name": name, "owner": owner, "prefix": "cb_" + name[:4], "days": stage.one((30, 14, 7, 1))}
    return Happening("key:expiring", stage.workspace(), stage.you, data)


def key_suspicious(stage: Stage) -> Happening:
    name, owner = stage.one(KEYS)
    data = {"name": name, "owner": owner, "prefix": "cb_" + name[:4], "attempts": 10, "address": "203.0.113.7"}
    return Happening("key:suspicious", stage.workspace(), stage.you, data)


def a_word(stage: Stage) -> Happening:
    title, body = stage.one(words.NOTICES)
    workspace = stage.workspace()
    data = {"title": title, "body": body, "severity": "info"}
    return Happening("system:notice", workspace, stage.other(workspace), data, recipients=(stage.hero,))


def program_done(stage: Stage) -> Happening:
    event, data = stage.one(words.OUTSIDE)
    workspace = stage.workspace()
    return Happening(event, workspace, stage.other(workspace), data, recipients=(stage.hero,))


def could_not_be_sent(stage: Stage, lost: SampleDelivery) -> Happening:
    about = {"ruleId": lost.rule, "channel": lost.channel, "event": lost.event, "deliveryId": lost.id}
    data = {**about, "error": lost.course.error}
    return Happening("notification:failed", stage.workspace(), None, data, recipients=(stage.hero,))


def deadline_near(stage: Stage) -> Happening:
    workspace = stage.workspace()
    mission, name = MISSIONS[workspace]
    data = {"missionId": mission, "entityId": mission, "entityType": "mission", "name": name, "percentUsed": 0.81}
    by = stage.other(workspace)
    return Happening("sla:warning", workspace, by, data, mission=mission, recipients=(stage.hero,))


def gate_failed(stage: Stage) -> Happening:
    workspace = stage.workspace()
    mission, _ = MISSIONS[workspace]
    data = {
        "missionId": mission,
        "gateName": stage.one(words.GATES),
        "avgScore": 3.1,
        "reason": words.GATE_REASON,
    }
    by = stage.other(workspace)
    return Happening("quality:gate:failed", workspace, by, data, mission=mission, recipients=(stage.hero,))


def table_concluded(stage: Stage) -> Happening:
    table, topic, decision = stage.one(ROUND_TABLES)
    workspace = stage.workspace()
    data = {"roundTableId": table, "topic": topic, "decision": decision}
    return Happening("roundtable:concluded", workspace, stage.other(workspace), data, recipients=(stage.hero,))


def plan_waits(stage: Stage) -> Happening:
    plan, title = stage.one(PLANS)
    workspace = stage.workspace()
    data = {"planId": plan, "title": title, "step": stage.random.randint(2, 5), "steps": 6}
    return Happening("plan:advanced", workspace, stage.other(workspace), data, recipients=(stage.hero,))


def session_began(stage: Stage) -> Happening:
    return _session_event(stage, "session:created")


def session_ended(stage: Stage) -> Happening:
    return _session_event(stage, "session:finished", summary=stage.one(words.SUMMARIES))


def ticket_moved(stage: Stage) -> Happening:
    before, after = stage.one(words.MOVES)
    return _ticket_event(stage, "task:transition", **{"from": before, "to": after})


SCENES: tuple[Scene, ...] = (
    Scene(16, ready_for_review),
    Scene(9, ready_for_qa),
    Scene(7, ticket_failed),
    Scene(10, review_blocks),
    Scene(9, hook_failed),
    Scene(9, verification_failed),
    Scene(6, step_failed),
    Scene(6, merge_failed),
    Scene(9, approval_wanted),
    Scene(5, pull_request_closed),
    Scene(7, automation_failed),
    Scene(2, automation_disabled),
    Scene(5, automation_skipped),
    Scene(3, budget_warning, "everybody"),
    Scene(1, budget_breach, "everybody"),
    Scene(3, key_expiring, "everybody"),
    Scene(1, key_suspicious, "everybody"),
    Scene(6, a_word),
    Scene(5, program_done),
    Scene(3, deadline_near),
    Scene(3, gate_failed),
    Scene(2, table_concluded),
    Scene(3, plan_waits),
    Scene(14, session_began, "nobody"),
    Scene(14, session_ended, "nobody"),
    Scene(14, ticket_moved, "nobody"),
)
