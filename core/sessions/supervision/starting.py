"""Starts a process: an argument list and never a shell, in a group of its own, with pipes and nothing else of the
server's. What keeps it from starting is told before or as a sentence, never as a traceback."""

import asyncio
import errno
import os
import shutil
import subprocess
from pathlib import Path

from core.sessions.supervision.child import Child
from core.sessions.supervision.command import MARK, Command, StartError

_TOO_LONG = (
    "The command line and its environment are longer than the system takes: give the prompt on standard input, "
    "or in a file, and not as an argument."
)
_dies_with_us: list[str] | None = None


async def start(command: Command, *, talks: bool) -> Child:
    """The process, begun. `talks` leaves its input open."""
    _check_text(command)
    program = _program(command)
    _check_folder(command.cwd)
    return Child(_popen(command, [*await _die_with_server(), program, *command.argv[1:]], talks=talks))


def _popen(command: Command, argv: list[str], *, talks: bool) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - an argument list, as it was configured
            argv,
            cwd=command.cwd,
            env={**command.env, MARK: command.mark},
            stdin=subprocess.PIPE if talks or command.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise StartError(_why(command, error)) from None
    except ValueError as error:
        raise StartError(f"The environment for {command.argv[0]} cannot be used: {error}.") from None


def _check_text(command: Command) -> None:
    if not command.argv or not command.argv[0]:
        raise StartError("There is no command to run: the list of arguments is empty.")
    for number, argument in enumerate(command.argv):
        what = f"argument {number}" if number else "the program's name"
        if "\0" in argument:
            raise StartError(f"The command cannot be run: there is a NUL character in {what}.")
        try:
            os.fsencode(argument)
        except UnicodeEncodeError:
            raise StartError(f"The command cannot be run: {what} is not a text that can be encoded.") from None
    for name, value in command.env.items():
        if "\0" in name + value or "=" in name or not name:
            raise StartError(f"The environment variable {name!r} has a character that no environment can carry.")


def _program(command: Command) -> str:
    """Where the program is. Only absolute folders of PATH are searched: what lies in the folder that is worked in
    could otherwise pass itself off as the agent."""
    asked = command.argv[0]
    if "/" in asked:
        return _check_program(asked, Path(command.cwd, asked))
    path = command.env.get("PATH", os.defpath)
    folders = os.pathsep.join(folder for folder in path.split(os.pathsep) if folder.startswith("/"))
    found = shutil.which(asked, path=folders)
    if found is None:
        raise StartError(
            f"The program {asked} was not found: install it, or write its full path into the configuration."
        )
    return found


def _check_folder(folder: Path) -> None:
    if not os.path.isdir(folder):
        raise StartError(f"The folder {folder} to work in is not there: make it, or choose another.")


def _check_program(asked: str, program: Path) -> str:
    try:
        usable = program.is_file()
    except OSError:
        usable = False
    if not usable:
        raise StartError(f"There is no program {asked}: install it, or correct its path in the configuration.")
    if not os.access(program, os.X_OK):
        raise StartError(f"{asked} may not be run: give it the right with `chmod +x`, or name another program.")
    return str(program)


def _why(command: Command, error: OSError) -> str:
    said = os.strerror(error.errno) if error.errno else str(error)
    if error.errno == errno.E2BIG:
        return _TOO_LONG
    if error.filename == str(command.cwd):
        return f"The folder {command.cwd} cannot be entered: {said}. Correct its rights, or choose another."
    if error.errno in (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE):
        return f"The system can start nothing more now ({said}): end something else, then try again."
    return f"{command.argv[0]} could not be started: {said}."


async def _die_with_server() -> list[str]:
    """What is put before a command so that it is ended when the server is killed. It replaces itself with the
    command, so there is no process more. The kernel watches the thread that started it: the event loop's."""
    global _dies_with_us
    if _dies_with_us is None:
        _dies_with_us = await asyncio.to_thread(_find_die_with_server)
    return _dies_with_us


def _find_die_with_server() -> list[str]:
    program = shutil.which("setpriv")
    if program is None:
        return []
    prefix = [program, "--pdeathsig", "TERM", "--"]
    try:
        tried = subprocess.run([*prefix, program, "--version"], capture_output=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    return prefix if tried.returncode == 0 else []
