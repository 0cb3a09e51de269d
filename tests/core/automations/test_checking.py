"""What can be saved, and the place of what cannot."""

from typing import Any

import pytest

from core.api.automations import AutomationChange
from core.clock import MINUTE, to_datetime
from core.errors import InvalidError
from core.sessions.stages.definition import Definition, Parameter, PromptStep, encode
from storage.bots import bots
from storage.database import Connection
from storage.ids import Instant
from storage.people import workspace_by_slug
from storage.workflows import workflows
from tests.core.automations.conftest import Office

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)  # what is checked asks no engine

RECURRING: dict[str, Any] = {"type": "recurring", "cron": "30 2 * * *", "tz": "Europe/Berlin"}
HTTP: dict[str, Any] = {"type": "http"}
TOMORROW = "2026-03-03T09:00Z"


async def furnish(office: Office) -> None:
    """The workspace has a bot and a workflow."""

    def unit(connection: Connection) -> None:
        shop = workspace_by_slug(connection, "shop")
        assert shop is not None
        common = {"workspace_id": shop.id, "creator_id": 1, "created_at": 1, "updated_at": 1}
        connection.execute(bots.insert(), {**common, "name": "Rex", "provider": "shell"})
        params = {"version": Parameter(required=True)}
        step = PromptStep(id="go", prompt="Release {{version}}.")
        definition = encode(Definition("release", "1", "", params, [step]))
        written = {"definition": definition, "source": "", "format": "json"}
        connection.execute(workflows.insert(), {**common, **written, "name": "release"})

    await office.database.write(unit)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"prompt": None}, "prompt"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "x" * 500_001}, "prompt"),
        ({"workflow": "release"}, "workflow"),
        ({"prompt": None, "workflow": "nowhere"}, "workflow"),
        ({"kind": "chat", "prompt": None, "workflow": "release"}, "workflow"),
        ({"kind": "chat", "prompt": None}, "prompt"),
        ({"kind": "chat", "modes": ["review"]}, "modes"),
        ({"kind": "chat", "bot": "Rex"}, "bot"),
        ({"kind": "chat", "auto_complete": True, "only_if_unchanged": True}, "only_if_unchanged"),
        ({"kind": "bot"}, "bot"),
        ({"kind": "bot", "bot": "Nobody"}, "bot"),
        ({"kind": "bot", "bot": "Rex", "prompt": None}, "prompt"),
        ({"only_if_unchanged": True}, "only_if_unchanged"),
        ({"cron": "* * * * *"}, "cron"),
        ({"tz": "UTC"}, "tz"),
        ({"at": TOMORROW}, "at"),
        ({"run_missed": False}, "run_missed"),
        ({"type": "loop", "cron": "* * * * *"}, "cron"),
        ({"type": "recurring"}, "cron"),
        ({**RECURRING, "cron": "61 2 * * *"}, "cron"),
        ({**RECURRING, "cron": "@daily"}, "cron"),
        ({**RECURRING, "cron": "0 0 30 2 *"}, "cron"),
        ({**RECURRING, "tz": "Europe/Bärlin"}, "tz"),
        ({**RECURRING, "at": TOMORROW}, "at"),
        ({"type": "one-time"}, "at"),
        ({"type": "one-time", "at": "soon"}, "at"),
        ({"type": "one-time", "at": "9999-12-31T23:59:59-14:00"}, "at"),
        ({"type": "one-time", "at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"type": "one-time", "at": TOMORROW, "tz": "Moon"}, "tz"),
        ({"type": "one-time", "at": TOMORROW, "cron": "* * * * *"}, "cron"),
        ({**HTTP, "auto_complete": False}, "auto_complete"),
        ({**HTTP, "run_missed": True}, "run_missed"),
        ({**HTTP, "cron": "* * * * *"}, "cron"),
        ({**HTTP, "at": TOMORROW}, "at"),
        ({**HTTP, "tz": "UTC"}, "tz"),
        ({**HTTP, "enabled": False}, "enabled"),
        ({**HTTP, "signature": "github"}, "signature_secret"),
        ({**HTTP, "signature_secret": "s3cret"}, "signature"),
        ({**HTTP, "signature": "standard", "signature_secret": "no base64!"}, "signature_secret"),
        ({"signature": "github", "signature_secret": "s3cret"}, "signature"),
        ({"provider": "nobody"}, "provider"),
        ({"model": ""}, "model"),
        ({"model": "gigantic"}, "model"),
        ({"prompt": None, "workflow": "release", "parameters": {"verson": "1"}}, "parameters"),
        ({"type": "loop", "prompt": None, "workflow": "release"}, "parameters.version"),
        ({"ticket": ""}, "ticket"),
        ({"parameters": {"a b": 1}}, "parameters.a b"),
        ({"parameters": {"a": "x" * 70_000}}, "parameters"),
    ],
)
async def test_what_does_not_fit_is_refused_at_its_place(
    office: Office, fields: dict[str, Any], place: str
) -> None:
    await furnish(office)

    with pytest.raises(InvalidError) as refused:
        await office.create(**fields)

    assert refused.value.place == place


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": None, "workflow": "release", "parameters": {"version": "1.2"}},
        {"prompt": None, "workflow": "release"},
        {"modes": ["review", "verification"], "auto_complete": True, "only_if_unchanged": True},
        {"kind": "chat", "provider": "echo", "model": "small", "ticket": "T-7"},
        {"kind": "bot", "bot": "Rex"},
        {**RECURRING, "run_missed": True, "parallel": True},
        {"type": "one-time", "at": TOMORROW, "run_missed": True},
        {"type": "one-time", "at": "2026-03-03T09:00", "tz": "Europe/Berlin"},
        {"type": "loop", "kind": "chat"},
        {**HTTP, "signature": "standard", "signature_secret": "whsec_c2VjcmV0"},
    ],
)
async def test_what_fits_is_shown_as_it_was_given(office: Office, fields: dict[str, Any]) -> None:
    await furnish(office)

    made = await office.create(**fields)

    assert (await office.show(made)).name == made.name
    shown = {name: getattr(made, name) for name in fields if name not in ("at", "signature_secret")}
    assert shown == {name: fields[name] for name in shown}


