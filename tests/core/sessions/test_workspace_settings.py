from pathlib import Path
from typing import Any

import pytest

from core.api.workflows import WorkspaceSettings, WorkspaceSettingsChange
from core.errors import InvalidError, NotAllowedError, NotFoundError
from core.sessions.stages.work import Commands
from core.sessions.workspace_settings import SettingsOfWorkspaces, load, request_secret
from storage.people import workspace_by_slug
from tests.core.people.conftest import Home


@pytest.fixture
def settings(home: Home) -> SettingsOfWorkspaces:
    return SettingsOfWorkspaces(home.database, home.clock)


async def change(home: Home, settings: SettingsOfWorkspaces, **said: Any) -> WorkspaceSettings:
    return await settings.change(await home.owner(), "default", WorkspaceSettingsChange(**said))


async def test_a_workspace_says_nothing_at_first(home: Home, settings: SettingsOfWorkspaces) -> None:
    shown = await settings.show(await home.owner(), "default")

    assert shown == WorkspaceSettings(None, None, [], None, "", {}, 300, False, None)


async def test_what_is_not_spoken_of_stays(home: Home, settings: SettingsOfWorkspaces, tmp_path: Path) -> None:
    await change(home, settings, folder=str(tmp_path), verify=[["make", "check"]], hook_seconds=60)
    await change(home, settings, base="main", hooks={"on_done": [["notify"]], "pre_merge": []})
    await change(home, settings, test=["make", "test"], instructions="Be brief.", request_secret="s3cret-words")

    shown = await change(home, settings, folder=None)

    assert shown == WorkspaceSettings(
        folder=None,
        base="main",
        verify=[["make", "check"]],
        test=["make", "test"],
        instructions="Be brief.",
        hooks={"on_done": [["notify"]]},
        hook_seconds=60,
        request_secret_set=True,
        request_url=None,
    )


async def test_sessions_are_given_what_was_said(
    home: Home, settings: SettingsOfWorkspaces, tmp_path: Path
) -> None:
    await change(home, settings, folder=str(tmp_path), base="main", test=["a b", "c"], request_secret="12345678")

    def look(connection: Any) -> tuple[Any, Any]:
        workspace = workspace_by_slug(connection, "default")
        assert workspace is not None
        return load(connection, workspace.id), request_secret(connection, workspace.id)

    place, secret = await home.database.read(look)
    assert place == (tmp_path, "main", Commands(test=["a b", "c"]))
    assert secret.reveal() == "12345678"


async def test_members_read_and_only_an_admin_at_the_socket_changes(
    home: Home, settings: SettingsOfWorkspaces
) -> None:
    await home.person("ann", "people.manage", "automations.manage_all")
    await home.workspaces.add_member(await home.owner(), "default", "ann")
    key = await home.key(await home.owner(), "people.manage")
    for caller in (await home.ann(), await home.by_key(key)):
        assert (await settings.show(caller, "default")).hook_seconds == 300
        with pytest.raises(NotAllowedError, match="server's account"):
            await settings.change(caller, "default", WorkspaceSettingsChange(test=["true"]))
    assert len(await home.audited("action:workspace.settings outcome:refused")) == 2


async def test_a_workspace_of_others_has_no_settings(home: Home, settings: SettingsOfWorkspaces) -> None:
    await home.person("bob")
    for slug in ("default", "nowhere"):
        with pytest.raises(NotFoundError, match=f"no workspace {slug} here"):
            await settings.show(await home.bob(), slug)


async def test_the_record_says_what_was_changed_and_no_secret(home: Home, settings: SettingsOfWorkspaces) -> None:
    shown = await change(home, settings, base="main", request_secret="s3cret-words")

    (record,) = await home.audited("action:workspace.settings")
    assert record.detail == {"changed": ["base", "request_secret"]}
    assert "s3cret-words" not in f"{shown}{record}"


@pytest.mark.parametrize("folder", ["relative", "/no/such/folder/here", "/\0", ""])
async def test_a_folder_must_be_there(home: Home, settings: SettingsOfWorkspaces, folder: str) -> None:
    with pytest.raises(InvalidError, match=r"^folder: "):
        await change(home, settings, folder=folder)


async def test_what_is_wrong_changes_nothing(home: Home, settings: SettingsOfWorkspaces) -> None:
    with pytest.raises(InvalidError, match=r"^verify\[1\]: "):
        await change(home, settings, base="main", verify=[["true"], [""]])

    assert (await settings.show(await home.owner(), "default")).base is None


async def test_what_was_said_can_be_taken_back(home: Home, settings: SettingsOfWorkspaces) -> None:
    await change(home, settings, base="main", test=["t"], request_secret="12345678", hooks={"on_start": [["a"]]})

    shown = await change(home, settings, base=None, test=None, request_secret=None, hooks={})

    assert (shown.base, shown.test, shown.request_secret_set, shown.hooks) == (None, None, False, {})
