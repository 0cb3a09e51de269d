"""Nobody sees another's things by any way in: every route is tried with them, and answers as if they were not.

Ann has one thing of each kind. Ben shares the workspace `shop` with her, and another one is hers alone. The admin
sees workspaces and what is done in them, and nothing that is hers alone."""

import http.client
import json
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from core.api import (
    approvals,
    automations,
    bots,
    channels,
    deliveries,
    events,
    filters,
    inbox,
    mutes,
    people,
    rules,
    sessions,
    tickets,
    work,
    workflows,
)
from core.api.channels import Setting
from core.api.inbox import InboxAction
from core.api.wire import API
from core.client import Client
from tests.core.http.ways import NOTHING, WAYS, Ask, Things, Whose
from tests.servers import home_in, served

LETTER = "sesame"
"""Is in what is Ann's alone: notifications, mutes, saved filters. Nobody else, admin or not, ever reads it."""
PROJECT = "simsim"
"""Is in what is done in a workspace: sessions, automations, the workspace itself. Ben never reads it."""

RIGHTS = ["automations.view_own", "automations.manage"]
WORKFLOW = f"""
name = "{PROJECT}"
[[steps]]
id = "ok"
kind = "approval"
message = "{PROJECT}?"
"""
PRIVATE_TOPICS = {"inbox", "mutes", "filters", "pins", "work", "me"}
"""Of these, each change is one person's."""
COMMON_TOPICS = {
    *("events", "people", "workspaces", "keys", "bots", "workflows"),
    *("sessions", "approvals", "automations", "executions", "tasks", "missions"),
    *("channels", "deliveries", "rules", "desktop-alerts"),
}

T = TypeVar("T")


