"""A filter that was refused, with a line below it that marks the mistake."""

from typing import Any

from core.api.wire import Call
from core.errors import InvalidError
from core.filtering import mistake_in
from core.text import clean, width
from tui.cli.errors import MarkedError

_INDENT = "  "
_AROUND = 36  # characters before and after the mistake that are shown of a long filter
_ELLIPSIS = "…"


def marked(error: InvalidError, call: Call[Any]) -> InvalidError:
    """The refusal of a call, drawn where it is about the filter that was sent."""
    mistake = mistake_in(error.sentence)
    text = call.query.get("filter") or getattr(call.body, "filter", None)
    if mistake is None or not isinstance(text, str):
        return error
    before, wrong, after = text[: mistake.start], text[mistake.start : mistake.end], text[mistake.end :]
    if len(before) > _AROUND:
        before = _ELLIPSIS + before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + _ELLIPSIS
    place, length = width(clean(before)), width(clean(wrong))
    line = clean(before) + clean(wrong) + clean(after)
    return MarkedError(error.sentence, f"{_INDENT}{line}\n{_INDENT}{' ' * place}{'^' * max(1, length)}\n")
