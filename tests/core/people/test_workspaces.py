import pytest

from core.api.people import WorkspaceCreation
from core.api.wire import ListQuery
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from tests.core.people.conftest import Home


@pytest.mark.parametrize("slug", ["", "Shop", "-shop", "a b", "a/b", "a" * 64, "shöp", "shop\n"])
async def test_a_slug_fits_into_a_path(home: Home, slug: str) -> None:
    with pytest.raises(InvalidError, match="slug"):
        await home.workspace(slug)


async def test_a_workspace_begins_with_its_maker_and_members(home: Home) -> None:
    await home.person("ann")
    made = await home.workspaces.add(await home.owner(), WorkspaceCreation("shop", members=["ann"]))
    assert (made.slug, made.name, made.members) == ("shop", "shop", ["ann", "owner"])
    with pytest.raises(ConflictError, match="There is already a workspace called shop"):
        await home.workspace("shop")


async def test_a_workspace_with_an_unknown_member_is_not_made(home: Home) -> None:
    with pytest.raises(NotFoundError, match="no person nobody here"):
        await home.workspace("shop", "nobody")
    with pytest.raises(NotFoundError, match="no workspace shop here"):
        await home.workspaces.show(await home.owner(), "shop")


async def test_members_come_and_go(home: Home) -> None:
    await home.ann()
    owner = await home.owner()
    added = await home.workspaces.add_member(owner, "default", "ann")
    assert added.members == ["ann", "owner"]
    assert await home.workspaces.add_member(owner, "default", "ann") == added
    ann = await home.ann()
    assert (await home.workspaces.show(ann, "default")).members == ["ann", "owner"]
    assert (await home.workspaces.remove_member(owner, "default", "ann")).members == ["owner"]
    with pytest.raises(NotFoundError):
        await home.workspaces.show(await home.ann(), "default")
    with pytest.raises(NotFoundError, match="ann is not a member of default"):
        await home.workspaces.remove_member(owner, "default", "ann")
    assert len(await home.audited("action:member.*")) == 2


async def test_a_workspace_that_is_not_ones_own_does_not_exist(home: Home) -> None:
    await home.person("bob", "people.manage")
    bob = await home.bob()
    sentences = set()
    for slug in ("default", "nowhere"):
        with pytest.raises(NotFoundError) as refused:
            await home.workspaces.add_member(bob, slug, "bob")
        sentences.add(refused.value.sentence.replace(slug, "X"))
    assert len(sentences) == 1
    assert (await home.workspaces.page(bob, ListQuery())).items == []


async def test_a_member_who_manages_nobody_adds_nobody(home: Home) -> None:
    await home.ann()
    await home.workspace("shop", "ann")
    with pytest.raises(NotAllowedError, match=r"people\.manage"):
        await home.workspaces.add_member(await home.ann(), "shop", "ann")
    with pytest.raises(NotAllowedError, match=r"people\.manage"):
        await home.workspaces.add(await home.ann(), WorkspaceCreation("mine"))


async def test_workspaces_are_listed_by_page_and_filter(home: Home) -> None:
    owner = await home.owner()
    await home.person("ann")
    for number in range(4):
        await home.workspace(f"w{number}", *(["ann"] if number % 2 else []))
    first = await home.workspaces.page(owner, ListQuery(3))
    second = await home.workspaces.page(owner, ListQuery(3, first.next))
    assert [w.slug for w in first.items + second.items] == ["default", "w0", "w1", "w2", "w3"]
    narrowed = await home.workspaces.page(owner, ListQuery(filter="member:ann -w3"))
    assert [w.slug for w in narrowed.items] == ["w1"]
