import pytest

from core.api.people import PersonCreation
from core.api.wire import ListQuery
from core.caller import Caller
from core.clock import DAY, MINUTE
from core.errors import NotAllowedError
from tests.core.people.conftest import Home


async def test_what_was_done_is_recorded_by_whom_and_how(home: Home) -> None:
    owner = await home.owner()
    key = await home.by_key(await home.key(owner, "people.manage"))
    await home.people.add(key, PersonCreation("ann"))
    record = (await home.audited("action:person.create target:ann"))[0]
    assert (record.actor, record.via, record.outcome) == ("owner", key.via, "done")
    assert record.detail == {"admin": False, "permissions": []}
    assert record.at.isoformat() == "2026-03-02T09:00:00+00:00"


async def test_the_record_is_narrowed_by_who_what_when_and_how_it_ended(home: Home) -> None:
    owner, ann = await home.owner(), await home.ann()
    await home.key(owner)
    await _refuse(home, ann)
    home.clock.advance(8 * DAY)
    await home.key(ann)
    assert len(await home.audited("action:key.create")) == 2
    assert len(await home.audited("action:key.create actor:ann since:7d")) == 1
    assert [record.actor for record in await home.audited("outcome:refused")] == ["ann"]
    assert len(await home.audited("action:key.*,person.join")) == 3
    assert len(await home.audited("until:7d via:socket -actor:ann")) == 1


async def test_the_record_goes_by_pages_newest_first(home: Home) -> None:
    owner = await home.owner()
    for number in range(6):
        await home.person(f"p{number}")
    first = await home.audit.page(owner, ListQuery(4, None, "action:person.create"))
    second = await home.audit.page(owner, ListQuery(4, first.next, "action:person.create"))
    assert [record.target for record in first.items + second.items] == [
        *(f"p{number}" for number in reversed(range(6))),
        "owner",
    ]


async def test_refusals_do_not_fill_the_record(home: Home) -> None:
    ann = await home.ann()
    for _ in range(50):
        await _refuse(home, ann)
    assert len(await home.audited("outcome:refused")) == 30
    home.clock.advance(MINUTE)
    await _refuse(home, ann)
    assert len(await home.audited("outcome:refused")) == 31


async def test_a_long_target_is_kept_short(home: Home) -> None:
    ann = await home.ann()
    with pytest.raises(NotAllowedError):
        await home.people.add(ann, PersonCreation("x\udcff\0" * 100_000))
    record = (await home.audited("outcome:refused"))[0]
    assert len(record.target) == 300


async def _refuse(home: Home, caller: Caller) -> None:
    with pytest.raises(NotAllowedError):
        await home.people.add(caller, PersonCreation("new"))
