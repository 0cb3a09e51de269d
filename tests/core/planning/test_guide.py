"""What the guide says of tickets and missions is so."""

import re
from pathlib import Path

import msgspec

from core.api.tickets import NewMission, ScopedNotifications
from core.planning.checking import gates
from core.planning.states import OVER, TICKET_MOVES
from core.routing.reading import read_scope

GUIDE = (Path(__file__).parents[3] / "docs" / "tickets.md").read_text(encoding="utf-8")
MISSION, NOTIFICATIONS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
ROWS = dict(re.findall(r"^\| ([a-z, -]+) \| ([a-z, ;-]+) \|$", GUIDE, re.MULTILINE))


def test_its_examples_are_taken() -> None:
    mission = msgspec.json.decode(MISSION, type=NewMission)
    own = msgspec.json.decode(NOTIFICATIONS, type=ScopedNotifications)

    assert [gate.name for gate in gates(mission.quality_gates)] == ["integration"]
    assert read_scope(msgspec.to_builtins(own) | {"rules": []}).problems == []


def test_its_table_of_states_is_that_of_the_code() -> None:
    for state, moves in TICKET_MOVES.items():
        (said,) = (to for names, to in ROWS.items() if state in re.split(", ", names))
        named = {to for to in TICKET_MOVES if re.search(rf"(?<![a-z-]){to}(?![a-z-])", said)} - {"cancelled"}
        each_other = {"pending", "queued"} - {state} if "each other" in said else set()
        ends = {"failed", "cancelled"} if state not in OVER else {"cancelled"} if state == "failed" else set()
        assert (named | each_other) - {"failed"} | ends == moves, state
