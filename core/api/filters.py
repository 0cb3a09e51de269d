"""Saved filters on the wire: names that a person gives to lines of the filter language, for one list each."""

from typing import Literal

from msgspec import Struct

from core.api.wire import Call

FilteredList = Literal["inbox", "work", "sessions", "automations", "executions"]


class SavedFilter(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    filter: str
    list: FilteredList = "inbox"


class SavedFilters(Struct, frozen=True):
    """All that a person has saved, in their order."""

    filters: list[SavedFilter]


class Saving(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is saved, in its order: what is not named is saved no longer."""

    filters: list[SavedFilter]


def saved() -> Call[SavedFilters]:
    return Call("GET", "/me/filters", SavedFilters)


def save(saving: Saving) -> Call[SavedFilters]:
    return Call("PUT", "/me/filters", SavedFilters, body=saving)
