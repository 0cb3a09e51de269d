"""PagerDuty's Events API v2: what it takes, and which alerts are open by it."""

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp.web import Response, json_response

from tests.fakes.http_double import Asked, HttpDouble, Said

KEY = "0123456789abcdef0123456789ABCDEF"
_ACTIONS = ("trigger", "acknowledge", "resolve")
_SEVERITIES = ("critical", "error", "warning", "info")
_LARGEST = 512 * 1024


@dataclass
class FakePagerduty(HttpDouble):
    """One integration."""

    events: list[Any] = field(default_factory=list)
    open_alerts: dict[str, Any] = field(default_factory=dict)

    def words(self, status: int, asked: Asked) -> Said:
        if status == 400:
            return _invalid(["'payload.summary' is missing or blank"]), "application/json"
        said = {
            "status": "throttle exceeded" if status == 429 else "error",
            "message": f"No: {asked.body.decode()}",
        }
        return msgspec.json.encode(said).decode(), "application/json"

    async def answer(self, asked: Asked) -> Response:
        if asked.path != "/v2/enqueue" or asked.method != "POST":
            return Response(status=404, text="Not Found")
        if len(asked.body) > _LARGEST:
            return Response(status=413, text="Request Entity Too Large")
        try:
            event = asked.json
        except msgspec.DecodeError:
            return Response(status=400, text=_invalid(["not JSON"]), content_type="application/json")
        if errors := _errors(event):
            return Response(status=400, text=_invalid(errors), content_type="application/json")
        self.events.append(event)
        key = event.get("dedup_key") or f"made-{len(self.events)}"
        if event["event_action"] == "resolve":
            self.open_alerts.pop(key, None)
        else:
            self.open_alerts[key] = event
        said = {"status": "success", "message": "Event processed", "dedup_key": key}
        return json_response(said, status=202)


def _invalid(errors: list[str]) -> str:
    said = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return msgspec.json.encode(said).decode()


def _errors(event: Any) -> list[str]:
    if not isinstance(event, dict):
        return ["Event object is no object"]
    wrong: list[str] = []
    key = event.get("routing_key")
    if not isinstance(key, str) or len(key) != 32:
        wrong.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    elif not re.fullmatch("[0-9A-Za-z]+", key):
        wrong.append("'routing_key' cannot contain non-alphanumeric characters.")
    elif key != KEY:
        wrong.append("Invalid routing key")
    if event.get("event_action") not in _ACTIONS:
        wrong.append("'event_action' is missing or invalid")
    if len(event.get("dedup_key") or "") > 255:
        wrong.append("'dedup_key' is too long (maximum is 255 characters)")
    if event.get("event_action") == "trigger":
        wrong += _errors_of_payload(event.get("payload") or {})
    elif not event.get("dedup_key"):
        wrong.append("'dedup_key' is missing or blank")
    return wrong


def _errors_of_payload(payload: dict[str, Any]) -> list[str]:
    wrong = [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
    if len(payload.get("summary") or "") > 1024:
        wrong.append("'payload.summary' is too long (maximum is 1024 characters)")
    if payload.get("severity") not in _SEVERITIES:
        wrong.append("'payload.severity' is invalid (must be one of: critical, warning, error, info)")
    return wrong
