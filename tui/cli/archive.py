"""`callboard backup` and `callboard restore`: the home as one file, and back."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from core.api.wire import Call
from core.errors import ConflictError, HomeError, InvalidError
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import exact, print_json, say
from tui.cli.progress import Counter, waiting

_MEGABYTE = 1_000_000
_BACKUP = Call("GET", "/server/backup", object)


@a_command("backup")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=str))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
@with_invocation
def backup(invocation: Invocation, file: str, force: bool, as_json: bool) -> None:
    """Write the home into the archive FILE, or with - to standard output, also while it works.

    The archive is as private as the home is: it has the inboxes of all.
    """
    if file == "-":
        if sys.stdout.isatty():
            raise click.UsageError("An archive cannot be shown on a terminal: send it to a file or a program.")
        for piece in invocation.client().download(_BACKUP):
            sys.stdout.buffer.write(piece)
        return
    target = Path(file)
    if target.exists() and not force:
        raise ConflictError(f"{target} is there already: choose another name, or replace it with --force.")
    size = _write(target, invocation.client().download(_BACKUP))
    if as_json:
        print_json({"file": str(target.resolve()), "bytes": size})
    else:
        say(f"{target} holds the home ({size:,} bytes).")


@a_command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Set aside what the home has, and take its place.")
@json_option
@with_invocation
def restore(invocation: Invocation, file: Path, force: bool, as_json: bool) -> None:
    """Put the archive FILE back into the home, while no server runs.

    Nothing that was due in between is done, and nothing is sent again, before you ask for it.
    """
    if invocation.socket_option is not None:
        raise click.UsageError("An archive goes into a home: name it with --home, and leave --socket out.")
    home = invocation.home
    from core.backup import restore as restore_into

    try:
        with waiting("Restoring"):
            restored = restore_into(home, file, force=force)
    except InvalidError as error:
        raise HomeError(error.sentence) from None
    if as_json:
        print_json(restored)
        return
    say(f"{home.path} is as it was at {exact(restored.created_at)}.")
    if restored.set_aside is not None:
        say(f"What was there is in {restored.set_aside}.")
    if restored.held_deliveries:
        say(f"{restored.held_deliveries} alerts that had not gone out are held until you send them again.")
    if restored.held_sessions:
        say(f"{restored.held_sessions} waiting sessions are held until you resume them.")
    if restored.working_keys:
        say(f"These keys work again: {' '.join(restored.working_keys)}; revoke what was revoked since.")


def _write(target: Path, pieces: Iterator[bytes]) -> int:
    """Write a private file beside the target, and put it into its place when it is whole. Answers its size."""
    folder = target.resolve().parent
    progress = Counter("Writing the archive")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=folder)
    except OSError as error:
        raise HomeError(f"{target} cannot be written: {error.strerror}.") from None
    size = 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                size += file.write(piece)
                progress.at(f"{size / _MEGABYTE:.0f} MB", time.monotonic())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    finally:
        progress.over()
    return size
