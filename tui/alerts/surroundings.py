"""Finds out where the app runs: the environment, tmux by a command of its own, the programs above this one."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from core.alerts.terminals import Surroundings, Tmux

_FIELDS = (
    "version",
    "client_termtype",
    "client_termname",
    "focus-events",
    "allow-passthrough",
)
_SEPARATOR = "\t"
_VERSION = re.compile(r"(\d+)\.(\d+)")
_FIRST_TO_REFUSE = (3, 3)  # tmux before this one lets everything through
_PATIENCE = 1.0
_MOST = 32  # programs above this one


def surroundings(environment: Mapping[str, str] = os.environ) -> Surroundings:
    """Where this is. It runs a command inside tmux, and so may take a moment."""
    inside = bool(environment.get("TMUX"))
    return Surroundings(
        dict(environment), sys.platform, _tmux(environment) if inside else None, _ancestors(Path("/proc"))
    )


def _tmux(environment: Mapping[str, str]) -> Tmux | None:
    command = ["tmux", "display-message", "-p"]
    if pane := environment.get("TMUX_PANE"):
        command += ["-t", pane]
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command; the pane is one argument
            [*command, _SEPARATOR.join(f"#{{{field}}}" for field in _FIELDS)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
            text=True,
            errors="replace",
            env=dict(environment),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tmux_of(told.stdout)


def tmux_of(told: str) -> Tmux | None:
    """What tmux said, as it is asked here."""
    fields = told.rstrip("\n").split(_SEPARATOR)
    if len(fields) != len(_FIELDS):
        return None
    version, terminal_type, terminal_name, focus_events, passthrough = fields
    number = _VERSION.search(version)
    old = number is not None and (int(number[1]), int(number[2])) < _FIRST_TO_REFUSE
    return Tmux(
        version or "of unknown version",
        old or passthrough in ("1", "on", "all"),
        focus_events in ("1", "on"),
        terminal_type,
        terminal_name,
    )


def _ancestors(proc: Path) -> frozenset[str]:
    """The names of the programs that started this one, where the system has them in files."""
    names: set[str] = set()
    number = os.getppid()
    try:
        while number > 1 and len(names) < _MOST:
            status = (proc / str(number) / "status").read_text(errors="replace")
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            names.add(fields["Name"])
            number = int(fields["PPid"])
    except (OSError, KeyError, ValueError):
        pass
    return frozenset(names)
