"""git itself: each command in an environment in which it can neither ask nor hang, and its refusals as sentences.

A repository is written to by agents, so what its own configuration could start where nobody expects a program
(hooks, a file system monitor, an external diff) is switched off; its filters and merge drivers are part of its
contents and stay."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from core.errors import CallboardError
from core.sessions.git.programs import Ran, outside, run
from core.text import clean

QUICK = 60.0  # seconds
LONG = 600.0  # for a checkout with its filters, a merge into one, a push
MOST = 64 * 1024 * 1024
MOST_WORDS = 300

_QUIET = {
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.safecrlf": "false",
    "core.splitIndex": "false",
    "commit.gpgSign": "false",
    "merge.verifySignatures": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "protocol.ext.allow": "never",
    "advice.detachedHead": "false",
    "color.ui": "false",
}
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
_SETTINGS = tuple(part for name, value in _QUIET.items() for part in ("-c", f"{name}={value}"))
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_EDITOR": "false",
    "GIT_SEQUENCE_EDITOR": "false",
    "GIT_PAGER": "cat",
    "GIT_MERGE_AUTOEDIT": "no",
    "GCM_INTERACTIVE": "never",
}
_PREFIX = re.compile(r"^(?:fatal|error|warning): ", re.MULTILINE)
_HINT = re.compile(r"^(?:hint|remote: *$).*\n?", re.MULTILINE)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_IN_NO_AUTHOR = re.compile(r"[<>\x00-\x1f\x7f]")


class GitError(CallboardError):
    """What git or its forge would not do, in a sentence with git's own words."""


class Author(NamedTuple):
    """Who a commit says it is from."""

    name: str
    email: str


CALLBOARD = Author("Callboard", "callboard@localhost")


async def git(
    folder: Path,
    *arguments: str,
    accept: Collection[int] = (0,),
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    seconds: float = QUICK,
    most: int = MOST,
    cut: bool = False,
    hooks: bool = False,
) -> Ran:
    """Run a git command in a folder. An exit code that is not accepted is a `GitError`, and so is more output
    than `most` unless `cut` says that its beginning will do."""
    argv = ("git", *_SETTINGS, *(() if hooks else _NO_HOOKS), *arguments)
    try:
        ran = await run(
            argv, folder, outside() | _ENVIRONMENT | dict(env or {}), seconds=seconds, most=most, stdin=stdin
        )
    except NotADirectoryError:
        raise GitError(f"{clean(str(folder))} is not a folder: check the path.") from None
    except FileNotFoundError as error:
        if str(error.filename) == str(folder):
            raise GitError(f"The folder {clean(str(folder))} does not exist: check the path.") from None
        raise GitError("There is no git on this server: install it and see that it is on the PATH.") from None
    except (OSError, ValueError) as error:
        raise GitError(f"git could not be started in {clean(str(folder))}: {clean(str(error))}.") from None
    if ran.cut:
        if cut:
            return ran
        raise GitError(f"`git {arguments[0]}` had too much to say about {clean(str(folder))}.")
    if ran.code not in accept:
        raise GitError(refusal(arguments[0], folder, ran, seconds))
    return ran


def refusal(command: str, folder: Path, ran: Ran, seconds: float) -> str:
    """Why a command failed, for a person."""
    where = clean(str(folder))
    if ran.code is None:
        return f"`git {command}` in {where} did not end within {seconds:.0f} seconds and was stopped."
    said = words(ran.err) or words(ran.out) or f"exit code {ran.code}"
    if "dubious ownership" in said:
        return (
            f"The repository in {where} belongs to another account, and git refuses it: give it to the account of"
            " the server, or allow it there with `git config --global --add safe.directory` and its path."
        )
    return f"`git {command}` failed in {where}: {said}"


def words(err: bytes) -> str:
    """What a program said, on one line, without hints and credentials, and not for ever."""
    text = _HINT.sub("", err[: 16 * MOST_WORDS].decode(errors="replace"))
    shown = clean(_CREDENTIALS.sub("", _PREFIX.sub("", text)).strip())
    return shown if len(shown) <= MOST_WORDS else shown[: MOST_WORDS - 1] + "…"


def author_env(author: Author) -> dict[str, str]:
    """The variables that make a commit of ours somebody's."""
    name, email = _nameable(author)
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }


def _nameable(author: Author) -> Author:
    """git takes no author without a letter."""
    name, email = (_IN_NO_AUTHOR.sub(" ", part).strip(" .,:;\\\"'") for part in author)
    return Author(name or CALLBOARD.name, email or CALLBOARD.email)
