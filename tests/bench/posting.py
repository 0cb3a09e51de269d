"""Durable events per second over the API, beside a bare handler that commits one row.

The clients run in a process of their own and write their requests by hand, so that what is measured is the
server. `python -m tests.bench.posting SOCKET CLIENTS REQUESTS PATH [HEADER]` is that process."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.home import Home
from tests.bench.figures import Figure, median
from tests.bench.serving import ROOT, bare_server, callboard_server

REQUESTS = {1: 1500, 16: 8000}
EVENTS = "/api/v1/projects/default/events"


def measure(rounds: int = 3) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with callboard_server(home), bare_server(Path(folder)) as bare:
            for clients, requests in REQUESTS.items():
                ours, yardstick = [], []
                for _ in range(rounds):
                    ours.append(load(Home(home).socket, clients, requests))
                    yardstick.append(load(bare, clients, requests))
                rate, bare_rate = median([r for r, _ in ours]), median([r for r, _ in yardstick])
                p99 = median([p for _, p in ours])
                figures.append(
                    Figure(
                        f"durable events/s over the API, {clients} clients (p99 {p99:.1f} ms)",
                        f"{rate:,.0f}/s",
                        f"bare handler {bare_rate:,.0f}/s",
                        rate / bare_rate,
                        "none set",
                        True,
                    )
                )
    return figures


def load(socket: Path, clients: int, requests: int, path: str = EVENTS, *header: str) -> tuple[float, float]:
    """Requests per second and the 99th percentile in milliseconds, from a client process."""
    numbers = [str(clients), str(requests)]
    command = [sys.executable, "-m", "tests.bench.posting", str(socket), *numbers, path, *header]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    return answer["rate"], answer["p99"]


async def _clients(socket: str, clients: int, requests: int, path: str, *header: str) -> None:
    body = json.dumps({"event": "bench:posted", "data": {"text": "one durable event", "number": 7}}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        + "".join(f"{line}\r\n" for line in header)
        + f"Content-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    times: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_unix_connection(socket)
        for _ in range(requests // clients):
            started = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in answer.split(b"\r\n", 1)[0]:
                raise RuntimeError(answer.decode())
            length = next(int(h[15:]) for h in answer.lower().split(b"\r\n") if h.startswith(b"content-length:"))
            await reader.readexactly(length)
            times.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    rate = len(times) / (time.perf_counter() - started)
    times.sort()
    sys.stdout.write(json.dumps({"rate": rate, "p99": times[int(len(times) * 0.99)] * 1000}))


if __name__ == "__main__":
    asyncio.run(_clients(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
