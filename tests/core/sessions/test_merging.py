"""A session's branch goes into its base whole, with a word to whom it concerns when it does not."""

import asyncio
import json
from pathlib import Path

import pytest

from core.caller import Permission
from core.errors import ConflictError, NotAllowedError, NotFoundError
from core.sessions.runs.mending import mend
from storage import turns, workers
from storage.database import Connection
from storage.ids import SessionId
from storage.turns import NewTurnRow
from storage.workers import WorkerRow
from tests.core.sessions.forge import Forge
from tests.core.sessions.git.repositories import commit, git, state

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

CHANGES = "printf theirs > readme.txt"


async def test_what_a_session_made_goes_into_its_base_and_the_session_is_done(forge: Forge) -> None:
    session = await forge.worked()

    merged = await forge.merge(session)

    assert (merged.merged, merged.base, merged.commit) == (True, "main", forge.main())
    assert (forge.project / "new.txt").read_text() == "new\n"
    done = await forge.studio.show(session)
    assert (done.state, done.detail) == ("done", merged.detail)
    assert "was merged into main" in done.detail
    assert git(forge.project, "log", "-1", "--format=%an") == "ann"


async def test_a_dry_run_changes_nothing(forge: Forge) -> None:
    session = await forge.worked()
    commit(forge.project, other="ours\n")
    before = state(forge.project)

    tried = await forge.merge(session, dry_run=True)

    assert (tried.merged, tried.commit) == (True, None)
    assert "can be merged" in tried.detail
    assert state(forge.project) == before
    assert git(Path(session.workdir or ""), "status", "--porcelain") == "?? new.txt"
    assert (await forge.studio.show(session)).state == "waiting"


async def test_a_conflict_touches_nothing_and_tells_who_started_the_merge(forge: Forge) -> None:
    session = await forge.worked(CHANGES)
    commit(forge.project, readme="ours\n")
    before = git(forge.project, "status", "--porcelain"), forge.main()

    tried = await forge.merge(session, dry_run=True)
    merged = await forge.merge(session)

    assert (merged.merged, merged.commit, merged.files) == (False, None, ["readme.txt"])
    assert (tried.merged, tried.files) == (False, ["readme.txt"])
    assert git(Path(session.workdir or ""), "status", "--porcelain") == " M readme.txt"
    assert (git(forge.project, "status", "--porcelain"), forge.main()) == before
    shown = await forge.studio.show(session)
    assert (shown.state, shown.detail) == ("waiting", merged.detail)
    (event,) = await forge.studio.events("merge:failed")
    payload = json.loads(event.payload)
    assert payload["mergeId"]
    assert (payload["startedBy"], payload["files"], payload["base"]) == ("ann", ["readme.txt"], "main")
    await forge.studio.road.dispatcher.catch_up()
    assert (await forge.studio.road.told())["ann"] == "you started the merge"


async def test_a_base_with_changes_of_a_persons_own_is_left_alone(forge: Forge) -> None:
    session = await forge.worked(CHANGES)
    (forge.project / "readme.txt").write_text("mine")

    merged = await forge.merge(session)

    assert not merged.merged
    assert "commit or undo them first" in merged.detail
    assert (forge.project / "readme.txt").read_text() == "mine"
    assert len(await forge.studio.events("merge:failed")) == 1


