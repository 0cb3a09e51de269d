"""How a session begins: what each kind needs, and what is recorded."""

import json

import pytest

from core.api.wire import ListQuery
from core.errors import InvalidError
from core.sessions.launching import Launch
from core.sessions.starting import GoneError, Starting
from storage import sessions, turns
from storage.database import Connection
from storage.ids import BotId, SessionId
from storage.sessions import SessionRow
from tests.road import Road

_EVERYTHING = ListQuery()


class Choice:
    """Two providers."""

    default = "echo"

    def check_model(self, name: str, model: str | None) -> None:
        if name not in ("echo", "shell"):
            raise InvalidError("There is no such provider.", "provider")

    def runs_scripts(self, name: str) -> bool:
        return name == "shell"


def launch_of(road: Road, **parts: object) -> Launch:
    ann = road.callers["ann"].person
    values: dict[str, object] = {
        "workspace": road.workspace,
        "kind": "chat",
        "owner": ann,
        "creator": ann,
        "title": "",
        "prompt": "Say hello.",
    }
    return Launch(**{**values, **parts})  # type: ignore[arg-type]


async def start(road: Road, **parts: object) -> SessionRow:
    starting = Starting(Choice(), road.entropy)
    launch = launch_of(road, **parts)

    def unit(connection: Connection) -> SessionId:
        return starting.start(connection, launch, road.clock.now())

    session = await road.database.write(unit)
    return await road.database.read(lambda connection: sessions.existing(connection, session))


async def test_a_session_begins_queued_with_the_default_provider_and_its_prompt_as_its_title(road: Road) -> None:
    session = await start(road, prompt="  Say hello\nto everybody. ")

    assert (session.state, session.provider) == ("queued", "echo")
    assert session.title == "Say hello to everybody."


async def test_the_words_of_a_person_wait_as_the_first_turn(road: Road) -> None:
    session = await start(road)

    (turn,) = await road.database.read(lambda connection: turns.turns_of(connection, session.id))

    assert (turn.number, turn.prompt, turn.author_id) == (1, "Say hello.", road.callers["ann"].person)
    assert turn.started_at is None


async def test_the_beginning_is_an_event_that_names_owner_and_ticket(road: Road) -> None:
    await start(road, ticket="T-7")

    (event,) = (await road.events.page(road.callers["ann"], "shop", _EVERYTHING)).items

    assert event.event == "session:created"
    assert (event.data["sessionOwner"], event.task_id) == ("ann", "T-7")


async def test_a_command_is_kept_as_an_argument_list(road: Road) -> None:
    session = await start(road, kind="develop", prompt=None, argv=("printf", "%s", "a b; $(id)"))

    texts = await road.database.read(lambda connection: sessions.texts(connection, session.id))

    assert session.provider == "shell"
    assert json.loads(texts.parameters) == {"argv": ["printf", "%s", "a b; $(id)"]}


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": "   "}, "prompt"),
        ({"prompt": "x" * 600_000}, "prompt"),
        ({"prompt": None, "workflow": "release"}, "prompt"),
        ({"kind": "develop", "workflow": "release"}, "prompt"),
        ({"kind": "bot"}, "bot"),
        ({"bot": BotId(1)}, "bot"),
        ({"modes": ("review",)}, "modes"),
        ({"provider": "nobody"}, "provider"),
        ({"title": "x" * 201}, "title"),
        ({"ticket": ""}, "ticket"),
        ({"only_if_unchanged": True}, "only_if_unchanged"),
        ({"kind": "develop", "prompt": None, "argv": ("",)}, "argv"),
        ({"kind": "develop", "prompt": None, "argv": ("echo", "\0")}, "argv"),
    ],
)
async def test_what_a_kind_cannot_be_is_refused_with_its_place(
    road: Road, parts: dict[str, object], place: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        await start(road, **parts)

    assert refused.value.place == place


@pytest.mark.parametrize(
    "parts", [{"kind": "bot", "bot": BotId(99)}, {"kind": "develop", "prompt": None, "workflow": "release"}]
)
async def test_what_is_gone_is_said_to_be_gone(road: Road, parts: dict[str, object]) -> None:
    with pytest.raises(GoneError):
        await start(road, **parts)


async def test_the_latest_session_of_an_automation_that_has_not_ended_is_in_flight(road: Road) -> None:
    await start(road, automation=5)
    second = await start(road, automation=5)
    await start(road, automation=6)

    found = await road.database.read(lambda connection: sessions.in_flight(connection, 5))  # type: ignore[arg-type]

    assert found is not None
    assert found.id == second.id
