"""What asks a person for something: the footer says how to answer, for keys are text there."""

from textual import events
from textual.widget import Widget


class Asking(Widget):
    """A widget that takes keys for itself: the tab key goes round within it, and never leaves it open behind."""

    HINT: str = ""

    def on_key(self, event: events.Key) -> None:
        steps = {"tab": 1, "shift+tab": -1}
        parts = [part for part in self.query("*") if part.focusable]
        if event.key in steps and parts:
            event.stop()
            event.prevent_default()
            at = next((place for place, part in enumerate(parts) if part.has_focus), 0)
            parts[(at + steps[event.key]) % len(parts)].focus()
