"""A workspace with a repository, sessions that work in it, and what becomes of their branches."""

from dataclasses import dataclass, field
from pathlib import Path

from core.api.sessions import MergeRequest, MergeResult, RequestBinding, SessionDetail
from core.api.wire import ListQuery
from core.api.worktrees import SessionWorktree
from core.caller import Caller
from core.sessions.launching import Launch
from core.sessions.merging import Merging
from core.sessions.requests import Requests
from core.sessions.worktrees import Worktrees
from storage import sessions
from storage.database import Connection
from storage.ids import AutomationId, Instant, SessionId
from storage.sessions import SessionRow
from tests.core.sessions.git.repositories import git
from tests.core.sessions.studio import Studio


@dataclass
class Forge:
    """Ann's sessions in the repository `project`. `closed` has the addresses of what was told as closed."""

    studio: Studio
    project: Path
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """As a server does that knows nothing but what is stored."""
        self.worktrees = Worktrees(self.studio.shop)
        self.merging = Merging(self.studio.shop, self.worktrees.wake)
        self.requests = Requests(self.studio.shop, self._told)

    def _told(self, _: Connection, session: SessionRow, url: str, __: Instant) -> None:
        self.closed.append(url)

    async def worked(self, script: str = "echo new > new.txt", **parts: object) -> SessionDetail:
        """A Develop session that has run this script in a worktree of its own."""
        await self.studio.set_up(folder=str(self.project))
        async with self.studio.running():
            return await self.studio.ended(await self.studio.create(script, kind="develop", **parts))

    async def begun(self, automation: int | None = None) -> SessionRow:
        """A Develop session that has not run, and waits for a person."""
        road = self.studio.road
        ann = self.studio.ann.person
        launch = Launch(
            road.workspace,
            "develop",
            ann,
            ann,
            title="Sign-in",
            prompt="true",
            automation=None if automation is None else AutomationId(automation),
        )

        def unit(connection: Connection) -> SessionRow:
            session = self.studio.starting.start(connection, launch, road.clock.now())
            sessions.change(connection, session, {"state": "waiting"}, road.clock.now())
            return sessions.existing(connection, session)

        return await road.database.write(unit)

    async def merge(
        self, session: SessionDetail, *, dry_run: bool = False, caller: Caller | None = None
    ) -> MergeResult:
        return await self.merging.merge(caller or self.studio.ann, session.id, MergeRequest(dry_run))

    async def bind(self, session: int, url: str | None = None, title: str | None = None) -> SessionRow:
        await self.requests.bind(self.studio.ann, session, RequestBinding(url, title))
        return await self.row(session)

    async def row(self, session: int) -> SessionRow:
        return await self.studio.road.database.read(
            lambda connection: sessions.existing(connection, SessionId(session))
        )

    async def kept(self, filter: str = "", caller: Caller | None = None) -> list[SessionWorktree]:
        return (await self.worktrees.page(caller or self.studio.ann, ListQuery(filter=filter))).items

    def main(self) -> str:
        """The commit that the base is at."""
        return git(self.project, "rev-parse", "refs/heads/main")
