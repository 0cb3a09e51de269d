"""What no type can say of a workflow: that its steps fit together, and name only what has a value.

What a webhook brings must never become code: not the program of a command, and not a line for the shell."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePath
from typing import NamedTuple

from core.sessions.placeholders import NAME, names, written
from core.sessions.stages.definition import (
    AUTOMATIC,
    ApprovalStep,
    CommandStep,
    Definition,
    Parameter,
    PlanStep,
    PromptStep,
    Step,
    variable,
)
from core.sessions.stages.patterns import Pattern, PatternError

Keys = tuple[str, ...]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish"})
_LINE_FOLLOWS = re.compile(r"-[A-Za-z]*c")


class WrongError(Exception):
    """What is wrong, and at which key."""

    def __init__(self, keys: Keys, sentence: str) -> None:
        super().__init__(sentence)
        self.keys = keys
        self.sentence = sentence


class _Template(NamedTuple):
    """A text with placeholders, and where it is."""

    keys: Keys
    text: str


def check(definition: Definition) -> Definition:
    """The definition, if it can be run; WrongError otherwise."""
    if not _NAME.fullmatch(definition.name):
        raise WrongError(
            ("name",),
            "a name has at most 64 of A–Z, a–z, 0–9, _, . and -, and begins with a letter or a digit",
        )
    _check_parameters(definition)
    before: list[str] = []
    for number, step in enumerate(definition.steps):
        keys = ("steps", str(number))
        if step.id in before:
            raise WrongError((*keys, "id"), f"there is a step {step.id} before this one; give each its own id")
        _check_step(step, keys, before)
        _check_names(definition, step, keys)
        before.append(step.id)
    return definition


def _check_parameters(definition: Definition) -> None:
    for name, parameter in definition.params.items():
        keys = ("params", name)
        if not NAME.fullmatch(name):
            raise WrongError(
                keys, "a name has at most 64 letters, digits, _, . and -, and begins with a letter or _"
            )
        if name in AUTOMATIC:
            raise WrongError(keys, f"{name} has a value by itself; choose another name")
        _check_parameter(parameter, keys)
    variables = Counter(map(variable, definition.params))
    for name in definition.params:
        if variables[variable(name)] > 1:
            raise WrongError(
                ("params", name), f"another parameter would be {variable(name)} too; choose another name"
            )


def _check_parameter(parameter: Parameter, keys: Keys) -> None:
    if parameter.required and parameter.default is not None:
        raise WrongError((*keys, "default"), "what is required needs no default: leave out one of the two")
    if parameter.pattern is None:
        return
    try:
        pattern = Pattern(parameter.pattern)
    except PatternError as error:
        raise WrongError((*keys, "pattern"), str(error)) from None
    if parameter.default is not None and not pattern.fits(written(parameter.default)):
        raise WrongError((*keys, "default"), "the default does not fit the pattern")


def _check_step(step: Step, keys: Keys, before: list[str]) -> None:
    if isinstance(step, PromptStep) and step.retries and step.verify is None:
        raise WrongError((*keys, "retries"), "only what is verified is tried again: say how, with verify")
    if isinstance(step, CommandStep):
        _check_command(step, keys)
    if isinstance(step, ApprovalStep | PlanStep):
        wish, _, target = step.on_reject.partition(":")
        own = (step.id,) if isinstance(step, PlanStep) else ()
        if wish == "retry" and target not in (*before, *own):
            raise WrongError(
                (*keys, "on_reject"), f"there is no step {target} before this one{_near(target, before)}"
            )


def _check_command(step: CommandStep, keys: Keys) -> None:
    if (step.argv is None) == (step.shell is None):
        raise WrongError(keys, "a command needs either argv or shell")
    if step.shell is not None and "{{" in step.shell:
        raise WrongError(
            (*keys, "shell"),
            "a line for the shell takes no {{…}}: a value could end it and begin another."
            ' Parameters are variables there: write "$PARAM_NAME", or use argv',
        )
    if step.argv is None:
        return
    if not step.argv[0]:
        raise WrongError((*keys, "argv"), "the first argument is the program to run: it cannot be empty")
    if names(step.argv[0]):
        raise WrongError((*keys, "argv"), "which program is run cannot be a parameter")
    if PurePath(step.argv[0]).name in _SHELLS:
        for option, line in zip(step.argv[1:], step.argv[2:], strict=False):
            if _LINE_FOLLOWS.fullmatch(option) and names(line):
                raise WrongError(
                    (*keys, "argv"),
                    "a line for the shell takes no {{…}}: a value could end it and begin another."
                    ' Use shell, where parameters are variables: "$PARAM_NAME"',
                )


def _check_names(definition: Definition, step: Step, keys: Keys) -> None:
    known = [*definition.params, *sorted(AUTOMATIC)]
    for template in _templates(step, keys):
        among = list(definition.params) if template.keys[-1] == "title" else known
        for name in names(template.text):
            if name not in among:
                raise WrongError(
                    template.keys,
                    f"{{{{{name}}}}} is neither a parameter nor has it a value by itself{_near(name, among)}",
                )


def _templates(step: Step, keys: Keys) -> Iterator[_Template]:
    for field in ("title", "prompt", "message"):
        text = getattr(step, field, None)
        if text is not None:
            yield _Template((*keys, field), text)
    for field in ("argv", "verify"):
        for argument in getattr(step, field, None) or ():
            yield _Template((*keys, field), argument)


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""
