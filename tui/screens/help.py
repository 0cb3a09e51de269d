"""All keys on one screen, made from the registry of actions and the person's own keymap. What can be done where
one came from is first, then what can be done everywhere; the rest is below. What is typed after `/` narrows."""

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.text import clean, excerpt, pad
from core.text import width as cells
from tui.actions import ACTIONS, GROUPS, Action, Scope, shown
from tui.keymap import AppSettings
from tui.widgets.looks import Looks

_COLUMN = 58
_KEYS = 18
_LONGEST = 100


class HelpText(ScrollView, can_focus=True):
    """The groups in as many columns as there is room for."""

    DEFAULT_CSS = "HelpText { overflow-x: hidden; scrollbar-size-vertical: 1; padding-top: 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
        Binding("slash", "search", show=False),
    ]

    def __init__(self, settings: AppSettings, here: Collection[Scope]) -> None:
        super().__init__()
        self._settings = settings
        self._here = here
        self._lines: list[Strip] = []
        self._typed: str | None = None  # what is looked for, while something is

    def on_resize(self, event: Resize) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        looks = Looks.of(self)
        width = self.size.width - 1  # the scroll bar's
        near = [
            *self._blocks(lambda action: action.scope in self._here and action.scope != "everywhere", looks),
            *self._blocks(lambda action: action.scope == "everywhere", looks),
        ]
        far = self._blocks(lambda action: action.scope not in (*self._here, "everywhere"), looks)
        self._lines = [Strip(self._heading(width, looks)), Strip([]), *self._flow(near, width, looks)]
        if far:
            self._lines += [Strip([Segment("  Elsewhere", looks.base + looks.strong)]), Strip([])]
            self._lines += self._flow(far, width, looks)
        if not near and not far:
            self._lines.append(Strip([Segment("  No key does anything of that name.", looks.base)]))
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def _heading(self, width: int, looks: Looks) -> list[Segment]:
        if self._typed is not None:
            return [
                Segment("  / ", looks.base + looks.accent),
                Segment(excerpt(self._typed, max(1, width - 24)), looks.base + looks.strong),
                Segment(" ", looks.base + looks.cursor),
                Segment("  esc shows all", looks.base + looks.muted),
            ]
        more = "    / narrows · esc goes back · keys are set in app.toml under [keymap]"
        return [Segment("  Keys", looks.base + looks.strong), Segment(more, looks.base + looks.muted)]

    def _blocks(self, fits: Callable[[Action], bool], looks: Looks) -> list[list[list[Segment]]]:
        """A block for each group of which some action fits, and is looked for."""
        there = [action for action in ACTIONS if fits(action) and self._looked_for(action)]
        groups = [[action for action in there if action.group == group] for group in GROUPS]
        return [self._block(actions, looks) for actions in groups if actions]

    def _looked_for(self, action: Action) -> bool:
        text = " ".join((self._keys(action), action.title, action.help, action.group, action.id)).casefold()
        return all(word in text for word in (self._typed or "").casefold().split())

    def _keys(self, action: Action) -> str:
        return " ".join(shown(key) for key in self._settings.keys(action.id)) or "no key"

    def _block(self, actions: Sequence[Action], looks: Looks) -> list[list[Segment]]:
        room = self.size.width - 1
        width = max(1, (_COLUMN if room >= 2 * _COLUMN else room) - _KEYS - 2)
        lines = [
            [
                Segment("  " + pad(self._keys(action), _KEYS), looks.base + looks.strong),
                Segment(pad(action.help, width), looks.base),
            ]
            for action in actions
        ]
        return [[Segment("  " + actions[0].group, looks.base + looks.accent + looks.strong)], *lines, []]

    def _flow(self, blocks: list[list[list[Segment]]], width: int, looks: Looks) -> list[Strip]:
        columns = max(1, min(2, width // _COLUMN))
        return _flow(blocks, columns, width // columns, looks)

    def render_line(self, y: int) -> Strip:
        position = y + round(self.scroll_y)
        width = self.size.width
        if position >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return self._lines[position].adjust_cell_length(width, self.rich_style)

    # Looking for something

    def action_search(self) -> None:
        self._look_for("")

    def _look_for(self, text: str | None) -> None:
        self._typed = None if text is None else clean(text)[:_LONGEST]
        self.scroll_home(animate=False)
        self._lay_out()

    def on_key(self, event: events.Key) -> None:
        """What is typed is text, but for the keys that move."""
        if self._typed is None:
            return
        match event.key:
            case "escape":
                self._look_for(None)
            case "backspace" | "ctrl+h":
                self._look_for(self._typed[:-1] if self._typed else None)
            case "ctrl+u":
                self._look_for("")
            case _ if event.is_printable and event.character:
                self._look_for(self._typed + event.character)
            case "enter":
                pass
            case _:
                return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._look_for((self._typed or "") + " ".join(event.text.split()))


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
