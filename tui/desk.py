"""What every screen of the app works with: the server, the clock, the settings, and who sits there."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from core.clock import Clock, to_datetime
from tui.keymap import AppSettings
from tui.live.feed import Feed
from tui.live.source import Source
from tui.words.times import zone_named


@dataclass(slots=True)
class Desk:
    """`place` is the home, or whatever else the title says of where this is."""

    source: Source
    clock: Clock
    settings: AppSettings
    place: str
    person: str = ""
    zone_name: str = "UTC"
    workspaces: list[str] = field(default_factory=list)
    feed: Feed = field(default_factory=Feed)
    drafts: dict[str, str] = field(default_factory=dict)  # what was typed, and not sent

    @property
    def now(self) -> datetime:
        return to_datetime(self.clock.now())

    @property
    def zone(self) -> tzinfo:
        return zone_named(self.zone_name)

    @property
    def unsent(self) -> bool:
        """Whether there are words to somebody that were not sent. Parameters of a run are none."""
        return any(text.strip() for key, text in self.drafts.items() if not key.startswith("run/"))
