"""Every list of the API takes the fields that its table says, and no other."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.api import (
    approvals,
    automations,
    bots,
    channels,
    costs,
    deliveries,
    events,
    inbox,
    mutes,
    people,
    rules,
    sessions,
    tickets,
    work,
    workflows,
)
from core.api.people import ProfileChange
from core.api.wire import Call
from core.api.worktrees import worktrees
from core.errors import InvalidError
from core.filtering import Field, field_called, names_of
from core.filters import LISTS
from tests.servers import Here, here, home_in

PAGES: dict[str, Callable[..., Call[Any]]] = {
    "inbox": inbox.page,
    "work": work.work,
    "sessions": sessions.sessions,
    "worktrees": worktrees,
    "approvals": approvals.approvals,
    "costs": costs.costs,
    "automations": automations.automations,
    "executions": automations.executions,
    "workflows": workflows.workflows,
    "bots": bots.bots,
    "channels": channels.channels,
    "deliveries": deliveries.deliveries,
    "tickets": tickets.tickets,
    "missions": tickets.missions,
    "rules": rules.rules,
    "events": partial(events.page, "default"),
    "mutes": mutes.mutes,
    "people": people.people,
    "workspaces": people.workspaces,
    "keys": people.keys,
    "audit": people.audit,
}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path)) as running:
        yield running


def a_value(field: Field) -> str:
    """One that the field takes."""
    if field.names == "workspace":
        return "default"
    if field.only:
        return field.suggested[0]
    return ",".join(field.choices) or "1"


def everything(name: str) -> str:
    """A filter that names each field of a list, and the same turned round."""
    fields = LISTS[name]
    found = {called: field_called(called, fields) for called in names_of(fields)}
    terms = [f"{called}:{a_value(field)}" for called, field in found.items() if field is not None]
    return " ".join(f"{term} -{term}" for term in terms)


async def test_each_field_of_each_list_is_answered(server: Here) -> None:
    assert set(PAGES) == set(LISTS)

    for name, page in PAGES.items():
        words = "" if name == "costs" else ' deploy -"not this"'
        answer = await server.client.send(page(filter=everything(name) + words))
        assert answer.items == [], name


async def test_each_list_refuses_a_field_that_it_has_not_where_it_stands(server: Here) -> None:
    for name, page in PAGES.items():
        with pytest.raises(InvalidError) as refused:
            await server.client.send(page(filter="-nosuch:1"))
        assert refused.value.sentence.startswith("filter, characters 2-7: There is no field 'nosuch' here"), name


async def test_a_time_without_a_zone_is_one_where_the_person_is(server: Here) -> None:
    send = server.client.send
    await send(people.change_me(ProfileChange(time_zone="Pacific/Pago_Pago")))
    (record,) = (await send(people.audit(filter="action:profile.change"))).items
    an_hour_before = (record.at - timedelta(hours=1)).replace(tzinfo=None)
    wanted = f"action:profile.change since:{an_hour_before.isoformat()}"

    eleven_hours_behind = (await send(people.audit(filter=wanted))).items
    await send(people.change_me(ProfileChange(time_zone="Pacific/Kiritimati")))
    ahead = (await send(people.audit(filter=wanted))).items

    assert (len(eleven_hours_behind), len(ahead)) == (0, 2)
