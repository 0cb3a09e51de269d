"""A server with automations in memory, as the app meets it: their pages, their previews, their refusals."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from msgspec import UNSET, to_builtins
from msgspec.structs import asdict, replace

from core.api.automations import (
    Automation,
    AutomationChange,
    AutomationCreation,
    Day,
    DayRun,
    Execution,
    NewAutomation,
    PlannedRun,
    RunRequest,
    SchedulePreview,
    SwitchRequest,
    SwitchResult,
)
from core.api.bots import Bot
from core.api.inbox import InboxItem
from core.api.providers import Provider
from core.api.wire import Call, Done, Page
from core.api.workflows import Parameter, Workflow
from core.clock import Clock, to_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.filtering import FilterError
from tests.fakes.inbox import FakeInbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def automation(number: int, name: str = "", **facts: Any) -> Automation:
    """A recurring one, unless told otherwise."""
    known = {
        "id": number,
        "name": name or f"Automation {number}",
        "type": "recurring",
        "kind": "develop",
        "workspace": "atelier",
        "creator": "dana",
        "prompt": "Look after the dependencies.",
        "cron": "0 2 * * *",
        "tz": "Europe/Berlin",
        "schedule": "every day at 02:00",
        "next_run": NOW + timedelta(hours=16),
        "enabled": True,
        "modes": [],
        "parameters": {},
        "parallel": False,
        "failures": 0,
        "skips": 0,
        "created_at": NOW - timedelta(days=40),
        "updated_at": NOW - timedelta(days=2),
        "revision": 3,
    }
    missing = dict.fromkeys(Automation.__struct_fields__)
    return Automation(**{**missing, **known, **facts})


def other(number: int, name: str, type: str, **facts: Any) -> Automation:
    """One without a schedule."""
    return automation(
        number, name, **{"type": type, "cron": None, "tz": None, "schedule": None, "next_run": None, **facts}
    )


def execution(number: int, of: Automation, minutes: int, **facts: Any) -> Execution:
    """A run that succeeded so many minutes ago, unless told otherwise."""
    at = NOW - timedelta(minutes=minutes)
    known = {
        "id": number,
        "automation": of.id,
        "automation_name": of.name,
        "workspace": of.workspace,
        "trigger": "schedule",
        "scheduled_for": at,
        "started_at": at + timedelta(seconds=0.4),
        "finished_at": at + timedelta(minutes=3),
        "outcome": "succeeded",
        "reason": "",
        "session": 100 + number,
        "missed_count": 0,
        "created_at": at,
    }
    missing = dict.fromkeys(Execution.__struct_fields__)
    return Execution(**{**missing, **known, **facts})


def office() -> list[Automation]:
    """One of each type, for pictures."""
    return [
        automation(1, "Nightly dependency audit", last_outcome="succeeded", last_run=NOW - timedelta(hours=7)),
        automation(
            2,
            "Sync the ledger",
            cron="*/10 * * * *",
            schedule="every 10 minutes",
            next_run=NOW + timedelta(minutes=10),
            last_outcome="skipped",
            last_run=NOW - timedelta(minutes=2),
            skips=4,
            session=31,
            kind="develop",
            workflow="ledger-sync",
            prompt=None,
            parameters={"branch": "main", "dry_run": True},
        ),
        automation(
            3,
            "Release branch every Friday",
            cron="30 16 * * 5",
            schedule="at 16:30 on Friday",
            next_run=None,
            enabled=False,
            failures=3,
            last_outcome="failed",
            last_run=NOW - timedelta(days=3),
            disabled_reason="3 failures in a row. The last one: the remote refused the push.",
            disabled_at=NOW - timedelta(days=3),
        ),
        other(4, "QA loop", "loop", last_outcome="succeeded", last_run=NOW - timedelta(minutes=1), session=32),
        other(
            5,
            "Deploy on push",
            "http",
            url="https://board.example.org/api/automations/http-trigger",
            fingerprint="9f86d081",
            signature="github",
            prompt="Deploy {{ref}} to {{environment}}.",
            last_outcome="succeeded",
            last_run=NOW - timedelta(hours=2),
        ),
        other(6, "Write the release notes", "manual", kind="chat", creator="milo"),
        other(
            7,
            "Move to the new office",
            "one-time",
            at=NOW + timedelta(days=4),
            next_run=NOW + timedelta(days=4),
            tz="Europe/Berlin",
            kind="bot",
            bot="Porter",
        ),
    ]


def ledger(automations: Sequence[Automation]) -> list[Execution]:
    """What became of the occurrences of the office's first ones."""
    nightly, sync, release, *_ = automations
    return [
        execution(9, sync, 2, outcome="skipped", session=31, started_at=None, finished_at=None,
                  reason="Session 31 was still running."),
        execution(8, sync, 12, outcome=None, finished_at=None, session=31),
        execution(7, sync, 22, trigger="run-now", actor="dana", scheduled_for=None),
        execution(6, nightly, 420),
        execution(5, nightly, 1860, outcome="missed", started_at=None, finished_at=None, session=None,
                  missed_count=2, reason="The server was not running: 2 runs were missed."),
        execution(4, release, 4300, outcome="failed", reason="The remote refused the push."),
        execution(3, nightly, 5000, trigger="catch-up", missed_count=3,
                  started_at=NOW - timedelta(minutes=4880), finished_at=NOW - timedelta(minutes=4870)),
        execution(2, nightly, 60000, trigger=None, outcome="cancelled", reason="Stopped by milo."),
    ]  # fmt: skip


