"""What a run gives to its workflow: the parameters that the workflow knows, each as text."""

from collections.abc import Mapping

from core.errors import InvalidError
from core.people.words import quoted
from core.sessions.placeholders import written
from core.sessions.stages.definition import AUTOMATIC, Definition, Parameter
from core.sessions.stages.patterns import LONGEST_VALUE as LONGEST_MATCHED
from core.sessions.stages.patterns import Pattern
from core.text import storable

LONGEST_VALUE = 65_536


def check_parameters(definition: Definition, given: Mapping[str, object]) -> dict[str, str]:
    """A value for every parameter. InvalidError names what is unknown, missing, or does not fit its pattern."""
    for name in given:
        if name not in definition.params:
            known = ", ".join(definition.params) or "none"
            raise InvalidError(
                f"The workflow {definition.name} has no parameter {quoted(name)}; it has {known}.", "parameters"
            )
    values = {}
    for name, parameter in definition.params.items():
        if name not in given:
            if parameter.required:
                raise InvalidError(
                    f"The workflow {definition.name} needs the parameter {name}.", f"parameters.{name}"
                )
            values[name] = "" if parameter.default is None else written(parameter.default)
            continue
        values[name] = _checked(name, parameter, written(given[name]))
    return values


def _checked(name: str, parameter: Parameter, value: str) -> str:
    place = f"parameters.{name}"
    longest = LONGEST_VALUE if parameter.pattern is None else LONGEST_MATCHED
    if len(value) > longest:
        raise InvalidError(f"The value of {name} is longer than {longest:,} characters.", place)
    if storable(value) != value:
        raise InvalidError(f"There is a character in the value of {name} that cannot be stored.", place)
    if parameter.pattern is not None and not Pattern(parameter.pattern).fits(value):
        raise InvalidError(f"The value of {name} does not fit its pattern {parameter.pattern}.", place)
    return value


def without_automatic(given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What somebody gave, and what has its value by itself, as an automation adds it."""
    own = {name: value for name, value in given.items() if name not in AUTOMATIC}
    return own, {name: value for name, value in given.items() if name in AUTOMATIC}
