"""What becomes of sessions' branches, over HTTP: merged, in a pull request, or cleared away."""

from core.api.sessions import MergeRequest, MergeResult, RequestBinding, SessionDetail
from core.api.wire import Done, ListQuery, Page
from core.api.worktrees import SessionWorktree
from core.http.endpoint import Asked, Endpoint
from core.sessions.merging import Merging
from core.sessions.requests import Requests
from core.sessions.service import Sessions
from core.sessions.worktrees import Worktrees


def endpoints(sessions: Sessions, merging: Merging, requests: Requests, worktrees: Worktrees) -> list[Endpoint]:
    async def merge(asked: Asked[None, MergeRequest]) -> MergeResult:
        return await merging.merge(asked.caller, asked.number("session"), asked.body)

    async def bind(asked: Asked[None, RequestBinding]) -> SessionDetail:
        number = asked.number("session")
        await requests.bind(asked.caller, number, asked.body)
        return await sessions.show(asked.caller, number)

    async def page(asked: Asked[ListQuery, None]) -> Page[SessionWorktree]:
        return await worktrees.page(asked.caller, asked.query)

    async def remove(asked: Asked[None, None]) -> Done:
        return await worktrees.remove(asked.caller, asked.number("session"))

    one = "/sessions/{session}"
    return [
        Endpoint("POST", f"{one}/merge", "Merge its branch into its base", merge, MergeResult, body=MergeRequest),
        Endpoint(
            "POST",
            f"{one}/pull-request",
            "Bind it to a pull request, or open one",
            bind,
            SessionDetail,
            body=RequestBinding,
        ),
        Endpoint(
            "GET",
            "/worktrees",
            "The worktrees that are kept, and why",
            page,
            Page[SessionWorktree],
            query=ListQuery,
        ),
        Endpoint(
            "DELETE", "/worktrees/{session}", "Remove a worktree that holds nothing of its own", remove, Done
        ),
    ]
