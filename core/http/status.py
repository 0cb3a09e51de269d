"""What the server says about itself: that it answers, what it is, and its figures for Prometheus."""

import resource
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp.web import StreamResponse

from core.api.server import Health, Status
from core.api.wire import API
from core.http.answers import answered, plain
from core.http.door import Door
from core.http.endpoint import Asked, Endpoint
from core.http.routes import Incoming, Route

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Vitals:
    """Looks at the running server. The doors are added when they open."""

    status: Callable[[], Awaitable[Status]]
    deliveries: Callable[[], Awaitable[Mapping[str, int]]]
    doors: dict[str, Door] = field(default_factory=dict)

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("GET", "/status", "What this server is, and how it does", self._status, Status)]

    def routes(self) -> list[Route]:
        summary = "Whether the server answers"
        return [
            Route("GET", "/health", _health, open=True),
            Route("GET", f"{API}/health", _health, open=True, summary=summary),
            Route("GET", f"{API}/metrics", self._metrics, summary="Figures for Prometheus", media="text/plain"),
        ]

    async def _status(self, _: Asked[None, None]) -> Status:
        return await self.status()

    async def _metrics(self, _: Incoming) -> StreamResponse:
        return plain(figures(await self.status(), self.doors, await self.deliveries()).encode(), _TEXT)


async def _health(_: Incoming) -> StreamResponse:
    return answered(Health())


def figures(status: Status, doors: dict[str, Door], deliveries: Mapping[str, int]) -> str:
    """The figures as Prometheus reads them; of deliveries, how many there are in each state."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    about = f'version="{status.version}",engine="{status.engine}",schema="{status.schema}"'
    requests = [(f'door="{name}"', door.requests_count) for name, door in doors.items()]
    by_state = [(f'state="{state}"', number) for state, number in deliveries.items()]
    connections = [(f'door="{name}"', len(door.connections)) for name, door in doors.items()]
    return "".join(
        [
            _figure("callboard_info", "gauge", "What runs here.", [(about, 1)]),
            _figure(
                "process_start_time_seconds", "gauge", "When it began.", [("", status.started_at.timestamp())]
            ),
            _figure("process_cpu_seconds_total", "counter", "CPU time.", [("", usage.ru_utime + usage.ru_stime)]),
            _figure("callboard_requests_total", "counter", "Requests since the start.", requests),
            _figure("callboard_connections", "gauge", "Open connections.", connections),
            _figure("callboard_events_behind", "gauge", "Events not addressed yet.", [("", status.behind)]),
            _figure("callboard_deliveries", "gauge", "Deliveries that are kept, by their state.", by_state),
            _figure("callboard_stream_clients", "gauge", "Clients of the stream.", [("", status.clients)]),
        ]
    )


def _figure(name: str, kind: str, help: str, values: Sequence[tuple[str, float]]) -> str:
    lines = [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values]
    return "\n".join(lines) + "\n"
