"""What is wrong in a home's files, for somebody who asks without a server: all that the server would say, as far
as it can be known from outside."""

import os
from collections.abc import Mapping
from dataclasses import replace

from core.api.channels import channels
from core.api.rules import Problem
from core.channels.configuring.secrets import Variables
from core.channels.configuring.settings import read_settings
from core.client import Client
from core.config import Settings
from core.errors import CallboardError
from core.home import Home
from core.routing.configuration import Configuration
from core.routing.files import read_files

_SECONDS = 2.0
_NO_SERVER = "No server runs that could say which channels were made over the API: rules may name those, too."


def check_files(home: Home, settings: Settings, environment: Mapping[str, str] = os.environ) -> Configuration:
    """The files, with what is wrong in the settings of channels, and the rules that name none there is. The
    variables are those of whoever asks."""
    found = read_files(home, settings)
    problems, notices = [*found.problems], [*found.notices]
    for channel in found.channels.values():
        read = read_settings(channel, Variables(environment))
        problems += read.problems
        notices += read.notices
    unknown = [*found.unknown_channels(())]
    if unknown:
        made = _made(home)
        problems += found.unknown_channels(made or ())
        if made is None:
            notices.append(Problem(str(home.path), _NO_SERVER))
    return replace(found, problems=tuple(problems), notices=tuple(notices))


def _made(home: Home) -> list[str] | None:
    """The channels that the home's server knows, where one runs."""
    try:
        with Client(home.socket, timeout=_SECONDS) as client:
            return [channel.name for channel in client.send(channels(limit=1000)).items]
    except CallboardError:
        return None
