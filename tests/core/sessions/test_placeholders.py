import pytest

from core.sessions.placeholders import fill, names


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Fix {{issue}} now", "Fix #7 now"),
        ("{{ issue }}{{issue}}", "#7#7"),
        ("{{\tissue\n}}", "#7"),
        ("{{prev.text}} {{a-b}} {{_x}}", "said dash under"),
        ("{{count}} {{ratio}} {{on}} {{off}} {{nothing}} {{empty}}|", "0 1.5 true false null |"),
        ("{{list}} {{object}}", '[1,"ü"] {"a":{"b":null}}'),
        ("{{{{issue}}", "{{issue}}"),
        ("{{{issue}}}", "{#7}"),
        ("{ {issue}} {{issue} } {{}} {{1x}} {{a b}}", "{ {issue}} {{issue} } {{}} {{1x}} {{a b}}"),
        ("{{" + "n" * 65 + "}}", "{{" + "n" * 65 + "}}"),
    ],
)
def test_names_get_their_values_and_the_rest_stays(template: str, text: str) -> None:
    values = {
        "issue": "#7",
        "prev.text": "said",
        "a-b": "dash",
        "_x": "under",
        "count": 0,
        "ratio": 1.5,
        "on": True,
        "off": False,
        "nothing": None,
        "empty": "",
        "list": [1, "ü"],
        "object": {"a": {"b": None}},
        "n" * 65: "too long a name",
    }

    assert fill(template, values) == (text, [])


@pytest.mark.parametrize("value", ["{{other}}", r"\1 \g<0>", "{{{{", "}}", "{0} %s ${HOME}"])
def test_nothing_in_a_value_is_expanded(value: str) -> None:
    assert fill("<{{one}}{{other}}>", {"one": value, "other": "x"}) == (f"<{value}x>", [])


def test_names_without_a_value_stay_and_are_listed_once_in_order() -> None:
    filled = fill("{{b}} {{ a }} {{known}} {{b}} {{{{c}}", {"known": "{{d}}"})

    assert filled.text == "{{b}} {{ a }} {{d}} {{b}} {{c}}"
    assert filled.unresolved == ["b", "a"]


def test_the_names_of_a_template_come_once_in_order() -> None:
    assert names("{{b}} {{ a.c }} {{b}} {{{{hidden}} {{") == ["b", "a.c"]


def test_a_hostile_template_is_read_in_one_go() -> None:
    template = "{{" + " " * 200_000 + "{{a" * 100_000

    assert fill(template, {"a": "x"}) == (template, [])
