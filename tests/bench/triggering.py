"""Calls of a webhook per second, each with its session durable before the answer, beside a bare handler that
commits one row. As many sessions as may run at once do run, so that all others queue."""

import tempfile
from pathlib import Path

from core.api.automations import AutomationCreation, create
from core.api.trigger import HTTP_TRIGGER
from core.client import Client
from core.home import Home
from tests.bench.figures import Figure, median
from tests.bench.posting import load
from tests.bench.serving import bare_server, callboard_server

CLIENTS, REQUESTS = 16, 6000
_GOAL, _SLOWEST = 0.5, 25.0


def measure(rounds: int = 3) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with callboard_server(home.path), bare_server(Path(folder)) as bare:
            token = _webhook(home)
            ours, yardstick = [], []
            for _ in range(rounds):
                header = f"Api-Authentication: {token}"
                ours.append(load(home.socket, CLIENTS, REQUESTS, HTTP_TRIGGER, header))
                yardstick.append(load(bare, CLIENTS, REQUESTS))
    rate, bare_rate = median([r for r, _ in ours]), median([r for r, _ in yardstick])
    p99, bare_p99 = median([p for _, p in ours]), median([p for _, p in yardstick])
    return [
        Figure(
            f"webhook calls/s, durable, {CLIENTS} clients",
            f"{rate:,.0f}/s",
            f"bare handler {bare_rate:,.0f}/s",
            rate / bare_rate,
            f">= {_GOAL}x",
            rate >= _GOAL * bare_rate,
        ),
        Figure(
            "the same, 99th percentile",
            f"{p99:.1f} ms",
            f"bare handler {bare_p99:.1f} ms",
            p99 / bare_p99,
            f"<= {_SLOWEST:.0f} ms",
            p99 <= _SLOWEST,
        ),
    ]


def _webhook(home: Home) -> str:
    creation = AutomationCreation(
        "Webhook", "default", "http", kind="chat", prompt="sleep 600 # {{event}}", provider="shell", parallel=True
    )
    token = Client(home.socket).send(create(creation)).token
    assert token is not None
    return token
