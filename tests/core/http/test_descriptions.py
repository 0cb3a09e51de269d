"""What the server says about itself: health, status, figures, and the description of its API."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.http.raw import exchange, get
from tests.servers import Here, here, home_in


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path), http="127.0.0.1:0") as running:
        yield running


@pytest.fixture
async def document(server: Here) -> Any:
    return (await exchange(server.home.socket, get("/api/v1/openapi.json"))).said


async def test_health_is_open(server: Here) -> None:
    for path in ("/health", "/api/v1/health"):
        answer = await exchange(server.home.socket, get(path))
        assert answer.said == {"ok": True, "data": {"status": "ok"}}


async def test_figures_are_for_those_who_say_who_they_are(server: Here) -> None:
    host, _, port = str(server.server.http).rpartition(":")
    assert (await exchange((host, int(port)), get("/api/v1/metrics"))).status == 401
    answer = await exchange(server.home.socket, get("/api/v1/metrics"))
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    assert 'callboard_requests_total{door="socket"} 1' in lines
    assert 'callboard_deliveries{state="failed"} 0' in lines
    sample = re.compile(r"[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})? [0-9.e+]+")
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in lines)


def test_the_document_describes_every_route_once(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    for path, method in [
        ("/api/v1/projects/{slug}/events", "post"),
        ("/api/v1/inbox", "get"),
        ("/api/v1/status", "get"),
        ("/api/v1/stream", "get"),
        ("/api/v1/server/backup", "get"),
        ("/api/v1/keys/{key}/rotate", "post"),
    ]:
        assert method in document["paths"][path], path


def test_every_reference_of_the_document_leads_somewhere(document: Any) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            found = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return found + [r for inner in value.values() for r in references(inner)]
        return [r for inner in value for r in references(inner)] if isinstance(value, list) else []

    found = references(document)
    assert found
    for reference in found:
        at = document
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]


def test_the_document_says_what_an_operation_takes(document: Any) -> None:
    listing = document["paths"]["/api/v1/inbox"]["get"]
    assert {"limit", "cursor", "filter", "ids"} <= {p["name"] for p in listing["parameters"]}
    posting = document["paths"]["/api/v1/projects/{slug}/events"]["post"]
    assert posting["parameters"][0] == {
        "name": "slug",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    assert "EventRequest" in str(posting["requestBody"])
    assert document["paths"]["/api/v1/health"]["get"]["security"] == []
