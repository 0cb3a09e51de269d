import pytest

from core.api.wire import ListQuery
from core.api.workflows import Workflow, WorkflowWriting
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.sessions.stages.definition import decode
from core.sessions.workflows import Workflows
from storage import changes
from storage.database import Connection
from storage.ids import ChangeSeq
from storage.people import workspace_by_slug
from storage.workflows import workflow_by_name
from tests.core.people.conftest import Home

RELEASE = """\
name = "release"
description = "Cut a release"
[params.version]
required = true
pattern = '\\d+'
[params.count]
default = 3
[[steps]]
id = "bump"
kind = "prompt"
title = "Bump {{version}}"
prompt = "Bump to {{version}}"
[[steps]]
id = "end"
kind = "complete"
"""
JSON = '{"name": "tidy", "steps": [{"id": "end", "kind": "complete"}]}'


@pytest.fixture
def workflows(home: Home) -> Workflows:
    return Workflows(home.database, home.clock)


async def add(home: Home, workflows: Workflows, source: str = RELEASE, slug: str = "default") -> Workflow:
    return await workflows.add(await home.owner(), slug, WorkflowWriting(source))


async def test_a_workflow_says_what_it_is(home: Home, workflows: Workflows) -> None:
    added = await add(home, workflows)

    assert await workflows.show(await home.owner(), "default", "release") == added
    assert (added.name, added.workspace, added.creator, added.revision) == ("release", "default", "owner", 1)
    assert (added.description, added.format, added.source) == ("Cut a release", "toml", RELEASE)
    assert [(p.name, p.required, p.default, p.pattern) for p in added.parameters] == [
        ("version", True, None, r"\d+"),
        ("count", False, "3", None),
    ]
    assert [(s.id, s.kind, s.title) for s in added.steps] == [
        ("bump", "prompt", "Bump {{version}}"),
        ("end", "complete", "end"),
    ]


async def test_what_was_checked_is_what_runs(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)

    def look(connection: Connection) -> str | None:
        workspace = workspace_by_slug(connection, "default")
        assert workspace is not None
        row = workflow_by_name(connection, workspace.id, "release")
        return None if row is None else row.definition

    kept = await home.database.read(look)
    assert kept is not None
    assert [step.id for step in decode(kept).steps] == ["bump", "end"]


async def test_a_workflow_is_written_anew_under_its_name(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)
    owner = await home.owner()

    changed = await workflows.change(
        owner, "default", "release", WorkflowWriting(JSON.replace("tidy", "release"), "json")
    )

    assert (changed.revision, changed.format, changed.description) == (2, "json", "")
    with pytest.raises(InvalidError, match="calls itself tidy"):
        await workflows.change(owner, "default", "release", WorkflowWriting(JSON, "json"))
    with pytest.raises(NotFoundError, match="no workflow tidy in default"):
        await workflows.change(owner, "default", "tidy", WorkflowWriting(JSON, "json"))


async def test_a_name_is_taken_once_in_each_workspace(home: Home, workflows: Workflows) -> None:
    await home.workspace("shop")
    await add(home, workflows)
    with pytest.raises(ConflictError, match="already a workflow release in default"):
        await add(home, workflows)

    assert (await add(home, workflows, slug="shop")).workspace == "shop"


async def test_a_workflow_that_is_deleted_is_gone(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)
    owner = await home.owner()

    await workflows.delete(owner, "default", "release")

    with pytest.raises(NotFoundError, match="no workflow release in default"):
        await workflows.show(owner, "default", "release")


async def test_what_is_wrong_is_said_with_its_line(home: Home, workflows: Workflows) -> None:
    with pytest.raises(InvalidError, match=r"^line 15: step 2, kind: .*mean complete"):
        await add(home, workflows, RELEASE.replace('"complete"', '"compete"'))


async def test_members_read_and_those_who_manage_automations_write(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)
    await home.person("ann", "automations.view_own")
    await home.person("bob", "automations.manage")
    for name in ("ann", "bob"):
        await home.workspaces.add_member(await home.owner(), "default", name)
    ann, bob, writing = await home.ann(), await home.bob(), WorkflowWriting(JSON, "json")

    assert (await workflows.show(ann, "default", "release")).name == "release"
    for refused in (
        workflows.add(ann, "default", writing),
        workflows.change(ann, "default", "release", WorkflowWriting(RELEASE)),
        workflows.delete(ann, "default", "release"),
    ):
        with pytest.raises(NotAllowedError, match=r"automations\.manage"):
            await refused
    assert (await workflows.add(bob, "default", writing)).creator == "bob"
    assert [r.action for r in await home.audited("action:workflow.* actor:ann outcome:refused")] == [
        "workflow.delete",
        "workflow.change",
        "workflow.create",
    ]


async def test_workflows_of_other_workspaces_do_not_exist(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)
    await home.person("bob", "automations.manage")
    bob = await home.bob()

    assert (await workflows.page(bob, ListQuery())).items == []
    with pytest.raises(NotFoundError, match="no workspace default here"):
        await workflows.show(bob, "default", "release")
    with pytest.raises(NotFoundError, match="no workspace default here"):
        await workflows.add(bob, "default", WorkflowWriting(JSON, "json"))


async def test_workflows_are_listed_by_page_and_filter_without_their_source(
    home: Home, workflows: Workflows
) -> None:
    owner = await home.owner()
    await home.workspace("shop")
    for name in ("a", "b", "c"):
        await workflows.add(owner, "shop", WorkflowWriting(JSON.replace("tidy", name), "json"))
    await add(home, workflows)

    first = await workflows.page(owner, ListQuery(2))
    second = await workflows.page(owner, ListQuery(2, first.next))

    assert [w.name for w in first.items + second.items] == ["a", "b", "c", "release"]
    assert {w.source for w in first.items} == {None}
    narrowed = await workflows.page(owner, ListQuery(filter="workspace:shop -b creator:owner"))
    assert [w.name for w in narrowed.items] == ["a", "c"]


async def test_whoever_shows_a_workflow_is_told_to_look_again(home: Home, workflows: Workflows) -> None:
    await add(home, workflows)

    rows = await home.database.read(lambda connection: changes.after(connection, ChangeSeq(0), 100))

    assert ("workflows", "default/release") in [(row.topic, row.subject) for row in rows]
    assert all(row.workspace_id for row in rows if row.topic == "workflows")


@pytest.mark.parametrize("name", ["\0", "\ud800", "a/b", ""])
async def test_a_name_that_no_workflow_has_is_not_found(home: Home, workflows: Workflows, name: str) -> None:
    with pytest.raises(NotFoundError):
        await workflows.show(await home.owner(), "default", name)
