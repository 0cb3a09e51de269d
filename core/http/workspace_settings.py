"""What a workspace says of itself, over HTTP."""

from core.api.workflows import WorkspaceSettings, WorkspaceSettingsChange
from core.http.endpoint import Asked, Endpoint
from core.sessions.workspace_settings import SettingsOfWorkspaces


def endpoints(settings: SettingsOfWorkspaces) -> list[Endpoint]:
    async def show(asked: Asked[None, None]) -> WorkspaceSettings:
        return await settings.show(asked.caller, asked.path["slug"])

    async def change(asked: Asked[None, WorkspaceSettingsChange]) -> WorkspaceSettings:
        return await settings.change(asked.caller, asked.path["slug"], asked.body)

    path = "/workspaces/{slug}/settings"
    return [
        Endpoint("GET", path, "Where and how a workspace's work is done", show, WorkspaceSettings),
        Endpoint(
            "PATCH",
            path,
            "Say where and how it is done: for admins",
            change,
            WorkspaceSettings,
            body=WorkspaceSettingsChange,
        ),
    ]
