"""The cost ledger as it is read: sums over the sessions that the caller may see, in months of UTC."""

import re
from collections.abc import Sequence

from core import paging
from core.api.costs import Cost, CostQuery, Grouping
from core.api.wire import Page
from core.caller import Caller
from core.clock import Clock
from core.errors import InvalidError
from core.filtering import parse, refused
from core.filters import COST_FIELDS
from core.sessions.access import viewer
from core.sessions.costs import dollars
from core.text import storable
from storage import costs
from storage.costs import SumsRow
from storage.database import Connection, Database

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_LONGEST_GROUP = 200


class CostLedger:
    """What turns have cost. What nobody reported is nothing, never 0."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, caller: Caller, query: CostQuery) -> Page[Cost]:
        """The groups that have a turn in them. Turns of no ticket, or of no automation, are in none of those."""
        most = paging.one_more(query)
        criteria = parse(query.filter, COST_FIELDS, self._clock.now(), caller.zone)
        for criterion in criteria:
            if criterion.what == "text":
                sentence = f"Costs have no words to search for: narrow them by {', '.join(COST_FIELDS)}."
                raise refused(sentence, query.filter, "text", str(criterion.values[0]))
        after = None if query.cursor is None else _place(query.by, query.cursor)

        def unit(connection: Connection) -> Page[Cost]:
            rows = costs.page(connection, viewer(caller), query.by, criteria, after, most)
            named = [row._replace(group=_named(query.by, row.group)) for row in rows]
            return paging.page(named, query.limit, _shown, lambda row: row.group)

        return await self._database.read(unit)


def _named(by: Grouping, group: str) -> str:
    return f"{group[:4]}-{group[4:]}" if by == "month" else group


def _shown(rows: Sequence[SumsRow]) -> list[Cost]:
    return [
        Cost(row.group, dollars(row.cost), row.turns, row.unmetered, row.input_tokens, row.output_tokens)
        for row in rows
    ]


def _place(by: Grouping, cursor: str) -> str | int:
    """Where the page begins."""
    if by in ("session", "automation"):
        return paging.number(cursor)
    if by != "month":
        if len(cursor) > _LONGEST_GROUP or storable(cursor) != cursor:
            raise _of_another_list()
        return cursor
    found = _MONTH.fullmatch(cursor)
    if found is None:
        raise _of_another_list()
    return int(found[1] + found[2])


def _of_another_list() -> InvalidError:
    return InvalidError("This cursor is not one of this list; start again without it.", "cursor")
