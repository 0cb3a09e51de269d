"""The OpenAPI document, made from the routes and their types."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp.web import StreamResponse

from core.api.wire import Failure
from core.http.answers import plain
from core.http.routes import Incoming, Route
from core.version import VERSION

_NAME = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{name}"
_REFUSALS = {
    "400": "What was sent is wrong; the error names the place.",
    "401": "It is not known who is asking.",
    "403": "The asker may not do this.",
    "404": "There is no such thing, or none that the asker may see.",
    "429": "Too many attempts.",
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole document as plain data."""
    described = [route for route in routes if route.summary]
    types: list[Any] = [Failure]
    for route in described:
        if route.endpoint is not None:
            types += [
                t for t in (route.endpoint.answer, route.endpoint.query, route.endpoint.body) if t is not None
            ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {_key(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in described:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Callboard", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
        "security": [{"key": []}],
    }


def _operation(route: Route, schema_of: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    endpoint = route.endpoint
    operation: dict[str, Any] = {"summary": route.summary, "parameters": _path_parameters(route)}
    if route.open:
        operation["security"] = []
    success: dict[str, Any] = {"description": "Done.", "content": {route.media: {}}}
    status = 200
    if endpoint is not None:
        status = endpoint.status
        success["content"]["application/json"] = {"schema": _envelope(schema_of[_key(endpoint.answer)])}
        if endpoint.query is not None:
            operation["parameters"] += _query_parameters(schema_of[_key(endpoint.query)], components)
        if endpoint.body is not None:
            content = {"application/json": {"schema": schema_of[_key(endpoint.body)]}}
            operation["requestBody"] = {"required": True, "content": content}
    success["description"] = HTTPStatus(status).description or "Done."
    refusal = {"application/json": {"schema": {"$ref": _REF.format(name="Failure")}}}
    refusals = {} if route.open else {s: {"description": why, "content": refusal} for s, why in _REFUSALS.items()}
    operation["responses"] = {str(status): success, **refusals}
    return operation


def _envelope(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"ok": {"const": True}, "data": schema}, "required": ["ok", "data"]}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAME.findall(route.path)
    ]


def _query_parameters(schema: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    shape = components[schema["$ref"].rpartition("/")[2]]
    required = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": inner}
        for name, inner in shape["properties"].items()
    ]


def _key(kind: Any) -> str:
    return repr(kind)


class Document:
    """The document as bytes, made when it is first asked for."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = routes
        self._bytes = b""

    async def answer(self, _: Incoming) -> StreamResponse:
        if not self._bytes:
            self._bytes = msgspec.json.format(msgspec.json.encode(document(self._routes)), indent=2)
        return plain(self._bytes, "application/json")
