"""Whether the person looks at the app. A terminal that never reports its focus leaves that unknown, and then the
keys tell. Textual's own answer is yes until it is told otherwise, which most terminals never do."""

from collections.abc import Callable

from textual.events import AppBlur, AppFocus, Event, Key, MouseDown, MouseScrollDown, MouseScrollUp, Paste

from core.alerts.deciding import Attention as Focus
from core.alerts.deciding import away
from core.clock import Clock


class Attention:
    """Is shown every event of the app. `came_back` is called when the person looks again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._touched = clock.monotonic()
        self.focus: Focus = "unknown"
        self.came_back: Callable[[], object] | None = None

    @property
    def away(self) -> bool:
        return away(self.focus, self._clock.monotonic() - self._touched)

    def see(self, event: Event) -> None:
        match event:
            case AppBlur():
                self.focus = "blurred"
            case AppFocus():
                self._look("focused")
            case Key() | Paste() | MouseDown() | MouseScrollDown() | MouseScrollUp():
                self._look("unknown" if self.focus == "unknown" else "focused")

    def _look(self, focus: Focus) -> None:
        was_away, self.focus = self.away, focus
        self._touched = self._clock.monotonic()
        if was_away and self.came_back is not None:
            self.came_back()
