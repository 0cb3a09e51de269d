"""SendGrid's v3 API, as far as mails are sent by it."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp.web import Response, json_response

from tests.fakes.http_double import Asked, HttpDouble, Said

KEY = "SG.c4llb04rd.f41ls-n3v3r-tw1c3"
_MOST = 1_000
_REVOKED = "The provided authorization grant is invalid, expired, or revoked"
_RESERVED = {"from", "to", "subject", "cc", "bcc", "reply-to", "content-type", "received", "dkim-signature"}


@dataclass
class FakeSendgrid(HttpDouble):
    """One account. `reset` is when its limit begins anew."""

    scopes: list[str] = field(default_factory=lambda: ["mail.send"])
    credits: bool = True
    reset: int | None = None
    taken: list[Any] = field(default_factory=list)

    def words(self, status: int, asked: Asked) -> Said:
        return _error(f"No: {asked.headers['Authorization']}")

    async def answer(self, asked: Asked) -> Response:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return _refused(401, _REVOKED)
        if not self.credits:
            return _refused(401, "Maximum credits exceeded")
        if self.reset is not None:
            limited = _refused(429, "too many requests")
            limited.headers["X-RateLimit-Reset"] = str(self.reset)
            return limited
        if (asked.method, asked.path) == ("GET", "/v3/scopes"):
            return json_response({"scopes": self.scopes})
        if (asked.method, asked.path) != ("POST", "/v3/mail/send"):
            return _refused(404, "not found")
        if wrong := _wrong(asked.json):
            return _refused(400, *wrong)
        self.taken.append(asked.json)
        return Response(status=202, headers={"X-Message-Id": f"msg-{len(self.taken)}"})


def _wrong(mail: Any) -> tuple[str, str] | None:
    """What is wrong with a mail, and in which field."""
    people = mail.get("personalizations") or []
    if not people or len(people) > _MOST:
        return (
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        )
    for person in people:
        to = [entry["email"].lower() for entry in person.get("to", [])]
        if not 0 < len(to) <= _MOST:
            return "The to array is required for all personalization objects.", "personalizations.0.to"
        if len(to) != len(set(to)):
            return (
                "Each email address in the personalization block should be unique between to, cc, and bcc.",
                "personalizations",
            )
    if "@" not in mail.get("from", {}).get("email", ""):
        return "The from object must be provided for every email send.", "from.email"
    if not mail.get("subject"):
        return "The subject is required.", "subject"
    kinds = [part["type"] for part in mail.get("content", [])]
    if not kinds or sorted(kinds, key=["text/plain", "text/html"].index) != kinds:
        return "The text/plain content must come first, then text/html.", "content"
    if not all(part.get("value") for part in mail["content"]):
        return "The content value must be a string at least one character in length.", "content.0.value"
    if _RESERVED & {name.lower() for name in mail.get("headers") or {}}:
        return "The headers field has a reserved header.", "headers"
    return None


def _refused(status: int, message: str, field: str | None = None) -> Response:
    body, kind = _error(message, field)
    return Response(status=status, text=body, content_type=kind)


def _error(message: str, field: str | None = None) -> Said:
    said = {"errors": [{"message": message, "field": field, "help": None}]}
    return msgspec.json.encode(said).decode(), "application/json"
