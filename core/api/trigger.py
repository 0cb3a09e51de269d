"""What a call of a webhook is answered, whatever came of it: always with all of these fields."""

from typing import Final

from msgspec import Struct

HTTP_TRIGGER: Final = "/api/automations/http-trigger"
"""Where calls come; a token may follow it, as one more segment."""


class TriggerAnswer(Struct, frozen=True, rename="camel"):
    """The session and the execution are those that were started, or those in the way. The unresolved placeholders
    are the places of the prompt that nobody gave a value for."""

    success: bool
    error: str | None = None
    session_id: int | None = None
    session_url: str | None = None
    execution_id: int | None = None
    automation_name: str | None = None
    unresolved_placeholders: list[str] = []
