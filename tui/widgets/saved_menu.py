"""The filters that have a name: gone to by their number, saved, renamed, moved and deleted."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from core.api.filters import SavedFilter
from core.text import clean
from tui.widgets.menu import Choice, Menu

_LONGEST_NAME = 64


class SavedMenu(Menu):
    """What is done to a filter is done to the one that the cursor is on."""

    HINT = "1-9 goes there  ⏎ shows it  s saves this one  r renames  d deletes  J K move it  esc leaves"

    def __init__(
        self,
        filters: Sequence[SavedFilter],
        here: str,
        chosen: Callable[[SavedFilter], object],
        keep: Callable[[Sequence[SavedFilter]], object],
    ) -> None:
        self._filters = [*filters]
        self._here = here.strip()
        self._chosen = chosen
        self._keep = keep
        super().__init__("Saved filters", self._lines(), id="saved")
        self.at = next((at for at, one in enumerate(filters) if one.filter == self._here), 0)

    def press(self, key: str, character: str) -> None:
        deeds: dict[str, Callable[[], None]] = {
            "r": self._rename,
            "d": self._delete,
            "J": partial(self._shift, 1),
            "K": partial(self._shift, -1),
        }
        deed = deeds.get("d" if key == "delete" else character)
        if deed is not None and self.at < len(self._filters):
            deed()
        elif character == "f":
            self.leave()
        elif deed is None:
            super().press(key, character)

    def reload(self, filters: Sequence[SavedFilter]) -> None:
        """They are these now."""
        if not self.typing and [*filters] != self._filters:
            self._filters = [*filters]
            self.show("Saved filters", self._lines(), self.at)

    def _lines(self) -> list[Choice]:
        lines = [Choice(clean(one.name), one.filter, partial(self._go, one)) for one in self._filters]
        known = next((one for one in self._filters if one.filter == self._here), None)
        if self._here and known is None:
            lines.append(Choice("Save this filter …", self._here, self._save, "s"))
        elif not lines:
            lines.append(Choice("There is none: filter for something, and save it here.", "", None))
        return lines

    def _go(self, one: SavedFilter) -> None:
        self.leave()
        self._chosen(one)

    def _save(self) -> None:
        self.ask("What is this filter called?", self._named, self._means)

    def _named(self, name: str) -> None:
        if not self._wrong(name):
            self._changed([*self._filters, SavedFilter(name.strip(), self._here)], len(self._filters))

    def _rename(self) -> None:
        one = self._filters[self.at]
        self.ask(f"What is {clean(one.name)} to be called?", self._renamed, self._means, one.name)

    def _renamed(self, name: str) -> None:
        one = self._filters[self.at]
        if name.strip() == one.name or not self._wrong(name):
            changed = [*self._filters]
            changed[self.at] = replace(one, name=name.strip())
            self._changed(changed, self.at)

    def _delete(self) -> None:
        self._changed(self._filters[: self.at] + self._filters[self.at + 1 :], self.at)

    def _shift(self, by: int) -> None:
        to = self.at + by
        if 0 <= to < len(self._filters):
            changed = [*self._filters]
            changed.insert(to, changed.pop(self.at))
            self._changed(changed, to)

    def _changed(self, filters: Sequence[SavedFilter], at: int) -> None:
        self._filters = [*filters]
        self.show("Saved filters", self._lines(), at)
        self._keep(filters)

    def _means(self, name: str) -> tuple[str, bool]:
        wrong = self._wrong(name) if name.strip() else ""
        return wrong, not wrong

    def _wrong(self, name: str) -> str:
        name = name.strip()
        if not name:
            return "It needs a name."
        if len(name) > _LONGEST_NAME:
            return f"A name has {_LONGEST_NAME} letters at most."
        if any(one.name == name for one in self._filters):
            return "Another filter has this name."
        return ""
