"""Calls of webhooks: each is answered with its status and all its fields, when what it began is durable."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.api.trigger import HTTP_TRIGGER
from core.http import asking
from storage import sessions
from storage.workflows import NewWorkflowRow, add_workflow
from tests.core.automations.conftest import Office
from tests.core.automations.webhooks import Hooks, enveloped, hooks_of
from tests.core.http.raw import connected, get, post, read

MIB = 1024 * 1024
WORKFLOW = {
    "version": "1",
    "description": "",
    "name": "release",
    "params": {"version": {"required": True, "pattern": "[0-9.]+"}, "channel": {"default": "beta"}},
    "steps": [{"id": "go", "kind": "prompt", "prompt": "Release {{version}} to {{channel}}."}],
}


@pytest.fixture
async def hooks(office: Office, tmp_path: Path) -> AsyncIterator[Hooks]:
    async with hooks_of(office, tmp_path) as hooks:
        yield hooks


@pytest.fixture
async def release(hooks: Hooks) -> str:
    """The token of a webhook that runs a workflow."""
    await keep_workflow(hooks.office)
    stored = {"channel": "stable"}
    return (await hooks.made(prompt=None, workflow="release", parameters=stored)).token or ""


async def keep_workflow(office: Office) -> None:
    workspace = (await office.home.ann()).workspaces
    now, text = office.clock.now(), json.dumps(WORKFLOW)
    person = (await office.home.ann()).person
    row = NewWorkflowRow(min(workspace), "release", "", text, text, "json", person, now, now)
    await office.database.write(lambda connection: add_workflow(connection, row))


UNKNOWN = "A" * 43
WRONG_BODIES = {
    "no JSON": b"{",
    "a list": b"[1]",
    "null": b"null",
    "a text": b'"x"',
    "only blanks": b"  ",
    "a form": b"a=1&b=2",
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a number out of range": b'{"a":1e999}',
    "a number of 5,000 digits": b'{"a":' + b"9" * 5000 + b"}",
    "no UTF-8": b'{"a":"\xff"}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "too deep": b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
    "very deep": b'{"a":' + b"[" * 400_000,
    "too many": json.dumps({f"p{n}": n for n in range(201)}).encode(),
    "a long name": json.dumps({"n" * 129: 1}).encode(),
    "a large value": json.dumps({"a": "v" * 65_537}).encode(),
    "a large list": json.dumps({"a": ["v" * 100] * 700}).encode(),
}
WRONG_HEADERS = {
    "a form's type": "Content-Type: application/x-www-form-urlencoded",
    "parts": "Content-Type: multipart/form-data; boundary=x",
    "plain text": "Content-Type: text/plain",
    "another charset": "Content-Type: application/json; charset=utf-16",
    "no charset": "Content-Type: application/json; charset=foo",
    "an encoding": "Content-Encoding: gzip",
    "an expectation": "Expect: a miracle",
}
WRONG_QUERIES = {
    "no UTF-8 in the query": "?a=%ff",
    "half a surrogate in the query": "?a=%ed%a0%80",
    "a long name in the query": "?" + "n" * 129 + "=1",
}
RIGHT_HEADERS = {
    "JSON": "Content-Type: application/json",
    "JSON with its charset": 'Content-Type: Application/JSON; Charset="UTF-8"',
    "JSON of a kind": "Content-Type: application/cloudevents+json",
    "no encoding": "Content-Encoding: identity",
    "no type": "X-Other: 1",
}


def calls(token: str) -> dict[str, tuple[bytes, int]]:
    """What is sent, and the status that answers it."""
    auth = f"Api-Authentication: {token}"
    path, plain = f"{HTTP_TRIGGER}/{token}", f"{HTTP_TRIGGER}"
    chunked = post(plain, b"", auth, "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    told: dict[str, tuple[bytes, int]] = {
        "GET, path": (get(path), 200),
        "GET, header": (get(plain, auth), 200),
        "POST, path": (post(path, b"{}"), 200),
        "POST, header": (post(plain, b"{}", auth), 200),
        "POST without a body": (post(plain, b"", auth), 200),
        "POST in pieces": (chunked + b'3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n', 200),
        "HTTP/1.0": (get(path).replace(b"HTTP/1.1", b"HTTP/1.0"), 200),
        "a slash too many": (get(plain + "/", auth), 200),
        "64 deep": (post(plain, b'{"a":' + b"[" * 63 + b"]" * 63 + b"}", auth), 200),
        "a mebibyte": (post(plain, b'{"a":1}'.ljust(MIB), auth), 200),
        "200 parameters": (post(plain, json.dumps({f"p{n}": n for n in range(200)}).encode(), auth), 200),
        "a blank header and a path": (get(path, "Api-Authentication:   "), 200),
        "no token": (get(plain), 401),
        "a blank token": (get(plain, "Api-Authentication:  "), 401),
        "no token, POST": (post(plain, b"{}"), 401),
        "a token in the query": (get(f"{plain}?token={token}&Api-Authentication={token}"), 401),
        "a token in the body": (post(plain, json.dumps({"token": token}).encode()), 401),
        "a token as a bearer": (get(plain, f"Authorization: Bearer {token}"), 401),
        "a token in a cookie": (get(plain, f"Cookie: Api-Authentication={token}"), 401),
        "a short token": (get(f"{plain}/{token[:-1]}"), 401),
        "a long token": (get(f"{plain}/{token}A"), 401),
        "an encoded token": (get(f"{plain}/%{ord(token[0]):02x}{token[1:]}"), 401),
        "no UTF-8 as a token": (get(f"{plain}/%ff"), 401),
        "no ASCII as a token": (get(plain, "Api-Authentication: é" + token[1:]), 401),
        "a wrong header and a right path": (get(path, "Api-Authentication: wrong"), 401),
        "an unknown header and a right path": (get(path, f"Api-Authentication: {UNKNOWN}"), 404),
        "an unknown token": (get(f"{plain}/{UNKNOWN}"), 404),
        "an unknown token and a wrong body": (post(f"{plain}/{UNKNOWN}", b"{"), 404),
        "a path below": (get(f"{path}/more"), 404),
        "two headers": (get(plain, auth, auth), 400),
        "a body that is too large": (post(plain, b'{"a":1}'.ljust(MIB + 1), auth), 413),
        "too large in pieces": (chunked + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 17 + b"0\r\n\r\n", 413),
        "another's body that is too large": (post(plain, b" " * 2 * MIB), 401),
        "HTTP/0.9": (f"GET {path}\r\n\r\n".encode(), 400),
        "HTTP/2.0": (get(path).replace(b"HTTP/1.1", b"HTTP/2.0"), 400),
        "a URL as the target": (get(f"http://evil.example{path}"), 404),
        "two lengths": (post(plain, b"{}", auth, "Content-Length: 3"), 400),
        "a length and pieces": (post(plain, b"{}", auth, "Transfer-Encoding: chunked"), 400),
        "bad pieces": (chunked + b"zz\r\n{}\r\n0\r\n\r\n", 400),
        "a very long path": (get(plain + "/" + "A" * 9000), 400),
        "a bare line feed": (get(path).replace(b"Host: x\r\n", b"Host: x\nX y\n"), 400),
    }
    told |= {name: (post(plain, body, auth), 400) for name, body in WRONG_BODIES.items()}
    told |= {name: (post(plain, b'{"a":1}', auth, header), 400) for name, header in WRONG_HEADERS.items()}
    told |= {name: (post(plain, b'{"a":1}', auth, header), 200) for name, header in RIGHT_HEADERS.items()}
    told |= {name: (post(plain + query, b"", auth), 400) for name, query in WRONG_QUERIES.items()}
    told |= {
        method: (f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 405)
        for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
    }
    return told


async def test_every_call_is_answered_with_its_status_in_one_envelope(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True, prompt="Look at {{ref}} and {{a}}.")
    told = calls(made.token or "")
    answers = {name: await hooks.send(sent) for name, (sent, _) in told.items()}
    assert {name: answer.status for name, answer in answers.items()} == {
        name: status for name, (_, status) in told.items()
    }
    for answer in answers.values():
        enveloped(answer)
    assert len(await hooks.office.sessions()) == [status for _, status in told.values()].count(200) == hooks.begun


async def test_who_knows_no_token_learns_nothing(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    told = calls(made.token or "")
    bodies = {(await hooks.send(sent)).body for sent, status in told.values() if status == 401}
    bodies |= {(await hooks.get(UNKNOWN)).body, (await hooks.call("A" * 43, b"{")).body}
    assert len(bodies) == 1
    assert "Deploy" not in bodies.pop().decode()


async def test_other_methods_are_told_which_there_are_and_run_nothing(hooks: Hooks) -> None:
    made = await hooks.made()
    async with connected(hooks.where) as (reader, writer):
        writer.write(f"HEAD {HTTP_TRIGGER}/{made.token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(f"OPTIONS {HTTP_TRIGGER}/{made.token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        options = await read(reader)
    assert head.startswith("HTTP/1.1 405 ")
    assert "Allow: GET, POST\r\n" in head
    assert "Content-Type: application/json\r\n" in head
    assert (options.status, options.headers["allow"]) == (405, "GET, POST")
    enveloped(options)
    assert await hooks.office.sessions() == []


async def test_the_answer_names_what_is_durable(hooks: Hooks) -> None:
    made = await hooks.made(prompt="Deploy {{ref}} of {{ repo }} to {{where}}, {{automation}}.")
    said = enveloped(await hooks.call(made.token, b'{"ref":"main"}'))
    (session,) = await hooks.office.sessions()
    (execution,) = await hooks.office.history(made)
    assert said == {
        "success": True,
        "error": None,
        "sessionId": session.id,
        "sessionUrl": f"https://board.example.org/api/v1/sessions/{session.id}",
        "executionId": execution.id,
        "automationName": "Deploy",
        "unresolvedPlaceholders": ["repo", "where"],
    }
    assert (execution.trigger, execution.fingerprint) == ("webhook", made.fingerprint)
    assert await hooks.prompts() == ["Deploy main of {{ repo }} to {{where}}, Deploy."]


async def test_the_address_of_a_session_is_the_configured_one_whatever_host_was_called(hooks: Hooks) -> None:
    made = await hooks.made()
    sent = get(f"{HTTP_TRIGGER}/{made.token}", "X-Forwarded-Host: evil").replace(
        b"Host: x", b"Host: evil.example"
    )
    assert "evil" not in (await hooks.send(sent)).body.decode()


async def test_the_body_wins_over_the_query_and_the_last_of_a_name_over_the_first(hooks: Hooks) -> None:
    made = await hooks.made(prompt="{{a}}|{{b}}|{{c}}|{{d}}|{{e}}|{{f}}")
    query = "?a=1&a=2+%2B%C3%A9&b=query&&c=&d=%7B%7Ba%7D%7D&="
    await hooks.call(made.token, b'{"b":[1,{"x":null}],"e":null,"f":false,"f":0.5}', query=query)
    assert await hooks.prompts() == ['2 +é|[1,{"x":null}]||{{a}}|null|0.5']


async def test_one_session_at_a_time_unless_parallel_ones_are_allowed(hooks: Hooks) -> None:
    made = await hooks.made()
    first = enveloped(await hooks.call(made.token, b'{"ref":1}'))
    blocked = await hooks.call(made.token, b'{"ref":2}')
    said = enveloped(blocked)
    assert blocked.status == 409
    places = ("sessionId", "sessionUrl", "executionId", "automationName")
    assert {place: said[place] for place in places} == {place: first[place] for place in places}
    await hooks.office.end(first["sessionId"])
    assert (await hooks.call(made.token, b'{"ref":3}')).status == 200
    assert [one.outcome for one in await hooks.office.history(made)][1] == "skipped"


async def test_of_fifty_calls_at_once_exactly_one_starts_a_session(hooks: Hooks) -> None:
    made = await hooks.made()
    answers = await asyncio.gather(*(hooks.call(made.token, b'{"ref":1}') for _ in range(50)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 49
    (session,) = await hooks.office.sessions()
    losers = {answer.body for answer in answers if answer.status == 409}
    assert len(losers) == 1
    assert json.loads(losers.pop())["sessionId"] == session.id


async def test_calls_that_come_together_start_a_session_each_with_what_it_gave(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True)
    answers = await asyncio.gather(*(hooks.call(made.token, json.dumps({"ref": n}).encode()) for n in range(40)))
    said = [enveloped(answer) for answer in answers]
    prompts = {one.id: await hooks.office.prompt_of(one.id) for one in await hooks.office.sessions()}
    assert [prompts[one["sessionId"]] for one in said] == [f"Deploy {n}." for n in range(40)]
    noted = {one.id: one for one in await hooks.office.history(made)}
    assert [noted[one["executionId"]].session for one in said] == [one["sessionId"] for one in said]
    assert len(prompts) == len(noted) == hooks.begun == 40


async def test_a_call_that_cannot_start_takes_none_with_it_that_came_together_with_it(hooks: Hooks) -> None:
    made = await hooks.made(parallel=True, prompt="{{ref}}")
    calls = [b'{"ref":"a"}', b'{"ref":""}', b'{"ref":"b"}'] * 5
    answers = await asyncio.gather(*(hooks.call(made.token, body) for body in calls))
    assert [answer.status for answer in answers] == [200, 400, 200] * 5
    assert sorted(await hooks.prompts()) == ["a"] * 5 + ["b"] * 5
    assert len(await hooks.office.history(made)) == hooks.begun == 10


async def test_a_workflow_gets_its_stored_parameters_under_those_of_the_call(hooks: Hooks, release: str) -> None:
    said = enveloped(await hooks.call(release, b'{"version":2.5}', query="?version=1"))
    assert said["unresolvedPlaceholders"] == []
    (session,) = await hooks.office.sessions()
    texts = await hooks.office.database.read(lambda connection: sessions.texts(connection, session.id))
    given = json.loads(texts.parameters)
    assert (given["version"], given["channel"]) == ("2.5", "stable")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "version"),
        ({"version": "1", "verson": "2"}, "verson"),
        ({"version": "one"}, "pattern"),
        ({"version": "1", "trigger": "schedule"}, "trigger"),
        ({"version": "1", "token": "x"}, "token"),
    ],
)
async def test_what_a_workflow_cannot_run_with_is_refused_also_while_it_runs(
    hooks: Hooks, release: str, body: dict[str, str], named: str
) -> None:
    idle = await hooks.call(release, json.dumps(body).encode())
    started = await hooks.call(release, b'{"version":"1"}')
    busy = await hooks.call(release, json.dumps(body).encode())
    assert (idle.status, started.status, busy.status) == (400, 200, 400)
    assert named in enveloped(idle)["error"]
    assert named in enveloped(busy)["error"]
    assert enveloped(idle)["automationName"] == "Deploy"
    assert len(await hooks.office.history()) == 1


async def test_a_prompt_that_is_nothing_or_too_long_with_its_values_is_refused(hooks: Hooks) -> None:
    made = await hooks.made(prompt="{{a}}" * 10)
    empty = await hooks.call(made.token, b'{"a":" "}')
    long = await hooks.call(made.token, json.dumps({"a": "x" * 60_000}).encode())
    assert (empty.status, long.status) == (400, 400)
    assert await hooks.office.history() == []


async def test_a_body_that_does_not_come_is_refused_and_holds_nothing_up(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BODY_SECONDS", 0.05)
    made = await hooks.made()
    answer = await hooks.send(post(HTTP_TRIGGER, b"{}", f"Api-Authentication: {made.token}")[:-1])
    assert answer.status == 400
    assert "did not come" in enveloped(answer)["error"]
    assert (await hooks.call(made.token)).status == 200


async def test_pieces_that_go_wrong_on_the_way_are_refused_at_once(hooks: Hooks) -> None:
    made = await hooks.made()
    head = post(HTTP_TRIGGER, b"", f"Api-Authentication: {made.token}", "Transfer-Encoding: chunked")
    async with connected(hooks.where) as (reader, writer):
        writer.write(head.replace(b"Content-Length: 0\r\n", b"Expect: 100-continue\r\n"))
        await reader.readuntil(b"100 Continue\r\n\r\n")
        writer.write(b'5\r\n{"a":\r\nzz\r\n')
        answer = await read(reader)
        assert await reader.read() == b""
    assert answer.status == 400
    enveloped(answer)


async def test_a_fault_of_ours_has_the_envelope_and_the_log_has_no_token(
    hooks: Hooks, caplog: pytest.LogCaptureFixture
) -> None:
    made = await hooks.made()
    hooks.office.starting.breaks_for = "Deploy"
    answer = await hooks.get(made.token, "?secret=1")
    assert answer.status == 500
    enveloped(answer)
    assert f"at GET {HTTP_TRIGGER}/{{token}}" in caplog.text
    assert (made.token or "") not in caplog.text
    assert await hooks.office.history() == []
