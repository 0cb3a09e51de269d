"""What an agent program gets of the server's environment: a short list of names, and what its provider names."""

import os
from collections.abc import Mapping
from pathlib import Path

from core.errors import CallboardError
from core.provider_settings import ProviderSettings
from core.sessions.providers.answering import answer_of
from core.text import storable

_INHERITED = ("HOME", "PATH", "LANG", "USER", "LOGNAME", "SHELL", "TMPDIR")
_PLAIN = {"TERM": "dumb", "NO_COLOR": "1"}
_SOMEBODY = {"user.name": "Callboard", "user.email": "callboard@localhost"}
_COUNT = "GIT_CONFIG_COUNT"
_GIT_SECONDS = 10.0


def base_environment(settings: ProviderSettings, outside: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every process of this provider gets."""
    env = {name: value for name, value in outside.items() if name in _INHERITED or name.startswith("LC_")}
    env.setdefault("PATH", os.defpath)
    env.update(_PLAIN)
    env.update({name: outside[name] for name in settings.pass_env or () if name in outside})
    env.update({name: value.reveal() for name, value in (settings.env or {}).items()})
    return env


def turn_environment(base: Mapping[str, str], of_turn: Mapping[str, str]) -> dict[str, str]:
    """With what the turn adds. No variable can have a NUL in it."""
    return {**base, **{name: storable(value) for name, value in of_turn.items()}}


async def with_identity(env: dict[str, str], workdir: Path) -> dict[str, str]:
    """Say who commits, where git knows nobody: an agent would write a name of its own into the configuration of
    the whole repository. Who is configured is said again, which keeps it from being changed."""
    if _COUNT in env:
        return env
    asked = ("git", "config", "--get-regexp", "^user\\.(name|email)$")
    try:
        said = await answer_of(asked, env, workdir, _GIT_SECONDS)
    except CallboardError:
        return env
    known = dict(_SOMEBODY)
    for line in said.out.splitlines():
        name, _, value = line.partition(" ")
        if name in known and value.strip():
            known[name] = value.strip()
    pairs = {_COUNT: str(len(known))}
    for number, (name, value) in enumerate(known.items()):
        pairs[f"GIT_CONFIG_KEY_{number}"] = name
        pairs[f"GIT_CONFIG_VALUE_{number}"] = storable(value)
    return {**env, **pairs}
