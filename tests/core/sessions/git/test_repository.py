"""Finding a repository, and git's refusals in a person's words."""

import asyncio
import os
from pathlib import Path

import pytest

from core.sessions.git import commands
from core.sessions.git.changes import diff
from core.sessions.git.commands import CALLBOARD, Author, GitError, author_env
from core.sessions.git.merging import commit_all, merge
from core.sessions.git.programs import outside, run
from core.sessions.git.repository import Repository, find
from core.sessions.git.worktrees import create
from tests.core.sessions.git.repositories import commit, found, git


class Held:
    """Something that processes hold open for as long as they live."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    async def let_go(self) -> None:
        """Wait until none of them lives."""
        gone = asyncio.Event()
        try:
            os.read(self._end, 1)
        except BlockingIOError:
            asyncio.get_running_loop().add_reader(self._end, gone.set)
            await asyncio.wait_for(gone.wait(), 20)
            asyncio.get_running_loop().remove_reader(self._end)
        os.close(self._end)


async def test_a_repository_is_found_from_a_folder_inside_of_it(project: Path) -> None:
    repository = await found(project / "folder")

    assert (repository.path, repository.below, repository.bare) == (project, Path("folder"), False)


async def test_a_folder_outside_of_all_repositories_has_none(tmp_path: Path) -> None:
    assert await find(tmp_path) is None


async def test_a_bare_repository_is_one(tmp_path: Path, project: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(project), "bare")

    repository = await found(tmp_path / "bare")

    assert (repository.path, repository.bare) == (tmp_path / "bare", True)
    assert (await repository.start()).ref == "main"


async def test_a_worktree_shares_the_lock_of_its_repository(repository: Repository, tmp_path: Path) -> None:
    git(repository.path, "worktree", "add", "--quiet", str(tmp_path / "second"))

    assert (await found(tmp_path / "second")).lock is repository.lock


async def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="does not exist"):
        await find(tmp_path / "nowhere")


async def test_a_file_is_said_to_be_no_folder(project: Path) -> None:
    with pytest.raises(GitError, match="is not a folder"):
        await find(project / "readme.txt")


async def test_a_worktree_whose_repository_is_gone_is_broken_and_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/.git/worktrees/1\n")

    with pytest.raises(GitError, match="not a git repository: /nowhere"):
        await find(tmp_path)


async def test_gits_own_folder_is_refused(project: Path) -> None:
    with pytest.raises(GitError, match="inside of git's own folder"):
        await find(project / ".git")


async def test_a_server_without_git_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))

    with pytest.raises(GitError, match="no git on this server"):
        await find(project)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
async def test_a_repository_of_another_account_is_explained(project: Path) -> None:
    for path in (project, project / ".git"):
        os.chown(path, 12345, 12345)

    with pytest.raises(GitError, match=r"belongs to another account.*safe\.directory"):
        await find(project)


async def test_a_repository_without_a_commit_is_no_place_to_start(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    with pytest.raises(GitError, match="has no commit yet"):
        await (await found(tmp_path)).start()


async def test_a_detached_head_must_be_told_where_to_start(repository: Repository) -> None:
    git(repository.path, "checkout", "--quiet", "--detach")

    with pytest.raises(GitError, match="no branch checked out"):
        await repository.start()

    assert (await repository.start("main")).ref == "main"


@pytest.mark.parametrize("base", ["nowhere", "--all", "-", "main..", "a b", "refs/heads/", "main^{tree}"])
async def test_a_base_that_is_none_is_refused(repository: Repository, base: str) -> None:
    with pytest.raises(GitError, match="There is no branch or commit"):
        await repository.start(base)


async def test_a_branch_goes_before_a_tag_of_the_same_name(repository: Repository) -> None:
    git(repository.path, "tag", "main", "HEAD")
    newer = commit(repository.path, readme="newer")

    assert (await repository.start("main")).sha == newer


@pytest.mark.parametrize(
    ("base", "expected"), [("HEAD", "main"), ("refs/heads/main", "main"), ("v1", "refs/tags/v1")]
)
async def test_a_base_is_kept_by_a_name_that_lasts(repository: Repository, base: str, expected: str) -> None:
    git(repository.path, "tag", "v1")

    assert (await repository.start(base)).ref == expected


async def test_a_base_without_a_lasting_name_is_kept_as_its_commit(repository: Repository) -> None:
    older = git(repository.path, "rev-parse", "HEAD")
    commit(repository.path, readme="newer")

    assert (await repository.start("HEAD~1")).ref == older


async def test_the_variables_of_the_server_do_not_reach_git(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("CALLBOARD_SECRET", "s3cret")

    assert (await found(project)).path == project
    assert "CALLBOARD_SECRET" not in outside()


async def test_programs_in_the_configuration_of_a_repository_are_not_started(
    project: Path, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o700)
    hooks = project / ".git" / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "pre-commit", "post-commit", "post-merge", "reference-transaction"):
        (hooks / name).symlink_to(trap)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "core.editor", "gpg.program"):
        git(project, "config", name, str(trap))
    git(project, "config", "commit.gpgSign", "true")

    worktree = await create(await found(project), tmp_path / "worktrees", "shop", 1, "x")
    (worktree.path / "readme.txt").write_text("edited")
    await diff(worktree)
    await commit_all(worktree.path, "x", CALLBOARD)
    await merge(await found(project), "main", worktree.branch, "x", CALLBOARD)

    assert not (tmp_path / "sprung").exists()


async def test_gits_words_are_cleaned_and_shortened(repository: Repository) -> None:
    with pytest.raises(GitError) as refused:
        await commands.git(repository.path, "fetch", "./\x1b[31m" + "x" * 1000)

    assert "\x1b" not in refused.value.sentence
    assert len(refused.value.sentence) < commands.MOST_WORDS + len(str(repository.path)) + 50


def test_gits_words_are_said_without_credentials_and_hints() -> None:
    said = b"hint: try this\nfatal: unable to access 'https://ada:t0ken@example.org/'\nhint: or that\n"

    assert commands.words(said) == "unable to access 'https://example.org/'"


async def test_a_command_that_does_not_end_is_stopped_with_its_children(project: Path, tmp_path: Path) -> None:
    held = Held(tmp_path / "held")
    git(project, "config", "alias.wait", f"!sleep 1000 > {held.path} & wait")

    with pytest.raises(GitError, match="did not end within"):
        await commands.git(project, "wait", seconds=0.5)

    await held.let_go()


async def test_output_has_a_limit(project: Path) -> None:
    git(project, "config", "alias.flood", "!yes")

    with pytest.raises(GitError, match="too much to say"):
        await commands.git(project, "flood", most=100_000)
    beginning = await commands.git(project, "flood", most=100_000, cut=True)

    assert (len(beginning.out), beginning.cut) == (100_000, True)


async def test_a_cancelled_command_is_ended(project: Path, tmp_path: Path) -> None:
    held = Held(tmp_path / "held")
    os.mkfifo(tmp_path / "started")
    script = f"exec 9> {held.path}; echo > {tmp_path}/started; sleep 1000"
    task = asyncio.create_task(run(("sh", "-c", script), project, outside(), seconds=60, most=1))
    await asyncio.to_thread((tmp_path / "started").read_bytes)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await held.let_go()


@pytest.mark.parametrize("turns", range(1, 6))
async def test_a_command_that_is_cancelled_while_it_starts_is_ended(
    project: Path, tmp_path: Path, turns: int
) -> None:
    held = Held(tmp_path / "held")
    script = f"sleep 1000 > {held.path} & wait"
    task = asyncio.create_task(run(("sh", "-c", script), project, outside(), seconds=60, most=1))
    for _ in range(turns):
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 20)

    await held.let_go()


async def test_an_author_without_a_name_still_has_one() -> None:
    assert author_env(Author("<>", " "))["GIT_AUTHOR_NAME"] == "Callboard"
    assert author_env(Author("Ada <\n> Lovelace", " "))["GIT_AUTHOR_NAME"].split() == ["Ada", "Lovelace"]
