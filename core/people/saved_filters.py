"""Saved filters: names that a person gives to lines of the filter language. What cannot be read is not kept, so
that a saved filter works wherever it is used."""

import re
from collections.abc import Sequence

import msgspec

from core.api.filters import FilteredList, SavedFilter, SavedFilters, Saving
from core.caller import Caller
from core.clock import Clock
from core.errors import ConflictError, InvalidError
from core.filtering import FilterError, parse
from core.filters import LISTS
from core.people import words
from core.text import clean
from storage import changes, saved_filters
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.ids import Instant
from storage.saved_filters import SavedFilterRow

MOST = 50
_LONGEST_NAME = 64
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # no address can have these


class Saved:
    """The filters of whoever asks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def show(self, caller: Caller) -> SavedFilters:
        """The caller's filters, in their order."""
        rows = await self._database.read(lambda connection: saved_filters.of_person(connection, caller.person))
        return SavedFilters([_shown(row) for row in rows])

    async def set(self, caller: Caller, saving: Saving) -> SavedFilters:
        """Save exactly these, in this order."""
        now = self._clock.now()
        rows = _checked(caller, saving.filters, now)

        def unit(connection: Connection) -> SavedFilters:
            if rows != saved_filters.of_person(connection, caller.person):
                saved_filters.set_all(connection, caller.person, rows)
                changes.append(connection, [NewChange("filters", str(caller.person), caller.person, None, now)])
            return SavedFilters([_shown(row) for row in rows])

        return await self._database.write(unit)


def _checked(caller: Caller, filters: Sequence[SavedFilter], now: Instant) -> list[SavedFilterRow]:
    if len(filters) > MOST:
        raise ConflictError(f"You can save {MOST} filters: remove one first.")
    rows: list[SavedFilterRow] = []
    for place, one in enumerate(filters):
        row = SavedFilterRow(one.list, _name(one.name, place), _line(caller, one, place, now))
        if any((row.list, row.name) == (other.list, other.name) for other in rows):
            raise InvalidError(
                f"There are two filters of {row.list} with this name: give one another.", f"filters[{place}].name"
            )
        rows.append(row)
    return rows


def _name(text: str, place: int) -> str:
    return words.needed_line(clean(text), f"filters[{place}].name", _LONGEST_NAME)


def _line(caller: Caller, one: SavedFilter, place: int, now: Instant) -> str:
    """The filter, read once with the fields of its list: a mistake says where it stands."""
    where = f"filters[{place}].filter"
    line = one.filter.strip()
    if not line:
        raise InvalidError("A filter that matches everything needs no name: write some terms.", where)
    control = _CONTROL.search(line)
    if control is not None:
        raise InvalidError(
            "There is a control character here: take it out.", f"{where}, character {control.start() + 1}"
        )
    try:
        parse(line, LISTS[one.list], now, caller.zone)
    except FilterError as error:
        sentence = error.sentence.removeprefix(f"{error.place}: ")
        raise InvalidError(sentence, error.place.replace("filter", where, 1)) from None
    return line


def _shown(row: SavedFilterRow) -> SavedFilter:
    return SavedFilter(row.name, row.filter, msgspec.convert(row.list, FilteredList))
