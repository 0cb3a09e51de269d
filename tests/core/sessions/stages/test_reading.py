import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidError
from core.sessions.stages.definition import (
    ApprovalStep,
    CommandStep,
    CompleteStep,
    Definition,
    Parameter,
    PlanStep,
    PromptStep,
    decode,
    encode,
)
from core.sessions.stages.reading import read

RELEASE = """\
name = "release-branch"
version = 2
description = "Cut a release"

[params.version]
required = true
pattern = '^\\d+\\.\\d+\\.\\d+$'
description = "Which"

[params.base]
default = "main"

[[steps]]
id = "branch"
kind = "command"
argv = ["git", "switch", "-c", "release/{{version}}", "{{base}}"]

[[steps]]
id = "bump"
kind = "prompt"
prompt = '''
Bump the version to {{version}}.
[[steps]]
kind = "not a step"
'''
verify = ["pytest", "-q"]
retries = 1

[[steps]]
id = "plan"
kind = "plan"
prompt = "Plan it; {{prev.text}}"
to = "user:eva"

[[steps]]
id = "ok"
kind = "approval"
to = "developer"
message = "Release {{version}}?"
on_reject = "retry:bump"

[[steps]]
id = "tag"
kind = "command"
shell = 'git tag "$PARAM_VERSION"'
title = "Tag {{version}}"

[[steps]]
id = "end"
kind = "complete"
only_if_no_changes = true
"""


def toml(steps: str = "", params: str = "", top: str = 'name = "w"\n') -> str:
    return f'{top}{params}[[steps]]\nid = "a"\nkind = "complete"\n{steps}'


def step(**parts: Any) -> str:
    return "[[steps]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in parts.items())


def test_a_workflow_is_read_from_toml() -> None:
    found = read(RELEASE, "toml")

    assert (found.name, found.version, found.description) == ("release-branch", "2", "Cut a release")
    assert found.params == {
        "version": Parameter(required=True, pattern=r"^\d+\.\d+\.\d+$", description="Which"),
        "base": Parameter(default="main"),
    }
    branch, bump, plan, ok, tag, end = found.steps
    assert branch == CommandStep(id="branch", argv=["git", "switch", "-c", "release/{{version}}", "{{base}}"])
    assert isinstance(bump, PromptStep)
    assert (bump.verify, bump.retries, bump.fresh) == (["pytest", "-q"], 1, False)
    assert plan == PlanStep(id="plan", prompt="Plan it; {{prev.text}}", to="user:eva")
    assert isinstance(ok, ApprovalStep)
    assert (ok.to, ok.on_reject) == ("developer", "retry:bump")
    assert isinstance(tag, CommandStep)
    assert tag.shell == 'git tag "$PARAM_VERSION"'
    assert end == CompleteStep(id="end", only_if_no_changes=True)


def test_the_same_as_json_is_the_same_workflow() -> None:
    import tomllib

    assert read(json.dumps(tomllib.loads(RELEASE)), "json") == read(RELEASE, "toml")


