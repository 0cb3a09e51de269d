from typing import Any

import pytest

from core.api.bots import Bot, BotChange, BotCreation
from core.api.wire import ListQuery
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.sessions.bots import Bots
from core.sessions.providers.registry import Providers
from storage import bots as store
from storage.ids import BotId
from tests.core.people.conftest import Home


@pytest.fixture
def bots(home: Home) -> Bots:
    return Bots(home.database, home.clock, Providers({}))


async def create(home: Home, bots: Bots, name: str = "Scribe", **parts: Any) -> Bot:
    creation = BotCreation(name, **{"workspace": "default", "provider": "shell", **parts})
    return await bots.create(await home.owner(), creation)


async def test_a_bot_is_a_named_persona(home: Home, bots: Bots) -> None:
    made = await create(home, bots, instructions="Write well.")

    assert await bots.show(await home.owner(), str(made.id)) == made
    assert (made.name, made.workspace, made.provider, made.model) == ("Scribe", "default", "shell", None)
    assert (made.instructions, made.creator) == ("Write well.", "owner")


async def test_what_is_not_spoken_of_stays(home: Home, bots: Bots) -> None:
    made = await create(home, bots, instructions="Write well.", model="m1")
    owner = await home.owner()

    renamed = await bots.change(owner, str(made.id), BotChange(name="Writer"))
    cleared = await bots.change(owner, str(made.id), BotChange(model=None, instructions="Briefly."))

    assert (renamed.name, renamed.instructions, renamed.model) == ("Writer", "Write well.", "m1")
    assert (cleared.name, cleared.instructions, cleared.model) == ("Writer", "Briefly.", None)


async def test_a_name_is_taken_once_in_each_workspace(home: Home, bots: Bots) -> None:
    await home.workspace("shop")
    await create(home, bots)
    other = await create(home, bots, "Other")
    with pytest.raises(ConflictError, match="already a bot Scribe in default"):
        await create(home, bots)
    with pytest.raises(ConflictError, match="already a bot Scribe in default"):
        await bots.change(await home.owner(), str(other.id), BotChange(name="Scribe"))

    assert (await create(home, bots, workspace="shop")).workspace == "shop"


async def test_sessions_find_a_bot_by_its_id_and_its_name(home: Home, bots: Bots) -> None:
    made = await create(home, bots)

    by_id = await home.database.read(lambda connection: store.by_id(connection, BotId(made.id)))

    assert by_id is not None
    by_name = await home.database.read(lambda connection: store.by_name(connection, by_id.workspace_id, "Scribe"))
    assert by_name == by_id


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "\x1b[31m"}, "name"),
        ({"provider": "shel"}, "provider"),
        ({"provider": "\0"}, "provider"),
        ({"model": "--yolo"}, "provider"),
        ({"instructions": "x" * 50_001}, "instructions"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    home: Home, bots: Bots, parts: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        await create(home, bots, **{"name": "Scribe", **parts})

    assert refused.value.place == place


async def test_a_bot_that_is_deleted_is_gone(home: Home, bots: Bots) -> None:
    made = await create(home, bots)
    owner = await home.owner()

    await bots.delete(owner, str(made.id))

    with pytest.raises(NotFoundError, match=f"no bot {made.id} here"):
        await bots.show(owner, str(made.id))
    assert [r.action for r in await home.audited("action:bot.*")] == ["bot.delete", "bot.create"]


async def test_members_see_and_those_who_manage_automations_change(home: Home, bots: Bots) -> None:
    made = str((await create(home, bots)).id)
    await home.person("ann", "automations.view_own")
    await home.workspaces.add_member(await home.owner(), "default", "ann")
    ann = await home.ann()

    assert (await bots.show(ann, made)).name == "Scribe"
    for refused in (
        bots.create(ann, BotCreation("Mine", "default", "shell")),
        bots.change(ann, made, BotChange(name="Mine")),
        bots.delete(ann, made),
    ):
        with pytest.raises(NotAllowedError, match=r"automations\.manage"):
            await refused


async def test_bots_of_other_workspaces_do_not_exist(home: Home, bots: Bots) -> None:
    made = str((await create(home, bots)).id)
    await home.person("bob", "automations.manage")
    bob = await home.bob()

    assert (await bots.page(bob, ListQuery())).items == []
    for number in (made, "999", "x", "-1", "1" * 30, "²"):
        with pytest.raises(NotFoundError, match="no bot"):
            await bots.show(bob, number)


async def test_bots_are_listed_by_page_and_filter(home: Home, bots: Bots) -> None:
    owner = await home.owner()
    for name in ("a", "b", "c"):
        await create(home, bots, name)

    first = await bots.page(owner, ListQuery(2))
    second = await bots.page(owner, ListQuery(2, first.next))

    assert [bot.name for bot in first.items + second.items] == ["a", "b", "c"]
    assert [b.name for b in (await bots.page(owner, ListQuery(filter="provider:shell -b"))).items] == ["a", "c"]
