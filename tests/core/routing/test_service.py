"""Rules as people use them: who sees which, who may change them, what is refused, and what they would do."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.api.events import NoticeRequest
from core.api.rules import Explaining, NewRule, Previewing, RuleChange, RuleImport
from core.api.tickets import ScopedNotifications
from core.api.wire import ListQuery
from core.caller import Caller, Permission
from core.channels.ready import ReadyChannels
from core.clock import SECOND, ManualClock
from core.config import Settings
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.events.record import NewEvent, record
from core.home import Home
from core.ids import Entropy
from core.people.audit import Audit
from core.routing.live import LiveRules
from core.routing.reloading import NotificationFiles
from core.routing.scoped import add_rules, set_scope
from core.routing.service import Rules
from storage import changes, events
from storage.database import Database
from storage.engines import Sqlite
from storage.ids import WorkspaceId
from storage.workspaces import add_workspace
from tests.core.routing.corpus import written
from tests.core.routing.office import Office
from tests.road import open_road

FILES = {
    "channels": {"ops": {"type": "desktop"}},
    "rules": [
        written("first", "task:*", name="Tasks", cooldownMs=60_000),
        written("second", "sla:**", to="ops gone", severity="critical"),
    ],
}


@dataclass
class Desk:
    """The rules of a company. `ann` manages channels, `ben` does not; neither sees the workspace `other`."""

    office: Office
    rules: Rules
    files: NotificationFiles
    home: Path
    ann: Caller
    ben: Caller
    root: Caller
    other: WorkspaceId

    async def write(self, configuration: Any) -> None:
        self.home.joinpath("notifications.json").write_text(json.dumps(configuration))
        await self.files.read()

    async def listed(self, caller: Caller, filter: str = "", limit: int = 50) -> list[str]:
        """The ids of all rules, page by page."""
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = await self.rules.page(caller, ListQuery(limit=limit, cursor=cursor, filter=filter))
            found += [rule.id for rule in page.items]
            cursor = page.next
            if cursor is None:
                return found

    async def audited(self) -> list[tuple[str, str, str, str]]:
        page = await Audit(self.office.road.database, self.office.road.clock).page(self.root, ListQuery())
        return [(one.actor, one.action, one.target, one.outcome) for one in reversed(page.items)]


@pytest.fixture
async def desk(database: Database, clock: ManualClock, entropy: Entropy, tmp_path: Path) -> Desk:
    """On one engine after the other."""
    return await opened(database, clock, entropy, tmp_path)


@pytest.fixture
async def near(sqlite: Sqlite, clock: ManualClock, entropy: Entropy, tmp_path: Path) -> AsyncIterator[Desk]:
    """On SQLite alone: for what no engine answers differently."""
    database = Database(sqlite)
    yield await opened(database, clock, entropy, tmp_path)
    await database.close()


async def opened(database: Database, clock: ManualClock, entropy: Entropy, tmp_path: Path) -> Desk:
    road = await open_road(database, clock, entropy)
    office = Office(road)
    files = NotificationFiles(
        database, clock, Home(tmp_path), ReadyChannels(database, clock), Settings, lambda: None
    )
    other = await database.write(lambda c: add_workspace(c, "other", "Other", clock.now()))
    assert other is not None
    ann = replace(road.callers["ann"], permissions=frozenset({Permission.CHANNELS_MANAGE}))
    desk = Desk(
        office,
        Rules(database, clock, entropy, files),
        files,
        tmp_path,
        ann,
        road.callers["ben"],
        road.callers["root"],
        other,
    )
    await desk.write(FILES)
    road.dispatcher = road.dispatcher.__class__(database, clock, entropy, LiveRules(lambda: files.configuration))
    return desk


def new(name: str | None = "own", *patterns: str, **parts: Any) -> NewRule:
    return NewRule(list(patterns or ("task:*",)), ["ops"], id=name, **parts)


async def test_rules_are_listed_in_the_order_in_which_they_are_asked(desk: Desk) -> None:
    for name in ("b", "a", "c"):
        await desk.rules.add(desk.ann, new(name))

    in_order = ["first", "second", "b", "a", "c"]
    assert await desk.listed(desk.ben) == in_order
    assert [await desk.listed(desk.ben, limit=size) for size in (1, 2, 3)] == [in_order] * 3


NARROWED = [
    ("id:first,own", ["first", "own"]),
    ("source:file", ["first", "second"]),
    ("-source:file", ["own", "quiet"]),
    ("is:off", ["quiet"]),
    ("is:on -source:api", ["first", "second"]),
    ("channel:gone", ["second"]),
    ("severity:critical", ["second"]),
    ("event:task:created", ["first", "own"]),
    ("event:sla:**", ["second"]),
    ("workspace:shop", ["own"]),
    ("-workspace:shop", ["first", "second", "quiet"]),
    ("TASKS", ["first"]),
    ("nothing-like-it", []),
]


async def test_the_list_is_narrowed(near: Desk) -> None:
    await near.rules.add(near.ann, new("own", workspace="shop"))
    await near.rules.add(near.ann, new("quiet", "x:*", enabled=False))

    for line, found in NARROWED:
        assert await near.listed(near.ben, line) == found, line
        assert await near.listed(near.ben, line, limit=1) == found, line


async def test_a_page_goes_on_after_its_rule_wherever_that_stands_by_now(near: Desk) -> None:
    for name in ("a", "b", "c"):
        await near.rules.add(near.ann, new(name))
    page = await near.rules.page(near.ben, ListQuery(limit=4))

    await near.rules.delete(near.ann, "a")

    rest = await near.rules.page(near.ben, ListQuery(limit=4, cursor=page.next))
    assert [rule.id for rule in page.items] == ["first", "second", "a", "b"]
    assert [rule.id for rule in rest.items] == ["c"]
    for hostile in ("x", "-1.a", "", "99999999999999999999.a"):
        with pytest.raises(InvalidError):
            await near.rules.page(near.ben, ListQuery(cursor=hostile))


async def test_a_rule_of_a_file_says_where_it_stands_and_what_is_wrong_with_it(near: Desk) -> None:
    first, second = await near.rules.show(near.ben, "first"), await near.rules.show(near.ben, "second")

    assert (first.source, first.place, first.problem) == ("file", "notifications.json: rules[0]", None)
    assert second.problem == "There is no channel 'gone'."
    assert (second.events, second.channels, second.severity) == (["sla:**"], ["ops", "gone"], "critical")


async def test_a_rule_says_what_became_of_it(near: Desk) -> None:
    road = near.office.road
    await road.tell("task:created")
    fired_at = road.clock.now()
    road.clock.advance(5 * SECOND)
    await road.tell("task:created")

    cooldown = (await near.rules.show(near.ben, "first")).cooldown

    assert (cooldown.fired, cooldown.dropped, cooldown.dropped_since) == (1, 1, 1)
    assert cooldown.last_fired_at is not None
    assert cooldown.ready_at is not None
    assert (cooldown.ready_at - cooldown.last_fired_at).total_seconds() == 60
    road.clock.advance(60 * SECOND)
    assert fired_at < road.clock.now()
    assert (await near.rules.show(near.ben, "first")).cooldown.ready_at is None


async def test_an_added_rule_works_from_the_next_event_on_and_not_after_it_is_deleted(desk: Desk) -> None:
    added = await desk.rules.add(desk.ann, new("own", "x:*", condition={"field": "n", "op": ">", "value": 1}))
    await desk.office.road.tell("x:y", data={"n": 2})
    changed = await desk.rules.change(desk.ann, "own", RuleChange(condition=None, name="Mine"))
    await desk.office.road.tell("x:y")
    await desk.rules.delete(desk.ann, "own")
    await desk.office.road.tell("x:y")

    assert (added.source, added.place, added.condition) == ("api", None, {"field": "n", "op": ">", "value": 1})
    assert (changed.condition, changed.name, changed.events) == (None, "Mine", ["x:*"])
    assert await desk.office.routed() == [("own", "ops"), ("own", "ops")]


async def test_an_added_rule_without_an_id_gets_one(near: Desk) -> None:
    added = await near.rules.add(near.ann, new(None))

    assert added.id.startswith("rule_")
    assert await near.rules.show(near.ben, added.id) == added


async def test_a_rule_for_a_workspace_is_seen_there_alone(near: Desk) -> None:
    await near.rules.add(near.root, new("theirs", workspace="other"))
    await near.rules.add(near.ann, new("ours", workspace="shop"))

    assert await near.listed(near.ben) == ["first", "second", "ours"]
    assert await near.listed(near.root) == ["first", "second", "theirs", "ours"]
    for ask in (
        lambda: near.rules.show(near.ben, "theirs"),
        lambda: near.rules.change(near.ann, "theirs", RuleChange(enabled=False)),
        lambda: near.rules.delete(near.ann, "theirs"),
        lambda: near.rules.add(near.ann, new("x", workspace="other")),
    ):
        with pytest.raises(NotFoundError):
            await ask()


async def test_only_whoever_manages_channels_changes_rules(near: Desk) -> None:
    rules, ben = near.rules, near.ben
    for ask in (
        lambda: rules.add(ben, new("own")),
        lambda: rules.change(ben, "first", RuleChange(enabled=False)),
        lambda: rules.delete(ben, "first"),
        lambda: rules.import_(ben, RuleImport([new("own")])),
        lambda: rules.reload(ben),
    ):
        with pytest.raises(NotAllowedError, match=r"channels\.manage"):
            await ask()

    assert [(actor, outcome) for actor, _, _, outcome in await near.audited()] == [("ben", "refused")] * 5


async def test_what_is_done_is_recorded_and_told(near: Desk) -> None:
    before = await near.office.road.database.read(changes.last)

    await near.rules.add(near.ann, new("own", workspace="shop"))
    await near.rules.change(near.ann, "own", RuleChange(enabled=False))
    await near.rules.delete(near.ann, "own")

    assert await near.audited() == [
        ("ann", "rule.add", "own", "done"),
        ("ann", "rule.change", "own", "done"),
        ("ann", "rule.delete", "own", "done"),
    ]
    told = await near.office.road.database.read(lambda c: changes.after(c, before, 10))
    assert [(one.topic, one.subject, one.workspace_id) for one in told] == [
        ("rules", "own", near.office.road.workspace)
    ] * 3


REFUSED = [
    (NewRule([], ["ops"]), "events"),
    (NewRule(["*"], []), "channels"),
    (NewRule(["*"], ["op"]), "channels[0]"),
    (NewRule(["*"], ["ops"], condition={"and": [{"field": "a", "op": "is"}]}), "condition.and[0].op"),
    (NewRule(["*"], ["ops"], cooldown_ms=-1), "cooldownMs"),
    (NewRule(["*"], ["ops"], id="direct"), "id"),
    (NewRule(["*"], ["ops"], id="a\x00"), "id"),
]


async def test_what_is_wrong_is_refused_with_its_place(near: Desk) -> None:
    for rule, place in REFUSED:
        with pytest.raises(InvalidError) as wrong:
            await near.rules.add(near.ann, rule)
        assert wrong.value.place == place
    assert await near.listed(near.ann) == ["first", "second"]


async def test_what_is_in_a_file_or_belongs_to_a_gate_is_changed_there(near: Desk) -> None:
    road = near.office.road
    gate = NewRule(["quality:**"], ["ops"], id="gate")
    await road.database.write(lambda c: add_rules(c, "mission/m1", [gate], road.clock.now()))

    for name, said in (("first", r"notifications\.json: rules\[0\]"), ("gate", "change the gate")):
        with pytest.raises(ConflictError, match=said):
            await near.rules.change(near.ann, name, RuleChange(enabled=False))
        with pytest.raises(ConflictError, match=said):
            await near.rules.delete(near.ann, name)
        with pytest.raises(ConflictError, match="already"):
            await near.rules.add(near.ann, new(name))
    with pytest.raises(NotFoundError):
        await near.rules.delete(near.ann, "nothing")


async def test_a_rule_whose_channel_is_gone_can_be_switched_off(near: Desk) -> None:
    await near.rules.add(near.ann, new("own"))
    await near.write({"channels": {}, "rules": []})

    changed = await near.rules.change(near.ann, "own", RuleChange(enabled=False))

    assert (changed.enabled, changed.problem) == (False, "There is no channel 'ops'.")


@pytest.mark.parametrize("name", ["import", "problems", "reload", "explain", "preview", ".", ".."])
async def test_no_rule_gets_an_id_that_is_something_else_in_a_path(near: Desk, name: str) -> None:
    new = NewRule(["task:*"], ["ops"], id=name)

    with pytest.raises(InvalidError, match="stands for something else: choose another"):
        await near.rules.add(near.ann, new)
    imported = await near.rules.import_(near.ann, RuleImport([new]))

    assert [problem.place for problem in imported.problems] == ["rules[0].id"]
    assert name not in await near.listed(near.root)


async def test_what_can_be_imported_is_and_the_rest_is_said(desk: Desk) -> None:
    await desk.rules.add(desk.ann, new("there"))
    rules = [
        new("one"),
        new("one", "x"),
        new("first"),
        new("there"),
        NewRule(["*"], ["gone"], id="elsewhere"),
        NewRule(["*"], ["ops"], id="bad", condition={}),
    ]

    dry = await desk.rules.import_(desk.ann, RuleImport(rules, dry_run=True))
    assert await desk.listed(desk.ann) == ["first", "second", "there"]
    done = await desk.rules.import_(desk.ann, RuleImport(rules))

    assert dry == done
    assert (done.added, done.replaced) == (["one", "elsewhere"], [])
    assert [problem.place for problem in done.problems] == [
        "rules[1].id",
        "rules[2].id",
        "rules[3].id",
        "rules[4].channels[0]",
        "rules[5].condition.field",
    ]
    again = await desk.rules.import_(desk.ann, RuleImport([new("there", "y")], replace=True))
    assert (again.added, again.replaced, again.problems) == ([], ["there"], [])
    assert (await desk.rules.show(desk.ann, "there")).events == ["y"]


async def test_what_is_wrong_in_the_files_is_said_and_said_anew_after_reading_again(near: Desk) -> None:
    assert [one.place for one in (await near.rules.problems(near.ann)).problems] == [
        "notifications.json: rules[1].channels"
    ]
    assert (await near.rules.problems(near.ben)).problems == []  # who could not mend it

    text = {**FILES, "rules": [written("first", "*"), written("bad", "*", condition={"or": 5})]}
    near.home.joinpath("notifications.json").write_text(json.dumps(text))

    assert [one.place for one in (await near.rules.reload(near.ann)).problems] == [
        "notifications.json: rules[1].condition.or"
    ]
    assert await near.listed(near.ben) == ["first"]


async def test_an_event_that_was_recorded_is_explained_by_its_own_scope(desk: Desk) -> None:
    road = desk.office.road
    own = ScopedNotifications([NewRule(["task:*"], ["ops"], id="own")])
    await road.database.write(lambda c: set_scope(c, road.workspace, "ticket", "t1", own))
    recorded = await road.post("task:created", task_id="t1")

    found = await desk.rules.explain(desk.ben, Explaining(event_id=recorded))
    imagined = await desk.rules.explain(
        desk.ben, Explaining(event="task:created", data={"taskId": "t1"}, workspace="shop")
    )

    assert [(one.rule_id, one.why) for one in found.verdicts] == [
        ("own", "fires"),
        ("first", "scope"),
        ("second", "pattern"),
    ]
    assert (found.scope, found.event) == ("ticket", "task:created")
    assert [(one.rule_id, one.why) for one in imagined.verdicts] == [
        (one.rule_id, one.why) for one in found.verdicts
    ]


async def test_only_what_one_may_read_is_explained(near: Desk) -> None:
    road = near.office.road
    await road.post("before:that")
    await road.events.notify(road.callers["ann"], _letter("ann"))
    letter = (await road.database.read(lambda c: events.page(c, road.workspace, near.ann.person, (), None, 1)))[
        0
    ].id
    await near.rules.add(near.root, new("theirs", "*", workspace="other"))
    await road.dispatcher.catch_up()
    (item,) = await road.items("ann")

    found = await near.rules.explain(near.ann, Explaining(event_id=letter))
    assert (found.event, found.event_id, found.workspace) == ("system:notice", letter, "shop")
    assert await near.rules.explain(near.ann, Explaining(notification=item.id)) == found
    with pytest.raises(NotFoundError):
        await near.rules.explain(near.ben, Explaining(notification=item.id))
    with pytest.raises(NotFoundError):
        await near.rules.explain(near.ben, Explaining(event_id=letter))
    for asked in (
        Explaining(event_id="ev_0"),
        Explaining(notification=2**70),
        Explaining(event="a", workspace="other"),
    ):
        with pytest.raises(NotFoundError):
            await near.rules.explain(near.ben, asked)
    said = await near.rules.explain(near.ben, Explaining(event="a"))
    assert [one.rule_id for one in said.verdicts] == ["first", "second"]


async def test_an_event_of_no_workspace_is_explained_to_whoever_manages_channels(near: Desk) -> None:
    road = near.office.road
    at: dict[str, Any] = {"now": road.clock.now(), "entropy": road.entropy}
    theirs = await road.database.write(lambda c: record(c, NewEvent("key:expired"), **at))
    letter = (await road.events.notify(near.root, NoticeRequest("ben", "Only for you"))).id

    assert (await near.rules.explain(near.ann, Explaining(event_id=theirs))).event == "key:expired"
    for caller, event in ((near.ben, theirs), (near.ann, letter), (near.ben, letter)):
        with pytest.raises(NotFoundError):
            await near.rules.explain(caller, Explaining(event_id=event))


async def test_a_rule_is_tried_on_the_latest_events_of_all_workspaces_in_their_order(near: Desk) -> None:
    road = near.office.road
    at: dict[str, Any] = {"now": road.clock.now(), "entropy": road.entropy}
    for number in range(6):
        place = near.other if number % 2 else road.workspace
        new_event = NewEvent("a:b", {"n": number}, workspace=place)
        await road.database.write(partial(record, event=new_event, **at))

    found = await near.rules.preview(near.root, Previewing(NewRule(["a:*"], [], title="{{n}}"), 3))
    seen_by_ben = await near.rules.preview(near.ben, Previewing(NewRule(["a:*"], [], title="{{n}}")))

    assert [one.title for one in found.latest] == ["5", "4", "3"]
    assert [one.title for one in seen_by_ben.latest] == ["4", "2", "0"]


async def test_a_rule_that_takes_the_id_of_one_that_is_gone_begins_afresh(near: Desk) -> None:
    await near.rules.add(near.ann, new("own", "x:*", cooldown_ms=60_000))
    await near.office.road.tell("x:y")
    fired = (await near.rules.show(near.ben, "own")).cooldown.fired
    await near.rules.delete(near.ann, "own")

    again = await near.rules.add(near.ann, new("own", "x:*", cooldown_ms=60_000))

    assert (fired, again.cooldown.fired) == (1, 0)


def _letter(person: str) -> Any:
    return NoticeRequest(person, "Only for you", workspace="shop")


async def test_what_cannot_be_explained_is_said(near: Desk) -> None:
    for asked in (
        Explaining(),
        Explaining(event_id="ev_1", event="a"),
        Explaining(event_id="ev_1", notification=1),
        Explaining(event=""),
        Explaining(event="a" * 201),
        Explaining(event="a", data=[1]),
        Explaining(event="a", data="x"),
    ):
        with pytest.raises(InvalidError):
            await near.rules.explain(near.ben, asked)


async def test_a_rule_that_is_being_written_is_tried_on_the_latest_events(desk: Desk) -> None:
    road = desk.office.road
    for number in range(6):
        await road.post("task:transition", data={"to": "failed", "n": number})
        await road.post("task:created", data={"n": number})
        road.clock.advance(10 * SECOND)
    await road.post("sla:met")
    rule = NewRule(
        ["task:*"], [], condition={"field": "n", "op": ">", "value": 1}, cooldown_ms=15_000, title="{{n}}"
    )

    found = await desk.rules.preview(desk.ben, Previewing(rule))

    assert (found.seen, found.matched, found.fired, found.held_back) == (13, 12, 2, 6)
    assert [one.title for one in found.latest] == ["4", "2"]
    assert found.names == {"task:transition": 2}
    assert json.loads(found.example or "") == {"n": 5}
    assert (await desk.rules.preview(desk.ben, Previewing(rule, 3))).seen == 3
    outside = await desk.rules.preview(road.callers["max"], Previewing(rule))
    assert (outside.seen, outside.example) == (0, None)


async def test_what_cannot_be_tried_is_said(near: Desk) -> None:
    for asked in (
        Previewing(NewRule(["*"], ["ops"]), 0),
        Previewing(NewRule(["*"], ["ops"]), 1001),
        Previewing(NewRule([], ["ops"])),
        Previewing(NewRule(["*"], ["ops"], condition={"and": 5})),
    ):
        with pytest.raises(InvalidError) as wrong:
            await near.rules.preview(near.ben, asked)
        assert wrong.value.place in ("events", "rule.events", "rule.condition.and")
