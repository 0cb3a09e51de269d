"""Sessions over HTTP."""

from core.api.sessions import (
    CommandCreation,
    Message,
    Output,
    OutputQuery,
    Resumption,
    Session,
    SessionCreation,
    SessionDetail,
)
from core.api.wire import ListQuery, Page
from core.errors import NotFoundError
from core.http.endpoint import Asked, Endpoint
from core.sessions.service import Sessions


def endpoints(sessions: Sessions) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Session]:
        return await sessions.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.show(asked.caller, number_of(asked.path["session"]))

    async def create(asked: Asked[None, SessionCreation]) -> SessionDetail:
        return await sessions.create(asked.caller, asked.body)

    async def run_command(asked: Asked[None, CommandCreation]) -> SessionDetail:
        return await sessions.run_command(asked.caller, asked.body)

    async def say(asked: Asked[None, Message]) -> SessionDetail:
        return await sessions.say(asked.caller, number_of(asked.path["session"]), asked.body)

    async def stop(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.stop(asked.caller, number_of(asked.path["session"]))

    async def resume(asked: Asked[None, Resumption]) -> SessionDetail:
        return await sessions.resume(asked.caller, number_of(asked.path["session"]), asked.body)

    async def complete(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.complete(asked.caller, number_of(asked.path["session"]))

    async def output(asked: Asked[OutputQuery, None]) -> Output:
        return await sessions.output(asked.caller, number_of(asked.path["session"]), asked.query)

    one = "/sessions/{session}"
    return [
        Endpoint("GET", "/sessions", "The sessions that you may see", page, Page[Session], query=ListQuery),
        Endpoint("POST", "/sessions", "Begin a session", create, SessionDetail, body=SessionCreation, status=201),
        Endpoint(
            "POST",
            "/sessions/commands",
            "Run any command as a session",
            run_command,
            SessionDetail,
            body=CommandCreation,
            status=201,
        ),
        Endpoint("GET", one, "One session, with its stages and turns", show, SessionDetail),
        Endpoint("POST", f"{one}/messages", "Say what is next", say, SessionDetail, body=Message),
        Endpoint("POST", f"{one}/stop", "Stop it", stop, SessionDetail),
        Endpoint("POST", f"{one}/resume", "Go on where it ended", resume, SessionDetail, body=Resumption),
        Endpoint("POST", f"{one}/complete", "Call it done", complete, SessionDetail),
        Endpoint("GET", f"{one}/output", "What a turn printed", output, Output, query=OutputQuery),
    ]


def number_of(text: str) -> int:
    """The number of a session in a path."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError(f"There is no session {text!r}, or none that you may see.")
    return int(text)
