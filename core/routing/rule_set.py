"""The rules of a home in their order, and those among them that an event concerns, found without trying all."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from core.routing.conditions import Holds
from core.routing.loose import MISSING
from core.routing.patterns import Pattern
from core.routing.rule import Rule

_MOST_NAMES = 4_096

_Asked = tuple[int, Rule, Holds]
_place = itemgetter(0)


class _ByKey(NamedTuple):
    """The rules whose condition needs this key of the payload: with a text, found by it, or with any value."""

    key: str
    by_text: dict[str, list[_Asked]]
    of_text: list[_Asked]
    of_any: list[_Asked]


class _Heard(NamedTuple):
    """The rules that have a pattern for one name. Those whose condition needs a key are found by it."""

    rules: tuple[Rule, ...]
    asked: tuple[_Asked, ...]
    by_key: tuple["_ByKey", ...]


class RuleSet:
    """Rules that stay as they are: a change makes a new set. What was found for a name is kept."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._named: dict[str, list[int]] = {}
        self._patterned: list[tuple[int, Pattern]] = []
        self._known: dict[str, _Heard] = {}
        for place, rule in enumerate(self.rules):
            if not rule.enabled:
                continue
            for pattern in rule.patterns:
                if pattern.exact:
                    self._named.setdefault(pattern.text, []).append(place)
                else:
                    self._patterned.append((place, pattern))

    def candidates(self, name: str) -> tuple[Rule, ...]:
        """The rules that are on and have a pattern for this name, in order."""
        return self._heard(name).rules

    def firing(self, name: str, data: Mapping[str, object]) -> list[Rule]:
        """Those of them whose condition holds, in order."""
        heard = self._heard(name)
        found = [(place, rule) for place, rule, holds in heard.asked if holds(data)]
        first = len(found)
        for key, by_text, of_text, of_any in heard.by_key:
            value = data.get(key, MISSING)
            if value is MISSING:
                continue
            asked = by_text.get(value, ()) if type(value) is str else of_text
            found += [(place, rule) for place, rule, holds in asked if holds(data)]
            found += [(place, rule) for place, rule, holds in of_any if holds(data)]
        if len(found) > first:
            found.sort(key=_place)
        return [rule for _, rule in found]

    def _heard(self, name: str) -> _Heard:
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            known = self._known[name] = self._found(name)
        return known

    def _found(self, name: str) -> _Heard:
        places = set(self._named.get(name, ()))
        places.update(place for place, pattern in self._patterned if pattern.routes(name))
        asked: list[_Asked] = []
        by_key: dict[str, _ByKey] = {}
        for place in sorted(places):
            condition = self.rules[place].condition
            one = (place, self.rules[place], _always if condition is None else condition.holds)
            if condition is None or condition.needs is None:
                asked.append(one)
                continue
            key, text = condition.needs
            needing = by_key.setdefault(key, _ByKey(key, {}, [], []))
            if text is None:
                needing.of_any.append(one)
            else:
                needing.of_text.append(one)
                needing.by_text.setdefault(text, []).append(one)
        return _Heard(tuple(self.rules[place] for place in sorted(places)), tuple(asked), tuple(by_key.values()))


def _always(data: Mapping[str, object]) -> bool:
    return True
