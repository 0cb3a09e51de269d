"""Pull requests through `gh`: a small script on the PATH answers in its place."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import from_datetime
from core.errors import InvalidError
from core.sessions.git import pull_requests
from core.sessions.git.commands import GitError
from core.sessions.git.pull_requests import PullRequest, State, checked_url, create, look
from core.sessions.git.repository import Repository, Worktree
from core.sessions.git.worktrees import create as create_worktree
from tests.core.sessions.git.repositories import commit, git

URL = "https://github.com/acme/shop/pull/7"
NOON = from_datetime(datetime(2026, 3, 2, 12, tzinfo=UTC))


class Gh:
    """A `gh` that says what it was told to say, and keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder

    def says(self, out: str = "", err: str = "", code: int = 0, name: str = "gh") -> None:
        (self.folder / "out").write_text(out)
        (self.folder / "err").write_text(err)
        self.does(
            f'printf "%s\\n" "$@" > {self.folder}/asked; env > {self.folder}/env;'
            f" cat {self.folder}/out; cat {self.folder}/err >&2; exit {code}",
            name,
        )

    def views(self, state: str, merged_at: str | None, number: int = 7) -> None:
        answer = {"number": number, "url": URL, "state": state, "mergedAt": merged_at, "headRefOid": "abc"}
        self.says(json.dumps(answer))

    def does(self, script: str, name: str = "gh") -> None:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)

    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text().splitlines()

    def knew(self) -> dict[str, str]:
        lines = (self.folder / "env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gh:
    gh = Gh(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{gh.folder}:{os.environ['PATH']}")
    return gh


@pytest.fixture
async def worktree(repository: Repository, tmp_path: Path) -> Worktree:
    """With a remote and something to push."""
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(repository.path, "remote", "add", "origin", str(tmp_path / "remote"))
    worktree = await create_worktree(repository, tmp_path / "worktrees", "shop", 1, "x")
    commit(worktree.path, new="new")
    return worktree


@pytest.mark.parametrize(
    ("state", "merged_at", "expected"),
    [
        ("OPEN", None, PullRequest(URL, 7, State.OPEN, head="abc")),
        ("CLOSED", None, PullRequest(URL, 7, State.CLOSED, head="abc")),
        ("MERGED", "2026-03-02T12:00:00Z", PullRequest(URL, 7, State.MERGED, NOON, "abc")),
        ("MERGED", None, PullRequest(URL, 7, State.MERGED, head="abc")),
        ("CLOSED", "2026-03-02T12:00:00Z", PullRequest(URL, 7, State.MERGED, NOON, "abc")),
    ],
)
async def test_what_gh_answers_is_read(
    gh: Gh, tmp_path: Path, state: str, merged_at: str | None, expected: PullRequest
) -> None:
    gh.views(state, merged_at)

    assert await look(URL, tmp_path) == expected
    assert gh.asked() == ["pr", "view", URL, "--json=number,url,state,mergedAt,headRefOid"]
    assert gh.knew()["GH_PROMPT_DISABLED"] == gh.knew()["GH_NO_UPDATE_NOTIFIER"] == gh.knew()["NO_COLOR"] == "1"


@pytest.mark.parametrize(
    ("out", "err", "code", "why"),
    [
        ("", "To get started with GitHub CLI, please run: gh auth login", 4, "gh is not signed in"),
        ("", "error connecting to api.github.com", 1, "error connecting to api.github.com"),
        ("", "GraphQL: Could not resolve to a PullRequest\x1b[31m", 1, "Could not resolve"),
        ("", "", 1, "exit code 1"),
        ("", "", 0, "could not be read"),
        ("<html>", "", 0, "could not be read"),
        ("[]", "", 0, "could not be read"),
        ("{}", "", 0, "could not be read"),
        ('{"state": "CLOSED"}', "", 0, "could not be read"),
        ('{"state": null, "mergedAt": null}', "", 0, "could not be read"),
        ('{"state": "CLOSED", "mergedAt": 12}', "", 0, "could not be read"),
        ('{"state": "CLOSED", "mergedAt": "yesterday"}', "", 0, "could not be read"),
        ('{"state": "MERGED", "mergedAt": "2026-03-02T12:00:00"}', "", 0, "could not be read"),
        ('{"state": "GONE", "mergedAt": null}', "", 0, "makes no sense"),
        ('{"state": "OPEN", "mergedAt": "2026-03-02T12:00:00Z"}', "", 0, "makes no sense"),
        ('{"state": "CLOSED", "mergedAt": null, "number": 8}', "", 0, "makes no sense"),
        ('{"state": "CLOSED", "mergedAt": null}', "", 1, "could not be looked at"),
        ('{"state": "OPEN", "x": ' + "[" * 100_000, "", 0, "could not be read"),
        ("x" * 2_000_000, "", 0, "too much to say"),
    ],
)
async def test_what_makes_no_sense_is_unknown(
    gh: Gh, tmp_path: Path, out: str, err: str, code: int, why: str
) -> None:
    gh.says(out, err, code)

    seen = await look(URL, tmp_path)

    assert (seen.url, seen.number, seen.state) == (URL, 7, State.UNKNOWN)
    assert why in seen.detail
    assert "\x1b" not in seen.detail


async def test_without_gh_the_state_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    seen = await look(URL, tmp_path)

    assert seen.state is State.UNKNOWN
    assert "install it" in seen.detail


async def test_without_an_answer_in_time_the_state_is_unknown(
    gh: Gh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_requests, "_SECONDS", 0.2)
    gh.does('echo "{\\"state\\": \\"CLOSED\\", \\"mergedAt\\": null}"; sleep 1000')

    seen = await look(URL, tmp_path)

    assert seen.state is State.UNKNOWN
    assert "no answer" in seen.detail


async def test_the_token_of_a_company_goes_to_its_host_alone(
    gh: Gh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", "s3cret")
    monkeypatch.setenv("GH_HOST", "git.acme.example")
    gh.views("OPEN", None)

    await look("https://evil.example/acme/shop/pull/7", tmp_path)
    assert "GH_ENTERPRISE_TOKEN" not in gh.knew()

    await look("https://git.acme.example/acme/shop/pull/7", tmp_path)
    assert gh.knew()["GH_ENTERPRISE_TOKEN"] == "s3cret"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "--repo=evil",
        "-7",
        "7",
        "http://github.com/acme/shop/pull/7",
        "https://github.com/acme/shop/pull/7\n",
        "https://github.com/acme/shop/pull/7 --web",
        "https://github.com/acme/shop/pull/7/files",
        "https://github.com/acme/shop/pull/0",
        "https://github.com/acme/shop/pull/٧",
        "https://github.com/acme/shop/issues/7",
        "https://github.com/../../pull/7",
        "https://github.com/-acme/shop/pull/7",
        "https://ada:secret@github.com/acme/shop/pull/7",
        "https://-github.com/acme/shop/pull/7",
        "https://github.com/acme/shop/pull/7?x=1",
        "https://github.com/acme/shop/pull/7#x",
        "HTTPS:/github.com/acme/shop/pull/7",
        "https://github.com/acme/shop/pull/" + "7" * 100,
    ],
)
async def test_only_the_address_of_a_pull_request_reaches_gh(gh: Gh, tmp_path: Path, url: str) -> None:
    gh.views("OPEN", None)

    with pytest.raises(InvalidError, match="not the address of a pull request"):
        await look(url, tmp_path)

    assert not (gh.folder / "asked").exists()


@pytest.mark.parametrize("url", [URL, "https://git.acme.example:8443/a_b/.github/pull/12"])
def test_addresses_of_pull_requests_are_taken(url: str) -> None:
    assert checked_url(url) == url


async def test_a_command_of_the_workspace_can_look_at_any_forge(gh: Gh, tmp_path: Path) -> None:
    url = "https://gitlab.example/acme/shop/-/merge_requests/7"
    gh.says('{"state": "opened", "mergedAt": null}', name="forge")

    seen = await look(url, tmp_path, ("forge", "look", "--at={url}", "$(touch x); {url}"))

    assert seen == PullRequest(url, None, State.OPEN)
    assert gh.asked() == ["look", f"--at={url}", f"$(touch x); {url}"]


@pytest.mark.parametrize(
    "url", ["-x", "https://gitlab.example/a b", 'https://x/"', "https://-x/y", "file:///etc/passwd"]
)
async def test_a_command_of_the_workspace_gets_addresses_alone(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidError):
        await look(url, tmp_path, ("forge", "{url}"))


async def test_a_command_that_is_missing_leaves_the_state_unknown(tmp_path: Path) -> None:
    seen = await look(URL, tmp_path, ("no-such-forge", "{url}"))

    assert seen.state is State.UNKNOWN
    assert "no-such-forge could not be started" in seen.detail


async def test_a_pull_request_is_opened_for_the_pushed_branch(gh: Gh, worktree: Worktree, tmp_path: Path) -> None:
    gh.says(f"{URL}\n", "Creating pull request")
    head = git(worktree.path, "rev-parse", "HEAD")

    made = await create(worktree, "origin/main", "--web\n\x1b[31mFix", tmp_path / "body.md")

    assert made == PullRequest(URL, 7, State.OPEN, head=head)
    assert git(tmp_path / "remote", "rev-parse", worktree.branch) == head
    assert gh.asked() == [
        *("pr", "create", f"--head={worktree.branch}", "--base=main"),
        *("--title=--web ␛[31mFix", f"--body-file={tmp_path}/body.md"),
    ]


async def test_a_pull_request_that_is_there_already_is_found(gh: Gh, worktree: Worktree, tmp_path: Path) -> None:
    gh.says("", f'a pull request for branch "x" into branch "main" already exists:\n{URL}\n', 1)

    made = await create(worktree, "main", "Fix", tmp_path / "body.md")

    assert (made.url, made.state) == (URL, State.OPEN)


@pytest.mark.parametrize(
    ("out", "err", "code", "why"),
    [
        ("", "please run: gh auth login", 4, "not signed in"),
        ("", f"No commits between main and x. See {URL}", 1, "No commits between"),
        ("done", "", 0, "could not be opened"),
        ("", "", 1, "gh said nothing"),
    ],
)
async def test_a_pull_request_that_could_not_be_opened_says_why(
    gh: Gh, worktree: Worktree, tmp_path: Path, out: str, err: str, code: int, why: str
) -> None:
    gh.says(out, err, code)

    with pytest.raises(GitError, match=why):
        await create(worktree, "main", "Fix", tmp_path / "body.md")


async def test_without_a_remote_nothing_is_opened(
    gh: Gh, repository: Repository, worktree: Worktree, tmp_path: Path
) -> None:
    gh.says(URL)
    git(repository.path, "remote", "remove", "origin")

    with pytest.raises(GitError, match="'origin' does not appear to be a git repository"):
        await create(worktree, "main", "Fix", tmp_path / "body.md")

    assert not (gh.folder / "asked").exists()
