"""What the names in a step stand for, and the step's texts and arguments with their values put in."""

from collections.abc import Mapping, Sequence

from core.sessions.placeholders import fill, written
from core.sessions.scripts import refer
from core.sessions.stages.definition import AUTOMATIC, variable
from core.sessions.stages.work import Subject, Work
from core.text import storable

OURS = frozenset({"date", "datetime", "session_id", "prev.exit_code"})
"""The names whose values nobody but the server chooses."""

LONGEST_VARIABLE = 120_000  # bytes: the kernel takes 128 KiB, the name included

_LONGEST_ANSWER = 50_000


def values_of(work: Work) -> dict[str, object]:
    """The parameters, and what has a value by itself; empty where that does not apply to this session."""
    subject = work.subject
    code = work.last_exit_code
    values: dict[str, object] = dict.fromkeys(AUTOMATIC, "") | dict(subject.parameters)
    began = subject.began
    values["date"] = "" if began is None else began.strftime("%Y-%m-%d")
    values["datetime"] = "" if began is None else began.strftime("%Y-%m-%dT%H:%M:%SZ")
    values["session_id"] = subject.session
    values["prev.text"] = work.last_text[-_LONGEST_ANSWER:]
    values["prev.exit_code"] = "" if code is None else code
    return values


def text_of(template: str, work: Work) -> str:
    return fill(template, values_of(work)).text


def script_of(template: str, work: Work) -> str | None:
    """The same for a script, which refers to what comes from outside; nothing where it would contain such."""
    values = values_of(work)
    ours = {name: values[name] for name in OURS}
    variables = {name: variable(name) for name in work.subject.parameters if name not in OURS}
    filled = refer(template, variables, ours)
    return None if any(name in values for name in filled.unresolved) else filled.text


def arguments_of(argv: Sequence[str], work: Work) -> tuple[str, ...]:
    """Each argument by itself: a value never becomes two of them."""
    values = values_of(work)
    return tuple(storable(fill(argument, values).text) for argument in argv)


def surroundings(subject: Subject) -> dict[str, str]:
    """What a command learns of the session that it runs for."""
    return {
        "CALLBOARD_SESSION": str(subject.session),
        "CALLBOARD_SESSION_TITLE": storable(subject.title),
        "CALLBOARD_SESSION_KIND": subject.kind,
        "CALLBOARD_WORKSPACE": subject.workspace,
        "CALLBOARD_TICKET": subject.ticket or "",
    }


def variables_of(parameters: Mapping[str, object]) -> dict[str, str]:
    """The parameters as a script finds them in its environment, but for what no environment can hold."""
    texts = {variable(name): storable(written(value)) for name, value in parameters.items()}
    return {name: text for name, text in texts.items() if len(text.encode()) <= LONGEST_VARIABLE}
