"""The quick filters over the notifications: each is a name for a line of the filter language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    id: str
    title: str
    filter: str
    nothing: str
    hint: str


VIEWS = (
    View("inbox", "Inbox", "", "Nothing needs you", "New notifications appear here by themselves."),
    View("unread", "Unread", "is:unread", "All read", "Press I for the whole inbox."),
    View("starred", "Starred", "is:starred", "No stars yet", "Press s on a notification to keep it at the top."),
    View("snoozed", "Snoozed", "is:snoozed", "Nothing is snoozed", "Press b on a notification to see it later."),
    View(
        "history", "History", "is:dismissed", "The history is empty", "What you dismiss is kept here for a while."
    ),
)

BY_ID = {view.id: view for view in VIEWS}


def view_of(filter: str) -> View | None:
    """The view that a filter is, if it is one."""
    return next((view for view in VIEWS if view.filter == filter.strip()), None)
