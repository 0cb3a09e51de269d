"""Requests and answers over a conversation with an agent. A line that makes no sense is counted, and no more."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw

from core.errors import CallboardError, UnavailableError
from core.sessions.providers.acp.wire import METHOD_NOT_FOUND, NOTHING, Error, ErrorDetails, Message
from core.sessions.supervision.running import Conversation
from core.text import excerpt

T = TypeVar("T")

_WIDEST = 300
_LONGEST_ANSWER = 4 * 1024 * 1024
_ENDED = "The agent ended before it answered."
_message = msgspec.json.Decoder(Message)
_error = msgspec.json.Decoder(Error)
_details = msgspec.json.Decoder(ErrorDetails)


class RefusedError(CallboardError):
    """The agent answered with an error."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.number = code


class GoneError(CallboardError):
    """The agent ended, or said what makes no sense, before it answered."""


class Link:
    """`told` takes notifications; `asked` takes requests, and answers in its own time."""

    def __init__(
        self,
        talk: Conversation,
        told: Callable[[str, Raw], None],
        asked: Callable[[Raw, str, Raw], Awaitable[None]],
    ) -> None:
        self.garbage = 0
        self._talk = talk
        self._told = told
        self._asked = asked
        self._last = 0
        self._over = False
        self._waiting: dict[bytes, asyncio.Future[Message]] = {}

    async def read(self) -> None:
        """Until the agent says nothing more. Then nobody waits for an answer any longer."""
        try:
            async for line in self._talk.lines:
                await self._take(line)
        finally:
            self._over = True
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(GoneError(_ENDED))

    async def call(self, method: str, params: dict[str, Any], kind: type[T]) -> T:
        """Ask, and wait for the answer however long it takes."""
        if self._over:
            raise GoneError(_ENDED)
        self._last += 1
        key = str(self._last).encode()
        waiting = self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
            answer = await waiting
        finally:
            del self._waiting[key]
            if waiting.done() and not waiting.cancelled():
                waiting.exception()  # nobody else will ask for it
        if answer.error is not UNSET:
            raise _refusal(answer.error)
        try:
            result = NOTHING if answer.result is UNSET else answer.result
            return msgspec.json.decode(result, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise GoneError(f"The agent's answer to {method} is none that the protocol has.") from None

    async def tell(self, method: str, params: dict[str, Any]) -> None:
        await self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def answer(self, id: Raw, result: object) -> None:
        await self._send({"jsonrpc": "2.0", "id": id, "result": result})

    async def refuse(self, id: Raw, method: str) -> None:
        error = {"code": METHOD_NOT_FOUND, "message": f"Method not found: {excerpt(method, 100)}"}
        await self._send({"jsonrpc": "2.0", "id": id, "error": error})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._talk.send(msgspec.json.encode(message) + b"\n")

    async def _take(self, line: bytes) -> None:
        try:
            message = _message.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.garbage += bool(line.strip())
            return
        if message.method is None:
            waiting = None if message.id is UNSET else self._waiting.get(bytes(message.id))
            if waiting is None or waiting.done():
                return
            if len(line) > _LONGEST_ANSWER:
                waiting.set_exception(GoneError("The agent's answer is longer than any that the protocol has."))
            else:
                waiting.set_result(message)
        elif message.id is UNSET:
            self._told(message.method, message.params)
        else:
            with suppress(UnavailableError):  # it asked, and ended without waiting for the answer
                await self._asked(message.id, message.method, message.params)


def _refusal(raw: Raw) -> RefusedError:
    try:
        error = _error.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        error = Error(message="an error that it did not explain")
    try:
        details = _details.decode(error.data)
        more = details.details or details.message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        more = ""
    said = f"{error.message}: {more}" if more else error.message
    return RefusedError(f"The agent answered with an error: {excerpt(said, _WIDEST)}", error.code)
