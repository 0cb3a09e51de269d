"""What the form of a rule makes of what is typed: conditions, cooldowns and patterns, and what is sent."""

from typing import Any

import pytest

from core.api.rules import Preview
from tests.fakes.rules import FAILED, rule
from tui.drafts.condition import ConditionDraft, Row, as_text, grown, paths_of
from tui.drafts.rule import RuleDraft, as_written, field_named
from tui.widgets.events_field import completed, counted
from tui.widgets.preview_box import headline
from tui.words.rules import condition, lasting

RETRIES = {"field": "task.retries", "op": ">=", "value": 3}


@pytest.mark.parametrize(
    "written",
    [
        FAILED,
        {"not": FAILED},
        {"and": [FAILED, RETRIES]},
        {"or": [{"not": FAILED}, {"field": "a.b[0]", "op": "exists"}]},
        {"not": {"and": [FAILED, RETRIES]}},
        {"not": {"or": [FAILED, RETRIES]}},
        *(
            {"field": "x", "op": "==", "value": value}
            for value in ("3", 3, "", " ", "null", None, True, 1.5, '"')
        ),
        *({"field": "x", "op": "==", "value": value} for value in ("a\nb", "\x1b[31m", "[1", [1, "a"], "\u202e")),
    ],
    ids=str,
)
def test_what_rows_can_say_goes_there_and_back_as_it_was(written: Any) -> None:
    draft = ConditionDraft.of(written)
    assert draft.way == "rows"
    assert draft.problems() == {}
    assert repr(draft.written()) == repr(written)
    assert draft.turn("json") == ""
    assert repr(draft.written()) == repr(written)
    assert draft.turn("rows") == ""
    assert repr(draft.written()) == repr(written)


@pytest.mark.parametrize(
    "written",
    [
        {"and": []},
        {"or": [FAILED]},
        {"and": [FAILED, {"or": [FAILED, RETRIES]}]},
        {"not": {"not": {"not": FAILED}}},
        {"field": "x\x1b", "op": "==", "value": 1},
        {"field": " x", "op": "exists"},
        {"field": "x", "op": "exists", "value": 3},
    ],
    ids=str,
)
def test_what_rows_cannot_say_stays_json(written: Any) -> None:
    draft = ConditionDraft.of(written)
    assert draft.way == "json"
    assert draft.turn("rows") == "Rows cannot say this: it stays JSON."
    assert (draft.way, draft.written()) == ("json", written)


def test_a_row_without_a_value_survives_a_look_at_its_json() -> None:
    draft = ConditionDraft("rows", rows=[Row("to", ">", ""), Row()])
    assert draft.problems() == {"condition.0": 'Say what it is compared with; "" is an empty text.'}
    draft.turn("json")
    draft.turn("rows")
    assert draft.rows == [Row("to", ">", "")]


def test_what_was_typed_in_one_way_is_kept_while_there_is_another() -> None:
    draft = ConditionDraft("json", text='{"field": ')
    assert draft.problems() == {"condition.json": "Line 1, column 11: this is not JSON (Expecting value)."}
    draft.turn("always")
    assert draft.written() is None
    assert draft.turn("rows") == ""
    draft.turn("json")
    assert draft.text == '{"field": '
    assert draft.turn("rows") == "Rows cannot say this: it stays JSON."


def test_a_mistake_in_json_is_named_with_its_place() -> None:
    draft = ConditionDraft("json", text='{"and": [{"field": "to", "op": "="}]}')
    assert draft.problems()["condition.json"].startswith("and[0].op: There is no op '=': choose one of ==")


def test_json_is_laid_out_line_by_line_and_shows_what_could_not_be_seen() -> None:
    written = {"and": [FAILED, {"field": "name", "op": "includes", "value": "Phở \u202e"}]}
    assert as_text(written).splitlines() == [
        "{",
        '  "and": [',
        '    {"field": "to", "op": "==", "value": "failed"},',
        "    {",
        '      "field": "name",',
        '      "op": "includes",',
        '      "value": "Ph\\u1edf \\u202e"',
        "    }",
        "  ]",
        "}",
    ]


def test_there_is_one_blank_row_after_the_others() -> None:
    said = Row("a", "exists")
    assert grown([]) == [Row()]
    assert grown([said]) == [said, Row()]
    assert grown([said, Row(), Row(), Row()]) == [said, Row()]


def test_the_fields_of_a_payload_are_named_as_conditions_name_them() -> None:
    found = paths_of({"to": "x", "task": {"tags": ["a", {"b": 1}], "a.b": 2}, "": 3, "\x1b[m": 4, " a": 5})
    assert list(found) == ["to", "task", "task.tags", "task.tags[0]", "task.tags[1]", "task.tags[1].b"]