async def test_a_wrong_expression_is_explained_with_its_field_and_a_hint(office: Office) -> None:
    with pytest.raises(InvalidError) as refused:
        await office.create(**{**RECURRING, "cron": "0 22-2 * * *"})

    assert "hour" in refused.value.sentence
    assert "22-23,0-2" in refused.value.sentence


@pytest.mark.parametrize(
    ("type_", "given"),
    [
        ("manual", {"auto_complete": False, "only_if_unchanged": False}),
        ("http", {}),
        ("loop", {"auto_complete": False, "only_if_unchanged": False}),
    ],
)
async def test_fields_that_do_not_apply_are_nothing(office: Office, type_: str, given: dict[str, bool]) -> None:
    made = await office.create(type=type_)

    fields = ("auto_complete", "only_if_unchanged", "run_missed", "cron", "tz", "at", "schedule", "next_run")
    applying = {name: getattr(made, name) for name in fields if getattr(made, name) is not None}
    if type_ == "loop":
        assert applying.pop("next_run") == to_datetime(office.clock.now())
    assert applying == given


@pytest.mark.parametrize(("late", "refused"), [(5 * MINUTE, False), (5 * MINUTE + 1, True)])
async def test_a_time_up_to_five_minutes_past_is_taken(office: Office, late: int, refused: bool) -> None:
    at = to_datetime(Instant(office.clock.now() - late)).isoformat()
    if refused:
        with pytest.raises(InvalidError, match=r"at: .* is more than 5 minutes past; choose a time to come"):
            await office.create(type="one-time", at=at)
    else:
        made = await office.create(type="one-time", at=at)
        await office.scheduler.tick()
        (run,) = await office.history(made)
        assert run.trigger == "schedule"
        assert run.session is not None


async def test_a_wall_time_is_that_of_the_zone_that_is_named(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-07-01T09:00", tz="America/New_York")

    assert made.at is not None
    assert made.at.isoformat() == "2026-07-01T13:00:00+00:00"


async def test_a_change_of_type_drops_what_does_not_fit_any_more(office: Office) -> None:
    made = await office.create(**RECURRING, run_missed=True, auto_complete=True)

    changed = await office.automations.change(
        await office.home.ann(), str(made.id), AutomationChange(type="http")
    )

    assert (changed.cron, changed.tz, changed.run_missed, changed.auto_complete) == (None, None, None, None)
    assert changed.next_run is None
    assert changed.token is not None


async def test_a_change_of_type_drops_the_one_time_too_where_a_zone_is_named(office: Office) -> None:
    made = await office.create(type="one-time", at="2026-07-01T09:00", tz="America/New_York")

    changed = await office.automations.change(
        await office.home.ann(),
        str(made.id),
        AutomationChange(type="recurring", cron="0 9 * * *", tz="Asia/Tokyo"),
    )

    assert (changed.type, changed.at, changed.tz) == ("recurring", None, "Asia/Tokyo")


async def test_a_change_names_a_field_that_does_not_fit(office: Office) -> None:
    made = await office.create()

    with pytest.raises(InvalidError) as refused:
        await office.automations.change(await office.home.ann(), str(made.id), AutomationChange(cron="* * * * *"))

    assert refused.value.place == "cron"
