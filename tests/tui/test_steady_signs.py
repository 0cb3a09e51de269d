"""Signs that one terminal draws in one cell and the next in two keep what follows them in its place."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from core.clock import ManualClock
from tests.tui.outgoing import outgoing
from tui.steady_signs import SteadySigns


def _drawn(text: str) -> str:
    return "".join(segment.text for segment in SteadySigns().apply([Segment(text)], Color(0, 0, 0)))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("⚠️ Hook failed", "⚠  Hook failed"),
        ("ℹ️ Done ⚠️", "ℹ  Done ⚠ "),
        ("1️⃣ first", "1⃣  first"),
        ("🚨 Phở 🍜", "🚨 Phở 🍜"),
        ("🏳️‍🌈 🕵️‍♂️ ❤️‍🔥", "🏳️‍🌈 🕵️‍♂️ ❤️‍🔥"),
    ],
)
def test_a_sign_of_two_styles_is_drawn_as_text_and_takes_the_room_that_was_counted(text: str, drawn: str) -> None:
    assert _drawn(text) == drawn
    assert cell_len(drawn) == cell_len(text)


async def test_no_list_sends_the_terminal_a_sign_of_unsure_width(clock: ManualClock, tmp_path: Path) -> None:
    async with outgoing(clock, tmp_path, "O") as it:
        await it.see("⚠️ Task Phở")
        picture = it.app.export_screenshot()
        assert "⚠" in picture
        assert "\ufe0f" not in picture
