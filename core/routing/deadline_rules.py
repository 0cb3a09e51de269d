"""The rules of `[notifications.sla]`: what is told of deadlines goes to the channels that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.api.rules import NewRule
from core.channels.configuring.places import Place
from core.routing.reading import in_words_of_files, read_rule
from core.routing.rule import Rule

_WARNING = NewRule(["sla:warning"], [], id="sla-auto-warning", name="A deadline nears", severity="warning")
_VIOLATED = NewRule(
    ["sla:violated"], [], id="sla-auto-violated", name="A deadline has passed", severity="critical"
)
_MET = NewRule(["sla:met"], [], id="sla-auto-met", name="A deadline was kept")


def deadline_rules(warning: Sequence[str], violation: Sequence[str], place: Place) -> tuple[Rule, ...]:
    """A rule for each event of a deadline that somebody is to be told of. Whoever learns that one was missed
    learns as well of those that are kept."""
    return (
        *_told(_WARNING, warning, place(("warningChannels",))),
        *_told(_VIOLATED, violation, place(("violationChannels",))),
        *_told(_MET, violation, place(("violationChannels",))),
    )


def _told(rule: NewRule, channels: Sequence[str], place: str) -> Iterator[Rule]:
    if channels:
        written = {**in_words_of_files(rule), "channels": list(channels)}
        for read in read_rule(written, source="deadline").rules:
            yield replace(read, place=place)