def test_a_workflow_is_kept_as_it_was_read() -> None:
    found = read(RELEASE, "toml")

    kept: Definition = decode(encode(found))

    assert kept == found


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("", 1, "a workflow needs name"),
        ('name = "w"', 1, "a workflow needs steps"),
        ("name = \n", 1, "Invalid value"),
        ('name = "w"\nsteps = []\n', 2, "1 to 100 steps"),
        ('name = "w"\nsteps = [1]\n', 2, "a step is a table"),
        (toml(top='name = "a b"\n'), 1, "a name has at most 64"),
        (toml(top='name = "w"\nauto_advance = true\n'), 2, "there is no such setting"),
        (toml(top='name = "w"\ndescripton = ""\n'), 2, "did you mean description?"),
        (toml(top='name = "w"\nversion = true\n'), 2, "a text"),
        (toml(top='name = "w"\ndescription = "\\u0000"\n'), 2, "cannot be stored"),
        (toml(top='name = "w"\n[deep]\na = ' + "[" * 200 + "]" * 200 + "\n"), 2, "no such setting"),
        (toml(params="[params]\nx = 1\n"), 3, "a parameter is a table"),
        (toml(params="[params.x]\nrequird = true\n"), 3, "did you mean required?"),
        (toml(params="[params.x]\nrequired = 1\n"), 3, "expected bool, got int"),
        (toml(params='[params.x]\nrequired = true\ndefault = "y"\n'), 4, "leave out one"),
        (toml(params="[params.x]\npattern = '(a'\n"), 3, "not closed"),
        (toml(params="[params.x]\npattern = 'a+'\ndefault = 'b'\n"), 4, "does not fit the pattern"),
        (toml(params='[params."1x"]\n'), 2, "begins with a letter"),
        (toml(params="[params.date]\n"), 2, "has a value by itself"),
        (toml(params="[params.a-b]\n[params.a_b]\n"), 2, "PARAM_A_B"),
        (toml(step(id="b", kind="promt")), 7, "did you mean prompt?"),
        (toml(step(id="b")), 5, "the kind of a step is one of"),
        (toml(step(id="a", kind="complete")), 6, "there is a step a before"),
        (toml(step(id="a b", kind="complete")), 6, "an id is made of"),
        (toml(step(kind="complete")), 5, "it needs id"),
        (toml(step(id="b", kind="prompt")), 5, "it needs prompt"),
        (toml(step(id="b", kind="prompt", prompt="x", promt="y")), 9, "did you mean prompt?"),
        (toml(step(id="b", kind="prompt", prompt="x", retries=1)), 9, "verify"),
        (toml(step(id="b", kind="prompt", prompt="x", retries=11, verify=["t"])), 9, "<= 10"),
        (toml(step(id="b", kind="prompt", prompt="{{x}}")), 8, "neither a parameter"),
        (toml(step(id="b", kind="prompt", prompt="{{vresion}}"), "[params.version]\n"), 9, "mean version?"),
        (toml(step(id="b", kind="prompt", prompt="x", title="{{date}}")), 9, "neither a parameter"),
        (toml(step(id="b", kind="command")), 5, "either argv or shell"),
        (toml(step(id="b", kind="command", argv=["a"]) + 'shell = "b"'), 5, "either argv or shell"),
        (toml(step(id="b", kind="command", argv="git push")), 8, "a list of texts"),
        (toml(step(id="b", kind="command", argv=["git", 1])), 8, "a list of texts"),
        (toml(step(id="b", kind="command", argv=[])), 8, "a list of texts"),
        (toml(step(id="b", kind="command", argv=[""])), 8, "cannot be empty"),
        (toml(step(id="b", kind="command", argv=["{{date}}"])), 8, "which program"),
        (toml(step(id="b", kind="command", argv=["/bin/bash", "-ec", "echo {{date}}"])), 8, "PARAM_NAME"),
        (toml(step(id="b", kind="command") + 'shell = "{{date}}"'), 8, "PARAM_NAME"),
        (toml(step(id="b", kind="command", argv=["a"], seconds=0)), 9, "> 0"),
        (toml(step(id="b", kind="approval", message="ok?", to="boss")), 9, "choose owner"),
        (toml(step(id="b", kind="approval", message="ok?", on_reject="retry:c")), 9, "no step c before"),
        (toml(step(id="b", kind="approval", message="ok?", on_reject="retry:b")), 9, "no step b before"),
        (toml(step(id="b", kind="approval", message="ok?", on_reject="again")), 9, "write stop"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source: str, line: int, sentence: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read(source, "toml", "w.toml")

    assert refused.value.place == f"w.toml:{line}"
    assert sentence in refused.value.sentence


@pytest.mark.parametrize(
    ("source", "place", "sentence"),
    [
        ("[]", "source", "one object"),
        ('{"name": NaN}', "source", "not JSON that can be read"),
        ('{\n"name": }', "line 2", "Expecting value"),
        ('{"name": "w", "steps": [{"id": "a", "kind": "prompt"}]}', "steps[0]", "it needs prompt"),
        (
            '{"name": "w", "steps": [{"id": "a", "kind": "command", "argv": ["x", "{{y}}"]}]}',
            "steps[0].argv",
            "neither a parameter",
        ),
        ('{"name": "w", "params": {"x": {"patern": ""}}, "steps": [1]}', "params.x.patern", "mean pattern?"),
        ("[" * 100_000, "source", "too deeply"),
        ('{"name": "\\ud800", "steps": []}', "name", "cannot be stored"),
        ('{"name": "w", "steps": [{"id": "a", "prompt": "\\u0000"}]}', "steps[0].prompt", "cannot be stored"),
        ('{"name": "w", "params": {"\\ud800": {}}}', "params", "cannot be stored"),
    ],
)
def test_what_is_wrong_is_said_with_its_path_in_json(source: str, place: str, sentence: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read(source, "json")

    assert refused.value.place == place
    assert sentence in refused.value.sentence


def test_a_step_is_counted_from_one_for_a_person() -> None:
    with pytest.raises(InvalidError, match=r"^line 8: step 2, prompt: .*did you mean date\?"):
        read(toml(step(id="b", kind="prompt", prompt="{{dat}}")), "toml")


def test_text_that_cannot_be_stored_is_no_workflow() -> None:
    with pytest.raises(InvalidError, match="cannot be stored"):
        read(toml() + "# \ud800", "toml")


def test_a_workflow_has_a_greatest_size() -> None:
    with pytest.raises(InvalidError, match="200,000 characters"):
        read(toml() + "#" * 200_000, "toml")


def test_the_workflow_of_the_manual_is_one() -> None:
    page = (Path(__file__).parents[4] / "docs" / "workflows.md").read_text(encoding="utf-8")

    found = read(page.split("```toml\n")[1].split("```")[0], "toml")

    assert [step.id for step in found.steps] == ["branch", "bump", "ok", "push", "end"]
