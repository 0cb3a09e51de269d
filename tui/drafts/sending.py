"""A message by hand as it is being written: to where, what, and when it goes out."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import cast

from core.api.deliveries import Sending
from core.api.inbox import Severity
from tui.drafts.automation import FieldSpec, Value
from tui.moments import moment_typed
from tui.words.times import short

_LONGEST_DELAY = timedelta(days=30)
_AT_ONCE = ("", "0", "now")
_WHEN = "now, unless it says 5m, 1h, 18:00, tomorrow, fri 14:00"

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("channel", "Channel", "choice"),
    FieldSpec("title", "Title", "line"),
    FieldSpec("body", "Text", "text"),
    FieldSpec(
        "severity",
        "Severity",
        "choice",
        options=(("info", "info"), ("warning", "warning"), ("critical", "critical")),
    ),
    FieldSpec("when", "When", "line"),
    FieldSpec("workspace", "Workspace", "choice"),
)


@dataclass
class SendingDraft:
    """What the form says."""

    values: dict[str, Value]

    @classmethod
    def empty(cls, channel: str, workspace: str) -> "SendingDraft":
        blank: dict[str, Value] = {spec.name: "" for spec in FIELDS}
        return cls({**blank, "channel": channel, "workspace": workspace, "severity": "info"})

    def text(self, name: str) -> str:
        return str(self.values[name]).strip()

    @property
    def begun(self) -> bool:
        """Whether there are words that would be lost."""
        return bool(self.text("title") or self.text("body"))

    def problems(self, now: datetime, zone: tzinfo) -> dict[str, str]:
        """What is wrong, by field."""
        found = {name: sentence for name, sentence in _NEEDED.items() if not self.text(name)}
        try:
            self.moment(now, zone)
        except ValueError as error:
            found["when"] = str(error)
        return found

    def moment(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When it goes out, if not at once. Raises a ValueError that says what is wrong."""
        typed = self.text("when").lower()
        if typed in _AT_ONCE:
            return None
        try:
            found = moment_typed(typed, now, zone)
        except OverflowError:
            raise ValueError("That is too far away.") from None
        if found > now + _LONGEST_DELAY:
            raise ValueError("A message waits for at most 30 days.")
        return found

    def goes_out(self, now: datetime, zone: tzinfo) -> str:
        """When it goes out, in words; what can be written where it goes out at once or that is wrong."""
        try:
            found = self.moment(now, zone)
        except ValueError:
            return _WHEN
        return _WHEN if found is None else f"goes out {short(found, now, zone)}"

    def sending(self, now: datetime, zone: tzinfo, id: str) -> Sending:
        moment = self.moment(now, zone)
        delay = 0 if moment is None else max(0, round((moment - now) / timedelta(milliseconds=1)))
        return Sending(
            channel=self.text("channel"),
            title=self.text("title"),
            body=str(self.values["body"]),
            severity=cast(Severity, self.text("severity")),
            delay_ms=delay,
            id=id,
        )


_NEEDED = {
    "channel": "Choose a channel.",
    "title": "Give it a title.",
    "body": "Write what it says.",
    "workspace": "Say in which workspace.",
}
