"""Pull requests: opened and looked at with GitHub's `gh`, or looked at with a command of the workspace's own.

What cannot be known is `unknown`, with a sentence that says why: a missing program, a lost network or an answer
that makes no sense never reads as a closed pull request."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from core.clock import from_datetime
from core.errors import InvalidError
from core.sessions.git.commands import LONG, GitError, git, words
from core.sessions.git.programs import Ran, outside, run
from core.sessions.git.repository import Worktree
from core.text import clean, cut
from storage.ids import Instant

_SECONDS = 30.0
_MOST = 1024 * 1024
_NOT_SIGNED_IN = 4
_LONGEST_TITLE = 250
_ADDRESS = re.compile(
    r"https://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)"
    r"(?:/(?!\.{1,2}/)[a-z0-9_.][a-z0-9_.-]*){2}/pull/(?P<number>[1-9][0-9]{0,9})",
    re.ASCII | re.IGNORECASE,
)
_OTHER_ADDRESS = re.compile(r"https://[A-Za-z0-9][\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7e]{1,1000}")
_URL_OF_COMMANDS = "{url}"


class State(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it was seen. `head` is the commit that it was at, or empty; `detail` says why its state
    is not known."""

    url: str
    number: int | None
    state: State
    merged_at: Instant | None = None
    head: str = ""
    detail: str = ""


class _View(msgspec.Struct):
    """What `gh` and commands answer. `mergedAt` must be there: without it nobody can say "closed"."""

    state: str
    merged_at: datetime | None = msgspec.field(name="mergedAt")
    number: int | None = None
    head: str = msgspec.field(name="headRefOid", default="")


_decoder = msgspec.json.Decoder(_View)


async def create(
    worktree: Worktree, base: str, title: str, body_file: Path, remote: str = "origin"
) -> PullRequest:
    """Push the branch and open a pull request, or answer with the one that there is. The text is in a file
    with an absolute path. A `GitError` says why
    not."""
    if remote.startswith("-"):
        raise InvalidError("The name of a remote cannot begin with a hyphen.")
    ref = f"refs/heads/{worktree.branch}"
    await git(
        worktree.path,
        *("push", "--quiet", remote, f"{ref}:{ref}"),
        env=_github(),
        seconds=LONG,
        hooks=True,  # a person's own gate before a push, and what sends large files
    )
    head = await git(worktree.path, "rev-parse", "--verify", ref)
    heading = cut(clean(title), _LONGEST_TITLE) or worktree.branch
    onto = base.removeprefix(f"{remote}/")
    argv = ("gh", "pr", "create", f"--head={worktree.branch}", f"--base={onto}", f"--title={heading}")
    ran = await _run((*argv, f"--body-file={body_file}"), worktree.path, _github())
    if isinstance(ran, str):
        raise GitError(ran)
    said = ran.out if ran.code == 0 else ran.err
    found = list(_ADDRESS.finditer(said.decode(errors="replace")))
    if not found or (ran.code != 0 and b"already exists" not in ran.err):
        raise GitError(f"The pull request could not be opened: {words(ran.err or ran.out) or 'gh said nothing'}")
    address = found[-1]
    sha = os.fsdecode(head.out.strip())
    return PullRequest(address.group(), int(address["number"]), State.OPEN, head=sha)


async def look(
    url: str, folder: Path, command: tuple[str, ...] = (), env: Mapping[str, str] | None = None
) -> PullRequest:
    """The state of a pull request, from `gh` or from a command whose `{url}` is its address and which prints
    `state` and `mergedAt` as JSON; `env` is what that command may know besides."""
    number, host = _parts(url, any_forge=bool(command))
    if command:
        argv = tuple(part.replace(_URL_OF_COMMANDS, url) for part in command)
        ran = await _run(argv, folder, outside() | dict(env or {}))
    else:
        fields = "--json=number,url,state,mergedAt,headRefOid"
        ran = await _run(("gh", "pr", "view", url, fields), folder, _github(host))
    if isinstance(ran, str):
        return PullRequest(url, number, State.UNKNOWN, detail=ran)
    return _read(url, number, ran)


def checked_url(url: str, *, any_forge: bool = False) -> str:
    """The address of a pull request, if it is one: of GitHub's shape, or, for a command of the workspace, any."""
    _parts(url, any_forge=any_forge)
    return url


def number_of(url: str) -> int | None:
    """The number in an address of GitHub's shape."""
    found = _ADDRESS.fullmatch(url)
    return int(found["number"]) if found else None


def _parts(url: str, *, any_forge: bool) -> tuple[int | None, str]:
    found = _ADDRESS.fullmatch(url)
    if found:
        return int(found["number"]), found["host"].lower()
    if any_forge and _OTHER_ADDRESS.fullmatch(url):
        return None, ""
    raise InvalidError(
        f"{cut(clean(url), 100)} is not the address of a pull request: it looks like"
        " https://github.com/owner/repository/pull/12."
    )


def _read(url: str, number: int | None, ran: Ran) -> PullRequest:
    def unknown(detail: str) -> PullRequest:
        return PullRequest(url, number, State.UNKNOWN, detail=detail)

    if ran.code is None:
        return unknown(
            f"The pull request could not be looked at: there was no answer within {_SECONDS:.0f} seconds."
        )
    if ran.code != 0:
        return unknown(f"The pull request could not be looked at: {words(ran.err) or f'exit code {ran.code}'}")
    try:
        view = _decoder.decode(ran.out)
        merged_at = from_datetime(view.merged_at) if view.merged_at else None
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, OverflowError, RecursionError):
        return unknown("The answer about the pull request could not be read.")
    state = _STATES.get((view.state.upper(), merged_at is not None))
    if state is None or (number and view.number not in (None, number)):
        return unknown("The answer about the pull request makes no sense.")
    return PullRequest(url, number or view.number, state, merged_at, view.head)


_STATES = {
    ("OPEN", False): State.OPEN,
    ("OPENED", False): State.OPEN,
    ("MERGED", True): State.MERGED,
    ("MERGED", False): State.MERGED,
    ("CLOSED", True): State.MERGED,
    ("CLOSED", False): State.CLOSED,
}
"""What a forge's word means, with whether it says when it was merged; anything else makes no sense."""


async def _run(argv: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> Ran | str:
    """What a program answered, or a sentence on why there is no answer."""
    name = clean(argv[0])
    try:
        ran = await run(argv, folder, env, seconds=_SECONDS, most=_MOST)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and str(error.filename) == str(folder):
            return f"The folder {clean(str(folder))} cannot be entered: check that it is still there."
        return f"{name} could not be started: install it, and see that it is on the server's PATH."
    if ran.cut:
        return f"{name} had too much to say."
    if ran.code == _NOT_SIGNED_IN and name == "gh":
        return "gh is not signed in: run `gh auth login` as the account of the server."
    return ran


def _github(host: str = "", environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of `gh`. The token of a company's own GitHub goes to that host and no other."""
    names = ["GH_TOKEN", "GITHUB_TOKEN", "GH_HOST", "GH_CONFIG_DIR"]
    if not host or host == environment.get("GH_HOST", "").lower():
        names += ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    tokens = {name: environment[name] for name in names if name in environment}
    quiet = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1", "GH_PAGER": "cat"}
    return outside(environment) | tokens | quiet | {"GIT_TERMINAL_PROMPT": "0"}
