"""The messages of the protocol, as far as they are looked at. All may have more, and kinds unknown today."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from core.version import VERSION

VERSION_OF_PROTOCOL = 1
METHOD_NOT_FOUND = -32601
SIGN_IN_FIRST = -32000

NOTHING = Raw(b"null")


class Message(Struct):
    """Any line: a request and a notification have a method, an answer has none."""

    id: Raw | UnsetType = UNSET
    method: str | None = None
    params: Raw = NOTHING
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET


class ErrorDetails(Struct):
    details: str = ""
    message: str = ""


class Error(Struct):
    code: int = 0
    message: str = ""
    data: Raw = NOTHING


class Capabilities(Struct, rename="camel"):
    load_session: bool = False
    session_capabilities: dict[str, Raw] | None = None

    @property
    def can_resume(self) -> bool:
        return self.resumes or self.load_session

    @property
    def resumes(self) -> bool:
        """Continues without telling all of the conversation again."""
        found = (self.session_capabilities or {}).get("resume")
        return found is not None and bytes(found) not in (b"null", b"false")


class About(Struct):
    name: str = ""
    title: str | None = None
    version: str | None = None


class Initialized(Struct, rename="camel"):
    protocol_version: int
    agent_capabilities: Capabilities | None = None
    agent_info: About | None = None


class Mode(Struct):
    id: str
    name: str = ""


class Modes(Struct, rename="camel"):
    available_modes: list[Mode] = []


class Value(Struct):
    """One of the values of a setting, or a group of some."""

    value: str | None = None
    options: list["Value"] | None = None


class ConfigOption(Struct):
    id: str
    category: str | None = None
    options: list[Value] | None = None

    def values(self) -> list[str]:
        grouped = [inner for each in self.options or [] for inner in (each.options or [each])]
        return [each.value for each in grouped if each.value is not None]


class Session(Struct, rename="camel"):
    """The answer to a new session, and to one that goes on: that one has no id."""

    session_id: str = ""
    modes: Modes | None = None
    config_options: list[ConfigOption] | None = None


class TokenCount(Struct):
    input_tokens: float | None = None
    output_tokens: float | None = None


class Quota(Struct):
    token_count: TokenCount | None = None


class Remarks(Struct):
    """What gemini adds to the end of a turn."""

    quota: Quota | None = None


class Prompted(Struct, rename="camel"):
    stop_reason: str
    remarks: Raw = field(default=NOTHING, name="_meta")


class Option(Struct, rename="camel"):
    option_id: str
    name: str = ""
    kind: str = ""


class ToolCall(Struct, rename="camel"):
    """Also of an update, which tells only what has changed."""

    tool_call_id: str = ""
    title: str | None = None
    kind: str | None = None
    status: str | None = None
    raw_input: Raw = NOTHING


class PermissionAsked(Struct, rename="camel"):
    session_id: str
    tool_call: ToolCall
    options: Annotated[list[Option], Meta(max_length=50)]


class Text(Struct):
    type: str = ""
    text: Raw = NOTHING


class Cost(Struct):
    amount: float
    currency: str = "USD"


class Update(Struct, rename="camel"):
    session_update: str
    content: Raw = NOTHING
    tool_call_id: str = ""
    title: str | None = None
    status: str | None = None
    raw_input: Raw = NOTHING
    cost: Raw = NOTHING


class Updated(Struct, rename="camel"):
    session_id: str
    update: Update


def initialize() -> dict[str, Any]:
    """No files and no terminals are offered: the agent works in its folder by itself."""
    return {
        "protocolVersion": VERSION_OF_PROTOCOL,
        "clientCapabilities": {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False},
        "clientInfo": {"name": "callboard", "title": "Callboard", "version": VERSION},
    }
