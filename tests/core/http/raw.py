"""Speaks to a door in plain bytes, for what no client would send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Answered:
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


@asynccontextmanager
async def connected(
    where: Path | tuple[str, int],
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a socket or a port."""
    opening = asyncio.open_unix_connection(where) if isinstance(where, Path) else asyncio.open_connection(*where)
    reader, writer = await opening
    try:
        yield reader, writer
    finally:
        writer.close()


async def exchange(where: Path | tuple[str, int], sent: bytes) -> Answered:
    """Send these bytes on a connection of their own, and read one response."""
    async with connected(where) as (reader, writer):
        writer.write(sent)
        return await read(reader)


async def read(reader: asyncio.StreamReader) -> Answered:
    async with asyncio.timeout(20):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answered(int(first.split()[1]), headers, body)


def get(path: str, *headers: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", "Host: x", *headers, "")).encode("latin-1")


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + body
