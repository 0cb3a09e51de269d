"""All keys on one screen, made from the registry of actions and the person's own keymap. What can be done where
one came from is first."""

from collections.abc import Collection
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.text import pad
from core.text import width as cells
from tui.actions import ACTIONS, GROUPS, Scope, shown
from tui.keymap import AppSettings
from tui.widgets.looks import Looks

_COLUMN = 58
_KEYS = 18


class HelpText(ScrollView, can_focus=True):
    """The groups in as many columns as there is room for."""

    DEFAULT_CSS = "HelpText { overflow-x: hidden; scrollbar-size-vertical: 1; padding-top: 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    def __init__(self, settings: AppSettings, here: Collection[Scope]) -> None:
        super().__init__()
        self._settings = settings
        self._here = here
        self._lines: list[Strip] = []

    def on_resize(self, event: Resize) -> None:
        looks = Looks.of(self)
        width = self.size.width - 1  # the scroll bar's
        columns = max(1, min(2, width // _COLUMN))
        groups = sorted(GROUPS, key=lambda group: not self._applies(group))
        blocks = [self._block(group, min(_COLUMN, width // columns), looks) for group in groups]
        self._lines = [Strip(_heading(looks)), Strip([]), *_flow(blocks, columns, width // columns, looks)]
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def _applies(self, group: str) -> bool:
        """Whether something of it can be done where one came from."""
        return any(action.group == group and action.scope in self._here for action in ACTIONS)

    def _block(self, group: str, width: int, looks: Looks) -> list[list[Segment]]:
        lines = [[Segment("  " + group, looks.base + looks.accent + looks.strong)]]
        for action in ACTIONS:
            if action.group != group:
                continue
            keys = " ".join(shown(key) for key in self._settings.keys(action.id)) or "no key"
            lines.append(
                [
                    Segment("  " + pad(keys, _KEYS), looks.base + looks.strong),
                    Segment(pad(action.help, max(1, width - _KEYS - 2)), looks.base),
                ]
            )
        return [*lines, []]

    def render_line(self, y: int) -> Strip:
        position = y + round(self.scroll_y)
        width = self.size.width
        if position >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return self._lines[position].adjust_cell_length(width, self.rich_style)


class Help(Screen[None]):
    """Escape, q or ? goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "leave", show=False),
    ]

    def __init__(self, settings: AppSettings, here: Collection[Scope] = ()) -> None:
        super().__init__()
        self._settings = settings
        self._here = here

    def compose(self) -> ComposeResult:
        yield HelpText(self._settings, self._here)

    def action_leave(self) -> None:
        self.dismiss()


def _heading(looks: Looks) -> list[Segment]:
    return [
        Segment("  Keys", looks.base + looks.strong),
        Segment("    esc goes back · keys are set in app.toml under [keymap]", looks.base + looks.muted),
    ]


def _flow(blocks: list[list[list[Segment]]], columns: int, width: int, looks: Looks) -> list[Strip]:
    """The blocks one after another, cut into columns of about the same height at the borders of blocks."""
    if columns == 1:
        return [Strip(line) for block in blocks for line in block]
    half = sum(map(len, blocks)) / 2
    left: list[list[Segment]] = []
    right: list[list[Segment]] = []
    for block in blocks:
        (left if len(left) + len(block) / 2 <= half else right).extend(block)
    lines = []
    for number in range(max(len(left), len(right))):
        first = left[number] if number < len(left) else []
        used = sum(cells(segment.text) for segment in first)
        second = right[number] if number < len(right) else []
        lines.append(Strip([*first, Segment(" " * (width - used), looks.base), *second]))
    return lines
