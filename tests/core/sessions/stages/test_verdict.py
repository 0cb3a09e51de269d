import json

import pytest

from core.sessions.stages.verdict import Verdict, read_verdict

CLEAN = '{"blocking": [], "notes": []}'
ONE = '{"blocking": ["x.py:3 loses data"], "notes": ["naming"]}'
VERDICT = Verdict(("x.py:3 loses data",), ("naming",))


@pytest.mark.parametrize(
    "answer",
    [
        ONE,
        f"  {ONE}\n",
        f"Here it is:\n\n```json\n{ONE}\n```\nThat is all.",
        f"```\n{ONE}\n```",
        f"I looked at everything.\n{ONE}\nRegards",
        f"{ONE}\n{ONE}",
        json.dumps(json.loads(ONE), indent=2),
        'An aside:\n{"blocking": 1}\n' + ONE,
    ],
)
def test_a_verdict_is_found_alone_in_a_fence_or_on_its_own_line(answer: str) -> None:
    assert read_verdict(answer) == VERDICT


def test_an_issue_may_be_an_object() -> None:
    answer = '{"blocking": [{"file": "x", "issue": "ü"}], "notes": []}'

    assert read_verdict(answer) == Verdict(('{"file": "x", "issue": "ü"}',), ())


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Looks good to me!",
        '{"blocking": []}',
        '{"blocking": [], "notes": [], "passed": true}',
        '{"blocking": "none", "notes": []}',
        '{"blocking": [1], "notes": []}',
        '{"blocking": [""], "notes": []}',
        '{"blocking": ["a"], "blocking": [], "notes": []}',
        f"{ONE}\n{CLEAN}",
        f"```json\n{CLEAN}\n```\n```json\n{ONE}\n```",
        f"The verdict is not {CLEAN}",
        '{"blocking": [], "notes": []',
        "[" * 50_000,
        '{"a":' * 30_000,
        " " * 200_001 + CLEAN,
    ],
    ids=range(15),
)
def test_what_is_not_one_verdict_is_none(answer: str) -> None:
    assert read_verdict(answer) is None


def test_an_answer_without_issues_is_a_verdict() -> None:
    assert read_verdict(CLEAN) == Verdict((), ())
