"""A session as a conversation: what was asked and what was answered, turn by turn."""

from collections.abc import Callable, Sequence

from rich.segment import Segment

from core.api.sessions import SessionDetail, Turn
from core.text import clean, excerpt
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.text_view import Lines, TextView
from tui.words import sessions as said
from tui.words.times import short
from tui.wrapping import wrap

_LONGEST_PROMPT = 4_000
_LONGEST_TEXT = 50_000
_INDENT = "  "


class TalkView(TextView):
    """Stays at its end as long as nobody scrolls away from it. `tail` is what the running turn printed last."""

    def __init__(self, desk: Desk, tail: Callable[[int], Sequence[str]]) -> None:
        super().__init__(id="talk")
        self._desk = desk
        self._tail = tail
        self._known: dict[int, tuple[Turn, int, Looks, Lines]] = {}
        self._at_end = True
        self.record: SessionDetail | None = None

    def show(self, record: SessionDetail | None) -> None:
        if record is None or self.record is None or record.id != self.record.id:
            self._known.clear()
            self._at_end = True
        self.record = record
        self.lay_out()

    def lay_out(self) -> None:
        self._at_end = self._at_end or self.scroll_y >= self.max_scroll_y - 1
        stay = self._at_end
        super().lay_out()
        if stay:
            self.call_after_refresh(self.action_text_end)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._at_end = new_value >= self.max_scroll_y - 1

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        made: Lines = []
        for turn in one.turns:
            made += self._of(turn, width, looks)
        return made or [[], [Segment("Nothing was said yet.", looks.base + looks.muted)]]

    def _of(self, turn: Turn, width: int, looks: Looks) -> Lines:
        if turn.outcome is None:
            return self._turn(turn, width, looks)
        known = self._known.get(turn.number)
        if known is None or known[:3] != (turn, width, looks):
            known = (turn, width, looks, self._turn(turn, width, looks))
            self._known[turn.number] = known
        return known[3]

    def _turn(self, turn: Turn, width: int, looks: Looks) -> Lines:
        who = clean(turn.author) if turn.author else turn.purpose
        when = short(turn.started_at, self._desk.now, self._desk.zone) if turn.started_at is not None else "waits"
        made: Lines = [[], [Segment(excerpt(f"{who} · {when}", width), looks.base + looks.accent)]]
        made += _text(turn.prompt, _LONGEST_PROMPT, width, looks)
        made += [[], [self._head(turn, width, looks)]]
        made += _text(turn.text, _LONGEST_TEXT, width, looks)
        if turn.outcome is None:
            made += [
                [Segment(_INDENT + excerpt(line, width - 2), looks.base + looks.muted)]
                for line in self._tail(turn.number)
            ]
        elif turn.detail:
            made += [
                [Segment(_INDENT + line, looks.base + looks.warning)]
                for line in wrap(clean(turn.detail), width - 2)
            ]
        return made

    def _head(self, turn: Turn, width: int, looks: Looks) -> Segment:
        """Who answered, how it went, how long it took and what it cost."""
        sign, word = said.OUTCOMES.get(
            turn.outcome or "", ("▶", "at work") if turn.started_at else ("○", "queued")
        )
        by = clean(turn.provider) + (f"/{clean(turn.model)}" if turn.model else "")
        facts = [
            f"{sign} {by} {word}",
            said.lasted(turn.started_at, turn.ended_at, self._desk.now) if turn.outcome else "",
            f"cost {said.turn_cost(turn)}" if turn.outcome else "",
            f"exit code {turn.exit_code}" if turn.exit_code else "",
            said.tools(turn),
        ]
        text = " · ".join(fact for fact in facts if fact)
        return Segment(excerpt(text, width), looks.base + said.ink(turn.outcome or "running", looks))


def _text(text: str, longest: int, width: int, looks: Looks) -> Lines:
    shown = clean(text[:longest].strip("\n"), multiline=True)
    lines = wrap(shown, max(1, width - len(_INDENT))) if shown else []
    made: Lines = [[Segment(_INDENT + line, looks.base)] for line in lines]
    if len(text) > longest:
        made.append([Segment(f"{_INDENT}… {len(text) - longest} characters more", looks.base + looks.muted)])
    return made
