"""Every endpoint, asked with what no person would write: the answer is never a fault of ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.api import sessions
from core.api.people import KeyCreation, PersonCreation, WorkspaceCreation, add_person, add_workspace, create_key
from storage.engines import Dialect, Postgres, Sqlite
from tests.core.http.raw import exchange, get
from tests.servers import Here, here, home_in

TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b]52;c;x\x07",
    "\u202e\u200b",
    "é" * 5000,
    "'; DROP TABLE people; --",
    "%00",
    "{}",
]
TEXTS += [
    "../../etc/passwd",
    "-1",
    "1e400",
    "null",
    "task:created",
    "👩‍👩‍👧‍👦",
    "\ufffe",
    "\U0010ffff",
    "$.x",
    "9999-12-31T23:59:59-14:00",
    "default",
    "ann",
]
NUMBERS = [0, -1, 1, 2**31, 2**63 - 1, -(2**63), 2**63, 10**30]
MOMENTS = [
    "2026-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-01-01T00:00:00",
    "x",
    "1",
]
FILTERS = [
    "is:unread",
    "since:7d",
    "since:999999999999d",
    "event:**",
    'reason:"',
    "-",
    ":",
    "nothing:x",
    "until:x",
    "\x00",
]
THERE = {"slug": "default", "workspace": "default", "name": "ann", "person": "ann"}  # of the others, number 1
FILLINGS = ["default", "ann", "shop", "1", "0", "-1", "9" * 30, "%00", "%F0%9F%92%A9", "..", "a%2Fb"]


@pytest.fixture
async def server(
    tmp_path: Path, request: pytest.FixtureRequest, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Here]:
    """A server on each engine."""
    if isinstance(dialect, Postgres):
        monkeypatch.setenv("CALLBOARD_DATABASE_URL", dialect.url)
    async with here(home_in(tmp_path)) as running:
        await running.client.send(add_person(PersonCreation("ann")))
        await running.client.send(add_workspace(WorkspaceCreation("shop", members=["ann"])))
        await running.client.send(create_key(KeyCreation("ci")))
        await running.client.send(
            sessions.create_session(sessions.SessionCreation("default", prompt="exit", provider="shell"))
        )
        yield running


def values(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> list[Any]:
    """Values of this type and of others."""
    if "$ref" in schema:
        return objects(components[schema["$ref"].rpartition("/")[2]], components, depth + 1)
    if "anyOf" in schema:
        return [value for one in schema["anyOf"] for value in values(one, components, depth)]
    if "enum" in schema:
        return [*schema["enum"], "none of these"]
    kind = schema.get("type")
    if kind == "string":
        return MOMENTS if schema.get("format") == "date-time" else TEXTS
    if kind == "integer":
        return NUMBERS
    if kind == "boolean":
        return [True, False]
    if kind == "array":
        inner = values(schema.get("items", {}), components, depth + 1)
        flat = not any(isinstance(value, list | dict) for value in inner)
        return [[], inner, *([inner * 200] if flat else []), *([value] for value in inner)]
    if kind == "object":
        return [{}, {"title": "\x00", "\x00": 1, "": {"a": [None]}}, {"x": 10**30}]
    return [None]


def objects(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> list[Any]:
    """Objects in which one part after the other is odd, the rest being the first that fits."""
    parts = schema["properties"]
    plain = {name: plain_value(parts[name], components) for name in schema.get("required", [])}
    return [plain, *({**plain, name: v} for name in parts for v in values(parts[name], components, depth))]


def plain_value(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return {"string": "ann", "integer": 1, "array": [], "object": {}, "boolean": True}.get(schema.get("type", ""))


def requests(document: dict[str, Any]) -> Iterator[bytes]:
    components = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.endswith(("/stream", "/server/backup")):
                continue
            body = operation.get("requestBody")
            schema = body and body["content"]["application/json"]["schema"]
            bodies = values(schema, components) if schema else [None]
            names = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
            usual = {name: THERE.get(name, "1") for name in names}
            target = path.format_map(usual)
            yield from (
                queries(target, operation)
                if method == "get"
                else (asking(method, target, body) for body in bodies)
            )
            for odd in FILLINGS if names else []:  # here it is the path alone that is odd
                yield asking(method, path.format_map(dict.fromkeys(names, odd)), bodies[0])


def asking(method: str, target: str, body: Any) -> bytes:
    if method == "get":
        return get(target)
    sent = b"" if body is None else json.dumps(body).encode()
    return f"{method.upper()} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent


def queries(target: str, operation: dict[str, Any]) -> Iterator[bytes]:
    from urllib.parse import quote

    yield get(target)
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            for value in [*TEXTS, *map(str, NUMBERS), *FILTERS, "1,2,3", ",", "1,x"]:
                yield get(f"{target}?{parameter['name']}={quote(value)}")


async def test_no_endpoint_fails_whatever_it_is_sent(
    server: Here, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    document = (await exchange(server.home.socket, get("/api/v1/openapi.json"))).said
    everything = [sent for sent in requests(document) if len(sent) < 200_000]
    if isinstance(dialect, Sqlite):  # which takes nearly everything; PostgreSQL is asked it all
        everything = everything[::4]
    waiting = iter(everything)
    failed: list[tuple[bytes, bytes]] = []

    async def ask() -> None:
        for sent in waiting:
            answer = await exchange(server.home.socket, sent)
            if answer.status >= 500:
                failed.append((sent[:300], answer.body))

    await asyncio.gather(*(ask() for _ in range(8)))
    assert len(everything) > 1000
    assert failed == [], caplog.text[-3000:]
