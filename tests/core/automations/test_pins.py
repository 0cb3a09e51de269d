import pytest

from core.api.bots import BotCreation, Pin, PinKind, PinnedThing, Pinning
from core.automations.pins import Pins
from core.caller import Caller
from core.errors import InvalidError
from core.sessions.bots import Bots
from core.sessions.providers.registry import Providers
from storage import automations, changes
from storage.database import Connection
from storage.ids import ChangeSeq, PersonId
from storage.people import workspace_by_slug
from tests.core.people.conftest import Home, accounts, home

__all__ = ["accounts", "home"]


@pytest.fixture
def pins(home: Home) -> Pins:
    return Pins(home.database, home.clock)


async def bot(home: Home, name: str) -> int:
    bots = Bots(home.database, home.clock, Providers({}))
    return (await bots.create(await home.owner(), BotCreation(name, "default", "shell"))).id


async def automation(home: Home, name: str, creator: PersonId) -> int:
    def unit(connection: Connection) -> int:
        workspace = workspace_by_slug(connection, "default")
        assert workspace is not None
        now = home.clock.now()
        values = {
            "workspace_id": workspace.id,
            "name": name,
            "type": "manual",
            "kind": "chat",
            "creator_id": creator,
            "prompt": "Hi",
            "created_at": now,
            "updated_at": now,
        }
        return automations.add(connection, values)

    return await home.database.write(unit)


async def pin(pins: Pins, caller: Caller, *things: tuple[PinKind, int]) -> list[Pin]:
    return (await pins.set(caller, Pinning([PinnedThing(*thing) for thing in things]))).pins


async def test_what_is_pinned_keeps_its_order(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    scribe, nightly = await bot(home, "Scribe"), await automation(home, "Nightly", owner.person)

    assert (await pins.show(owner)).pins == []
    first = await pin(pins, owner, ("bot", scribe), ("automation", nightly))
    again = await pin(pins, owner, ("automation", nightly), ("bot", scribe))

    assert first == [Pin("bot", scribe, "Scribe", "default"), Pin("automation", nightly, "Nightly", "default")]
    assert again == first[::-1] == (await pins.show(owner)).pins
    assert await pin(pins, owner) == []


async def test_pins_are_each_persons_own(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    await pin(pins, owner, ("bot", await bot(home, "Scribe")))
    await home.person("ann")

    assert (await pins.show(await home.ann())).pins == []


async def test_only_what_one_sees_can_be_pinned(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    nightly, scribe = await automation(home, "Nightly", owner.person), await bot(home, "Scribe")
    await home.person("ann", "automations.view_own")
    await home.person("bob", "automations.view_all")
    await home.workspaces.add_member(owner, "default", "ann")
    ann, bob = await home.ann(), await home.bob()

    assert len(await pin(pins, ann, ("bot", scribe))) == 1
    refused: list[tuple[Caller, PinKind, int]] = [
        (ann, "automation", nightly),
        (bob, "automation", nightly),
        (bob, "bot", scribe),
        (owner, "bot", 999),
        (owner, "automation", -1),
        (owner, "bot", 10**30),
    ]
    for caller, kind, number in refused:
        with pytest.raises(InvalidError, match=f"no {kind} {number}, or none that you may see"):
            await pin(pins, caller, (kind, number))


async def test_what_is_gone_or_out_of_sight_is_not_shown(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    scribe, other = await bot(home, "Scribe"), await bot(home, "Other")
    await home.person("ann")
    await home.workspaces.add_member(owner, "default", "ann")
    for caller in (owner, await home.ann()):
        await pin(pins, caller, ("bot", scribe), ("bot", other))

    await Bots(home.database, home.clock, Providers({})).delete(owner, str(scribe))
    await home.workspaces.remove_member(owner, "default", "ann")

    assert [found.name for found in (await pins.show(owner)).pins] == ["Other"]
    assert (await pins.show(await home.ann())).pins == []


async def test_there_are_nine_places_for_one_thing_each(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    ids = [await bot(home, f"b{number}") for number in range(10)]

    assert len(await pin(pins, owner, *[("bot", number) for number in ids[:9]])) == 9
    with pytest.raises(InvalidError, match="9 places"):
        await pin(pins, owner, *[("bot", number) for number in ids])
    with pytest.raises(InvalidError, match=r"pins\[1\]: This is pinned twice"):
        await pin(pins, owner, ("bot", ids[0]), ("bot", ids[0]))


async def test_only_the_person_is_told_to_look_again(home: Home, pins: Pins) -> None:
    owner = await home.owner()
    await pin(pins, owner, ("bot", await bot(home, "Scribe")))

    rows = await home.database.read(lambda connection: changes.after(connection, ChangeSeq(0), 100))

    assert [row.person_id for row in rows if row.topic == "pins"] == [owner.person]
