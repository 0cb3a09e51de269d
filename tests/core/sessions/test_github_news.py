"""GitHub's news of pull requests: heard when they are signed with the workspace's secret, and not otherwise."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.web import BaseRequest

from core.automations.github import GITHUB, GitHubNews, address
from core.caller import Caller
from core.errors import NotAuthenticatedError
from core.http.app import answering
from core.http.door import Door
from core.http.github import routes
from tests.core.http.raw import Answered, exchange, post
from tests.core.sessions.forge import Forge
from tests.core.sessions.git.test_github_events import URL, payload
from tests.core.sessions.git.test_pull_requests import Gh

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

SECRET = "s3cret-words"
CLOSED = json.dumps(payload("closed", state="closed")).encode()
JSON = "Content-Type: application/json"
PULL_REQUEST = "X-GitHub-Event: pull_request"


def signed(body: bytes, secret: str = SECRET) -> str:
    return f"X-Hub-Signature-256: sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class GitHub:
    """A sender of news."""

    def __init__(self, where: Path) -> None:
        self.where = where

    async def sends(self, body: bytes, *headers: str, to: str = "shop") -> Answered:
        return await exchange(self.where, post(f"{GITHUB}/{to}", body, *headers))


@pytest.fixture
async def github(forge: Forge, tmp_path: Path) -> AsyncIterator[GitHub]:
    await forge.studio.set_up(request_secret=SECRET)
    news = GitHubNews(forge.studio.road.database, forge.studio.road.clock, forge.requests)
    door = Door(answering(routes(news), _nobody, lambda error: None))
    where = tmp_path / "github.sock"
    listener = await asyncio.get_running_loop().create_unix_server(door, where)
    yield GitHub(where)
    listener.close()
    await door.close(1.0)


async def test_signed_news_reach_the_session(forge: Forge, gh: Gh, github: GitHub) -> None:
    gh.views("OPEN", None)
    session = await forge.begun()
    await forge.bind(session.id, URL)

    answer = await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED))

    assert (answer.status, answer.said["data"]) == (200, {"sessions": 1})
    assert ((await forge.row(session.id)).pr_state, forge.closed) == ("closed", [URL])


async def test_what_is_not_signed_is_not_heard_and_told_nothing(forge: Forge, gh: Gh, github: GitHub) -> None:
    gh.views("OPEN", None)
    session = await forge.begun()
    await forge.bind(session.id, URL)

    answers = [
        await github.sends(CLOSED, JSON, PULL_REQUEST),
        await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED, "another")),
        await github.sends(CLOSED + b" ", JSON, PULL_REQUEST, signed(CLOSED)),
        await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED), signed(CLOSED)),
        await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED), to="attic"),
        await github.sends(b"{", JSON, PULL_REQUEST),
    ]

    assert {answer.status for answer in answers} == {401}
    assert len({answer.body for answer in answers}) == 1
    assert (await forge.row(session.id)).pr_state == "open"


async def test_without_a_secret_nothing_is_heard(forge: Forge, github: GitHub) -> None:
    await forge.studio.set_up(request_secret=None)

    assert (await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED))).status == 401
    assert (await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED, ""))).status == 401


async def test_other_news_are_about_nothing(github: GitHub) -> None:
    for body, event in (
        (b'{"zen": "Keep it."}', "X-GitHub-Event: ping"),
        (CLOSED, PULL_REQUEST),
        (b"{}", PULL_REQUEST),
    ):
        answer = await github.sends(body, JSON, event, signed(body))
        assert (answer.status, answer.said["data"]) == (200, {"sessions": 0})


async def test_what_is_no_json_is_refused(github: GitHub) -> None:
    form = b"payload=%7B%7D"

    assert (
        await github.sends(form, "Content-Type: application/x-www-form-urlencoded", signed(form))
    ).status == 400
    assert (await github.sends(form, JSON, signed(form))).status == 400
    assert (await github.sends(b"", JSON, signed(b""))).status == 400


async def test_who_fails_too_often_is_told_to_slow_down(github: GitHub) -> None:
    answers = [await github.sends(b"{}", JSON) for _ in range(257)]

    assert (answers[255].status, answers[256].status) == (401, 429)
    assert (await github.sends(CLOSED, JSON, PULL_REQUEST, signed(CLOSED))).status == 200


@pytest.mark.parametrize(
    ("base", "expected"),
    [(None, None), ("https://board.example.org/", f"https://board.example.org{GITHUB}/shop")],
)
def test_the_address_is_known_where_the_server_s_is(
    base: str | None, expected: str | None, dialect: object
) -> None:
    assert address(base, "shop") == expected


async def _nobody(_: BaseRequest) -> Caller:
    raise NotAuthenticatedError("Nobody is known here.")
