"""Workspaces and their members."""

from core.api.people import Member, Workspace, WorkspaceCreation
from core.api.wire import ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.people.workspaces import Workspaces


def endpoints(workspaces: Workspaces) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Workspace]:
        return await workspaces.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Workspace:
        return await workspaces.show(asked.caller, asked.path["slug"])

    async def add(asked: Asked[None, WorkspaceCreation]) -> Workspace:
        return await workspaces.add(asked.caller, asked.body)

    async def add_member(asked: Asked[None, Member]) -> Workspace:
        return await workspaces.add_member(asked.caller, asked.path["slug"], asked.body.person)

    async def remove_member(asked: Asked[None, None]) -> Workspace:
        return await workspaces.remove_member(asked.caller, asked.path["slug"], asked.path["person"])

    return [
        Endpoint("GET", "/workspaces", "Your workspaces", page, Page[Workspace], query=ListQuery),
        Endpoint("GET", "/workspaces/{slug}", "One workspace", show, Workspace),
        Endpoint("POST", "/workspaces", "Make a workspace", add, Workspace, body=WorkspaceCreation, status=201),
        Endpoint("POST", "/workspaces/{slug}/members", "Add a member", add_member, Workspace, body=Member),
        Endpoint("DELETE", "/workspaces/{slug}/members/{person}", "Take a member out", remove_member, Workspace),
    ]