class FakeAutomations(FakeInbox):
    """Answers the calls of automations beside those of the inbox."""

    def __init__(
        self,
        clock: Clock,
        automations: Sequence[Automation] = (),
        executions: Sequence[Execution] = (),
        items: Sequence[InboxItem] = (),
    ) -> None:
        super().__init__(clock, items)
        self.automations = {one.id: one for one in automations}
        self.executions = {one.id: one for one in executions}
        self.created: list[AutomationCreation] = []
        self.changed: list[tuple[int, AutomationChange]] = []
        self.runs: list[tuple[int, RunRequest]] = []
        self.deleted: list[int] = []
        self.refusal: Exception | None = None  # of the next thing that is to be changed
        self.workflows = [
            Workflow(
                "ledger-sync",
                "atelier",
                "Bring the ledger up to date",
                2,
                [
                    Parameter("branch", True, None, r"[a-z/-]+", "What to sync"),
                    Parameter("dry_run", False, "false", None, "Change nothing"),
                ],
                [],
                "dana",
                NOW,
                NOW,
            )
        ]
        self.bots = [Bot(1, "Porter", "atelier", "shell", None, "You carry things.", "dana", NOW, NOW)]
        self.providers = [
            Provider("shell", "command", "text", [], False, True, "It is there."),
            Provider("codex", "command", "codex", ["gpt-5", "gpt-5-mini"], True, False, "It is not installed."),
        ]
        self.day_runs: list[DayRun] = []

    def change(self, one: Automation) -> None:
        """Somebody else changed it."""
        self.automations[one.id] = one
        self._tell([one.id], "automations")

    def occur(self, one: Execution) -> None:
        self.executions[one.id] = one
        self._tell([one.id], "executions")

    def _answer(self, call: Call[Any]) -> object:
        match call.method, call.path.strip("/").split("/"):
            case "GET", ["automations"]:
                return self._list(call, sorted(self.automations.values(), key=lambda one: one.name))
            case "GET", ["executions"]:
                return self._list(call, sorted(self.executions.values(), key=lambda one: -one.id))
            case "GET", ["automations", "preview"]:
                return _preview(call.query)
            case "GET", ["automations", "day"]:
                return Day(self.day_runs, False)
            case "GET", ["workflows"]:
                return Page(self.workflows)
            case "GET", ["workspaces", _, "workflows", name]:
                return next(one for one in self.workflows if one.name == name)
            case "GET", ["providers"]:
                return Page(self.providers)
            case "GET", ["bots"]:
                return Page(self.bots)
            case "GET", ["automations", number]:
                return self._found(int(number))
            case (("POST" | "PATCH" | "DELETE"), ["automations", *rest]):
                refusal, self.refusal = self.refusal, None
                if refusal is not None:
                    raise refusal
                return self._acted(call, rest)
        return super()._answer(call)

    def _found(self, number: int) -> Automation:
        if number not in self.automations:
            raise NotFoundError("There is no such automation.")
        return self.automations[number]

    def _list(self, call: Call[Any], listed: Sequence[Any]) -> Page[Any]:
        for word in str(call.query.get("filter") or "").split():
            field, colon, value = word.partition(":")
            if colon and field == "automation":
                listed = [one for one in listed if str(one.automation) == value]
            elif colon and field == "type":
                listed = [one for one in listed if one.type == value]
            elif colon:
                start = str(call.query["filter"]).index(word)
                raise FilterError(f"There is no field '{field}' here.", start, start + len(field))
            else:
                listed = [one for one in listed if word.lower() in str(to_builtins(one)).lower()]
        start, limit = int(call.query.get("cursor") or 0), int(call.query.get("limit") or 50)
        page = list(listed[start : start + limit])
        return Page(page, str(start + limit) if start + limit < len(listed) else None)

    def _acted(self, call: Call[Any], rest: list[str]) -> object:
        match call.method, rest:
            case "POST", []:
                return self._create(cast(AutomationCreation, call.body))
            case "POST", [("enable" | "disable") as verb]:
                return self._switch(cast(SwitchRequest, call.body), verb == "enable")
            case "POST", [number, "run"]:
                return self._run(self._found(int(number)), cast(RunRequest, call.body))
            case "POST", [number, "rotate-token"]:
                return _with_token(self._found(int(number)))
            case "PATCH", [number]:
                return self._change(self._found(int(number)), cast(AutomationChange, call.body))
            case "DELETE", [number]:
                self.deleted.append(int(number))
                del self.automations[int(number)]
                self._tell([int(number)], "automations")
                return Done()
        raise NotFoundError(f"There is no {call.path}.")

    def _create(self, creation: AutomationCreation) -> NewAutomation:
        self.created.append(creation)
        number = max(self.automations, default=0) + 1
        given = {
            name: value for name, value in asdict(creation).items() if name not in ("at", "signature_secret")
        }
        made = automation(number, **{"next_run": None, "schedule": None, **given})
        if made.type == "http":
            made = replace(made, url="https://board.example.org/api/automations/http-trigger")
        self.automations[number] = made
        self._tell([number], "automations")
        return _with_token(made) if made.type == "http" else NewAutomation(**asdict(made))

    def _change(self, one: Automation, change: AutomationChange) -> NewAutomation:
        if change.revision is not UNSET and change.revision != one.revision:
            raise ConflictError("It was changed meanwhile: look at it again.")
        self.changed.append((one.id, change))
        given = {
            name: value
            for name, value in asdict(change).items()
            if value is not UNSET and name not in ("revision", "at", "signature_secret")
        }
        made = replace(one, **given, revision=one.revision + 1)
        self.change(made)
        return NewAutomation(**asdict(made))

    def _switch(self, request: SwitchRequest, enable: bool) -> SwitchResult:
        passed = [number for number in request.ids if self._found(number).type == "http"]
        changed = [number for number in request.ids if number not in passed]
        for number in changed:
            self.change(replace(self.automations[number], enabled=enable))
        return SwitchResult(changed, passed)

    def _run(self, one: Automation, request: RunRequest) -> Execution:
        if one.session is not None and not one.parallel:
            raise ConflictError(f"Session {one.session} of this automation is still running.")
        self.runs.append((one.id, request))
        now = to_datetime(self.clock.now())
        made = execution(
            max(self.executions, default=0) + 1, one, 0, trigger="run-now", actor="dana", outcome=None,
            scheduled_for=None, finished_at=None, created_at=now,
        )  # fmt: skip
        self.occur(made)
        return made


