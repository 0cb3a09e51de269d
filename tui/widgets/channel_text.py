"""One channel, whole: how it does, what a test of it came to, its days, and its settings for who may see them."""

from collections.abc import Iterator
from datetime import UTC, date

from rich.segment import Segment

from core.api.channels import Channel, ChannelTest
from core.text import clean, excerpt, pad
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.sparkline import last_days, sparkline
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import channels as said
from tui.words.times import absolute, ago, day_named, duration, from_now
from tui.wrapping import wrap

_LONGEST = 2_000
_SETTING = 16  # cells of a setting's name
_DAY = 20  # cells of a day's name

Tested = ChannelTest | str | None
"""What a test came to, or that it is under way, or nothing yet."""


class ChannelText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Channel | None = None
        self._tested: Tested = None

    def show(self, record: Channel | None, tested: Tested = None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        if record is None or self.record is None or record.name != self.record.name:
            self.to_start()
        self.record, self._tested = record, tested
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        sign, word = said.STATES[one.state]
        made: Lines = [[], [Segment(f"{sign} {word}", looks.base + said.ink(one.state, looks))], []]
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(clean(one.name), width)]
        if one.reason:
            reason = wrap(clean(one.reason[:_LONGEST]), width)
            made += [[], *([Segment(line, looks.base + looks.warning)] for line in reason)]
        made += self._test(width, looks)
        made.append([])
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        made += self._days(one, looks)
        return [*made, *self._settings(one, width, looks), []]

    def _test(self, width: int, looks: Looks) -> Lines:
        tested = self._tested
        if tested is None:
            return []
        if isinstance(tested, str):
            sign, text, ink = "…", clean(tested), looks.info
        else:
            took = f" ({duration(tested.took_ms)})" if tested.took_ms else ""
            text = clean(tested.sentence[:_LONGEST]) + took
            sign, ink = ("✓", looks.accent) if tested.ok else ("✖", looks.critical)
        return [[], *([Segment(line, looks.base + ink)] for line in wrap(f"{sign} Test: {text}", width))]

    def _facts(self, one: Channel) -> Iterator[tuple[str, str]]:
        now, zone = self._desk.now, self._desk.zone
        yield "Type", one.type
        if one.paused_until is not None:
            yield "Paused", f"until {absolute(one.paused_until, zone)} · {from_now(one.paused_until, now)}"
        yield "Pending", f"{one.pending:,}" if one.pending else "nothing"
        if one.last_state is not None and one.last_at is not None:
            yield "Last", f"{one.last_state} · {absolute(one.last_at, zone)} · {ago(one.last_at, now)}"
        if one.last_error:
            yield "Last error", clean(one.last_error[:_LONGEST])
        made_where = clean(one.place[:_LONGEST]) if one.place else "the home's files"
        yield "From", made_where if one.source == "file" else "the app, a command or the API"
        if one.created_at is not None:
            yield "Made", f"{absolute(one.created_at, zone)} · {ago(one.created_at, now)}"
        if one.updated_at is not None and one.updated_at != one.created_at:
            yield "Changed", f"{absolute(one.updated_at, zone)} · {ago(one.updated_at, now)}"

    def _days(self, one: Channel, looks: Looks) -> Lines:
        today: date = self._desk.now.astimezone(UTC).date()
        days = last_days(one.days, today)
        sums = [sum(getattr(day, name) for day in days) for name in ("sent", "failed", "dropped")]
        made: Lines = [[], [Segment("Last 14 days", looks.base + looks.accent)]]
        made.append(
            [
                *(
                    Segment(piece.text, looks.base + (looks.critical if piece.failed else looks.accent))
                    for piece in sparkline(one.days, today)
                ),
                Segment(f"  {said.counts(*sums)}", looks.base),
            ]
        )
        for day in reversed(days):
            if day.sent or day.failed or day.dropped:
                ink = looks.critical if day.failed else looks.muted
                name = day_named(day.day, today)
                made.append([Segment(pad(name, _DAY) + said.of_day(day), looks.base + ink)])
        return made

    def _settings(self, one: Channel, width: int, looks: Looks) -> Lines:
        if one.settings is None:
            return []
        made: Lines = [[], [Segment("Settings", looks.base + looks.accent)]]
        for name, value in one.settings.items():
            shown = excerpt(name, _SETTING - 1)
            for number, line in enumerate(wrap(said.setting(value), max(1, width - _SETTING))):
                made.append([Segment(pad("" if number else shown, _SETTING) + line, looks.base + looks.muted)])
        return made if one.settings else [*made, [Segment("none", looks.base + looks.muted)]]
