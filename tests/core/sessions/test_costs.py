"""The ledger: each turn is charged once, with what is new in it, and what is unknown stays unknown."""

import pytest

from core.api.wire import ListQuery
from core.sessions.costs import charge
from core.sessions.turns import Tokens, Usage
from storage import sessions, turns, usage
from storage.database import Connection
from storage.ids import SessionId, TurnId
from storage.turns import NewTurnRow
from tests.core.sessions.studio import Studio

_ALL = ListQuery()
Charged = tuple[int | None, int | None, int | None]


async def charged(studio: Studio, *reports: tuple[str | None, str | None, Usage]) -> list[Charged]:
    """Cost, tokens read and tokens written of turns that ended so, each with the conversation it left and the one
    that it went on with."""
    session = SessionId((await studio.create()).id)
    now = studio.road.clock.now()

    def unit(connection: Connection) -> list[Charged]:
        row = sessions.existing(connection, session)
        made: list[TurnId] = []
        for left, resumed, used in reports:
            number = turns.next_number(connection, session)
            turn = turns.add_turn(
                connection, NewTurnRow(session, number, None, "chat", "", "agent", None, "mark", now)
            )
            turns.change_turn(connection, turn, {"resume_id": left})
            charge(connection, row, turns.existing_turn(connection, session, number), used, now, resumed=resumed)
            made.append(turn)
        of_turns = usage.of_turns(connection, session)
        return [of_turns[turn] for turn in made]

    return await studio.road.database.write(unit)


async def test_figures_of_a_turn_are_charged_as_they_are(studio: Studio) -> None:
    used = Usage(500, "turn", Tokens(10, 0, 5), "turn")

    assert await charged(studio, ("a", None, used), ("a", "a", used)) == [(500, 10, 5), (500, 10, 5)]


async def test_of_running_totals_the_difference_is_charged(studio: Studio) -> None:
    reports = [Usage(cost, "total", Tokens(tokens, None, 1), "total") for cost, tokens in ((500, 10), (800, 25))]

    assert await charged(studio, ("a", None, reports[0]), ("a", "a", reports[1])) == [(500, 10, 1), (300, 15, 0)]


async def test_another_conversation_begins_anew(studio: Studio) -> None:
    total = Usage(500, "total")

    assert await charged(studio, ("a", None, total), ("b", None, total)) == [(500, None, None)] * 2


async def test_a_conversation_that_goes_on_under_another_name_is_the_same(studio: Studio) -> None:
    first, second = Usage(500, "total"), Usage(700, "total")

    assert await charged(studio, ("a", None, first), ("b", "a", second)) == [(500, None, None), (200, None, None)]


@pytest.mark.parametrize("lower", [0, 499])
async def test_nothing_is_ever_charged_back(studio: Studio, lower: int) -> None:
    first, second = Usage(500, "total"), Usage(lower, "total")

    assert (await charged(studio, ("a", None, first), ("a", "a", second)))[1] == (0, None, None)


async def test_what_nobody_reported_is_unknown_and_counted(studio: Studio) -> None:
    reports = [("a", None, Usage()), ("a", "a", Usage(300, "total")), ("a", "a", Usage())]

    assert await charged(studio, *reports) == [(None, None, None), (300, None, None), (None, None, None)]
    (session,) = (await studio.sessions.page(studio.ann, _ALL)).items
    assert (session.cost, session.unmetered) == (0.0003, 2)


async def test_what_was_known_before_a_silent_turn_is_still_taken_off(studio: Studio) -> None:
    reports = [("a", None, Usage(300, "total")), ("a", "a", Usage()), ("a", "a", Usage(450, "total"))]

    assert [cost for cost, _, _ in await charged(studio, *reports)] == [300, None, 150]
