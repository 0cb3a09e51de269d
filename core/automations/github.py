"""GitHub's news of pull requests: signed with the secret of a workspace, or not heard at all.

What is signed says how a pull request is and starts nothing, so the same news twice do no harm."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Final

from core.automations.signatures import Header, is_signed_by_github
from core.automations.trigger_limits import Limit
from core.clock import Clock
from core.errors import NotAuthenticatedError, SlowDownError
from core.secret import Secret
from core.sessions.git.github_events import read_github_event
from core.sessions.requests import Requests
from core.sessions.workspace_settings import request_secret
from storage import people
from storage.database import Connection, Database
from storage.ids import WorkspaceId

GITHUB: Final = "/api/webhooks/github"
"""Where the news come; the workspace follows."""

_UNKNOWN = "There is no such webhook, or the call is not signed with its secret (X-Hub-Signature-256)."


class GitHubNews:
    """What GitHub sends to the workspaces of a server."""

    def __init__(self, database: Database, clock: Clock, requests: Requests) -> None:
        self._database = database
        self._clock = clock
        self._requests = requests
        self._failures = Limit(clock, burst=256, per_second=4)

    async def verify(self, slug: str, header: Header, body: bytes, source: str) -> WorkspaceId:
        """The workspace whose secret signed this. Whether it is there, and has a secret, is not said."""
        found = await self._database.read(partial(_secret_of, slug=slug))
        if found is None or not is_signed_by_github(found[1].reveal(), header, body):
            wait = self._failures.take(source)
            if wait > 0:
                raise SlowDownError("Too many calls that are not signed; try again later.", math.ceil(wait))
            raise NotAuthenticatedError(_UNKNOWN)
        return found[0]

    async def hear(self, workspace: WorkspaceId, event: str, payload: Mapping[str, object]) -> int:
        """Write what it says of a pull request, and answer how many sessions that is about."""
        seen = read_github_event(event, payload)
        if seen is None:
            return 0
        now = self._clock.now()
        return await self._database.write(
            lambda connection: self._requests.note_request(connection, workspace, seen, now)
        )


def address(base: str | None, slug: str) -> str | None:
    """Where GitHub is to send the news of a workspace, when it is known how the server is reached."""
    return None if base is None else f"{base.rstrip('/')}{GITHUB}/{slug}"


def _secret_of(connection: Connection, slug: str) -> tuple[WorkspaceId, Secret] | None:
    workspace = people.workspace_by_slug(connection, slug)
    secret = None if workspace is None else request_secret(connection, workspace.id)
    return None if workspace is None or secret is None else (workspace.id, secret)
