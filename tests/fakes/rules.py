"""A server's rules and events in memory, as the app meets them. What they decide, the router decides."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from urllib.parse import unquote

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict, replace

from core.api.channels import Channel
from core.api.deliveries import Delivery
from core.api.events import Event
from core.api.inbox import InboxItem
from core.api.rules import (
    Explaining,
    Explanation,
    NewRule,
    Preview,
    Previewing,
    Problem,
    Rule,
    RuleChange,
    RuleCooldown,
    RuleProblems,
)
from core.api.wire import Call, Done, Page
from core.channels.configuring.places import below, dotted
from core.clock import Clock, from_datetime
from core.errors import ConflictError, InvalidError, NotFoundError
from core.routing.cooldown import Remembered
from core.routing.explaining import explain
from core.routing.reading import in_words_of_files, read_rule
from core.routing.replaying import replay
from core.routing.router import Event as Routed
from core.routing.rule import Rule as Routing
from core.routing.rule_set import RuleSet
from core.routing.wording import worded
from tests.fakes.channels import NOW, FakeChannels


def rule(id: str, *events: str, **facts: Any) -> Rule:
    """One that was added and works, unless told otherwise."""
    known = {
        "name": id,
        "events": list(events) or ["task:*"],
        "channels": ["slack-alerts"],
        "created_at": NOW - timedelta(days=9),
    }
    return Rule(id, **{**known, **facts})


FAILED = {"field": "to", "op": "==", "value": "failed"}


def house() -> list[Rule]:
    """A rule of each kind."""
    return [
        rule("sla", "sla:**", source="file", place="notifications.json: rules[0]", severity="critical",
             channels=["oncall", "gone"], problem="There is no channel 'gone'.", name="Deadlines"),
        rule("task-failed", "task:transition", name="Tasks that fail", severity="warning",
             condition={"and": [FAILED, {"field": "task.retries", "op": ">=", "value": 3}]}, cooldown_ms=300_000,
             title="{{task.title}} failed", template="After {{task.retries}} tries.",
             cooldown=RuleCooldown(NOW - timedelta(minutes=2), 14, 3, 1, NOW + timedelta(minutes=3))),
        rule("quiet", "session:*", "automation:*", enabled=False, channels=["slack-alerts", "desk"]),
    ]  # fmt: skip


def event(number: int, name: str = "task:transition", minutes: int = 0, **data: Any) -> Event:
    return Event(f"ev_{number:04}", number, name, data, "atelier", NOW - timedelta(minutes=minutes))


def day() -> list[Event]:
    """A few events, the newest first."""
    task = {"title": "Sign-in page", "retries": 3}
    return [
        event(9, minutes=1, taskId="t_9", to="failed", task=task),
        event(8, minutes=4, taskId="t_8", to="completed", task={**task, "title": "Phở 🍜"}),
        event(7, "session:stage:completed", minutes=30, sessionId=12),
        event(6, minutes=90, taskId="t_6", to="failed", task={**task, "retries": 4}),
    ]


class FakeRules(FakeChannels):
    """`problems` are those of the home's files."""

    def __init__(
        self,
        clock: Clock,
        rules: Sequence[Rule] | None = None,
        events: Sequence[Event] | None = None,
        channels: Sequence[Channel] | None = None,
        deliveries: Sequence[Delivery] | None = None,
        items: Sequence[InboxItem] = (),
    ) -> None:
        super().__init__(clock, channels, deliveries, items)
        self.rules = {one.id: one for one in (house() if rules is None else rules)}
        self.events = {"atelier": list(day() if events is None else events), "print-shop": [event(3, "x:y")]}
        self.problems: list[Problem] = []
        self.added: list[NewRule | RuleChange] = []
        self.tried: list[Previewing] = []
        self.notified: dict[int, str] = {}

    def put_rule(self, *these: Rule) -> None:
        self.rules |= {one.id: one for one in these}
        self._tell([1], "rules")

    def happen(self, one: Event) -> None:
        self.events["atelier"].insert(0, one)
        self._tell([1], "events")

    def _answer(self, call: Call[Any]) -> object:
        area, _, rest = call.path.removeprefix("/").partition("/")
        rest = unquote(rest)
        if area == "rules":
            if call.method in ("PATCH", "DELETE") or (call.method == "POST" and not rest):
                self._refuse_once()
            return self._of_rules(call, rest)
        if area == "projects" and rest.endswith("/events"):
            return self._of_events(call, rest.partition("/")[0])
        return super()._answer(call)

    def _refuse_once(self) -> None:
        if self.refuse is not None:
            refuse, self.refuse = self.refuse, None
            raise refuse

    def _of_rules(self, call: Call[Any], rest: str) -> object:
        match call.method, rest:
            case "GET", "":
                words = str(call.query["filter"]).split()
                return Page(
                    [one for one in self.rules.values() if all(word in _said(one) for word in words)], None
                )
            case "GET", "problems":
                return RuleProblems(self.problems)
            case "POST", "":
                return self._add(cast(NewRule, call.body))
            case "POST", "explain":
                return self._explain(cast(Explaining, call.body))
            case "POST", "preview":
                return self._preview(cast(Previewing, call.body))
        if rest not in self.rules:
            raise NotFoundError(f"There is no rule {rest}.")
        match call.method:
            case "PATCH":
                self._change_rule(rest, cast(RuleChange, call.body))
            case "DELETE":
                del self.rules[rest]
                self._tell([1], "rules")
                return Done()
        return self.rules[rest]

    def _add(self, new: NewRule) -> Rule:
        self.added.append(new)
        named = new.id or "rule_made_up"
        if named in self.rules:
            raise ConflictError(f"There is a rule {named} already.")
        unknown = [name for name in new.channels if name not in self.channels]
        if unknown:
            raise InvalidError(f"There is no channel {unknown[0]!r}.", "channels[0]")
        self.put_rule(Rule(**{**asdict(new), "id": named, "name": new.name or named, "source": "api"}))
        return self.rules[named]

    def _change_rule(self, id: str, change: RuleChange) -> None:
        self.added.append(change)
        said = {name: value for name, value in asdict(change).items() if value is not UNSET}
        self.put_rule(replace(self.rules[id], **said))

    def _of_events(self, call: Call[Any], workspace: str) -> Page[Event]:
        words = str(call.query["filter"]).split()
        shown = [
            one
            for one in self.events.get(workspace, [])
            if all(word.partition(":")[2] in one.event for word in words)
        ]
        return Page(shown, None)

    def _explain(self, asked: Explaining) -> Explanation:
        wanted = asked.event_id or self.notified.get(asked.notification or 0)
        one = next((one for shown in self.events.values() for one in shown if one.id == wanted), None)
        if one is None:
            raise NotFoundError(f"There is no event {wanted}, or none that you may see.")
        works = RuleSet([known for rule in self.rules.values() for known in _routing(rule)])
        found = explain(_routed(one), works)
        return replace(found, event_id=one.id, workspace=one.workspace, recorded_at=one.recorded_at)

    def _preview(self, asked: Previewing) -> Preview:
        self.tried.append(asked)
        written = {"id": "new", **in_words_of_files(asked.rule)}
        read = read_rule({**written, "channels": written.get("channels") or ["x"]}, below(dotted, ("rule",)))
        for problem in read.problems:
            raise InvalidError(problem.sentence, problem.place)
        tried, found = read.rules[0], [_routed(one) for one in reversed(self.events["atelier"])]
        matched = [one for one in found if RuleSet([tried]).candidates(one.name)]
        sent = list(replay(found, RuleSet([tried]), Remembered()))
        fired = [one for one in sent if one.dispatches[0].dropped_until is None]
        names = {one.event.name: len(fired) for one in fired}
        example = msgspec.json.encode(matched[-1].data).decode() if matched else None
        texts = [worded(tried, one.event) for one in reversed(fired)]
        return Preview(len(found), len(matched), len(fired), len(sent) - len(fired), texts, names, example)


def _said(one: Rule) -> str:
    return f"{one.id} is:{'on' if one.enabled else 'off'} source:{one.source}"


def _routing(one: Rule) -> Sequence[Routing]:
    """The rule as the router has it, if it can have it."""
    names = ("id", "name", "events", "channels", "condition", "severity", "title", "template", "enabled")
    return read_rule({name: getattr(one, name) for name in names}).rules


def _routed(one: Event) -> Routed:
    return Routed(one.event, one.data, from_datetime(one.recorded_at), None, one.task_id, one.mission_id)
