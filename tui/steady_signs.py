"""Signs that terminals do not agree on: some draw `⚠️` in one cell, some in two. What follows it would stand
elsewhere than the screen counts, and the rest of the line with it."""

import re
from functools import cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from core.characters import EMOJI_STYLE, KEYCAP, TWO_STYLES, ZWJ


class SteadySigns(LineFilter):
    """Draws each as text, which takes one cell everywhere, and a space: together the two that are counted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(EMOJI_STYLE in segment.text for segment in segments):
            return segments
        return [
            Segment(_unsure().sub(r"\1 ", segment.text), segment.style, segment.control) for segment in segments
        ]


@cache
def _unsure() -> re.Pattern[str]:
    """Compiled when the first such sign is drawn. What is joined to another picture is one with it."""
    alone = f"(?<=[{re.escape(''.join(sorted(TWO_STYLES)))}])(?<!{ZWJ}.)"
    return re.compile(f"{alone}{EMOJI_STYLE}({KEYCAP}?)(?!{ZWJ})")
