"""Every row of the table of who is told: with everybody there, one person in all roles, and nobody left.

`root` is the admin and no member; `ann`, `ben`, `eva` and `kim` are members, of whom `kim` manages keys."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from core.clock import ManualClock
from storage.database import Database
from storage.engines import Sqlite
from storage.ids import Instant
from tests.conftest import SeededEntropy
from tests.databases import Run, sqlite_template
from tests.road import PEOPLE, Road, open_road

DEVELOPER = "you are the assigned developer"
TICKET_CREATOR = "you created the ticket"
QA_REVIEWER = "you are the QA reviewer"
OWNER = "you own the session"
STARTED_SESSION = "you started the session"
AUTOMATION_CREATOR = "you created the automation"
STARTED_MERGE = "you started the merge"
APPROVER = "the step names you as its approver"
ADMIN = "you are an admin"
MEMBER = "you belong to the workspace"
KEEPER = "you manage API keys"
NOBODY_ELSE = "nobody else is there to be told, and you are an admin"

NAMES = {
    "creator": "ann",
    "developer": "ben",
    "qaReviewer": "eva",
    "sessionOwner": "kim",
    "sessionCreator": "eva",
    "automationCreator": "ann",
    "startedBy": "eva",
}
SESSION = {"sessionId": "s1"}
APPROVED = {"approver": "eva"}
FAILED = {"to": "failed"}
WORKSPACE = {"root": ADMIN, "ann": MEMBER, "ben": MEMBER, "eva": MEMBER, "kim": MEMBER}
KEEPERS = {"root": KEEPER, "kim": KEEPER}


class Row(NamedTuple):
    """An event that names somebody for every role but these, and who is told, and nobody else."""

    event: str
    told: Mapping[str, str]
    more: Mapping[str, object] = {}
    nobody: tuple[str, ...] = ()


ROWS = {
    "code review found blocking issues": Row("review:blocking", {"ben": DEVELOPER}),
    "code review, and no developer": Row("review:blocking", {"kim": OWNER}, nobody=("developer",)),
    "hook failed": Row("hook:failed", {"ben": DEVELOPER}),
    "hook failed, and no developer": Row("hook:failed", {"kim": OWNER}, nobody=("developer",)),
    "ticket failed": Row("task:transition", {"ann": TICKET_CREATOR, "ben": DEVELOPER}, FAILED),
    "workflow step failed": Row("workflow:step-failed", {"kim": OWNER, "ben": DEVELOPER}),
    "verification failed": Row("verification:failed", {"kim": OWNER, "ben": DEVELOPER}),
    "merge failed": Row("merge:failed", {"eva": STARTED_MERGE, "ben": DEVELOPER}),
    "automation failed before a session": Row("automation:failed", {"ann": AUTOMATION_CREATOR}),
    "automation failed with a session": Row(
        "automation:failed", {"ann": AUTOMATION_CREATOR, "kim": OWNER, "ben": DEVELOPER}, SESSION
    ),
    "automation disabled": Row("automation:disabled", {"ann": AUTOMATION_CREATOR}),
    "automation disabled with a session": Row(
        "automation:disabled", {"ann": AUTOMATION_CREATOR, "kim": OWNER, "ben": DEVELOPER}, SESSION
    ),
    "automation skipped": Row("automation:skipped", {"ann": AUTOMATION_CREATOR}, SESSION),
    "pull request closed without merging": Row(
        "pr:closed", {"ann": AUTOMATION_CREATOR, "eva": STARTED_SESSION, "ben": DEVELOPER}
    ),
    "ticket ready for review": Row("task:review", {"ben": DEVELOPER}),
    "ticket ready for QA": Row("task:qa", {"eva": QA_REVIEWER}),
    "approval requested": Row("approval:requested", {"kim": OWNER}),
    "approval requested of an approver": Row("approval:requested", {"eva": APPROVER}, APPROVED),
}
AUDIENCES = {
    "budget warning, global": Row("budget:warning", {"root": ADMIN}, {"scope": "global"}),
    "budget breach, global": Row("budget:breach", {"root": ADMIN}, {"scope": "global"}),
    "budget warning, workspace": Row("budget:warning", WORKSPACE, {"scope": "workspace"}),
    "budget breach, workspace": Row("budget:breach", WORKSPACE, {"scope": "workspace"}),
    "budget warning, ticket": Row("budget:warning", WORKSPACE, {"scope": "task"}),
    "budget breach, ticket": Row("budget:breach", WORKSPACE, {"scope": "task"}),
    "API key expiring": Row("key:expiring", KEEPERS),
    "API key expired": Row("key:expired", KEEPERS),
    "API key revoked": Row("key:revoked", KEEPERS),
    "API key rotated": Row("key:rotated", KEEPERS),
    "API key with suspicious failures": Row("key:suspicious", KEEPERS),
}
NOTIFIES_NOBODY = {
    "ticket finished": Row("task:transition", {}, {"to": "completed"}),
    "ticket made": Row("task:created", {}),
    "session failed": Row("session:failed", {}, SESSION),
    "approval answered": Row("approval:resolved", {}),
    "an event that the catalogue does not know": Row("deploy:done", {}),
}
EVERY_ROW = {**ROWS, **AUDIENCES, **NOTIFIES_NOBODY}

Told = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def office(run: Run, tmp_path_factory: pytest.TempPathFactory) -> "Office":
    return Office(sqlite_template(run), tmp_path_factory.mktemp("office"))


class Office:
    """Every row as an event in a company of its own, and who was told."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self.as_they_are = asyncio.run(self._tell("there", NAMES))
        self.one_for_all = asyncio.run(self._tell("all", dict.fromkeys([*NAMES, "approver"], "ben")))
        self.all_gone = asyncio.run(self._tell("gone", NAMES, leaving=("ann", "ben", "eva", "kim")))
        self.developer_gone = asyncio.run(self._tell("developer", NAMES, leaving=("ben",)))

    async def _tell(self, name: str, names: Mapping[str, str], leaving: tuple[str, ...] = ()) -> Told:
        path = self._folder / f"{name}.db"
        shutil.copyfile(self._template, path)
        database = Database(Sqlite(path))
        road = await open_road(database, ManualClock(Instant(0)), SeededEntropy())
        for title, row in EVERY_ROW.items():
            named = {role: person for role, person in names.items() if role not in row.nobody}
            await road.post(row.event, data={**row.more, **named}, task_id=title)
        for person in leaving:
            await road.leave(person)
        await road.dispatcher.catch_up()
        told = await _told(road)
        await database.close()
        return told


