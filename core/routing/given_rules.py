"""The rules of a file that somebody gives, to be tried or to be added."""

import tomllib
from dataclasses import replace
from typing import NamedTuple

import msgspec

from core.api.rules import NewRule, Problem
from core.channels.configuring.places import below, in_toml
from core.errors import InvalidError
from core.routing.configuration import Notifications
from core.routing.files import read_json
from core.routing.reading import read_rules
from core.routing.rule import Rule
from core.routing.rule_set import RuleSet


class Given(NamedTuple):
    """The rules of a file that work, what is wrong with the others, and what is ignored."""

    rules: RuleSet
    problems: list[Problem]
    notices: list[Problem]
    lost: int  # rules that do not work


class Written(NamedTuple):
    """The rules of a file that work, to be added elsewhere, where they stand, and what is wrong with others."""

    rules: list[NewRule]
    places: list[str]
    problems: list[Problem]


def notifications_in(text: str, name: str, problems: list[Problem]) -> Notifications:
    """The channels and rules of a file: TOML, where its name says so, or else JSON."""
    found = _of_toml(text, name) if name.endswith(".toml") else read_json(text, name, problems)
    if found is None:
        raise InvalidError(problems[-1].sentence, problems[-1].place)
    return found


def rules_in(text: str, name: str) -> Given:
    """The rules of a file. Nothing goes to a channel that is not among those of the file, where it has any."""
    problems: list[Problem] = []
    found = notifications_in(text, name, problems)
    written = found.table.get("rules", [])
    names = channels_of(found)
    read = read_rules(written, below(found.place, ("rules",)), names)
    rules = read.rules if names is None else [_known(rule, names) for rule in read.rules]
    lost = len(written) - len(read.rules) if isinstance(written, list) else 1
    return Given(RuleSet(rules), [*problems, *read.problems], read.notices, lost)


def rules_as_written(text: str, name: str) -> Written:
    """What a file has to be imported."""
    problems: list[Problem] = []
    found = notifications_in(text, name, problems)
    read = read_rules(found.table.get("rules", []), below(found.place, ("rules",)), None)
    written = [msgspec.json.decode(rule.written, type=NewRule) for rule in read.rules]
    return Written(written, [rule.place or rule.id for rule in read.rules], [*problems, *read.problems])


def channels_of(notifications: Notifications) -> frozenset[str] | None:
    """The names of the channels, which may be a list of them, or of objects that say theirs; nothing where the
    file has none."""
    channels = notifications.table.get("channels")
    if not isinstance(channels, list | dict):
        return None
    names = (one.get("id", one.get("name")) if isinstance(one, dict) else one for one in channels)
    return frozenset(name for name in names if isinstance(name, str))


def _known(rule: Rule, names: frozenset[str]) -> Rule:
    channels = tuple(channel for channel in rule.channels if channel in names)
    return rule if channels == rule.channels else replace(rule, channels=channels)


def _of_toml(text: str, name: str) -> Notifications:
    try:
        table = tomllib.loads(text).get("notifications", {})
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(f"This is not TOML: {error}.", name) from None
    except RecursionError:
        raise InvalidError("The values are nested too deeply.", name) from None
    if not isinstance(table, dict):
        raise InvalidError("This is a table.", f"{name}: notifications")
    return Notifications(table, in_toml(name, text, ("notifications",)))
