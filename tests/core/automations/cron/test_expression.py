"""Which expressions are accepted, and what is said of the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.automations.cron import CronError, parse
from tests.core.automations.cron.corpus import judged


@pytest.mark.parametrize("expression", [text for text, accepted in judged() if accepted])
def test_what_the_corpus_accepts_is_accepted(expression: str) -> None:
    assert parse(expression).text.split() == expression.split()


@pytest.mark.parametrize("expression", [text for text, accepted in judged() if not accepted])
def test_what_the_corpus_refuses_is_refused_with_a_hint(expression: str) -> None:
    with pytest.raises(CronError) as refused:
        parse(expression)

    assert refused.value.hint.endswith(".")
    assert refused.value.sentence.startswith(f"{refused.value.field}: ")


@pytest.mark.parametrize(
    ("expression", "field", "hint"),
    [
        ("5/10 * * * *", "minute", "Write 5-59/10."),
        ("59/10 * * * *", "minute", "Write 59."),
        ("* 22-2 * * *", "hour", "Write 22-23,0-2."),
        ("* 23-0 * * *", "hour", "Write 23,0."),
        ("* 22-3/2 * * *", "hour", "Write 22,0,2."),
        ("* * 28-3 * *", "day of month", "Write 28-31,1-3."),
        ("* * * nov-feb *", "month", "Write 11-12,1-2."),
        ("* * * * fri-mon", "day of week", "Write 5-6,0-1."),
        ("* * * * fri-sun", "day of week", "Write 5-7."),
        ("* * * * 7-2", "day of week", "Write 0-2."),
        ("* * * * mon/2", "day of week", "Write 1-6/2."),
        ("* * * january *", "month", "Write jan."),
        ("* * ? * *", "day of month", "Write * instead."),
        ("H/20 * * * *", "minute", "Write */20."),
        ("* H(0-5) * * *", "hour", "Write a number, such as 17."),
        ("* 24 * * *", "hour", "Write a number from 0 to 23."),
        ("*/0 * * * *", "minute", "Write */1 or just *."),
        ("007 * * * *", "minute", ""),
        ("0 0 30 2 *", "day of month", "Write 28, or 29 for leap years."),
        ("0 0 31 4,6,sep */2", "day of month", "Write 30 or less."),
        ("0 0 LW * *", "day of month", "Write 28-31, and let the prompt look at the date."),
        ("0 0 * * friL", "day of week", "Write the weekday alone, and let the prompt look at the date."),
        ("@hourly", "expression", "Write 0 * * * *."),
        ("@Yearly", "expression", "Write 0 0 1 1 *."),
        ("@every 5m", "expression", "Write five fields: minute, hour, day of month, month, day of week."),
        ("*" * 257, "expression", "Make it shorter, or two automations of it."),
        ("* * * *\u00a0*", "expression", "Put plain blanks between the fields."),
        ("*\r\n* * * *", "expression", "Put plain blanks between the fields."),
    ],
)
def test_a_refusal_names_the_field_and_what_to_write_instead(expression: str, field: str, hint: str) -> None:
    with pytest.raises(CronError) as refused:
        parse(expression)

    assert refused.value.field == field
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "expression", ["\u0665 * * * *", "1\u00b2 * * * *", "\uff15 * * * *", "* * * * m\u00f6n"]
)
def test_digits_and_letters_of_other_scripts_are_no_numbers(expression: str) -> None:
    with pytest.raises(CronError, match="no plain digit or letter"):
        parse(expression)


def test_a_hostile_expression_makes_a_short_sentence_on_one_line() -> None:
    with pytest.raises(CronError) as refused:
        parse("\x1b[2J\n\u202e" + "x" * 200 + " * * * *")

    assert refused.value.sentence.isprintable()
    assert len(refused.value.sentence) < 200


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("* * * * 0-7", (0, 1, 2, 3, 4, 5, 6)),
        ("* * * * 5-7", (0, 5, 6)),
        ("* * * * 7", (0,)),
        ("* * * * 1-7/2", (0, 1, 3, 5)),
        ("* * * * */7", (0,)),
        ("* * * * SUN,mOn-Wed", (0, 1, 2, 3)),
        ("* * * * 5-5", (5,)),
    ],
)
def test_sunday_is_0_and_7(expression: str, values: tuple[int, ...]) -> None:
    assert parse(expression).weekday.values == values


@pytest.mark.parametrize(
    "date", ["0 0 30 2 1", "0 0 29 2 */7", "0 0 31 1-4 *", "0 0 31,28 2 *", "0 0 30 2,3 */2"]
)
def test_a_date_that_comes_at_all_is_accepted(date: str) -> None:
    assert parse(date).text == date


def test_an_expression_of_256_characters_is_accepted_and_one_more_is_not() -> None:
    longest = ",".join(["59"] * 82) + ",1" + " * * * *  "

    assert len(longest) == 257
    assert parse(longest[:256]).minute.values == (1, 59)
    with pytest.raises(CronError):
        parse(longest)


_PIECES = [*"0159*/-,@#?LWRH ", "  ", "mon", "JAN", "60", "\t", "\n", "\u0663", "\x00", "\ud800", "5-1", "*/2"]


def _read(text: str) -> str:
    try:
        return parse(text).text
    except CronError as refused:
        return refused.sentence


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)))
def test_any_text_is_an_expression_or_a_refusal(text: str) -> None:
    assert _read(text).isprintable()
