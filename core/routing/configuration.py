"""What the home's files say of notifications, read as a whole: what is wrong in them is a problem with its place,
and takes nothing else with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.api.rules import Problem
from core.channels.configured import ConfiguredChannel
from core.routing.rule import Rule


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`[notifications.sla]`: the part of the time to a deadline after which a warning is due, and the channels
    that are told of warnings and of violations."""

    warning_threshold: float = 0.8
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
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
