"""An agent made with the protocol's own library: it repeats what it is told, asks when it is told to, remembers a
session, and can be cancelled."""

import asyncio
from typing import Any, cast

from acp import (
    PROTOCOL_VERSION,
    Agent,
    InitializeResponse,
    LoadSessionResponse,
    NewSessionResponse,
    PromptResponse,
    RequestError,
    run_agent,
    text_block,
    update_agent_message,
)
from acp.interfaces import Client
from acp.schema import AgentCapabilities, Implementation, PermissionOption, ToolCallUpdate


class SdkAgent:
    """Words in the prompt decide what it does."""

    def __init__(self) -> None:
        self._client: Client
        self._cancelled = asyncio.Event()

    def on_connect(self, conn: Client) -> None:
        self._client = conn

    async def initialize(self, protocol_version: int, *_: Any, **__: Any) -> InitializeResponse:
        return InitializeResponse(
            protocol_version=PROTOCOL_VERSION,
            agent_capabilities=AgentCapabilities(load_session=True),
            agent_info=Implementation(name="sdk", title="An Agent of the SDK", version="1"),
        )

    async def new_session(self, cwd: str, *_: Any, **__: Any) -> NewSessionResponse:
        return NewSessionResponse(session_id="sdk-1")

    async def load_session(self, cwd: str, session_id: str, *_: Any, **__: Any) -> LoadSessionResponse | None:
        await self._say(session_id, "what was said before")
        return LoadSessionResponse()

    async def cancel(self, session_id: str, **_: Any) -> None:
        self._cancelled.set()

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> PromptResponse:
        words = prompt[0].text
        await self._say(session_id, f"You said {words}. ")
        if "files" in words:
            await self._try_files(session_id)
        if "ask" in words:
            await self._ask(session_id)
        if "wait" in words:
            await self._cancelled.wait()
            return PromptResponse(stop_reason="cancelled")
        if "fail" in words:
            raise RequestError.internal_error({"details": "out of quota"})
        return PromptResponse(stop_reason="end_turn")

    async def _say(self, session_id: str, words: str) -> None:
        await self._client.session_update(session_id, update_agent_message(text_block(words)))

    async def _ask(self, session_id: str) -> None:
        answer = await self._client.request_permission(
            session_id=session_id,
            tool_call=ToolCallUpdate(tool_call_id="t1", title="Write a file", raw_input={"path": "a.txt"}),
            options=[
                PermissionOption(option_id="y", name="Yes", kind="allow_once"),
                PermissionOption(option_id="n", name="No", kind="reject_once"),
            ],
        )
        await self._say(session_id, f"It is {answer.outcome.outcome}.")

    async def _try_files(self, session_id: str) -> None:
        try:
            await self._client.read_text_file(session_id=session_id, path="/etc/passwd")
        except RequestError as error:
            await self._say(session_id, f"Refused with {error.code}.")


if __name__ == "__main__":
    asyncio.run(run_agent(cast("Agent", SdkAgent())))
