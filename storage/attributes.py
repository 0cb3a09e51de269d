"""What never changes of an inbox item, as marks in the index of words: so that a filter that few items fit is
answered without looking at all of them. A mark says where to look; the item itself has the last word."""

import re
from collections.abc import Callable, Iterable

from storage.criterion import Criterion
from storage.ids import DAY, Instant

_ODD = re.compile(r"[^a-z0-9]")
_MARK = 48  # so many characters of a value are in its mark
_SIZES = (10, 8, 6, 4, 2, 0)  # days stand in blocks, blocks in larger blocks, by so many bits
_FIRST = 16 << 10  # all before 2017 shares a block
_LATER = 3  # large blocks more, for clocks that went wrong

EVERY = "!"
"""The mark of every item."""


def marks(
    event: str, severity: str, source: str, workspace_id: int | None, ticket_id: str | None
) -> tuple[str, ...]:
    """The marks of an item: of its event and its source also those of what they belong to."""
    found = [EVERY, _mark("s", severity), _mark("w", str(workspace_id or 0))]
    found += [_mark("e", part) for part in _wholes(event, ":")]
    found += [_mark("f", part) for part in _wholes(source, "/")]
    if ticket_id is not None:
        found.append(_mark("t", ticket_id))
    return tuple(found)


def days(day: int) -> tuple[str, ...]:
    """The marks of the day that an item was made on."""
    return tuple([f"!d{size}_{max(_FIRST, day) >> size}" for size in _SIZES])


def wanted(criterion: Criterion, now: Instant) -> list[str]:
    """The marks one of which is on each item that meets the criterion; none where marks do not tell."""
    if criterion.negated or criterion.what not in _WANTED:
        return []
    return _WANTED[criterion.what](criterion, now)


def _mark(kind: str, value: str) -> str:
    return f"!{kind}{_ODD.sub('_', value.lower())[:_MARK]}"


def _wholes(value: str, between: str) -> Iterable[str]:
    parts = value.split(between)[:6]
    return (between.join(parts[:end]) for end in range(1, len(parts) + 1))


def _texts(kind: str) -> Callable[[Criterion, Instant], list[str]]:
    return lambda criterion, _: [_mark(kind, text) for text in criterion.texts]


def _sources(criterion: Criterion, _: Instant) -> list[str]:
    shallow = all(text.count("/") < 5 for text in criterion.texts)
    return [_mark("f", text) for text in criterion.texts] if shallow else []


def _events(criterion: Criterion, _: Instant) -> list[str]:
    """The whole parts that stand before the first star."""
    found = []
    for pattern in criterion.texts:
        parts = pattern.split(":")
        sure = next((place for place, part in enumerate(parts) if "*" in part), len(parts))
        if not 0 < sure <= 6:
            return []
        found.append(_mark("e", ":".join(parts[:sure])))
    return found


def _since(criterion: Criterion, now: Instant) -> list[str]:
    last = ((now // DAY >> _SIZES[0]) + _LATER << _SIZES[0]) - 1
    return list(_days(criterion.instant // DAY, last))


def _until(criterion: Criterion, _: Instant) -> list[str]:
    return list(_days(_FIRST, max(_FIRST, criterion.instant // DAY)))


def _days(first: int, last: int) -> Iterable[str]:
    """Marks for the days from the first to the last, the largest blocks that fit."""
    first = max(_FIRST, first)
    while first <= last:
        size = next(bits for bits in _SIZES if not first % (1 << bits) and first + (1 << bits) - 1 <= last)
        yield f"!d{size}_{first >> size}"
        first += 1 << size


_WANTED: dict[str, Callable[[Criterion, Instant], list[str]]] = {
    "severity": _texts("s"),
    "ticket": _texts("t"),
    "from": _sources,
    "event": _events,
    "workspace": lambda criterion, _: [_mark("w", str(value)) for value in criterion.values],
    "since": _since,
    "until": _until,
}
