"""One event, whole: when and where it happened, how it reads, and what it carries."""

from collections.abc import Mapping

from msgspec import json
from rich.segment import Segment

from core.api.events import Event
from core.events.catalogue import word
from core.text import clean
from tui.desk import Desk
from tui.widgets.looks import GLYPHS, WORDS, Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words.times import absolute, ago
from tui.wrapping import wrap

_LONGEST = 20_000  # characters of a payload
_SENTENCE = 2_000


class EventText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Event | None = None

    def show(self, record: Event | None) -> None:
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record = record
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        wording = word(one.event, one.data)
        said = f"{GLYPHS[wording.severity]} {WORDS[wording.severity]}"
        made: Lines = [[], [Segment(said, looks.base + looks.severity(wording.severity))], []]
        title = wrap(clean(wording.title[:_SENTENCE]), width)
        made += [[Segment(line, looks.base + looks.strong)] for line in title]
        body = clean(wording.body[:_LONGEST], multiline=True).strip()
        if body:
            made += [[], *([Segment(line, looks.base)] for line in wrap(body, width))]
        made.append([])
        facts = [
            ("Event", one.event),
            (
                "Happened",
                f"{absolute(one.recorded_at, self._desk.zone)} · {ago(one.recorded_at, self._desk.now)}",
            ),
            ("Ticket", one.task_id),
            ("Mission", one.mission_id),
            ("Id", one.id),
        ]
        for name, value in facts:
            for number, line in enumerate(wrap(clean(value), max(1, width - NAMES)) if value else ()):
                made.append(fact("" if number else name, line, looks))
        return [*made, *payload_lines(one.data, width, looks), []]


def payload_lines(data: Mapping[str, object], width: int, looks: Looks) -> Lines:
    """What an event carries, as JSON."""
    text = json.format(json.encode(data), indent=2).decode(errors="replace")
    cut = "\n…" if len(text) > _LONGEST else ""
    written = wrap(clean(text[:_LONGEST] + cut, multiline=True), width)
    return [
        [],
        [Segment("Payload", looks.base + looks.accent)],
        *([Segment(line, looks.base + looks.muted)] for line in written),
    ]
