"""What the home's files say of notifications, read as a whole: what is wrong in them is a problem with its place,
and takes nothing else with it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from core.api.rules import Problem
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.places import Place, below
from core.channels.configuring.reading import read_channels
from core.routing.deadline_rules import deadline_rules
from core.routing.reading import read_rules
from core.routing.rule import Rule

KEYS = ("channels", "rules", "baseUrls", "sla")
SERVICES = ("slack", "telegram", "whatsapp", "pagerduty", "resend", "sendgrid")
"""Those whose address is not in a channel's settings, but may be set for all of them."""
_THRESHOLD = 0.8
_SLA_KEYS = ("warningThreshold", "warningChannels", "violationChannels")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`[notifications.sla]`: the part of the time to a deadline after which a warning is due, and the channels
    that are told of warnings and of violations."""

    warning_threshold: float = _THRESHOLD
    warning_channels: tuple[str, ...] = ()
    violation_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The channels by their names, and the rules in their order. A rule or a channel that is wrong is not in it,
    or without the part that is wrong; `notices` tell of what is ignored and harms nothing."""

    channels: Mapping[str, ConfiguredChannel] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    base_urls: Mapping[str, str] = field(default_factory=dict)
    deadlines: Deadlines = Deadlines()
    allow: tuple[str, ...] = ()  # what `[outbound]` lets channels reach
    env: frozenset[str] = frozenset()  # the variables that channels made over the API may refer to
    unusable: frozenset[str] | None = frozenset()  # channels that are named and wrong; None where it is unknown
    lost: bool = False  # a file that is there cannot be read at all
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()

    def unknown_channels(self, names: Collection[str]) -> Iterator[Problem]:
        """Of each rule, the channels that are neither here nor among these names."""
        known = {*self.channels, *names}
        for rule in self.rules:
            for name in rule.channels:
                if name not in known:
                    place = rule.place or rule.id
                    place = place if rule.source == "deadline" else f"{place}.channels"
                    yield Problem(place, f"The rule {rule.id} names {_no_channel(name, known)}")


@dataclass(frozen=True, slots=True)
class Notifications:
    """The table of one file, and how to say places below it."""

    table: Mapping[str, Any]
    place: Place


def configured(tables: Iterable[Notifications]) -> Configuration:
    """The tables as one configuration, the first of them first."""
    channels: dict[str, ConfiguredChannel] = {}
    rules: list[Rule] = []
    unusable: set[str] | None = set()
    base_urls: dict[str, str] = {}
    deadlines = Deadlines()
    of_deadlines: tuple[Rule, ...] = ()
    problems: list[Problem] = []
    notices: list[Problem] = []
    for file in tables:
        table, place = file.table, file.place
        problems += _unknown(table, KEYS, place)
        found, wrong = read_channels(table.get("channels", {}), below(place, ("channels",)), taken=channels)
        channels |= found
        problems += wrong
        unusable = _unusable(unusable, table.get("channels", {}), channels)
        # Channels may also have been made over the API, so that only the server knows which there are.
        read = read_rules(
            table.get("rules", []), below(place, ("rules",)), None, taken=(rule.id for rule in rules)
        )
        rules += read.rules
        problems += read.problems
        notices += read.notices
        base_urls |= _base_urls(table.get("baseUrls", {}), below(place, ("baseUrls",)), problems)
        if "sla" in table:
            here = below(place, ("sla",))
            deadlines = _deadlines(table["sla"], here, problems)
            of_deadlines = deadline_rules(deadlines.warning_channels, deadlines.violation_channels, here)
    taken = {rule.id for rule in rules}
    rules += [rule for rule in of_deadlines if rule.id not in taken]
    return Configuration(
        channels,
        tuple(rules),
        base_urls,
        deadlines,
        unusable=None if unusable is None else frozenset(unusable),
        problems=tuple(problems),
        notices=tuple(notices),
    )


def _unusable(before: set[str] | None, written: Any, channels: Collection[str]) -> set[str] | None:
    """With those that are written here and have not become channels."""
    if before is None or not isinstance(written, dict):
        return None
    return before | (written.keys() - set(channels))


def _base_urls(found: Any, place: Place, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(found, dict):
        problems.append(Problem(place(()), "Base URLs are a table: a service, and the address to use for it."))
        return {}
    problems += _unknown(found, SERVICES, place)
    urls = {}
    for service in SERVICES:
        url = found.get(service)
        if url is None:
            continue
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            urls[service] = url
        else:
            problems.append(Problem(place((service,)), "A base URL begins with http:// or https://."))
    return urls


def _deadlines(found: Any, place: Place, problems: list[Problem]) -> Deadlines:
    if not isinstance(found, dict):
        problems.append(Problem(place(()), "What is said of deadlines is a table."))
        return Deadlines()
    problems += _unknown(found, _SLA_KEYS, place)
    threshold = found.get("warningThreshold", _THRESHOLD)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        sentence = "A warning is due after a part of the time: a number above 0 and up to 1, as 0.8."
        problems.append(Problem(place(("warningThreshold",)), sentence))
        threshold = _THRESHOLD
    lists = []
    for key in _SLA_KEYS[1:]:
        names = found.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            problems.append(Problem(place((key,)), "This is a list of the names of channels."))
            names = []
        lists.append(tuple(dict.fromkeys(names)))
    return Deadlines(float(threshold), *lists)


def _unknown(table: Mapping[str, Any], known: Collection[str], place: Place) -> Iterator[Problem]:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1, 0.5)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
            yield Problem(place((key,)), f"There is no such setting; {meant}")


def _no_channel(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, 1, 0.6)
    return f"the channel {name!r}, and there is none of this name" + (
        f"; did you mean {near[0]}?" if near else "."
    )