def _with_token(one: Automation) -> NewAutomation:
    token = "Zm9vYmFyLWJhei1xdXgtZm9vYmFyLWJhei1xdXgtMTI"
    url = "https://board.example.org/api/automations/http-trigger"
    return NewAutomation(**{**asdict(one), "url": f"{url}/{token}"}, token=token)


def _preview(query: Any) -> SchedulePreview:
    cron, tz = str(query.get("cron") or ""), str(query.get("tz"))
    if "/" not in tz and tz != "UTC":
        raise InvalidError(f"There is no time zone '{tz}'.", "tz")
    if query.get("at"):
        return SchedulePreview("once", [PlannedRun(NOW, "Fri 6 Mar, 10:00", "Fri 6 Mar, 10:00", None)], [])
    if len(cron.split()) != 5:
        raise InvalidError("A cron expression has five fields: minute, hour, day, month, weekday.", "cron")
    runs = [
        PlannedRun(
            NOW + timedelta(days=day, hours=16),
            f"{['Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day]} {3 + day} Mar, 02:00",
            f"{['Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day]} {3 + day} Mar, 02:00",
            None,
        )
        for day in range(5)
    ]
    return SchedulePreview(
        f"every day at {cron.split()[1]:0>2}:{cron.split()[0]:0>2}",
        runs,
        ["29 Mar: 02:00 does not exist, runs at 03:00"],
    )


def day_of(number: int, name: str, *hours: float) -> list[DayRun]:
    """Runs so many hours from now."""
    return [DayRun(number, name, NOW + timedelta(hours=hour)) for hour in hours]
