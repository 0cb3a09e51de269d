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
from core.http.endpoint import Asked, Endpoint
from core.sessions.service import Sessions


def endpoints(sessions: Sessions) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Session]:
        return await sessions.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.show(asked.caller, asked.number("session"))

    async def create(asked: Asked[None, SessionCreation]) -> SessionDetail:
        return await sessions.create(asked.caller, asked.body)

    async def run_command(asked: Asked[None, CommandCreation]) -> SessionDetail:
        return await sessions.run_command(asked.caller, asked.body)

    async def say(asked: Asked[None, Message]) -> SessionDetail:
        return await sessions.say(asked.caller, asked.number("session"), asked.body)

    async def stop(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.stop(asked.caller, asked.number("session"))

    async def resume(asked: Asked[None, Resumption]) -> SessionDetail:
        return await sessions.resume(asked.caller, asked.number("session"), asked.body)

    async def complete(asked: Asked[None, None]) -> SessionDetail:
        return await sessions.complete(asked.caller, asked.number("session"))

    async def output(asked: Asked[OutputQuery, None]) -> Output:
        return await sessions.output(asked.caller, asked.number("session"), asked.query)

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
