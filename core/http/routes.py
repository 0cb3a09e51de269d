"""The tree of routes: which function answers a method and path, and the values of the path's {names}."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp.web import BaseRequest, StreamResponse

from core.api.wire import API
from core.caller import Caller
from core.errors import CallboardError, NotFoundError
from core.http.asking import decoded
from core.http.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request at its route. `caller` is who authenticated; nobody has on an open route. `authenticate` asks
    again, for answers that last."""

    request: BaseRequest
    caller: Caller | None
    path: Mapping[str, str]
    query: str
    authenticate: Callable[[BaseRequest], Awaitable[Caller]]


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a method and path. One with a summary is in the OpenAPI document; the names of a verbatim one
    stand for what is in the path, decoded or not."""

    method: str
    path: str
    answer: Callable[[Incoming], Awaitable[StreamResponse]]
    open: bool = False
    verbatim: bool = False
    summary: str = ""
    media: str = "application/json"
    endpoint: Endpoint | None = None


class WrongMethodError(CallboardError):
    """The path exists, for other methods."""

    code = "wrong_method"

    def __init__(self, allowed: list[str]) -> None:
        self.allow = ", ".join(sorted(allowed))
        super().__init__(f"This path answers {self.allow} only.")


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    named: "_Node | None" = None
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


class Routes:
    """Finds routes by their whole path first, and segment by segment for those with names in them."""

    def __init__(self, routes: list[Route]) -> None:
        self._whole: dict[str, dict[str, Route]] = {}
        self._root = _Node()
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route and the values of its names. Raises when there is none."""
        whole = self._whole.get(path)
        if whole is not None:
            route = whole.get(method)
            if route is None:
                raise WrongMethodError(list(whole))
            return route, {}
        values: list[str] = []
        node = self._root
        for segment in path.split("/"):
            inner = node.fixed.get(segment)
            if inner is None:
                if node.named is None or not segment:
                    raise _unknown()
                values.append(segment)
                inner = node.named
            node = inner
        if not node.routes:
            raise _unknown()
        found = node.routes.get(method)
        if found is None:
            raise WrongMethodError(list(node.routes))
        route, names = found
        if route.verbatim:
            return route, dict(zip(names, values, strict=True))
        return route, {name: decoded(value, name) for name, value in zip(names, values, strict=True)}

    def _add(self, route: Route) -> None:
        if "{" not in route.path:
            self._whole.setdefault(route.path, {})[route.method] = route
            return
        node, names = self._root, []
        for segment in route.path.split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.routes[route.method] = (route, tuple(names))


def _unknown() -> NotFoundError:
    return NotFoundError(f"There is nothing at this path; {API}/openapi.json lists what there is.")
