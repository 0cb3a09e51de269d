"""A founded home with automations: everything that they go through, but for processes. Sessions end when a test
says so."""

import pytest
from sqlalchemy import update

from core.api.automations import Automation, AutomationCreation, Execution, RunRequest
from core.api.wire import ListQuery
from core.automations.firing import Firing
from core.automations.ledger import Ledger
from core.automations.planning import Planning
from core.automations.run_now import RunNow
from core.automations.scheduler import Scheduler
from core.automations.service import Automations
from core.automations.switching import Switching
from core.caller import Caller
from core.clock import ManualClock
from core.errors import InvalidError
from core.filters import AUTOMATION_FIELDS
from core.inbox.service import Inbox
from core.sessions.launching import Launch
from core.sessions.starting import Starting
from storage import sessions
from storage.database import Connection
from storage.executions import executions
from storage.ids import Instant, SessionId
from storage.sessions import SessionRow
from tests.core.people.conftest import Home, accounts, home

__all__ = ["accounts", "home", "office"]


class Choice:
    """The providers that there are."""

    default = "shell"

    def __init__(self) -> None:
        self.known = ["shell", "echo"]

    def check_model(self, name: str, model: str | None) -> None:
        if name not in self.known:
            raise InvalidError("There is no such provider.", "provider")
        if model == "gigantic":
            raise InvalidError("There is no such model.")

    def runs_scripts(self, name: str) -> bool:
        return name == "shell"


class Breaking(Starting):
    """Begins sessions as ever, but for those of one title."""

    breaks_for = ""

    def start(self, connection: Connection, launch: Launch, now: Instant) -> SessionId:
        if launch.title == self.breaks_for:
            raise RuntimeError("a fault")
        return super().start(connection, launch, now)


class Clock(ManualClock):
    """A clock on the wall that can be set, beside one that only goes on."""

    def set_wall(self, now: Instant) -> None:
        self._now = now


class Office:
    """The services of automations on one home, in which Ann works in the workspace `shop`, and Bob too."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.database, self.entropy = home.database, home.entropy
        self.clock = Clock(home.clock.now())
        self.providers = Choice()
        self.starting = Breaking(self.providers, home.entropy)
        self.firing = Firing(self.starting, home.entropy)
        self.automations = Automations(
            self.database, self.clock, self.entropy, self.providers, lambda: "https://board.example.org"
        )
        self.switching = Switching(self.database, self.clock, AUTOMATION_FIELDS)
        self.pressing = RunNow(self.database, self.clock, self.firing)
        self.ledger = Ledger(self.database, self.clock)
        self.planning = Planning(self.database, self.clock)
        self.inbox = Inbox(self.database, self.clock)
        self.scheduler = self.begun_anew()

    def begun_anew(self) -> Scheduler:
        """A scheduler that knows nothing but what is stored."""
        self.scheduler = Scheduler(self.database, self.clock, self.entropy, self.firing)
        return self.scheduler

    async def create(self, caller: Caller | None = None, **fields: object) -> Automation:
        """Ann's automation, or the caller's."""
        known: dict[str, object] = {
            "name": "Nightly",
            "workspace": "shop",
            "type": "manual",
            "kind": "develop",
            "prompt": "Look around.",
        }
        creation = AutomationCreation(**{**known, **fields})  # type: ignore[arg-type]
        return await self.automations.create(caller or await self.home.ann(), creation)

    async def show(self, automation: Automation) -> Automation:
        return await self.automations.show(await self.home.owner(), str(automation.id))

    async def run_now(self, automation: Automation, **parameters: object) -> Execution:
        ann = await self.home.ann()
        return await self.pressing.run(ann, str(automation.id), RunRequest(dict(parameters)))

    async def history(self, automation: Automation | None = None, filter: str = "") -> list[Execution]:
        """What there is in the ledger, oldest first."""
        narrowed = f"{filter} automation:{automation.id}" if automation else filter
        found = await self.ledger.page(await self.home.owner(), ListQuery(1000, None, narrowed))
        return found.items[::-1]

    async def sessions(self) -> list[SessionRow]:
        """All sessions, oldest first."""
        viewer = sessions.Viewer((await self.home.owner()).person, None, True)

        def unit(connection: Connection) -> list[SessionRow]:
            return sessions.page(connection, viewer, (), None, 1000)

        return (await self.database.read(unit))[::-1]

    async def end(self, session: int | None, outcome: str = "succeeded", detail: str = "") -> None:
        """The run of a session ends so."""
        assert session is not None
        state = {"failed": "failed", "timed_out": "failed", "cancelled": "cancelled"}.get(outcome, "waiting")
        values = {"state": state, "outcome": outcome, "detail": detail, "ended_at": self.clock.now()}
        await self.database.write(
            lambda connection: sessions.change(connection, SessionId(session), values, self.clock.now())
        )

    async def end_all(self, outcome: str = "succeeded", detail: str = "") -> None:
        """The runs of all sessions that are in flight end so."""
        for session in await self.sessions():
            if session.state in sessions.IN_FLIGHT:
                await self.end(session.id, outcome, detail)

    async def continue_(self, session: int) -> None:
        """A person goes on with a session that had ended."""
        values = {"state": "running"}
        await self.database.write(
            lambda connection: sessions.change(connection, SessionId(session), values, self.clock.now())
        )

    async def prompt_of(self, session: int) -> str:
        return (
            await self.database.read(lambda connection: sessions.texts(connection, SessionId(session)))
        ).prompt

    async def forget_triggers(self) -> None:
        """What was recorded is from before its source was."""
        statement = update(executions).values(trigger=None)
        await self.database.write(lambda connection: connection.execute(statement).rowcount)

    async def told(self, event: str) -> list[dict[str, object]]:
        """The payloads of the events of this name."""
        return await self.home.events(event)


@pytest.fixture
async def office(home: Home) -> Office:
    await home.ann()
    await home.bob()
    await home.workspace("shop", "ann", "bob")
    await home.workspace("attic")
    return Office(home)
