"""Quick launch: what is pinned, and what its keys do."""

from pathlib import Path

from core.api.automations import RunRequest
from core.api.bots import Pin, PinnedThing, Pinning
from core.api.sessions import SessionCreation
from core.clock import ManualClock
from core.errors import ConflictError
from tests.fakes.automations import office
from tests.fakes.sessions import FakeSessions
from tests.tui.agents import Hall, hall
from tests.tui.making import app_on, until
from tui.cache import Cache
from tui.screens.pinning import toggle_pin
from tui.screens.place import Place

RELEASE = Pin("automation", 6, "Write the release notes", "atelier")
DEPLOY = Pin("automation", 5, "Deploy on push", "atelier")
PORTER = Pin("bot", 1, "Porter", "atelier")


async def pinned(it: Hall, *pins: Pin) -> None:
    it.fake.pin(*pins)
    await it.see(f"1 {pins[0].name}")


def sent(it: Hall) -> list[object]:
    """What was to be pinned."""
    return [call.body for call in it.fake.sent if call.method == "PUT"]


async def test_nothing_pinned_takes_no_room(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        assert not it.app.workbench.launch.display
        await it.press("1")
        await it.hear("Nothing is pinned at 1: P pins something.")


async def test_a_number_runs_an_automation(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        await pinned(it, PORTER, RELEASE)
        await it.see("1 Porter  2 Write the release notes")
        await it.press("2")
        await it.hear("It runs: session")
        assert it.fake.runs == [(6, RunRequest())]


async def test_an_automation_with_parameters_asks_for_them_first(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        await pinned(it, DEPLOY)
        await it.press("1")
        await it.see("Run “Deploy on push” with")
        await it.type("main")
        await it.press("enter")
        await it.type("live")
        await it.press("enter")
        await it.hear("It runs: session")
        assert it.fake.runs == [(5, RunRequest({"ref": "main", "environment": "live"}))]


async def test_a_bot_asks_what_it_is_to_do_and_its_session_opens(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await pinned(it, PORTER)
        await it.press("1")
        await it.see("What is Porter to do?")
        await it.type("Carry it")
        await it.press("ctrl+s")
        await it.see("Session › Carry it")
        assert it.fake.begun == [SessionCreation("atelier", "bot", "Carry it", bot="Porter")]


async def test_a_prompt_that_could_not_be_sent_is_kept(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await pinned(it, PORTER)
        it.fake.refuse = ConflictError("The budget is spent.")
        await it.press("1")
        await it.see("What is Porter to do?")
        await it.type("Carry it")
        await it.press("ctrl+s")
        await it.hear("The budget is spent. What you typed is kept.")
        await it.press("1")
        await it.see("Carry it")


async def test_a_press_on_the_row_runs_what_is_there(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        await pinned(it, RELEASE)
        await it.pilot.click("#launch", offset=(4, 0))
        await it.hear("It runs: session")


async def test_pins_are_moved_and_unpinned(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        await pinned(it, RELEASE, PORTER)
        await it.press("P")
        await it.see("Quick launch")
        await it.press("J")
        await it.see("1 Porter  2 Write the release notes")
        await it.press("k", "d")
        await it.see("1 Write the release notes")
        await it.press("escape")
        assert sent(it) == [
            Pinning([PinnedThing("bot", 1), PinnedThing("automation", 6)]),
            Pinning([PinnedThing("automation", 6)]),
        ]


async def test_something_is_pinned_from_all_that_there_is(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        await it.press("P", "a")
        await it.see("Pin which?")
        await it.press("p", "enter")
        await it.see("1 Porter")
        await it.press("enter")
        await it.see("What is Porter to do?")


async def test_a_pin_that_is_refused_goes_away_again(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await pinned(it, RELEASE, PORTER)
        it.fake.refuse = ConflictError("Not now.")
        await it.press("P", "d")
        await it.hear("Not now.")
        await it.see("1 Write the release notes")


async def test_a_screen_pins_and_unpins_by_one_call(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()) as it:
        screen = it.app.screen
        assert isinstance(screen, Place)
        await toggle_pin(screen, "automation", 6, "Write the release notes")
        await it.hear("Pinned “Write the release notes”: 1 runs it from My Work")
        await it.see("1 Write the release notes")
        await toggle_pin(screen, "automation", 6, "Write the release notes")
        await it.hear("Unpinned “Write the release notes”")


async def test_the_list_of_automations_pins_what_the_cursor_is_on(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, automations=office()[5:6]) as it:
        await it.press("A")
        await it.see("Write the release notes")
        await it.press("P")
        await it.hear("Pinned “Write the release notes”: 1 runs it from My Work")
        assert it.fake.pinned == [RELEASE]


async def test_the_row_is_there_before_the_server_answers(clock: ManualClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as it:
        await pinned(it, PORTER)
    assert Cache(tmp_path).load().pins == [PORTER]
    fake = FakeSessions(clock)
    fake.break_off()
    app = app_on(fake, clock, tmp_path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.workbench.launch.display)
