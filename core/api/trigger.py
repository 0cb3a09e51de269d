"""What a call of a webhook is answered, whatever came of it: always with all of these fields."""

from msgspec import Struct


class TriggerAnswer(Struct, frozen=True, rename="camel"):
    """`session_id`, `session_url` and `execution_id` are of the session that was started, or of the one in its way.
    `unresolved_placeholders` are the places of the prompt that nobody gave a value for."""

    success: bool
    error: str | None = None
    session_id: int | None = None
    session_url: str | None = None
    execution_id: int | None = None
    automation_name: str | None = None
    unresolved_placeholders: list[str] = []
