"""One automation, whole: what it is, when it runs next, and what became of its last occurrences."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import to_builtins
from rich.segment import Segment

from core.api.automations import Automation, Execution, PlannedRun
from core.api.sessions import MODES
from core.text import clean, excerpt, json_ascii, pad
from tui.desk import Desk
from tui.widgets.looks import Looks
from tui.widgets.text_view import NAMES, Lines, TextView, fact
from tui.words import automations as wordings
from tui.words.times import absolute, ago, brief, from_now
from tui.wrapping import wrap

_LONGEST_PROMPT = 20_000


@dataclass(frozen=True, slots=True)
class About:
    """What is asked for apart: the runs that come, and those that were."""

    runs: list[PlannedRun] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)


class AutomationText(TextView):
    """Shows one, or nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="text")
        self._desk = desk
        self.record: Automation | None = None
        self.about: About | None = None

    def show(self, record: Automation | None, about: About | None) -> None:
        """Show it, from its start unless it is the one that was shown."""
        if record is None or self.record is None or record.id != self.record.id:
            self.to_start()
        self.record, self.about = record, about
        self.lay_out()

    def lines(self, width: int, looks: Looks) -> Lines:
        one = self.record
        if one is None:
            return []
        sign, word = wordings.state(one)
        made: Lines = [
            [],
            [Segment(f"{sign} {word}", looks.base + (looks.accent if one.enabled else looks.warning))],
        ]
        made.append([])
        made += [[Segment(line, looks.base + looks.strong)] for line in wrap(clean(one.name), width)]
        made += self._disabled(one, width, looks)
        made.append([])
        for name, value in self._facts(one):
            for number, line in enumerate(wrap(value, max(1, width - NAMES))):
                made.append(fact("" if number else name, line, looks))
        made += self._coming(width, looks)
        made += self._past(width, looks)
        if one.prompt:
            made += [[], [Segment("Prompt", looks.base + looks.accent)]]
            prompt = clean(one.prompt[:_LONGEST_PROMPT], multiline=True)
            made += [[Segment(line, looks.base)] for line in wrap(prompt, width)]
        return [*made, []]

    def _disabled(self, one: Automation, width: int, looks: Looks) -> Lines:
        if one.enabled or not (one.disabled_reason or one.disabled_at):
            return []
        by = f" by {clean(one.disabled_by)}" if one.disabled_by else ""
        at = f", {absolute(one.disabled_at, self._desk.zone)}" if one.disabled_at else ""
        said = f"Disabled{by}{at}. {clean(one.disabled_reason or '')}"
        return [[], *([Segment(line, looks.base + looks.warning)] for line in wrap(said.strip(), width))]

    def _facts(self, one: Automation) -> Iterator[tuple[str, str]]:
        now, zone = self._desk.now, self._desk.zone
        yield "Type", one.type
        cron = f" · {clean(one.cron)}" if one.cron else ""
        yield "Runs", wordings.schedule(one) + cron + (f" · {clean(one.tz)}" if one.tz else "")
        if one.next_run is not None and one.enabled:
            yield "Next", f"{absolute(one.next_run, zone)} · {from_now(one.next_run, now)}"
        if one.last_run is not None:
            _, word = wordings.OUTCOMES[one.last_outcome]
            yield "Last", f"{word} · {absolute(one.last_run, zone)} · {ago(one.last_run, now)}"
        if streak := wordings.streak(one):
            yield "In a row", streak
        yield "Launches", wordings.launches(one)
        if one.provider:
            yield "Provider", clean(one.provider) + (f" · {clean(one.model)}" if one.model else "")
        if one.modes:
            yield "Modes", ", ".join(MODES[mode] for mode in one.modes)
        if one.parameters:
            values = to_builtins(one.parameters).items()
            yield "Parameters", ", ".join(f"{clean(str(name))} = {_value(value)}" for name, value in values)
        if one.ticket:
            yield "Ticket", clean(one.ticket)
        if chosen := wordings.options(one):
            yield "Options", ", ".join(chosen)
        if one.url:
            yield "Webhook", clean(one.url)
        if one.fingerprint:
            yield "Token", f"{clean(one.fingerprint)}… (its fingerprint)"
        if one.signature:
            yield "Signature", f"checked as {one.signature} signs"
        yield "Made by", f"{clean(one.creator)} · {ago(one.created_at, now)}"

    def _coming(self, width: int, looks: Looks) -> Lines:
        about = self.about
        if about is None or not about.runs:
            return []
        made: Lines = [[], [Segment("Next runs", looks.base + looks.accent)]]
        for run in about.runs:
            there, here = clean(run.there), clean(run.here)
            said = there if there == here else f"{there} · {brief(run.at, self._desk.zone)} here"
            made.append([Segment(excerpt(said, width), looks.base)])
            made += noted(run.note, looks, width)
        told = {run.note for run in about.runs}
        for note in about.notes:
            made += noted(note, looks, width) if note not in told else []
        return made

    def _past(self, width: int, looks: Looks) -> Lines:
        about = self.about
        if about is None or not about.executions:
            return []
        made: Lines = [[], [Segment("Last runs", looks.base + looks.accent)]]
        for one in about.executions:
            sign, word = wordings.OUTCOMES[one.outcome]
            at = brief(wordings.when(one), self._desk.zone)
            head = f"{sign} {at}  {pad(word, 12)}"
            rest = excerpt(f"{wordings.trigger(one)}: {wordings.why(one)}", max(1, width - len(head)))
            made.append(
                [
                    Segment(head, looks.base + wordings.outcome_ink(one.outcome, looks)),
                    Segment(rest, looks.base + looks.muted),
                ]
            )
        return made


def noted(note: str | None, looks: Looks, width: int) -> Lines:
    """What a clock change does to a run."""
    lines = wrap(clean(note), width - 2) if note else []
    return [[Segment("  " + line, looks.base + looks.warning)] for line in lines]


def _value(value: object) -> str:
    return clean(value) if isinstance(value, str) else json_ascii(value)
