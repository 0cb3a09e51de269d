"""The editor of automations: it has the fields that apply, says what is wrong, and loses nothing."""

from pathlib import Path

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from textual.events import Paste

from core.clock import ManualClock
from core.errors import InvalidError
from tests.fakes.automations import office
from tests.tui.office import Office, at_work
from tui.screens.editor import EditorScreen

TALL = (120, 50)


async def go_to(it: Office, label: str) -> None:
    """Put the focus into the field with this label."""
    screen = it.app.screen
    assert isinstance(screen, EditorScreen)
    field = next(field for field in screen.fields.values() if field.display and field.label == label)
    field.widget.focus()
    await it.pilot.pause()


async def new(it: Office) -> None:
    await it.press("A")
    await it.see("Sync the ledger")
    await it.press("n")
    await it.see("New automation")


async def edit(it: Office, name: str) -> None:
    await it.press("A")
    await it.find(name)
    await it.press("e")
    await it.see(f"Edit › {name}")


async def test_a_recurring_one_is_made_from_the_keyboard_alone(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Tidy up")
        await it.press("tab", "tab", "tab", "tab")
        await it.type("30 6 * * 1-5")
        await it.press("tab", "tab", "tab")
        await it.type("Tidy up the cellar.")
        await it.press("ctrl+s")
        await it.see("Saved “Tidy up”")
        (made,) = it.fake.created
        assert (made.name, made.type, made.kind, made.workspace) == ("Tidy up", "recurring", "develop", "atelier")
        assert (made.cron, made.tz, made.prompt) == ("30 6 * * 1-5", "Europe/Berlin", "Tidy up the cellar.")
        await it.until(lambda: any("▌" in line and "Tidy up" in line for line in it.text.splitlines()))


async def test_a_schedule_is_told_in_words_while_it_is_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await go_to(it, "Cron")
        await it.type("0 4 * *")
        await it.see("A cron expression has five fields")
        await it.type(" *")
        await it.see("every day at 04:00")
        await it.see("Sat 7 Mar, 02:00")
        await it.see("29 Mar: 02:00 does not exist, runs at 03:00")
        await it.see_no("A cron expression has five fields")


async def test_both_zones_are_told_where_they_differ(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "Nightly dependency audit")
        await go_to(it, "Time zone")
        await it.press("ctrl+u")
        await it.type("America/New_York")
        await it.see("America/New_York   Europe/Berlin (you)")


async def test_a_zone_that_is_none_is_refused_beside_it(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "Nightly dependency audit")
        await go_to(it, "Time zone")
        await it.type("x")
        await it.press("ctrl+u")
        await it.type("Nowhere")
        await it.see("✖ Time zone")
        await it.see("There is no time zone 'Nowhere'.")


async def test_fields_that_do_not_apply_are_not_there(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.see("  Cron")
        await it.see("  Modes")
        await go_to(it, "Type")
        await it.type("http")
        await it.see("when a webhook is called")
        for gone in ("Cron", "Time zone", "When it ends", "Missed runs"):
            assert f"  {gone} " not in it.text
        await it.see("  Signature")
        await go_to(it, "Session")
        await it.press("right")
        await it.see("‹ Chat")
        assert "  Modes" not in it.text
        assert "  By " not in it.text


async def test_only_if_nothing_changed_comes_with_completing(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        assert "only when no file has changed" not in it.text
        await go_to(it, "When it ends")
        await it.press("space")
        await it.see("only when no file has changed")


async def test_a_new_webhook_shows_its_token_once(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Hook")
        await go_to(it, "Type")
        await it.type("h")
        await go_to(it, "Prompt")
        await it.type("Look.")
        await it.press("f2")
        await it.see("The webhook of “Hook”. This is shown now and never again.")
        await it.see("https://board.example.org/api/automations/http-trigger/Zm9vYmFy")
        await it.press("escape")
        await it.see_no("Zm9vYmFy")


async def test_a_workflow_brings_its_parameters(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Sync")
        await go_to(it, "Type")
        await it.type("m")
        await go_to(it, "By")
        await it.press("right")
        await it.see("‹ ledger-sync")
        await it.see("What to sync · needed · must match [a-z/-]+")
        await go_to(it, "Workflow")
        await it.press("tab")
        await it.type("main")
        await it.press("ctrl+s")
        await it.until(lambda: it.fake.created)
        assert it.fake.created[0].workflow == "ledger-sync"
        assert it.fake.created[0].prompt is None
        assert it.fake.created[0].parameters == {"branch": "main"}


async def test_what_a_prompt_leaves_open_can_be_filled_in(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "Deploy on push")
        await it.see("  environment")
        await go_to(it, "Prompt")
        await it.type("{{who}} {{scheduled_for}} ")
        await it.see("  who")
        assert "  scheduled_for" not in it.text


async def test_only_what_is_different_is_sent_with_what_it_was_made_of(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "Nightly dependency audit")
        await it.type("!")
        await go_to(it, "Modes")
        await it.press("right", "space")
        await it.press("ctrl+s")
        await it.see("Saved “Nightly dependency audit!”")
        ((number, change),) = it.fake.changed
        assert (number, change.revision, change.name, change.modes) == (1, 3, "Nightly dependency audit!", ["ux"])
        assert (change.cron, change.prompt, change.type, change.parameters) == (UNSET, UNSET, UNSET, UNSET)


async def test_what_is_missing_is_said_beside_it_once_it_is_saved(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        assert "✖" not in it.text
        await it.press("ctrl+s")
        await it.see("✖ Name")
        await it.see("✖ Prompt")
        await it.see("Say when it runs: minute hour day month weekday.")
        assert it.fake.created == []
        await it.type("x")
        await it.see_no("✖ Name")


async def test_what_the_server_refuses_is_said_beside_the_field(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "Nightly dependency audit")
        await it.type("!")
        it.fake.refusal = InvalidError("There is no provider 'x'.", "provider")
        await it.press("ctrl+s")
        await it.see("✖ Provider")
        await it.see("There is no provider 'x'.")
        await it.press("right")
        await it.see_no("✖ Provider")
        await it.see("Nightly dependency audit!")


async def test_leaving_asks_where_something_would_be_lost(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Half")
        await it.press("escape")
        await it.see("Leave without saving?")
        await it.press("n")
        await it.see_no("Leave without saving?")
        await it.type(" done")
        await it.see("Half done")
        await it.press("ctrl+q")
        await it.see("Leave without saving?")
        await it.press("escape", "escape", "y")
        await it.see("Callboard  Automations")


async def test_leaving_does_not_ask_where_nothing_was_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "QA loop")
        await it.press("escape")
        await it.see("Callboard  Automations")


async def test_a_lost_connection_loses_nothing_that_was_typed(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "QA loop")
        await it.type(" again")
        it.fake.break_off()
        await it.see("Connection lost")
        await it.press("ctrl+s")
        await it.see("Not saved yet: what you typed is still here.")
        await it.see("QA loop again")
        it.fake.come_back()
        await it.see("● Live")
        await it.press("ctrl+s")
        await it.see("Saved “QA loop again”")


@pytest.mark.parametrize(("key", "name"), [("o", "Mine"), ("r", "Theirs")])
async def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unasked(
    clock: ManualClock, tmp_path: Path, key: str, name: str
) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "QA loop")
        await it.press("ctrl+u")
        await it.type("Mine")
        it.fake.change(replace(office()[3], name="Theirs", revision=9))
        await it.press("ctrl+s")
        await it.see("Somebody changed this automation while you were writing.")
        await it.press(key)
        await it.see_no("Somebody changed this automation")
        await it.see(name)
        assert it.fake.automations[4].name == name
        assert [change.revision for _, change in it.fake.changed] == ([9] if key == "o" else [])


async def test_all_that_there_is_to_choose_from_can_be_seen(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await go_to(it, "Type")
        await it.press("enter")
        await it.see("▌ recurring: by a schedule")
        await it.press("down", "down", "enter")
        await it.see("‹ loop: again after each run")


async def test_a_provider_is_chosen_and_names_its_models(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "QA loop")
        await go_to(it, "Provider")
        await it.see("‹ the default")
        await it.press("c")
        await it.see("‹ codex (cannot be used here)")
        await it.see("such as gpt-5, gpt-5-mini")
        await it.press("ctrl+s")
        await it.see("Saved “QA loop”")
        assert it.fake.automations[4].provider == "codex"


async def test_what_is_pasted_comes_clean(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await go_to(it, "Prompt")
        it.app.post_message(Paste("one\x1b]0;x\x07\ntwo\u202e"))
        await it.see("one␛]0;x␇")
        await it.see("two�")
        assert "\x1b" not in it.text


async def test_the_mouse_works_in_the_form(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await edit(it, "QA loop")
        await it.pilot.click(it.app.screen.query("FlagsControl").first(), offset=(3, 0))
        await it.see("[x] Code Architecture")
        await it.pilot.click("SaveButton")
        await it.see("Saved “QA loop”")
        assert it.fake.automations[4].modes == ["architecture"]


async def test_going_elsewhere_asks_too(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Half")
        await go_to(it, "Parallel")
        await it.press("W")
        await it.see("Leave without saving?")
        await it.press("y")
        await it.see("Notifications")
        assert len(it.app.screen_stack) == 1


async def test_both_zones_can_be_read_on_a_narrow_terminal(clock: ManualClock, tmp_path: Path) -> None:
    async with at_work(clock, tmp_path, (52, 40)) as it:
        await new(it)
        await go_to(it, "Cron")
        await it.type("0 4 * * *")
        await go_to(it, "Time zone")
        await it.press("ctrl+u")
        await it.type("America/New_York")
        await it.see("Europe/Berlin (you)")


async def test_a_question_is_answered_after_the_terminal_was_too_small(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await it.type("Tidy up")
        await it.press("escape")
        await it.see("Leave without saving?")
        await it.pilot.resize_terminal(30, 8)
        await it.see("at least")
        await it.pilot.resize_terminal(*TALL)
        await it.see("Leave without saving?")
        await it.until(lambda: it.app.screen.focused is not None)
        await it.press("n")
        await it.see_no("Leave without saving?")
        await it.type(" the cellar")
        await it.see("Tidy up the cellar")


async def test_the_field_that_is_written_stays_in_sight_when_the_terminal_shrinks(
    clock: ManualClock, tmp_path: Path
) -> None:
    async with at_work(clock, tmp_path, TALL) as it:
        await new(it)
        await go_to(it, "Ticket")
        await it.type("4711")
        await it.see("4711")
        await it.pilot.resize_terminal(60, 20)
        await it.see("4711")
