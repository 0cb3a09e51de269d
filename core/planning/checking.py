"""What tickets and missions may say of themselves, checked at the door, once."""

import json
import math
import re
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from core.api.tickets import NewGate
from core.clock import from_datetime
from core.errors import ConflictError, InvalidError
from core.people.words import needed_line
from core.planning.gates import Gate
from core.text import storable
from storage.ids import Instant

LONGEST_TITLE = 300
LONGEST_TEXT = 20_000
LONGEST_REASON = 2_000
_LONGEST_GATE = 48
_LONGEST_AGENT = 200
_MOST_GATES = 50
_MOST_NAMED = 200
_MOST_CHANNELS = 20
_HEAVIEST = 1_000.0
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:#-]*", re.ASCII)


def id_given(id: str, longest: int, place: str = "id") -> str:
    if len(id) > longest or _ID.fullmatch(id) is None:
        raise InvalidError(
            f"An id has at most {longest} letters, digits and _ . : # -, and begins with a letter or a digit.",
            place,
        )
    return id


def title(text: str, place: str = "title") -> str:
    return needed_line(" ".join(text.split()), place, LONGEST_TITLE)


def agent(name: str, place: str = "assignTo") -> str:
    return needed_line(name, place, _LONGEST_AGENT)


def text(given: str, place: str, most: int = LONGEST_TEXT) -> str:
    if len(given) > most:
        raise InvalidError(f"This is longer than {most} characters; shorten it.", place)
    return storable(given)


def score(given: float | None, place: str = "score") -> float | None:
    if given is not None and not 1 <= given <= 5:
        raise InvalidError("A score is a number from 1 to 5.", place)
    return given


def weight(given: float, place: str = "weight") -> float:
    if not math.isfinite(given) or not 0 < given <= _HEAVIEST:
        raise InvalidError(f"A weight is a number above 0, up to {_HEAVIEST:g}.", place)
    return given


def deadline(given: datetime | None, place: str = "deadline") -> Instant | None:
    """The instant of a deadline, which must be one that can be told of."""
    if given is None:
        return None
    if not _FIRST_YEAR <= given.year <= _LAST_YEAR:
        raise InvalidError(f"A deadline is between the years {_FIRST_YEAR} and {_LAST_YEAR}.", place)
    return from_datetime(given)


def plan(given: object) -> str:
    """A mission's plan: a text as it is, anything else as its JSON."""
    if given is None:
        return ""
    return storable(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))


def gates(given: list[NewGate]) -> list[Gate]:
    if len(given) > _MOST_GATES:
        raise InvalidError(f"A mission has {_MOST_GATES} quality gates at most.", "qualityGates")
    found: list[Gate] = []
    for index, gate in enumerate(given):
        place = f"qualityGates[{index}]"
        name = needed_line(" ".join(gate.name.split()), f"{place}.name", _LONGEST_GATE)
        if not name.isprintable():
            raise InvalidError("A gate's name is one line of plain text.", f"{place}.name")
        if name in {other.name for other in found}:
            raise InvalidError(
                f"There is another gate {name!r} here: give this one its own name.", f"{place}.name"
            )
        if not gate.after_tasks:
            raise InvalidError("A gate comes after one ticket at least.", f"{place}.afterTasks")
        found.append(
            Gate(
                name,
                _names(gate.after_tasks, f"{place}.afterTasks", _MOST_NAMED),
                _names(gate.blocks_tasks, f"{place}.blocksTasks", _MOST_NAMED),
                score(gate.min_score, f"{place}.minScore"),
                gate.require_all_passed,
                _names(gate.notify_channels, f"{place}.notifyChannels", _MOST_CHANNELS),
            )
        )
    return found


def digest(new: Struct) -> str:
    """By which the same wish is known again, however its JSON was written."""
    plain = json.loads(msgspec.json.encode(new))
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def same_wish(kind: str, id: str, before: str | None, asked: str | None) -> None:
    """What is there under this id was made of what is asked now."""
    if before != asked:
        raise ConflictError(
            f"There is already a {kind} {id}, and it was made of something else: change that one, or take another"
            " id."
        )


def _names(given: list[str], place: str, most: int) -> tuple[str, ...]:
    if len(given) > most:
        raise InvalidError(f"This names {most} at most.", place)
    for index, name in enumerate(given):
        if not 0 < len(name) <= LONGEST_TITLE or storable(name) != name:
            raise InvalidError(f"This is a text of 1 to {LONGEST_TITLE} characters.", f"{place}[{index}]")
    return tuple(dict.fromkeys(given))
