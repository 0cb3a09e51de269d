"""The systemd units: for one person's own server, and for a team's."""

import os
import sys
from pathlib import Path
from string import Template
from typing import NamedTuple

from core.home import Home

_USER = Template(
    """\
[Unit]
Description=Callboard

[Service]
Type=notify
ExecStart=$command --home $home serve
ExecReload=/bin/kill -HUP $$MAINPID
Restart=on-failure
RestartSec=1
WatchdogSec=60
TimeoutStopSec=30
UMask=0077
LimitCORE=0

[Install]
WantedBy=default.target
"""
)

_TEAM = Template(
    """\
[Unit]
Description=Callboard
Requires=callboard.socket
After=network.target callboard.socket

[Service]
Type=notify
User=callboard
Group=callboard
ExecStart=$command --home /var/lib/callboard serve
ExecReload=/bin/kill -HUP $$MAINPID
Restart=on-failure
RestartSec=1
WatchdogSec=60
TimeoutStopSec=30
StateDirectory=callboard
StateDirectoryMode=0700
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=multi-user.target
"""
)

_SOCKET = """\
[Unit]
Description=Callboard's socket

[Socket]
ListenStream=/run/callboard/callboard.sock
SocketMode=0660
SocketUser=callboard
SocketGroup=callboard
DirectoryMode=0755

[Install]
WantedBy=sockets.target
"""


class Unit(NamedTuple):
    """A file for systemd, and where it belongs."""

    path: Path
    text: str


class Service(NamedTuple):
    """Units, and the commands that put them into service."""

    units: list[Unit]
    steps: list[str]


def for_one(home: Home) -> Service:
    """A server of one's own, that lives as long as its owner's services do."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    text = _USER.substitute(command=_quoted(_command()), home=_quoted(str(home.path)))
    steps = [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now callboard.service",
        "loginctl enable-linger    # so that it stays when you log out",
    ]
    return Service([Unit(folder / "callboard.service", text)], steps)


def for_team() -> Service:
    """A server for all members of the group `callboard`."""
    folder = Path("/etc/systemd/system")
    text = _TEAM.substitute(command=_quoted(_command()))
    steps = [
        "useradd --system --user-group --home-dir /var/lib/callboard --shell /usr/sbin/nologin callboard",
        "usermod --append --groups callboard PERSON    # for each who may use it",
        "install -d -o callboard -g callboard -m 0700 /var/lib/callboard",
        "printf '[server]\\ngroup = \"callboard\"\\n' > /var/lib/callboard/config.toml",
        "systemctl daemon-reload",
        "systemctl enable --now callboard.socket callboard.service",
        "export CALLBOARD_SOCKET=/run/callboard/callboard.sock    # in each member's profile",
    ]
    return Service([Unit(folder / "callboard.service", text), Unit(folder / "callboard.socket", _SOCKET)], steps)


def _command() -> str:
    """The installed command beside the interpreter, or the one that runs now."""
    beside = Path(sys.executable).with_name("callboard")
    return str(beside if beside.exists() else Path(sys.argv[0]).resolve())


def _quoted(text: str) -> str:
    """A word as systemd reads it: percent and dollar are its own signs."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if any(sign in plain for sign in " \t\"'\\;") else plain