@pytest.mark.parametrize(
    ("typed", "milliseconds"),
    [("", 0), ("30s", 30_000), ("1h 30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000)],
)
def test_a_cooldown_is_written_as_it_is_said(typed: str, milliseconds: int) -> None:
    draft = RuleDraft.of(rule("a", "b"))
    draft.values["cooldown"] = typed
    assert draft.problems() == {}
    assert draft.new().cooldown_ms == milliseconds
    assert lasting(milliseconds) == typed.replace(" ", "")


@pytest.mark.parametrize("typed", ["5", "5x", "m", "-5m", "400d", "٥m", "9" * 40 + "s"])
def test_what_is_no_cooldown_is_said(typed: str) -> None:
    draft = RuleDraft.of(rule("a", "b"))
    draft.values["cooldown"] = typed
    assert "cooldown" in draft.problems()


def test_a_draft_says_what_is_missing_and_what_is_sent() -> None:
    draft = RuleDraft.empty()
    assert draft.problems() == {
        "events": "Say which events, such as task:* or sla:violated.",
        "channels": "Choose a channel.",
    }
    draft.values |= {"events": " task:*,, sla:violated ,task:*", "channels": ("ops",), "title": "x" * 1_001}
    assert list(draft.problems()) == ["title"]
    assert draft.new().events == ["task:*", "sla:violated"]
    assert draft.new().id is None


def test_a_copy_has_an_id_of_its_own_and_a_change_none() -> None:
    one = rule("a", "b", condition=FAILED, title="T", source="file")
    copy = RuleDraft.of(one, copies=True).new()
    assert (copy.id, copy.condition, copy.title) == ("a-copy", FAILED, "T")
    change = RuleDraft.of(one)
    assert not change.applies("id")
    assert change.change().condition == FAILED
    assert as_written(one) == {
        "id": "a",
        "name": "a",
        "events": ["b"],
        "condition": FAILED,
        "channels": ["slack-alerts"],
        "severity": "info",
        "title": "T",
    }


@pytest.mark.parametrize(
    ("place", "name"),
    [("cooldownMs", "cooldown"), ("body.events[0]", "events"), ("rule.condition.and[1].op", "condition")],
)
def test_a_place_is_that_of_its_field(place: str, name: str) -> None:
    assert field_named(place) == name


def test_a_pattern_is_completed_from_the_catalogue() -> None:
    assert [one.text for one in completed("x:*, task:tr", 12)] == ["task:transition"]
    assert completed("x:*, task:tr", 12)[0].taken("x:*, task:tr", 12) == ("x:*, task:transition", 20)
    assert completed("task:transition", 15) == ()
    assert completed("task:*", 6) == completed("", 0) == completed("task", 2) == ()
    assert completed("SLA:v", 5)[0].text == "sla:violated"


def test_it_is_said_how_many_names_a_pattern_fits() -> None:
    assert counted(["task:transition", "mine:*"]) == (
        "task:transition fits 1 name of the catalogue · mine:* fits no name of the catalogue"
    )


@pytest.mark.parametrize(
    ("seen", "matched", "fired", "held", "said"),
    [
        (0, 0, 0, 0, "Nothing has happened yet that it could be tried on."),
        (1, 1, 1, 0, "Would have fired on the one event there is."),
        (9, 0, 0, 0, "Would have fired on none of the latest 9 events."),
        (100, 17, 14, 3, "Would have fired 14 times of the latest 100 events (3 held back by the cooldown)."),
        (
            100,
            2,
            1,
            0,
            "Would have fired once of the latest 100 events. 2 of them have a name that it listens to.",
        ),
        (9, 1, 0, 0, "Would have fired on none of the latest 9 events. 1 of them has a name that it listens to."),
    ],
)
def test_a_preview_says_how_often_it_would_have_fired(
    seen: int, matched: int, fired: int, held: int, said: str
) -> None:
    assert headline(Preview(seen, matched, fired, held, [], {})) == said


def test_a_condition_is_said_in_words() -> None:
    written = {"and": [FAILED, {"not": {"or": [RETRIES, {"field": "a", "op": "not_exists"}]}}]}
    assert list(condition(written)) == [
        "all of these hold:",
        '   - to is "failed"',
        "   - not: one of these holds:",
        "      - task.retries is at least 3",
        "      - a is not there",
    ]
    assert list(condition({"and": []})) == ["always"]
    assert list(condition(7)) == ["7"]
