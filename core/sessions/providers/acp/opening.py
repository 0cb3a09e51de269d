"""Opens a session in an agent: a new one or one that goes on, with the model and the mode that were asked for."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

from core.errors import CallboardError
from core.sessions.providers.acp.link import Link, RefusedError
from core.sessions.providers.acp.updates import Updates
from core.sessions.providers.acp.wire import (
    SIGN_IN_FIRST,
    VERSION_OF_PROTOCOL,
    Capabilities,
    ConfigOption,
    Initialized,
    Session,
    initialize,
)
from core.sessions.providers.parsers.events import fitted
from core.text import excerpt

_MOST_NAMED = 12
_session = msgspec.json.Decoder(Session)


class NotOpenedError(CallboardError):
    """The agent cannot do what the turn asks for."""


async def greet(link: Link) -> Initialized:
    """Agree on the protocol."""
    found = await link.call("initialize", initialize(), Initialized)
    if found.protocol_version != VERSION_OF_PROTOCOL:
        raise NotOpenedError(
            f"The agent speaks version {found.protocol_version} of the Agent Client Protocol, and Callboard"
            f" {VERSION_OF_PROTOCOL}: use a version of the agent that fits."
        )
    return found


async def open_session(
    link: Link, can: Capabilities, workdir: Path, resume_id: str | None, updates: Updates
) -> Session:
    """A new session, or the one that a turn before left."""
    where: dict[str, Any] = {"cwd": str(workdir), "mcpServers": []}
    try:
        if resume_id is None:
            made = await link.call("session/new", where, Session)
            if not made.session_id:
                raise NotOpenedError("The agent made a session without an id.")
            return made
        if not can.can_resume:
            raise NotOpenedError("This agent cannot continue a conversation: start a new one.")
        where["sessionId"] = resume_id
        updates.replaying = not can.resumes
        answer = await link.call("session/resume" if can.resumes else "session/load", where, Raw)
        updates.replaying = False
    except RefusedError as error:
        if error.number == SIGN_IN_FIRST:
            raise NotOpenedError(
                f"The agent wants to be signed in to first: start it once in a terminal. {error.sentence}"
            ) from None
        raise
    found = fitted(answer, _session) or Session()  # an empty answer is one too
    return Session(resume_id, found.modes, found.config_options)


async def choose_model(link: Link, session: Session, model: str) -> None:
    """Only what the agent offers can be chosen."""
    option = _option(session, "model")
    offered = option.values() if option else []
    if option is None or model not in offered:
        names = ", ".join(excerpt(name, 60) for name in offered[:_MOST_NAMED])
        raise NotOpenedError(
            f"The agent does not offer the model {excerpt(model, 60)}"
            + (f"; it offers {names}." if names else ".")
        )
    await _set(link, session, option, model)


async def choose_mode(link: Link, session: Session, mode: str) -> bool:
    """Whether the agent has such a mode, which it is in now."""
    if session.modes and mode in [each.id for each in session.modes.available_modes]:
        await link.call("session/set_mode", {"sessionId": session.session_id, "modeId": mode}, Raw)
        return True
    option = _option(session, "mode")
    if option is None or mode not in option.values():
        return False
    await _set(link, session, option, mode)
    return True


def _option(session: Session, what: str) -> ConfigOption | None:
    options = session.config_options or []
    return next((each for each in options if what in (each.id, each.category)), None)


async def _set(link: Link, session: Session, option: ConfigOption, value: str) -> None:
    params = {"sessionId": session.session_id, "configId": option.id, "value": value}
    await link.call("session/set_config_option", params, Raw)
