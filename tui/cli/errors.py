"""What went wrong, as an exit code and one sentence on standard error. Exit codes are part of the interface:
0 done, 1 it failed, 2 wrong usage, 3 no server could be reached."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.errors import CallboardError, InvalidError, NotAuthenticatedError, UnreachableError

if TYPE_CHECKING:
    import click

DONE = 0
FAILED = 1
WRONG_USAGE = 2
NO_SERVER = 3
INTERRUPTED = 130
PIPE_CLOSED = 141


class MarkedError(InvalidError):
    """Something that was given is wrong, and `drawing` shows where."""

    def __init__(self, sentence: str, drawing: str) -> None:
        super().__init__(sentence)
        self.drawing = drawing


_CODES: tuple[tuple[type[CallboardError], int], ...] = (
    (UnreachableError, NO_SERVER),
    (InvalidError, WRONG_USAGE),
    (NotAuthenticatedError, FAILED),
    (CallboardError, FAILED),
)


def exit_code(error: CallboardError) -> int:
    """The exit code that stands for this error: the first that fits."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def guarded(run: Callable[[], int]) -> int:
    """Run it, and turn whatever ends it into an exit code and at most one sentence, with the place that it is
    about."""
    _have_streams()
    try:
        code = run()
        sys.stdout.flush()
    except CallboardError as error:
        _say(error.sentence, error.drawing if isinstance(error, MarkedError) else "")
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except UnicodeEncodeError:  # the system hands over bytes that are no text as lone surrogates
        _say("Something that was given is not UTF-8 text: write it as UTF-8.")
        return WRONG_USAGE
    except OSError as error:
        _say(_of_system(error))
        _give_up_stdout()
        return FAILED
    return code


def said_by_click(error: "click.ClickException") -> int:
    """Say what click found wrong with the arguments, as one sentence that names the help to look at."""
    sentence = error.format_message().strip()
    context = getattr(error, "ctx", None)
    if context is not None:
        sentence += f" See: {context.command_path} --help"
    _say(sentence)
    return error.exit_code


def _have_streams() -> None:
    """Whoever started this may have closed the output: then what is printed goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as we live


def _of_system(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _say(sentence: str, drawing: str = "") -> None:
    from core.text import clean

    try:
        sys.stderr.write(f"callboard: {clean(' '.join(sentence.split()))}\n{drawing}")
    except BrokenPipeError:
        return


def _give_up_stdout() -> None:
    """Write what was printed so far; where that is what failed, let it go."""
    try:
        sys.stdout.flush()
    except OSError:
        _silence_stdout()


def _silence_stdout() -> None:
    """Whoever read is gone: nothing may complain when the interpreter flushes at the end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
