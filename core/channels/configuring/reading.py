"""Reads the channels that a configuration names, each by itself: one that is wrong leaves the others as they
are."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from core.api.channels import ChannelType
from core.api.rules import Problem
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.places import Path, Place, below

TYPES: tuple[ChannelType, ...] = get_args(ChannelType)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def wrong_name(name: str) -> str | None:
    """What is wrong with the name of a channel."""
    if not _NAME.fullmatch(name):
        return "A channel's name has 1 to 64 letters, digits, - _ and dots."
    return None


def wrong_type(kind: object) -> str | None:
    """What is wrong with the type of a channel."""
    if kind in TYPES:
        return None
    if not isinstance(kind, str):
        return f"Say as a text which type of channel it is: {', '.join(TYPES)}."
    near = get_close_matches(kind, TYPES, 1, 0.5)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(TYPES)}."
    return f"There is no such type of channel; {meant}"


def read_channels(
    found: object,
    place: Place,
    taken: Mapping[str, ConfiguredChannel] | None = None,
) -> tuple[dict[str, ConfiguredChannel], list[Problem]]:
    """The channels of a table by their names. Those that are `taken` were read before."""
    if not isinstance(found, dict):
        return {}, [Problem(place(()), "Channels are a table: a name for each, and its settings.")]
    channels: dict[str, ConfiguredChannel] = {}
    problems: list[Problem] = []
    for name, written in found.items():
        wrong = _wrong(name, written, taken or {})
        if wrong is None:
            settings = {key: value for key, value in written.items() if key != "type"}
            channels[name] = ConfiguredChannel(name, written["type"], settings, "file", below(place, (name,)))
        else:
            problems.append(Problem(place((name, *wrong[0])), wrong[1]))
    return channels, problems


def _wrong(name: str, written: Any, taken: Mapping[str, ConfiguredChannel]) -> tuple[Path, str] | None:
    if sentence := wrong_name(name):
        return (), sentence
    if not isinstance(written, dict):
        return (), "A channel is a table with a type and its settings."
    if before := taken.get(name):
        return (), f"There is already a channel of this name, at {before.place(())}; give this one another."
    if "type" not in written:
        return (), f"It needs a type: {', '.join(TYPES)}."
    wrong = wrong_type(written["type"])
    return None if wrong is None else (("type",), wrong)
