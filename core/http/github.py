"""GitHub's news of pull requests over HTTP. Their signature is who asks."""

from typing import Any

from aiohttp.web import BaseRequest, StreamResponse
from msgspec import Struct

from core.automations.github import GITHUB, GitHubNews
from core.automations.signatures import Header
from core.errors import InvalidError
from core.http.answers import answered
from core.http.asking import body_parser, read_body
from core.http.routes import Incoming, Route

_payload = body_parser(dict[str, Any])


class Heard(Struct, frozen=True):
    """How many sessions the news are about."""

    sessions: int


def routes(news: GitHubNews) -> list[Route]:
    async def hear(incoming: Incoming) -> StreamResponse:
        request = incoming.request
        header = _header_of(request)
        body = await read_body(request)
        workspace = await news.verify(incoming.path["workspace"], header, body, request.remote or "socket")
        if not (header("Content-Type") or "").startswith("application/json"):
            raise InvalidError("Set the webhook's content type to application/json.")
        return answered(Heard(await news.hear(workspace, header("X-GitHub-Event") or "", _payload(body))))

    summary = "What GitHub says of a workspace's pull requests, signed with its secret"
    return [Route("POST", f"{GITHUB}/{{workspace}}", hear, open=True, summary=summary)]


def _header_of(request: BaseRequest) -> Header:
    def header(name: str) -> str | None:
        found = request.headers.getall(name, ())
        return found[0] if len(found) == 1 else None

    return header
