"""Workflows on the wire, and what a workspace says of itself to those who work in it."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from msgspec import UNSET, Struct, UnsetType

from core.api.wire import Call, Done, Page


class Parameter(Struct, frozen=True):
    name: str
    required: bool
    default: str | None
    pattern: str | None
    description: str


class Step(Struct, frozen=True):
    id: str
    kind: str
    title: str


class Workflow(Struct, frozen=True):
    """A named list of steps with parameters. `source` is what was written; lists leave it out."""

    name: str
    workspace: str
    description: str
    revision: int
    parameters: list[Parameter]
    steps: list[Step]
    creator: str
    created_at: datetime
    updated_at: datetime
    format: Literal["toml", "json"] = "toml"
    source: str | None = None


class WorkflowWriting(Struct, frozen=True, forbid_unknown_fields=True):
    """A workflow as TOML, or the same as JSON. It says its own name."""

    source: str
    format: Literal["toml", "json"] = "toml"


class WorkspaceSettings(Struct, frozen=True):
    """Where and how work is done in a workspace. Commands are argument lists."""

    folder: str | None
    base: str | None
    verify: list[list[str]]
    test: list[str] | None
    instructions: str
    hooks: dict[str, list[list[str]]]  # by on_start, on_turn_end, on_done, on_failure, pre_merge
    hook_seconds: int
    request_secret_set: bool
    request_url: str | None  # where GitHub is to send its news of pull requests


class WorkspaceSettingsChange(Struct, frozen=True, forbid_unknown_fields=True):
    folder: str | UnsetType | None = UNSET
    base: str | UnsetType | None = UNSET
    verify: list[list[str]] | UnsetType = UNSET
    test: list[str] | UnsetType | None = UNSET
    instructions: str | UnsetType = UNSET
    hooks: dict[str, list[list[str]]] | UnsetType = UNSET
    hook_seconds: int | UnsetType = UNSET
    request_secret: str | UnsetType | None = UNSET


def _path(workspace: str, name: str) -> str:
    return f"/workspaces/{quote(workspace, safe='')}/workflows/{quote(name, safe='')}"


def workflows(*, limit: int = 50, cursor: str | None = None, filter: str = "") -> Call[Page[Workflow]]:
    return Call("GET", "/workflows", Page[Workflow], {"limit": limit, "cursor": cursor, "filter": filter})


def workflow(workspace: str, name: str) -> Call[Workflow]:
    return Call("GET", _path(workspace, name), Workflow)


def add_workflow(workspace: str, writing: WorkflowWriting) -> Call[Workflow]:
    return Call("POST", f"/workspaces/{quote(workspace, safe='')}/workflows", Workflow, body=writing)


def change_workflow(workspace: str, name: str, writing: WorkflowWriting) -> Call[Workflow]:
    return Call("PUT", _path(workspace, name), Workflow, body=writing)


def delete_workflow(workspace: str, name: str) -> Call[Done]:
    return Call("DELETE", _path(workspace, name), Done)


def settings(workspace: str) -> Call[WorkspaceSettings]:
    return Call("GET", f"/workspaces/{quote(workspace, safe='')}/settings", WorkspaceSettings)


def change_settings(workspace: str, change: WorkspaceSettingsChange) -> Call[WorkspaceSettings]:
    return Call("PATCH", f"/workspaces/{quote(workspace, safe='')}/settings", WorkspaceSettings, body=change)
