"""What the tests of repositories share: git as a person would run it, without what is being tested."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from core.sessions.git.repository import Repository, find

PERSON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(folder: Path, *arguments: str, check: bool = True, env: Mapping[str, str] = PERSON) -> str:
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | PERSON | dict(env), capture_output=True, check=False
    )
    assert ran.returncode == 0 or not check, ran.stderr
    return os.fsdecode(ran.stdout).removesuffix("\n")


def commit(folder: Path, **files: str) -> str:
    """Write files, named without their ending, and commit them."""
    for name, content in files.items():
        (folder / f"{name}.txt").write_text(content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", " ".join(files))
    return git(folder, "rev-parse", "HEAD")


async def found(folder: Path) -> Repository:
    repository = await find(folder)
    assert repository is not None
    return repository


def state(folder: Path) -> tuple[str, str, dict[str, bytes]]:
    """All that a person could miss: every ref, what is staged, and every file."""
    files = {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if is_content(path)}
    return git(folder, "for-each-ref"), git(folder, "ls-files", "--stage"), files


def is_content(path: Path) -> bool:
    return path.is_file() and ".git" not in path.parts
