"""Workflows over HTTP."""

from core.api.wire import Done, ListQuery, Page
from core.api.workflows import Workflow, WorkflowWriting
from core.http.endpoint import Asked, Endpoint
from core.sessions.workflows import Workflows


def endpoints(workflows: Workflows) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Workflow]:
        return await workflows.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Workflow:
        return await workflows.show(asked.caller, asked.path["slug"], asked.path["workflow"])

    async def add(asked: Asked[None, WorkflowWriting]) -> Workflow:
        return await workflows.add(asked.caller, asked.path["slug"], asked.body)

    async def change(asked: Asked[None, WorkflowWriting]) -> Workflow:
        return await workflows.change(asked.caller, asked.path["slug"], asked.path["workflow"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await workflows.delete(asked.caller, asked.path["slug"], asked.path["workflow"])

    all_, one = "/workspaces/{slug}/workflows", "/workspaces/{slug}/workflows/{workflow}"
    return [
        Endpoint("GET", "/workflows", "The workflows", page, Page[Workflow], query=ListQuery),
        Endpoint("POST", all_, "Add a workflow", add, Workflow, body=WorkflowWriting, status=201),
        Endpoint("GET", one, "One workflow, as it was written", show, Workflow),
        Endpoint("PUT", one, "Write a workflow anew", change, Workflow, body=WorkflowWriting),
        Endpoint("DELETE", one, "Delete a workflow", delete, Done),
    ]
