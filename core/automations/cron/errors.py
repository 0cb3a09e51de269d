"""What is wrong with a cron expression: the field, a sentence, and what to write instead."""

from core.errors import InvalidError

WHOLE = "expression"

_MOST_SHOWN = 24


class CronError(InvalidError):
    """The expression is refused. `field` says where; `expression` stands for all of it."""

    def __init__(self, field: str, sentence: str, hint: str) -> None:
        super().__init__(f"{sentence} {hint}".rstrip(), field)
        self.field = field
        self.hint = hint


def quoted(text: str) -> str:
    """The text in quotes, on one line, and no more of it than a sentence can bear."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text[:_MOST_SHOWN])
    return f"'{shown}'" if len(text) <= _MOST_SHOWN else f"'{shown}…'"
