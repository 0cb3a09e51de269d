"""Which fields a draft has, and what the server is asked to make of it."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from core.automations.fitting import fits
from tests.fakes.automations import automation, office
from tui.drafts.automation import FIELDS, Draft, field_of, placeholders


def draft(**values: str | bool | tuple[str, ...]) -> Draft:
    made = Draft.empty("atelier", "Europe/Berlin")
    made.values.update({"name": "N", "prompt": "P", "cron": "0 2 * * *", **values})
    return made


def named(made: Draft) -> set[str]:
    return {spec.name for spec in FIELDS if made.applies(spec.name)}


@pytest.mark.parametrize(
    ("type", "there", "not_there"),
    [
        ("recurring", {"cron", "tz", "run_missed", "auto_complete"}, {"at", "signature"}),
        ("one-time", {"at", "tz", "auto_complete"}, {"cron", "signature"}),
        ("loop", {"auto_complete"}, {"cron", "at", "tz", "run_missed", "signature"}),
        ("http", {"signature"}, {"cron", "at", "tz", "run_missed", "auto_complete", "only_if_unchanged"}),
        ("manual", {"auto_complete"}, {"cron", "at", "tz", "run_missed", "signature"}),
    ],
)
def test_a_type_has_its_own_fields(type: str, there: set[str], not_there: set[str]) -> None:
    made = draft(type=type, auto_complete=True)
    assert there <= named(made)
    assert not not_there & named(made)


def test_only_develop_has_workflows_and_modes() -> None:
    assert {"by", "modes"} <= named(draft(kind="develop"))
    assert not {"by", "modes", "workflow"} & named(draft(kind="chat", by="workflow"))
    assert {"bot", "prompt"} <= named(draft(kind="bot", by="workflow"))


def test_what_does_not_apply_is_kept_and_not_sent() -> None:
    made = draft(type="http", cron="0 2 * * *", auto_complete=True).creation()
    assert (made.cron, made.tz, made.auto_complete, made.run_missed) == (None, None, None, None)


@pytest.mark.parametrize("one", office(), ids=lambda one: one.type)
def test_a_draft_of_what_is_changes_nothing(one: object) -> None:
    known = next(known for known in office() if known == one)
    change = Draft.of(known, "Europe/Berlin").change(known)
    assert all(getattr(change, name) is UNSET for name in change.__struct_fields__ if name != "revision")


def test_all_that_is_sent_fits_whatever_was_filled_in_before() -> None:
    everything = {spec.name: True if spec.shape == "flag" else "x" for spec in FIELDS if spec.shape != "flags"}
    for of_type in ("manual", "one-time", "recurring", "loop", "http"):
        for kind in ("develop", "chat", "bot"):
            made = draft(**{**everything, "type": of_type, "kind": kind, "by": "workflow"}).creation()
            sent = [name for name in made.__struct_fields__ if getattr(made, name) not in (None, [], {}, False)]
            assert [name for name in sent if not fits(name, made.type, made.kind)] == []


def test_what_applies_no_longer_is_nothing_from_now_on() -> None:
    nightly = automation(1, run_missed=True)
    made = Draft.of(nightly, "UTC")
    made.values["type"] = "http"
    change = made.change(nightly)
    assert (change.type, change.cron, change.tz, change.run_missed) == ("http", None, None, None)
    assert change.revision == nightly.revision


def test_a_parameter_that_is_no_text_stays_what_it_is_unless_it_is_changed() -> None:
    sync = office()[1]
    made = Draft.of(sync, "UTC")
    assert made.parameters == {"branch": "main", "dry_run": "true"}
    made.parameters["branch"] = "next"
    assert made.change(sync).parameters == {"branch": "next", "dry_run": True}
    made.parameters["branch"] = ""
    assert made.change(sync).parameters == {"dry_run": True}


def test_a_one_time_run_is_told_by_the_clock_of_its_zone() -> None:
    move = office()[6]
    made = Draft.of(move, "UTC")
    assert made.text("at") == "2026-03-06T10:00"
    made.values["at"] = "2026-03-07T10:00"
    assert made.change(move).at == "2026-03-07T10:00"
    later = Draft.of(replace(move, tz="America/New_York"), "UTC")
    assert later.text("at") == "2026-03-06T04:00"


def test_another_zone_sends_the_time_again() -> None:
    move = office()[6]
    made = Draft.of(move, "UTC")
    made.values["tz"] = "America/New_York"
    change = made.change(move)
    assert (change.tz, change.at) == ("America/New_York", "2026-03-06T10:00")


def test_what_is_missing_is_said_by_field() -> None:
    assert set(draft(name=" ", cron="", prompt="").problems()) == {"name", "cron", "prompt"}
    assert set(draft(kind="bot", bot="").problems()) == {"bot"}
    assert set(draft(type="one-time", at="").problems()) == {"at"}
    assert set(draft(by="workflow").problems()) == {"workflow"}


def test_a_prompt_leaves_open_what_no_run_fills_in() -> None:
    found = placeholders("{{a}} {{scheduled_for}} {{missed_count}} {{ b.c }} {{{{d}} {{a}}")
    assert [one.name for one in found] == ["a", "b.c"]


@pytest.mark.parametrize(
    ("sentence", "field", "said"),
    [
        ("cron: Field 2 is wrong.", "cron", "Field 2 is wrong."),
        ("parameters.branch: It must match.", "parameters.branch", "It must match."),
        ("nonsense: It is.", "", "nonsense: It is."),
        ("It is wrong.", "", "It is wrong."),
    ],
)
def test_a_refusal_is_about_the_field_that_it_names(sentence: str, field: str, said: str) -> None:
    assert field_of(sentence) == (field, said)
