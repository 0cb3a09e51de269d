"""Argument lists out of those that are configured: placeholders replaced once, elements never split."""

from collections.abc import Iterable, Mapping

from core.errors import InvalidError
from core.provider_settings import OPTIONAL, PLACEHOLDER

_NEVER_OPTIONS = ("model", "resume_id")


def filled(argv: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The list with its placeholders replaced. An element that is nothing but an optional one that is empty goes,
    with the flag before it; a prompt that begins like an option gets a space before it, except behind `--`."""
    for name in _NEVER_OPTIONS:
        if values.get(name, "").startswith("-"):
            raise InvalidError(
                f"{values[name][:60]} could be taken for an option: no model and no conversation is called so."
            )
    made: list[str] = []
    for element in argv:
        whole = PLACEHOLDER.fullmatch(element)
        if whole and whole[1] in OPTIONAL and not values[whole[1]]:
            if made and _is_flag(made[-1]):
                made.pop()
            continue
        text = PLACEHOLDER.sub(lambda found: values[found[1]], element)
        if whole and whole[1] == "prompt" and text.startswith("-") and "--" not in made:
            text = f" {text}"
        made.append(text)
    return tuple(made)


def _is_flag(element: str) -> bool:
    return element.startswith("-") and element not in ("-", "--") and "=" not in element
