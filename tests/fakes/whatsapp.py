"""Meta's Cloud API, as far as WhatsApp messages are sent by it, and a bridge as somebody might run one."""

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp.web import Response, json_response

from tests.fakes.http_double import Asked, HttpDouble, Said

TOKEN = "EAAGc4llb04rdf41lsn3v3rtw1c3"
NUMBER = "106540352242922"
TO = "+4915112345678"
CODES = {400: 100, 401: 190, 403: 10, 404: 803, 410: 33, 429: 130429, 500: 131000, 503: 131016}
_PATH = re.compile(r"/v\d+\.\d+/(\d+)(/messages)?")
_LONGEST_TEXT, _LONGEST_PARAMETER = 4096, 1024


@dataclass
class FakeWhatsapp(HttpDouble):
    """One number. Outside of its `window` it takes nothing but templates; `fault` is a code to answer with."""

    window: bool = True
    fault: int | None = None
    taken: list[Any] = field(default_factory=list)

    def words(self, status: int, asked: Asked) -> Said:
        return _error(CODES.get(status, 1), f"No: {asked.headers['Authorization']}")

    async def answer(self, asked: Asked) -> Response:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refused(401, 190, "Error validating access token: it has expired.")
        found = _PATH.fullmatch(asked.path)
        if found is None or found[1] != NUMBER:
            return _refused(400, 100, "Unsupported request: no such object.", subcode=33)
        if self.fault is not None:
            return _refused(400, self.fault, f"(#{self.fault}) A fault", "What is behind it.")
        if (asked.method, found[2]) == ("GET", None):
            return json_response({"id": NUMBER, "verified_name": "Callboard"})
        if asked.method != "POST" or found[2] is None:
            return _refused(400, 100, "Unsupported request.")
        return self._sent(asked.json)

    def _sent(self, message: Any) -> Response:
        if message.get("messaging_product") != "whatsapp" or not re.fullmatch(
            r"\+?\d{6,15}", message.get("to", "")
        ):
            return _refused(400, 100, "(#100) Invalid parameter")
        if message["type"] == "text":
            if not 0 < len(message["text"]["body"]) <= _LONGEST_TEXT:
                return _refused(400, 100, "(#100) Param text['body'] must be at most 4096 characters long.")
            if not self.window:
                details = "More than 24 hours have passed since the recipient last replied."
                return _refused(400, 131047, "(#131047) Re-engagement message", details)
        elif message["type"] == "template":
            for component in message["template"].get("components", []):
                for parameter in component["parameters"]:
                    text = parameter["text"]
                    if re.search(r"[\n\t]| {5}", text) or not 0 < len(text) <= _LONGEST_PARAMETER:
                        return _refused(
                            400, 132018, "(#132018) There's an issue with the parameters in your template"
                        )
        else:
            return _refused(400, 131051, "(#131051) Unsupported message type")
        self.taken.append(message)
        return json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": message["to"], "wa_id": message["to"].lstrip("+")}],
                "messages": [{"id": f"wamid.{len(self.taken)}"}],
            }
        )


@dataclass
class FakeBridge(HttpDouble):
    """Takes `{"to", "text"}`."""

    taken: list[Any] = field(default_factory=list)

    @property
    def hook(self) -> str:
        return f"{self.url}/send/3f1c9a77d0e4"

    def words(self, status: int, asked: Asked) -> Said:
        return f"refused {asked.path}", "text/plain"

    async def answer(self, asked: Asked) -> Response:
        if set(asked.json) != {"to", "text"}:
            return Response(status=400, text="to and text")
        self.taken.append(asked.json)
        return Response(status=204)


def _refused(status: int, code: int, message: str, details: str = "", *, subcode: int | None = None) -> Response:
    body, kind = _error(code, message, details, subcode)
    return Response(status=status, text=body, content_type=kind)


def _error(code: int, message: str, details: str = "", subcode: int | None = None) -> Said:
    said: dict[str, Any] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "Az8or2yhqkZ",
    }
    if details:
        said["error_data"] = {"messaging_product": "whatsapp", "details": details}
    if subcode is not None:
        said["error_subcode"] = subcode
    return msgspec.json.encode({"error": said}).decode(), "application/json"
