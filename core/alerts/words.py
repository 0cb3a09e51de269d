"""What an alert says: of one notification its words, of several how many there are, and no more than the person
wants to have on a screen that others may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.api.inbox import InboxItem, Severity
from core.api.people import AlertWords
from core.text import excerpt

Urgency = Literal["low", "normal", "critical"]

URGENCIES: dict[Severity, Urgency] = {"info": "low", "warning": "normal", "critical": "critical"}
TITLE, BODY = 80, 400  # cells
_NAMED = 3  # notifications whose titles are said of several
LONGEST = 2_000  # characters kept of a body


@dataclass(frozen=True, slots=True)
class News:
    """Something that came in, as far as an alert tells of it: a notification by its number, or what a rule sent
    to desktops, by a number below zero."""

    id: int
    title: str
    body: str
    severity: Severity
    link: str | None = None

    @property
    def item(self) -> int | None:
        """The notification that it is."""
        return self.id if self.id > 0 else None


@dataclass(frozen=True, slots=True)
class Alert:
    """What is shown. With `item` it is about that one notification."""

    title: str
    body: str
    urgency: Urgency
    item: int | None = None
    link: str | None = None


def news_of(item: InboxItem) -> News:
    return News(item.id, item.title[:LONGEST], item.body[:LONGEST], item.severity, item.link)


def alert_of(news: Sequence[News], words: AlertWords) -> Alert:
    """One alert for all of these, the oldest first. Everything in it may be shown as it is."""
    critical = sum(one.severity == "critical" for one in news)
    urgency = max((URGENCIES[one.severity] for one in news), key=("low", "normal", "critical").index)
    if len(news) == 1:
        (one,) = news
        if words == "count":
            told = "1 new notification (critical)" if critical else "1 new notification"
            return Alert(told, "", urgency, one.item, one.link)
        body = excerpt(one.body, BODY) if words == "full" else ""
        return Alert(excerpt(one.title, TITLE), body, urgency, one.item, one.link)
    count = f"{len(news)} new" + (f" ({critical} critical)" if critical else "")
    named = [one for one in reversed(news) if one.title][:_NAMED] if words == "full" else []
    return Alert(count, excerpt(" · ".join(excerpt(one.title, TITLE) for one in named), BODY), urgency)
