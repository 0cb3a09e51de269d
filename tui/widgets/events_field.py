"""The field of a rule's patterns: several with commas between them, each completed from the catalogue, and beside
them how many of its names each fits."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from core.events.catalogue import CATALOGUE
from tui.drafts.automation import FieldSpec
from tui.drafts.rule import fits
from tui.widgets.completing_field import CompletingField, beginning_with
from tui.widgets.completions import Completions
from tui.widgets.controls import LineControl, TextControl

if TYPE_CHECKING:
    from core.completing import Completion

_MOST_COUNTED = 4


class EventsField(CompletingField):
    """Enter or a comma ends a pattern; enter on none goes on to the next field."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec.name, spec.label, LineControl(spec.hint), offers=completed)

    def complete_by(self, key: str, control: LineControl | TextControl, line: Completions) -> bool:
        if super().complete_by(key, control, line):
            return True
        if key != "enter" or not isinstance(control, LineControl):
            return False
        text = control.value
        if control.cursor_position < len(text) or not text.rpartition(",")[2].strip():
            return False
        control.value = f"{text.rstrip()}, "
        control.cursor_position = len(control.value)
        return True


def completed(text: str, cursor: int) -> "Sequence[Completion]":
    """What the pattern at the cursor can become."""
    if cursor < len(text) and text[cursor] not in ", ":
        return ()
    start = text.rfind(",", 0, cursor) + 1
    start += len(text[start:cursor]) - len(text[start:cursor].lstrip())
    piece = text[start:cursor]
    return () if "*" in piece else beginning_with(piece, start, _known())


def counted(patterns: Sequence[str]) -> str:
    """How many names each fits; a name of another program is in no catalogue."""
    said = []
    for pattern in patterns[:_MOST_COUNTED]:
        count = fits(pattern, CATALOGUE)
        names = "1 name" if count == 1 else f"{count:,} names"
        said.append(f"{pattern} fits {names if count else 'no name'} of the catalogue")
    return " · ".join(said)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, str]:
    """The areas as patterns, then the names, each with what it means."""
    areas = dict.fromkeys(f"{name.partition(':')[0]}:**" for name in CATALOGUE)
    said = {area: f"{fits(area, CATALOGUE)} names" for area in areas}
    return {**said, **{name: kind.about for name, kind in CATALOGUE.items()}}
