"""Worktrees go when their sessions are done and nothing can be lost; otherwise they stay, with a reason."""

from pathlib import Path

import pytest

from core.caller import Permission
from core.clock import HOUR
from core.errors import ConflictError, NotAllowedError, NotFoundError
from tests.core.sessions.forge import Forge
from tests.core.sessions.git.repositories import commit, git
from tests.core.sessions.git.test_pull_requests import URL, Gh

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


async def test_after_a_merge_the_worktree_and_its_branch_go(forge: Forge) -> None:
    session = await forge.worked()
    await forge.merge(session)

    assert await forge.worktrees.clear() == 1

    assert len(git(forge.project, "worktree", "list").splitlines()) == 1
    assert session.branch not in git(forge.project, "branch", "--format=%(refname:short)").split()
    gone = await forge.studio.show(session)
    assert (gone.state, gone.workdir, gone.branch) == ("done", None, session.branch)
    assert await forge.kept() == []


async def test_what_is_done_and_not_merged_stays_and_can_be_removed_by_hand(forge: Forge) -> None:
    session = await forge.worked("echo new > new.txt")
    folder = Path(session.workdir or "")
    commit(folder, new="new\n")
    await forge.studio.sessions.complete(forge.studio.ann, session.id)

    assert await forge.worktrees.clear() == 0

    assert (folder / "new.txt").exists()
    (kept,) = await forge.kept()
    assert (kept.session, kept.branch, kept.base, kept.there) == (session.id, session.branch, "main", True)
    assert kept.reason.endswith("has 1 commit that main does not have.")
    git(forge.project, "worktree", "remove", str(folder))  # which git refuses as long as it is locked


async def test_what_stays_is_looked_at_again_hours_later(forge: Forge) -> None:
    session = await forge.worked()
    commit(Path(session.workdir or ""), new="new\n")
    await forge.studio.sessions.complete(forge.studio.ann, session.id)
    assert await forge.worktrees.clear() == 0
    git(forge.project, "merge", "--quiet", session.branch or "")

    assert await forge.worktrees.clear() == 0
    forge.studio.road.clock.advance(7 * HOUR)
    assert await forge.worktrees.clear() == 1


async def test_the_work_of_a_merged_pull_request_goes_though_its_base_has_other_commits(
    forge: Forge, gh: Gh
) -> None:
    session = await forge.worked()
    head = commit(Path(session.workdir or ""), new="new\n")
    gh.says(f'{{"state": "MERGED", "mergedAt": "2026-03-02T12:00:00Z", "headRefOid": "{head}"}}')

    await forge.bind(session.id, URL)

    assert await forge.worktrees.clear() == 1


async def test_open_sessions_keep_their_worktrees(forge: Forge) -> None:
    session = await forge.worked("true")

    assert await forge.worktrees.clear() == 0

    (kept,) = await forge.kept()
    assert kept.reason == "Its session is waiting, and not done."
    await forge.studio.say(session, "true")
    (kept,) = await forge.kept()
    assert kept.reason == "Its session is at work."
    with pytest.raises(ConflictError, match="is at work"):
        await forge.worktrees.remove(forge.studio.ann, session.id)


async def test_a_person_removes_a_worktree_that_holds_nothing(forge: Forge) -> None:
    empty, full = await forge.worked("true"), await forge.worked()

    await forge.worktrees.remove(forge.studio.ann, empty.id)
    with pytest.raises(ConflictError, match="in no commit"):
        await forge.worktrees.remove(forge.studio.ann, full.id)
    with pytest.raises(ConflictError, match="has no worktree"):
        await forge.worktrees.remove(forge.studio.ann, empty.id)

    assert [kept.session for kept in await forge.kept()] == [full.id]


async def test_a_session_whose_worktree_was_removed_goes_on_in_a_new_one(forge: Forge) -> None:
    session = await forge.worked("true")
    await forge.worktrees.remove(forge.studio.ann, session.id)

    async with forge.studio.running():
        await forge.studio.say(session, "echo more > more.txt")
        later = await forge.studio.until(session, lambda now: now.state == "waiting" and len(now.turns) == 2)

    assert (Path(later.workdir or "") / "more.txt").exists()
    assert (await forge.merge(later)).merged


async def test_a_folder_that_is_gone_keeps_its_branch_while_it_is_unmerged(forge: Forge) -> None:
    session = await forge.worked()
    commit(Path(session.workdir or ""), new="new\n")
    git(forge.project, "worktree", "remove", "--force", "--force", session.workdir or "")

    (kept,) = await forge.kept()
    assert (kept.there, kept.reason) == (
        False,
        f"The branch {session.branch} has 1 commit that main does not have.",
    )
    assert (await forge.merge(session)).merged
    assert await forge.worktrees.clear() == 1


async def test_worktrees_are_those_of_sessions_that_one_may_see(forge: Forge) -> None:
    session = await forge.worked("true")
    seeing = forge.studio.holding("ben", Permission.SESSIONS_VIEW_ALL)

    assert await forge.kept(caller=forge.studio.road.callers["ben"]) == []
    assert [kept.owner for kept in await forge.kept(caller=seeing)] == ["ann"]
    assert await forge.kept("state:done") == []
    with pytest.raises(NotAllowedError):
        await forge.worktrees.remove(seeing, session.id)
    with pytest.raises(NotFoundError):
        await forge.worktrees.remove(forge.studio.road.callers["ben"], session.id)