async def _told(road: Road) -> Told:
    """Who has which row in their inbox; a second time would be an item too many."""
    found: Told = {title: {} for title in EVERY_ROW}
    for person in PEOPLE:
        for item in await road.items(person):
            assert person not in found[str(item.ticket)], f"{person} was told twice of: {item.ticket}"
            found[str(item.ticket)][person] = item.reason
    return found


@pytest.mark.parametrize("row", EVERY_ROW)
def test_those_are_told_whom_the_row_names_and_nobody_else(office: Office, row: str) -> None:
    assert office.as_they_are[row] == EVERY_ROW[row].told


@pytest.mark.parametrize("row", ROWS)
def test_one_person_in_all_roles_is_told_once(office: Office, row: str) -> None:
    assert set(office.one_for_all[row]) == {"ben"}


@pytest.mark.parametrize("row", [*ROWS, *AUDIENCES])
def test_where_nobody_is_left_the_admins_are_told(office: Office, row: str) -> None:
    own = EVERY_ROW[row].told.get("root", NOBODY_ELSE)
    assert office.all_gone[row] == {"root": own}


@pytest.mark.parametrize("row", NOTIFIES_NOBODY)
def test_what_is_meant_for_nobody_goes_to_nobody_even_then(office: Office, row: str) -> None:
    assert office.all_gone[row] == {}


@pytest.mark.parametrize("row", [row for row in [*ROWS, *AUDIENCES] if "ben" in EVERY_ROW[row].told])
def test_whoever_left_is_skipped_and_the_others_are_told_as_before(office: Office, row: str) -> None:
    others = {person: reason for person, reason in EVERY_ROW[row].told.items() if person != "ben"}
    instead = (
        {"kim": OWNER} if EVERY_ROW[row].event in {"review:blocking", "hook:failed"} else {"root": NOBODY_ELSE}
    )
    assert office.developer_gone[row] == (others or instead)
