"""Resend's API, as far as mails are sent by it: keys, what a mail must have, and ids by which it is sent once."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp.web import Response, json_response

from tests.fakes.http_double import Asked, HttpDouble, Said

KEY = "re_c4llb04rd_f41ls_n3v3r"
NAMES = {
    400: "validation_error",
    401: "missing_api_key",
    403: "invalid_api_key",
    404: "not_found",
    429: "rate_limit_exceeded",
    500: "application_error",
}
_MOST = 50


@dataclass
class FakeResend(HttpDouble):
    """One account, with a verified domain."""

    restricted: bool = False  # a key that may send, and nothing else
    quota: bool = True  # there is some left
    taken: list[Any] = field(default_factory=list)
    ids: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    in_progress: set[str] = field(default_factory=set)

    def words(self, status: int, asked: Asked) -> Said:
        return _error(status, NAMES.get(status, "internal_server_error"), f"No: {asked.headers['Authorization']}")

    async def answer(self, asked: Asked) -> Response:
        key = asked.headers.get("Authorization", "")
        if not key:
            return _refused(401, "missing_api_key", "Missing API key in the authorization header")
        if key != f"Bearer {KEY}":
            return _refused(403, "invalid_api_key", "API key is invalid")
        if (asked.method, asked.path) == ("GET", "/domains"):
            if self.restricted:
                return _refused(401, "restricted_api_key", "This API key is restricted to only send emails")
            return json_response({"object": "list", "data": [{"name": "example.com", "status": "verified"}]})
        if (asked.method, asked.path) == ("POST", "/emails"):
            return self._sent(asked)
        return _refused(404, "not_found", "The requested endpoint does not exist")

    def _sent(self, asked: Asked) -> Response:
        mail, once = asked.json, asked.headers.get("Idempotency-Key")
        for name in ("from", "to", "subject"):
            if not mail.get(name):
                return _refused(422, "missing_required_field", f"Missing `{name}` field")
        if not mail.get("html") and not mail.get("text"):
            return _refused(422, "missing_required_field", "Missing `html` or `text` field")
        to = [mail["to"]] if isinstance(mail["to"], str) else mail["to"]
        if len(to) > _MOST or any("@" not in address for address in to):
            return _refused(422, "validation_error", "Invalid `to` field")
        if not mail["from"].rstrip(">").endswith("@example.com"):
            return _refused(403, "validation_error", "The domain is not verified")
        if not self.quota:
            return _refused(429, "daily_quota_exceeded", "You have reached your daily email sending quota")
        if once is None:
            return self._taken(mail)
        if not 0 < len(once) <= 256:
            return _refused(400, "invalid_idempotency_key", "The key must be between 1-256 chars")
        if once in self.in_progress:
            said = "Same idempotency key used while original request is still in progress"
            return _refused(409, "concurrent_idempotent_requests", said)
        if once in self.ids:
            before, known = self.ids[once]
            if before != asked.body:
                said = "Same idempotency key used with a different request payload"
                return _refused(409, "invalid_idempotent_request", said)
            return json_response({"id": known})
        answer = self._taken(mail)
        self.ids[once] = (asked.body, self._id())
        return answer

    def _taken(self, mail: Any) -> Response:
        self.taken.append(mail)
        return json_response({"id": self._id()})

    def _id(self) -> str:
        return f"49a3999c-0ce1-4ea6-ab68-{len(self.taken):012}"


def _refused(status: int, name: str, message: str) -> Response:
    body, kind = _error(status, name, message)
    return Response(status=status, text=body, content_type=kind)


def _error(status: int, name: str, message: str) -> Said:
    said = {"statusCode": status, "name": name, "message": message}
    return msgspec.json.encode(said).decode(), "application/json"