async def test_a_hook_that_fails_keeps_the_branch_out(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.set_up(hooks={"pre_merge": [["true"], ["sh", "-c", "echo no tests; exit 3"]]})
    before = forge.main()

    merged = await forge.merge(session)

    assert (merged.merged, forge.main()) == (False, before)
    assert "pre_merge" in merged.detail
    (event,) = await forge.studio.events("hook:failed")
    assert json.loads(event.payload)["exitCode"] == 3
    shown = await forge.studio.show(session)
    assert (shown.state, shown.detail) == ("waiting", merged.detail)
    assert await forge.studio.output(shown) == "no tests\n"


async def test_hooks_run_in_the_worktree_before_the_merge(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.set_up(hooks={"pre_merge": [["sh", "-c", "cat new.txt; git log -1 --format=%D"]]})

    assert (await forge.merge(session)).merged

    printed = await forge.studio.output(await forge.studio.show(session))
    assert printed == f"new\nHEAD -> {session.branch}\n"


async def test_a_merge_that_was_not_written_down_is_found_to_be_done(forge: Forge) -> None:
    session = await forge.worked()
    assert session.workdir is not None
    git(forge.project.parent, "-C", session.workdir, "add", "--all")
    git(forge.project.parent, "-C", session.workdir, "commit", "--quiet", "--message", "new")
    git(forge.project, "merge", "--quiet", session.branch or "")
    before = state(forge.project)

    merged = await forge.merge(session)

    assert (merged.merged, merged.commit) == (True, forge.main())
    assert state(forge.project) == before
    assert (await forge.studio.show(session)).state == "done"


async def test_what_is_merged_and_cleared_away_can_be_merged_again_without_harm(forge: Forge) -> None:
    session = await forge.worked()
    first = await forge.merge(session)
    assert await forge.worktrees.clear() == 1

    again = await forge.merge(session)

    assert (again.merged, again.commit) == (True, first.commit)
    assert "already" in again.detail


async def test_of_two_merges_at_once_one_is_made(forge: Forge) -> None:
    session = await forge.worked()

    done = await asyncio.gather(forge.merge(session), forge.merge(session), return_exceptions=True)

    assert sorted(type(one).__name__ for one in done) == ["ConflictError", "MergeResult"]


async def test_a_merge_goes_on_when_whoever_asked_for_it_has_gone(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.set_up(hooks={"pre_merge": [["sh", "-c", "echo begun"]]})
    asked = asyncio.create_task(forge.merge(session))
    await forge.studio.until(session, lambda now: len(now.turns) > 1)
    asked.cancel()

    done = await forge.studio.until(session, lambda now: now.state == "done")

    assert asked.cancelled()
    assert "was merged into main" in done.detail


async def test_a_server_that_stops_ends_the_hooks_and_merges_nothing(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.set_up(hooks={"pre_merge": [["sleep", "600"]]})
    serving = asyncio.create_task(forge.merging.run())
    asked = asyncio.create_task(forge.merge(session))
    await forge.studio.until(session, lambda now: len(now.turns) > 1)
    before = forge.main()

    serving.cancel()
    merged = await asked
    await asyncio.gather(serving, return_exceptions=True)

    assert (merged.merged, forge.main()) == (False, before)
    shown = await forge.studio.show(session)
    assert (shown.state, shown.turns[-1].outcome) == ("waiting", "cancelled")


async def test_a_hook_whose_server_was_killed_does_not_seem_to_run_for_ever(forge: Forge) -> None:
    session = await forge.worked()
    studio, now = forge.studio, forge.studio.road.clock.now()
    hook = NewTurnRow(
        SessionId(session.id),
        2,
        None,
        "step",
        "make test",
        "shell",
        None,
        "run_x",
        now,
        worker="gone",
        started_at=now,
    )

    def kill(connection: Connection) -> None:
        workers.see(connection, WorkerRow("gone", studio.shop.worker.home, studio.shop.worker.boot, now))
        turns.add_turn(connection, hook)

    await studio.road.database.write(kill)

    assert await mend(studio.shop, at_start=True) == 0

    assert (await studio.turn(session)).outcome == "interrupted"
    assert (await studio.show(session)).state == "waiting"


async def test_a_worktree_on_another_branch_is_not_guessed_at(forge: Forge) -> None:
    session = await forge.worked("git checkout --quiet -b elsewhere; echo new > new.txt")

    with pytest.raises(ConflictError, match="check that one out first"):
        await forge.merge(session)


async def test_what_is_done_on_completion_is_done_after_a_merge(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.set_up(hooks={"on_done": [["sh", "-c", "echo thanks"]]})

    await forge.merge(session)
    async with forge.studio.running():
        done = await forge.studio.until(session, lambda now: now.state == "done")

    assert await forge.studio.output(done) == "thanks\n"


async def test_a_session_at_work_is_not_merged(forge: Forge) -> None:
    session = await forge.worked()
    await forge.studio.say(session, "true")

    with pytest.raises(ConflictError, match="is at work"):
        await forge.merge(session)


async def test_a_session_that_changed_nothing_has_nothing_to_merge(forge: Forge) -> None:
    session = await forge.worked("true")

    with pytest.raises(ConflictError, match="nothing to merge"):
        await forge.merge(session)

    assert (await forge.studio.show(session)).state == "waiting"


async def test_a_session_without_a_branch_has_nothing_to_merge(forge: Forge) -> None:
    session = await forge.studio.create("true")

    with pytest.raises(ConflictError, match="no branch of its own"):
        await forge.merge(session)


async def test_only_who_may_manage_a_session_merges_it(forge: Forge) -> None:
    session = await forge.worked()
    studio = forge.studio

    with pytest.raises(NotFoundError):
        await forge.merge(session, caller=studio.road.callers["ben"])
    with pytest.raises(NotAllowedError):
        await forge.merge(session, caller=studio.holding("ben", Permission.SESSIONS_VIEW_ALL))
    both = studio.holding("ben", Permission.SESSIONS_VIEW_ALL, Permission.SESSIONS_MANAGE_ALL)
    assert (await forge.merge(session, caller=both)).merged
