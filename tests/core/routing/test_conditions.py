"""Conditions: what holds, what is wrong with one and where, and what is said of each comparison."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.routing import loose
from core.routing.conditions import DEEPEST, MOST_PARTS, OPS, ConditionError, read_condition
from tests.core.routing.corpus import cases

KNOWN = frozenset(OPS)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1", "true", " 1 ", 0.5]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


def compared(op: str, *value: Any, field: str = "f") -> dict[str, Any]:
    return {"field": field, "op": op, **({"value": value[0]} if value else {})}


def holds(condition: Any, **data: Any) -> bool:
    return read_condition(condition).holds(data)


def test_each_holds_where_the_reference_says() -> None:
    rows = [row for row in cases("router-conditions") if row["condition"]["op"] in KNOWN]

    wrong = [row for row in rows if read_condition(row["condition"]).holds(row["data"]) is not row["fires"]]

    assert wrong == []
    assert len(rows) > 600


def test_an_operator_that_there_is_not_is_refused_where_the_reference_never_fires() -> None:
    rows = [row for row in cases("router-conditions") if row["condition"]["op"] not in KNOWN]

    assert {row["fires"] for row in rows} == {False}
    for row in rows:
        with pytest.raises(ConditionError) as wrong:
            read_condition(row["condition"])
        assert wrong.value.place == "condition.op"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("3", 3), (" 1 ", 1), ("0x1", 1), ("0b11", 3), ("0o17", 15), ("", 0), (True, 1), ("1", True), (False, ""),
        (None, loose.MISSING), ([1], 1), ([1], "1"), ([], ""), ([[]], 0), ([1, None, 2], "1,,2"),
        ({}, "[object Object]"), ("\ufeff\u20031\u2029", 1), ("1e3", 1000), ("Infinity", "Infinity"),
        (1e21, "1e+21"),
        (2**53, 2**53 + 1), ("-0", 0), (".5", 0.5), ("5.", 5), (10**400, math.inf),
    ],
)  # fmt: skip
def test_these_are_equal(left: object, right: object) -> None:
    assert loose.equal(left, right)
    assert loose.equal(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, 0), (None, ""), (None, False), (loose.MISSING, 0), ("true", True), ("1_000", 1000),
        ("nan", math.nan),
        ([], []), ({}, {}), ({"a": 1}, {"a": 1}), ("0x", 0), ("-0x1", -1), ("1 2", 12), ("\x1c1", 1),
        ("inf", math.inf),
        ("a", "A"), ("\u0661", 1), (["1"], 2),
    ],
)  # fmt: skip
def test_these_are_not(left: object, right: object) -> None:
    assert not loose.equal(left, right)
    assert not loose.equal(right, left)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1.5, "1.5"), (100.0, "100"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
        (1.5e21, "1.5e+21"),
        (1e-6, "0.000001"), (1e-7, "1e-7"), (-1.25e-9, "-1.25e-9"), (123456.789, "123456.789"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (0.1, "0.1"), (12, "12"),
        (math.inf, "Infinity"), (-math.inf, "-Infinity"), (math.nan, "NaN"), (1e16, "10000000000000000"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_the_reference_writes_it(number: float, text: str) -> None:
    assert loose.text_of(number) == text


def test_texts_are_ordered_by_their_units_and_numbers_by_size() -> None:
    assert holds(compared("<", "9"), f="10")
    assert not holds(compared("<", 9), f="10")
    assert holds(compared(">", "2026-01-01"), f="2026-03-02T12:00:00Z")
    assert holds(compared("<", "\uffff"), f="\U0001f600")  # of which the first unit is a smaller one
    assert not holds(compared("<", "x"), f=5)
    assert not holds(compared(">=", "x"), f=5)
    assert holds(compared(">=", 0), f=None)
    assert not holds(compared(">=", 0))
    assert not holds(compared("<", 1))
    assert not holds(compared("<="))
    assert holds(compared(">", 2**53), f=2**53 + 2)


def test_what_is_missing_is_only_null() -> None:
    assert holds(compared("!=", "x"))
    assert holds(compared("==", None))
    assert holds(compared("=="))
    assert holds(compared("not_exists"), f=None)
    assert holds(compared("exists"), f=0)
    assert holds(compared("not_includes", "x"))
    assert not holds(compared("==", 0))


def test_a_list_includes_what_is_the_same() -> None:
    assert holds(compared("includes", 1), f=["1", 1.0])
    assert not holds(compared("includes", 1), f=["1", True])
    assert not holds(compared("includes", True), f=[1])
    assert holds(compared("includes", None), f=[None])
    assert not holds(compared("includes"), f=[None])
    assert not holds(compared("includes", [1]), f=[[1]])
    assert holds(compared("includes", 1), f="a1")
    assert holds(compared("includes", None), f="is null")
    assert not holds(compared("includes", "a"), f={"a": 1})


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("a.b", 1), ("a..b", 1), (".a.b.", 1), ("l[0].t", "x"), ("l.0.t", "x"), ("l[0]t", "x"), ("l.length", 1),
        ("l[1]", None), ("l.00.t", None), ("l.-1", None), ("l.t", None), ("a.b.c", None), ("s.length", None),
        ("s.0", None), ("a.constructor", None), ("toString", None), ("__proto__", None), ("a.__class__", None),
        ("k.e.y", None), ("[0]", "zero"),
    ],
)  # fmt: skip
def test_a_field_is_found_by_keys_of_its_own(field: str, found: object) -> None:
    data: dict[str, Any] = {"a": {"b": 1}, "l": [{"t": "x"}], "s": "text", "k.e.y": 1, "0": "zero"}

    exists = read_condition(compared("exists", field=field)).holds(data)

    assert exists is (found is not None)
    assert not exists or read_condition(compared("==", found, field=field)).holds(data)


def test_an_empty_field_is_the_payload() -> None:
    assert read_condition(compared("==", "[object Object]", field="")).holds({})


def test_conditions_are_combined() -> None:
    yes, no = compared("exists"), compared("not_exists")

    assert holds({"and": []}, f=1)
    assert not holds({"or": []}, f=1)
    assert holds({"and": [yes, {"not": no}, {"or": [no, yes]}]}, f=1)
    assert not holds({"and": [yes, yes, no]}, f=1)
    assert holds({"or": [no, no, yes]}, f=1)
    assert not holds({"or": [no, no, no]}, f=1)
    assert holds({"and": [yes]}, f=1)
    assert holds({"or": [yes]}, f=1)


@pytest.mark.parametrize(
    ("condition", "place", "said"),
    [
        ("x", "condition", "object"),
        (5, "condition", "a number"),
        (True, "condition", "true"),
        ([], "condition", "a list"),
        ({}, "condition.field", "needs a field"),
        ({"op": "=="}, "condition.field", "needs a field"),
        ({"field": 1, "op": "=="}, "condition.field", "a number"),
        ({"field": "f"}, "condition.op", "needs an op"),
        ({"field": "f", "op": "==="}, "condition.op", "'==='"),
        ({"field": "f", "op": None}, "condition.op", "null"),
        ({"field": "f", "op": ["=="]}, "condition.op", "a list"),
        ({"field": "f", "op": "==", "vaule": 1}, "condition", "did you mean value?"),
        ({"and": {}}, "condition.and", "a list"),
        ({"or": None}, "condition.or", "null"),
        ({"not": None}, "condition.not", "null"),
        ({"not": {}}, "condition.not.field", "needs a field"),
        ({"and": [compared("exists"), {"or": [{"not": {"field": "f", "op": "=~"}}]}]},
         "condition.and[1].or[0].not.op", "'=~'"),
        ({"and": [], "or": []}, "condition", "nothing beside it"),
        ({"and": [], "field": "f", "op": "exists"}, "condition", "nothing beside it"),
        (compared("==", date(2026, 1, 1)), "condition.value", "a date"),
        (compared("==", math.nan), "condition.value", "nan"),
        (compared("==", [math.inf]), "condition.value", "a list"),
        (compared("==", "x" * 10_001), "condition.value", "10000"),
        (compared("==", 1, field="f" * 501), "condition.field", "500"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(condition: Any, place: str, said: str) -> None:
    with pytest.raises(ConditionError) as wrong:
        read_condition(condition)

    assert wrong.value.place == place
    assert said in wrong.value.said


def nested(depth: int) -> dict[str, Any]:
    condition = compared("exists")
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


def test_a_condition_is_so_deep_and_no_deeper() -> None:
    assert read_condition(nested(DEEPEST)).holds({}) is (DEEPEST % 2 == 0)
    for depth in (DEEPEST + 1, 20_000):
        with pytest.raises(ConditionError, match="deep"):
            read_condition(nested(depth))


def test_a_condition_is_so_large_and_no_larger() -> None:
    assert holds({"and": [compared("exists")] * (MOST_PARTS - 1)}, f=1)
    for parts in ([compared("exists")] * MOST_PARTS, [compared("exists")] * 1_000_000):
        with pytest.raises(ConditionError, match="parts"):
            read_condition({"or": parts})


def test_each_comparison_says_what_it_found() -> None:
    condition = read_condition(
        {"and": [compared("==", "failed", field="to"), {"not": compared("exists", field="task.retries")}]}
    )

    parts = condition.parts({"to": "done", "task": {"retries": [1]}})

    assert [(part.place, part.text, part.holds, part.found) for part in parts] == [
        ("condition.and[0]", 'to == "failed"', False, '"done"'),
        ("condition.and[1].not", "task.retries exists", True, "[1]"),
    ]
    assert read_condition(compared(">", 5)).parts({})[0].found == "missing"
    assert len(read_condition(compared("==", "x")).parts({"f": "y" * 9_999})[0].found) <= 200


@given(st.sampled_from(OPS), VALUES, VALUES)
@settings(max_examples=120, deadline=None)
def test_what_is_turned_round_is_the_opposite(op: str, value: object, found: object) -> None:
    opposite = {"==": "!=", "includes": "not_includes", "exists": "not_exists"}.get(op)

    answer = holds(compared(op, value), f=found)

    assert holds({"not": compared(op, value)}, f=found) is not answer
    assert opposite is None or holds(compared(opposite, value), f=found) is not answer


@given(st.sampled_from(OPS), VALUES, VALUES)
@settings(max_examples=150, deadline=None)
def test_a_condition_holds_only_where_it_finds_what_it_needs(op: str, value: object, found: object) -> None:
    condition = read_condition({"and": [compared("!=", 5, field="g"), compared(op, value)]})

    if condition.needs is not None:
        key, text = condition.needs
        assert key == "f"
        assert not condition.holds({})
        assert text is None or not isinstance(found, str) or found == text or not condition.holds({"f": found})


def test_what_a_condition_needs_is_best_a_text() -> None:
    many = {
        "and": [compared(">", 1, field="a"), {"or": []}, compared("==", "x", field="b.c"), compared("==", "y")]
    }

    assert read_condition(many).needs == ("f", "y")
    assert read_condition({"and": many["and"][:3]}).needs == ("a", None)
    assert read_condition(compared("==", "x", field="b.c")).needs == ("b", None)
    for other in ({"not": many}, {"or": many["and"]}, compared("==", None), compared("=="), compared("!=", "x")):
        assert read_condition(other).needs is None
    assert read_condition(compared("==", "x", field="")).needs is None


@pytest.mark.parametrize("text", ["1" * 300_000 + "x", "1" + " " * 300_000 + "x", "1" * 99_999 + "." * 99_999])
def test_a_long_text_that_is_no_number_is_compared_in_no_time(text: str) -> None:
    assert not read_condition({"field": "a", "op": ">", "value": 0}).holds({"a": text})
    assert not read_condition({"field": "a", "op": "==", "value": 0}).holds({"a": text})


def test_of_a_very_long_list_only_as_much_is_compared_as_can_matter() -> None:
    long = ["1"] * 500_000

    assert len(loose.text_of(long)) < 50_000
    assert loose.text_of(long[:5_000]) == ",".join(long[:5_000])
    assert not loose.equal(long, "1,1")
    assert loose.before("1,1", long)
    assert not loose.before(long, ",".join(long[:4_000]))