@dataclass
class Asker:
    """Somebody at a door: the socket for the admin in person, and a key for the others."""

    home: Path
    port: int
    key: str | None = None
    kept: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """The status and the text of the answer."""
        connection = self.kept = self.kept or self._connection()
        connection.request(method, path, None if body is None else json.dumps(body), self._headers())
        response = connection.getresponse()
        answer = response.status, response.read().decode("utf-8", "replace")
        if response.will_close:
            connection.close()
            self.kept = None
        return answer

    def listen(self) -> Iterator[dict[str, Any]]:
        """What the stream says, frame by frame."""
        connection = self._connection()
        connection.request("GET", f"{API}/stream", headers=self._headers())
        response = connection.getresponse()
        while line := response.readline().decode():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    def _headers(self) -> dict[str, str]:
        return {} if self.key is None else {"Authorization": f"Bearer {self.key}"}

    def _connection(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if self.key is None:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(20)
            connection.sock.connect(str(self.home / "callboard.sock"))
        return connection


@dataclass
class Office:
    """The home, the three, and Ann's things."""

    admin: Asker
    ann: Asker
    ben: Asker
    hers: Things
    ben_heard: Iterator[dict[str, Any]]
    admin_heard: Iterator[dict[str, Any]]
    tell_all: Callable[[], object]

    def all_of_hers(self) -> list[tuple[int, str]]:
        """Everything of hers, as she sees it, except for when her key was used last."""
        paths = ["/inbox?filter=is:all", "/mutes", "/me/filters", "/me/pins", "/me", "/work?filter=is:hidden"]
        paths += ["/sessions", "/approvals", "/automations", "/executions", "/bots", "/keys", "/workspaces"]
        paths += ["/tasks", "/missions", "/deliveries", "/deliveries/stats"]
        found = [self.ann.ask("GET", API + path) for path in paths]
        return [(status, re.sub(r'"last_used_at":"[^"]*"', "", text)) for status, text in found]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = home_in(tmp_path_factory.mktemp("office"))
    with served(home, "127.0.0.1:0") as server:
        url = f"http://{server.ready['http']}"
        port = int(server.ready["http"].rpartition(":")[2])
        with Client(home.socket) as root:
            keys = [_hire(root, "ann", PROJECT), _hire(root, "ben", "ci")]
            for slug, members in ((PROJECT, ["ann"]), ("shop", ["ann", "ben"])):
                root.send(people.add_workspace(people.WorkspaceCreation(slug, members=members)))
            root.send(channels.add_channel(channels.NewChannel("desk", "desktop")))
            hook: dict[str, Setting] = {"url": "https://hooks.example.com/"}
            root.send(channels.add_channel(channels.NewChannel("later", "webhook", hook)))
            root.send(rules.add_rule(rules.NewRule(["a:b"], ["desk"], id=PROJECT, workspace=PROJECT)))
            admin = Asker(home.path, port)
            ann, ben = (Asker(home.path, port, key.key) for key in keys)
            ben_heard, admin_heard = ben.listen(), admin.listen()
            assert set(next(ben_heard)) == set(next(admin_heard)) == {"seq"}
            with Client.to(url, keys[0].key) as client:
                things = _made_by(client, ann.listen(), keys[0].id)

            def tell_all() -> object:
                return root.send(events.post("shop", events.EventRequest("that:is-all")))

            yield Office(admin, ann, ben, things, ben_heard, admin_heard, tell_all)


def _hire(root: Client, name: str, key: str) -> people.NewKey:
    root.send(people.add_person(people.PersonCreation(name, permissions=RIGHTS)))
    return root.send(people.create_key(people.KeyCreation(key, RIGHTS, name)))


def _made_by(ann: Client, heard: Iterator[object], key: str) -> Things:
    """One thing of each kind, and notifications in every state."""
    send, until = ann.send, partial(_until, heard)
    bot = send(bots.create_bot(bots.BotCreation(PROJECT, PROJECT, "shell")))
    send(workflows.add_workflow(PROJECT, workflows.WorkflowWriting(WORKFLOW)))
    asking = sessions.SessionCreation(PROJECT, "develop", workflow=PROJECT, provider="shell")
    send(sessions.create_session(asking))
    creation = automations.AutomationCreation(
        PROJECT, "shop", "manual", prompt="exit", provider="shell", ticket=PROJECT
    )
    automation = send(automations.create(creation))
    execution = send(automations.run(automation.id, automations.RunRequest()))
    session = execution.session
    assert session is not None
    send(tickets.create_mission(PROJECT, tickets.NewMission(PROJECT, id=PROJECT)))
    send(tickets.create_ticket(PROJECT, tickets.NewTicket(PROJECT, id=PROJECT, mission_id=PROJECT)))
    later = deliveries.Sending("later", PROJECT, PROJECT, delay_ms=24 * 3_600_000)
    delivery = send(deliveries.send(PROJECT, later)).id
    alert = send(deliveries.send(PROJECT, deliveries.Sending("desk", PROJECT, PROJECT))).id
    pinned = [bots.PinnedThing("bot", bot.id), bots.PinnedThing("automation", automation.id)]
    send(bots.pin(bots.Pinning(pinned)))
    send(filters.save(filters.Saving([filters.SavedFilter(LETTER, LETTER)])))
    mute = send(mutes.mute(mutes.Muting(LETTER)))
    for number in range(4):
        send(events.notify(events.NoticeRequest("ann", f"{LETTER} {number}", LETTER, workspace="shop")))
    waiting = until(lambda: send(approvals.approvals()).items)
    until(lambda: send(inbox.page(filter="event:approval:requested")).items)
    until(lambda: _settled(send(sessions.sessions()).items, send(automations.executions()).items))
    items = until(lambda: _all_four(send(inbox.page(filter=f"is:all {LETTER}")).items))
    send(work.act(work.WorkActionRequest("hide", [f"session/{session}"])))
    actions: list[InboxAction] = ["star", "dismiss", "unstar", "read"]
    for item, action in zip(items, actions, strict=True):
        send(inbox.act(inbox.InboxActionRequest(action, [item.id])))
    step = send(inbox.act(inbox.InboxActionRequest("unread", [items[3].id]))).undo
    assert step is not None
    return Things(
        items[0].id, step, mute.id, session, waiting[0].id, automation.id, execution.id, bot.id,
        key, PROJECT, PROJECT, LETTER, PROJECT, PROJECT, rule=PROJECT, delivery=delivery, alert=alert,
    )  # fmt: skip


def _until(heard: Iterator[object], found: Callable[[], T]) -> T:
    """What is found, now or as soon as the stream has told of it."""
    while not (there := found()):
        next(heard)
    return there


def _settled(begun: list[sessions.Session], runs: list[automations.Execution]) -> bool:
    """Whether nothing will change any more by itself."""
    return {each.state for each in begun} == {"asking", "waiting"} and all(run.outcome for run in runs)


def _all_four(items: list[T]) -> list[T]:
    return items if len(items) == 4 else []


@dataclass(frozen=True)
class Tried:
    """One request, as it was answered with Ann's things in it, and with what is not there."""

    route: str
    query: str
    with_hers: tuple[int, str]
    with_nothing: tuple[int, str]

    def tells_them_apart(self) -> bool:
        return self.with_hers != self.with_nothing

    def says(self, *words: str) -> bool:
        """Whether the answer has one of the words; an error may say again what was asked for."""
        status, text = self.with_hers
        return status < 400 and any(word in text for word in words)


def _walk(office: Office, asker: Asker, *, admin: bool) -> list[Tried]:
    """Every request of every route. What an admin can do to what is done in a workspace is only read."""
    return [
        Tried(
            route,
            ask.query or ask.path,
            _nameless(_answer(asker, route, ask, office.hers), office.hers),
            _nameless(_answer(asker, route, ask, NOTHING), NOTHING),
        )
        for route, way in WAYS.items()
        for ask in way.asks
        if way.whose is not Whose.TOKEN
        if not admin or (ask.admin and (way.whose is Whose.OWN or route.startswith("GET ")))
    ]


def _answer(asker: Asker, route: str, ask: Ask, things: Things) -> tuple[int, str]:
    method, _, path = route.partition(" ")
    target = API + things.filled(ask.path or path) + (f"?{things.filled(ask.query)}" if ask.query else "")
    return asker.ask(method, target, None if ask.body is None else ask.body(things))


def _nameless(answer: tuple[int, str], things: Things) -> tuple[int, str]:
    """The answer; of an error, without what was asked for."""
    status, text = answer
    if status >= 400:
        for name in things.__dataclass_fields__:
            text = re.sub(rf"\b{re.escape(str(getattr(things, name)))}\b", "*", text)
    return status, text


def test_every_way_in_says_whose_things_are_behind_it(office: Office) -> None:
    _, text = office.admin.ask("GET", f"{API}/openapi.json")
    paths = json.loads(text)["paths"]
    there = {f"{method.upper()} {path.removeprefix(API)}" for path in paths for method in paths[path]}

    assert there == set(WAYS)


def test_what_is_anothers_answers_as_if_it_were_not_there_and_stays_as_it_is(office: Office) -> None:
    before = office.all_of_hers()

    tried = _walk(office, office.ben, admin=False)

    closed = [each for each in tried if WAYS[each.route].whose is not Whose.OPEN]
    assert [each for each in closed if each.tells_them_apart()] == []
    assert [each for each in tried if each.says(LETTER, PROJECT)] == []
    assert office.all_of_hers() == before


def test_not_even_an_admin_tells_what_is_ones_own_from_nothing(office: Office) -> None:
    before = office.all_of_hers()

    tried = _walk(office, office.admin, admin=True)

    own = [each for each in tried if WAYS[each.route].whose is Whose.OWN]
    assert [each for each in own if each.tells_them_apart()] == []
    assert [each for each in tried if each.says(LETTER)] == []
    assert office.all_of_hers() == before


def test_she_finds_all_of_it_herself(office: Office) -> None:
    """Without this, the tests above would hold of an empty home."""
    hers = office.hers
    own = ["/inbox/{item}", "/sessions/{session}", "/approvals/{approval}", "/automations/{automation}"]
    own += ["/executions/{execution}", "/bots/{bot}", "/workspaces/{slug}", "/work/notification/{item}"]
    own += ["/rules/{rule}", "/projects/{slug}/tasks/{task}", "/projects/{slug}/missions/{mission}"]
    assert {office.ann.ask("GET", API + hers.filled(path))[0] for path in own} == {200}
    for path in ("/inbox", "/mutes", "/me/filters", "/work", "/projects/shop/events"):
        assert LETTER in office.ann.ask("GET", API + path)[1], path


def test_the_stream_tells_nobody_of_anothers_things(office: Office) -> None:
    office.tell_all()
    last = office.ann.ask("GET", f"{API}/projects/shop/events?filter=event:that:is-all")[1]
    mark = json.loads(last)["data"]["items"][0]["id"]

    for heard in (office.ben_heard, office.admin_heard):
        topics = []
        for change in heard:
            topics.append(change["topic"])
            if change["id"] == mark:
                break
        assert "sessions" in topics
        assert set(topics) <= COMMON_TOPICS


def test_each_change_of_what_is_private_is_one_persons(office: Office) -> None:
    rows = _changes(office)
    assert {topic for topic, _ in rows} <= PRIVATE_TOPICS | COMMON_TOPICS
    assert {topic for topic, _ in rows} >= PRIVATE_TOPICS
    assert [topic for topic, person in rows if topic in PRIVATE_TOPICS and person is None] == []


def _changes(office: Office) -> list[tuple[str, int | None]]:
    with sqlite3.connect(office.admin.home / "callboard.db") as connection:
        return list(connection.execute("SELECT topic, person_id FROM changes"))
