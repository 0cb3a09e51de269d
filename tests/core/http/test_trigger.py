"""Webhooks at the doors of a whole server: on both of them, in plain bytes, with a token that stays a secret."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.api import automations as api
from core.api.automations import AutomationCreation, NewAutomation
from core.api.trigger import HTTP_TRIGGER
from core.client import Client
from tests.core.automations.webhooks import enveloped
from tests.core.http.raw import Answered, connected, exchange, get, post, read
from tests.servers import Here, here, home_in, served

MALFORMED = 2_000
CREATION = AutomationCreation("Deploy", "default", "http", kind="chat", prompt="sleep 60", provider="shell")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path), http="127.0.0.1:0") as running:
        yield running


@pytest.fixture
async def made(server: Here) -> NewAutomation:
    return await server.client.send(api.create(CREATION))


def tcp(server: Here) -> tuple[str, int]:
    host, _, port = str(server.server.http).rpartition(":")
    return host, int(port)


async def test_both_doors_ask_for_nothing_but_the_token(server: Here, made: NewAutomation) -> None:
    by_socket = await exchange(server.home.socket, get(f"{HTTP_TRIGGER}/{made.token}"))
    by_tcp = await exchange(tcp(server), post(HTTP_TRIGGER, b"{}", f"Api-Authentication: {made.token}"))
    assert (by_socket.status, by_tcp.status) == (200, 409)
    said = enveloped(by_socket)
    assert said["sessionUrl"] == f"callboard:session/{said['sessionId']}"
    assert enveloped(by_tcp)["sessionId"] == said["sessionId"]
    assert made.url == f"http://{server.server.http}{HTTP_TRIGGER}/{made.token}"
    unknown = [await exchange(where, get(HTTP_TRIGGER)) for where in (server.home.socket, tcp(server))]
    assert [answer.status for answer in unknown] == [401, 401]


@pytest.mark.parametrize("body", [b"{}", b"{", b"[]", b'{"' + b"a" * 200 + b'":1}'])
async def test_a_token_that_was_just_rotated_is_told_nothing(
    server: Here, made: NewAutomation, body: bytes
) -> None:
    called = post(HTTP_TRIGGER, body, f"Api-Authentication: {made.token}")
    before = await exchange(tcp(server), called)
    await server.client.send(api.rotate(made.id))

    after = await exchange(tcp(server), called)
    nobodys = await exchange(tcp(server), post(HTTP_TRIGGER, body, f"Api-Authentication: {'A' * 43}"))

    assert enveloped(before)["automationName"] == "Deploy"
    assert (after.status, after.body) == (404, nobodys.body)


async def test_the_openapi_document_names_the_webhooks(server: Here) -> None:
    paths = (await exchange(server.home.socket, get("/api/v1/openapi.json"))).said["paths"]
    assert set(paths[HTTP_TRIGGER]) == set(paths[HTTP_TRIGGER + "/{token}"]) == {"get", "post"}
    assert paths[HTTP_TRIGGER]["post"]["security"] == []


async def test_a_head_in_two_pieces_that_cannot_be_read_has_the_envelope(
    server: Here, made: NewAutomation
) -> None:
    sent = get(f"{HTTP_TRIGGER}/{made.token}", "No colon here")
    async with connected(tcp(server)) as (reader, writer):
        writer.write(sent[:20])
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(sent[20:])
        answer = await read(reader)
    assert answer.status == 400
    assert (made.token or "") not in answer.body.decode()
    enveloped(answer)


async def test_what_is_wrong_elsewhere_has_the_envelope_of_the_api(server: Here) -> None:
    answer = await exchange(tcp(server), get("/api/v1/me", "No colon here"))
    assert (answer.status, answer.said["ok"]) == (400, False)


async def test_half_a_request_starts_nothing(server: Here, made: NewAutomation) -> None:
    whole = post(f"{HTTP_TRIGGER}/{made.token}", b'{"a":1}')
    for end in range(10, len(whole), 9):
        async with connected(server.home.socket) as (reader, writer):
            writer.write(whole[:end])
            writer.write_eof()
            await reader.read()
    assert (await server.client.send(api.executions())).items == []


PIECES = [
    "",
    " ",
    "\x00",
    "é",
    "%",
    "%zz",
    "%ff",
    "%00",
    "A" * 43,
    "..",
    "//",
    "?",
    "#",
    "\t",
    "x" * 300,
    "{token}",
]
BODIES = [
    b"",
    b"{",
    b"[]",
    b"1",
    b'"x"',
    b"null",
    b"\xff",
    b"{}" * 9,
    b'{"a":NaN}',
    b"a=1",
    b"[" * 5000,
    b'{"a":1,}',
]
HEADERS = [
    "Content-Type: text/plain",
    "Content-Type: multipart/form-data",
    "Content-Type: application/json; charset=idna",
    "Content-Type: ;;;",
    "Content-Encoding: br",
    "Content-Encoding: gzip, gzip",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 1, 1",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding : chunked",
    "Expect: nothing",
    "Upgrade: h2c\r\nConnection: Upgrade",
    "Host: y",
    "Api-Authentication: a\r\nApi-Authentication: b",
    "Api-Authentication:\x0b",
    " folded: line",
    "no colon",
    ": no name",
    "X: " + "y" * 9000,
    "Idempotency-Key: \xff\xfe",
    "Cookie: " + "a=b;" * 500,
]
CHUNKS = [b"zz\r\n", b"-1\r\n", b"2\r\n{}x\r\n", b"F" * 17 + b"\r\n", b"1\r\n{}\r\n0\r\n\r\n", b"\r\n\r\n"]
METHODS = ["GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "PATCH", "get", "G\x00T", "PROPFIND", "", "CONNECT"]
VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "http/1.1", "HTTP/1.1 x", "", "RTSP/1.0"]


def malformed(random: random.Random, token: str) -> bytes:
    """A request to the webhooks with at least one thing wrong, and never one that is right."""
    method = random.choice(METHODS) if random.random() < 0.3 else random.choice(["GET", "POST"])
    version = random.choice(VERSIONS) if random.random() < 0.3 else "HTTP/1.1"
    path = HTTP_TRIGGER + random.choice(["", "", "/" + random.choice(PIECES), f"/{token}/more", f"/{token[1:]}"])
    query = random.choice(["", "", "?a=%ff", "?" + "&" * 50, "?" + random.choice(PIECES)])
    lines = [f"{method} {path}{query} {version}", "Host: x", *random.sample(HEADERS, random.randrange(4))]
    body = random.choice(BODIES)
    if random.random() < 0.4:
        lines.append(f"Api-Authentication: {token}")
        body = random.choice(BODIES[1:])
    if random.random() < 0.9:
        lines.append(f"Content-Length: {len(body)}")
    else:
        lines.append("Transfer-Encoding: chunked")
        body = random.choice(CHUNKS)
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


async def first_answer(where: Path, sent: bytes) -> Answered | None:
    """What is answered, or nothing where the door just closes."""
    async with connected(where) as (reader, writer):
        writer.write(sent)
        try:
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = 0 if sent.startswith(b"HEAD ") else int(headers["content-length"])
        return Answered(int(lines[0].split()[1]), headers, await reader.readexactly(length))


async def test_two_thousand_malformed_requests_are_all_refused_in_the_envelope(
    server: Here, made: NewAutomation, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(20260302)
    waiting = iter([malformed(chance, made.token or "") for _ in range(MALFORMED)])
    answers: list[tuple[bytes, Answered]] = []

    async def ask() -> None:
        for sent in waiting:
            answer = await first_answer(server.home.socket, sent)
            if answer is not None:
                answers.append((sent, answer))

    await asyncio.gather(*(ask() for _ in range(8)))
    assert [(sent[:300], answer) for sent, answer in answers if not 400 <= answer.status < 500] == []
    for sent, answer in answers:
        if not sent.startswith(b"HEAD ") or answer.body:
            enveloped(answer)
    assert len(answers) > 0.95 * MALFORMED
    assert {answer.status for _, answer in answers} == {400, 401, 404, 405}
    assert (await server.client.send(api.executions())).items == []
    assert (made.token or "") not in caplog.text


def test_a_token_is_in_no_file_of_the_home(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    other = "Zm9v" * 10 + "Zm8"
    with served(home, "127.0.0.1:0") as process:
        made = Client(home.socket).send(api.create(CREATION))
        host, _, port = process.ready["http"].rpartition(":")

        async def call() -> list[int]:
            path = f"{HTTP_TRIGGER}/{made.token}"
            sent = [
                get(path),
                get(path + "?a=1"),
                get(f"{HTTP_TRIGGER}/{other}"),
                get(path, "No colon"),
                get(path + "/more"),
                get(path + "/" + "A" * 9000),
                post(path, b"{"),
                get(path).replace(b"GET", b"PUT"),
                post(HTTP_TRIGGER, b"{}", f"Api-Authentication: {made.token}"),
            ]
            return [(await exchange((host, int(port)), one)).status for one in sent]

        assert asyncio.run(call()) == [200, 409, 404, 400, 404, 400, 400, 405, 409]
        rotated = Client(home.socket).send(api.rotate(made.id))
        audited = json.dumps([str(one) for one in Client(home.socket).send(api.executions()).items])
    secrets = [(token or "").encode() for token in (made.token, rotated.token, other)]
    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert home.database in files
    assert any(path.suffix == ".log" for path in files)
    assert [path for path in files if any(secret in path.read_bytes() for secret in secrets)] == []
    assert str(made.fingerprint) in audited
