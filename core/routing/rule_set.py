"""The rules of a home in their order, and those among them that hear of an event, found by its name."""

from collections.abc import Iterable

from core.routing.patterns import Pattern
from core.routing.rule import Rule

_MOST_NAMES = 4_096


class RuleSet:
    """Rules that stay as they are: a change makes a new set. What was found for a name is kept."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._named: dict[str, list[int]] = {}
        self._patterned: list[tuple[int, Pattern]] = []
        self._known: dict[str, tuple[Rule, ...]] = {}
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
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            known = self._known[name] = self._found(name)
        return known

    def _found(self, name: str) -> tuple[Rule, ...]:
        places = set(self._named.get(name, ()))
        places.update(place for place, pattern in self._patterned if pattern.routes(name))
        return tuple(self.rules[place] for place in sorted(places))
