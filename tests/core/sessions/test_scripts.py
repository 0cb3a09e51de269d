"""Values from outside in a script, as a real shell runs it."""

import subprocess

import pytest

from core.sessions.scripts import refer

VARIABLES = {"who": "PARAM_WHO", "a.b": "PARAM_A_B"}
HOSTILE = "$(echo run) `echo run` ; echo run && \"quoted\" 'single' \\ * {{who}} ${HOME}\nsecond line"


def run(script: str, value: str) -> str:
    referred = refer(script, VARIABLES, {}).text
    env = {"PARAM_WHO": value, "PARAM_A_B": value, "PATH": "/usr/bin:/bin"}
    return subprocess.run(["/bin/sh", "-c", referred], env=env, capture_output=True, text=True, timeout=10).stdout


@pytest.mark.parametrize(
    "script",
    [
        "printf %s {{who}}",
        'printf %s "{{who}}"',
        "printf %s '{{ who }}'",
        "printf %s {{a.b}}",
        "# it's a comment\nprintf %s {{who}}",
        "printf %s \\'{{who}} | sed \"1s/^'//\"",
        'x="# not {{who}}"; printf %s "${x#??????}"',
        "printf %s 'a\\'{{who}} | sed '1s/^a.//'",
    ],
)
def test_a_value_comes_through_as_it_is(script: str) -> None:
    assert run(script, HOSTILE) == HOSTILE


@pytest.mark.parametrize(
    "script", ["cat <<E\n{{who}}\nE\n", "cat <<'E'\n\"don't {{who}}\nE\n", "echo '{{who}}\" \"{{who}}'"]
)
def test_no_value_is_executed_even_where_the_quotes_mislead(script: str) -> None:
    assert "EXECUTED" not in run(script, "$(printf EXE; printf CUTED)`printf EXE; printf CUTED`")


def test_values_of_ours_are_put_in_and_what_has_no_value_is_named_once() -> None:
    filled = refer("echo {{date}} {{who}} {{x}} {{{{x}} {{x}}", VARIABLES, {"date": "2026-03-01"})
    assert filled.text == 'echo 2026-03-01 "${PARAM_WHO}" {{x}} {{x}} {{x}}'
    assert filled.unresolved == ["x"]
