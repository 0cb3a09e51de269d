"""A workspace's commands before a merge: they run in the worktree, and one that fails stops the merge."""

import asyncio

from core.errors import InvalidError
from core.sessions.choosing import SHELL
from core.sessions.runs.files import files_of
from core.sessions.runs.preparing import prepare
from core.sessions.runs.scene import find, set_up
from core.sessions.runs.work import SessionWork
from core.sessions.stages.hooks import run_hooks
from core.sessions.stages.work import StageEnd
from core.sessions.turns import Provider
from core.sessions.workshop import Slots, Workshop
from storage.ids import SessionId
from storage.sessions import SessionRow


async def run_pre_merge(shop: Workshop, session: SessionId, stop: asyncio.Event) -> StageEnd | None:
    """Run them in their order, up to the first that fails; nothing where there are none. What they print is kept
    beside the session's turns."""
    found = await shop.database.read(lambda connection: find(connection, session))
    if not found.workplace.commands.hooks.get("pre_merge"):
        return None
    if found.session.workdir is None:
        return StageEnd(
            "failed", "Its worktree is gone, so that the workspace's commands before a merge cannot run."
        )
    provider = _provider(shop, found.session)
    row, place = await prepare(
        shop, found.session, found.workspace, found.workplace, provider.ignore, first=False, looks=True
    )
    scene = set_up(shop, stop, found, provider, place)
    return await run_hooks("pre_merge", SessionWork(scene, files_of(row, place, provider.ignore), Slots()))


def _provider(shop: Workshop, session: SessionRow) -> Provider:
    """The session's, or, where that is not configured any more, the one that is always there: none is asked."""
    try:
        return shop.providers.get(session.provider)
    except InvalidError:
        return shop.providers.get(SHELL)
