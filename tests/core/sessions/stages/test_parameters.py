from typing import Any

import pytest

from core.errors import InvalidError
from core.sessions.stages.definition import CompleteStep, Definition, Parameter
from core.sessions.stages.parameters import check_parameters, without_automatic

RELEASE = Definition(
    name="release",
    version="1",
    description="",
    params={
        "version": Parameter(required=True, pattern=r"\d+(\.\d+)*"),
        "base": Parameter(default="main"),
        "count": Parameter(default=3),
        "note": Parameter(),
    },
    steps=[CompleteStep(id="end")],
)


def test_what_is_not_given_has_its_default_or_is_empty() -> None:
    assert check_parameters(RELEASE, {"version": "1.2"}) == {
        "version": "1.2",
        "base": "main",
        "count": "3",
        "note": "",
    }


def test_values_that_are_no_text_are_json() -> None:
    found = check_parameters(RELEASE, {"version": 12, "base": None, "count": [1, "a"], "note": False})

    assert found == {"version": "12", "base": "null", "count": '[1,"a"]', "note": "false"}


def test_an_empty_value_is_a_value() -> None:
    assert check_parameters(RELEASE, {"version": "1", "base": ""})["base"] == ""


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "needs the parameter version"),
        ({"version": "1", "vresion": "2"}, "no parameter vresion; it has version, base, count, note"),
        ({"version": "1", "\x1b[31m": "2"}, "no parameter ␛"),
        ({"version": "1.2; rm"}, r"version does not fit its pattern"),
        ({"version": ""}, "version does not fit"),
        ({"version": "1\n"}, "version does not fit"),
        ({"version": "1", "note": "x" * 65_537}, "note is longer than"),
        ({"version": "1" * 8_193}, "version is longer than 8,192"),
        ({"version": "1", "note": "\0"}, "note that cannot be stored"),
        ({"version": "1", "session_id": "7"}, "no parameter session_id"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_parameters(RELEASE, given)

    assert sentence in refused.value.sentence
    assert refused.value.place.startswith("parameters")


def test_what_an_automation_adds_is_told_from_what_somebody_gave() -> None:
    assert without_automatic({"version": "1", "iteration": 2}) == ({"version": "1"}, {"iteration": 2})
