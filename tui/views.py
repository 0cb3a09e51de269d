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
    View("new", "New", "is:unread,starred", "Nothing needs you", "What is new appears here by itself."),
    View("inbox", "Inbox", "", "The inbox is empty", "New notifications appear here by themselves."),
    View("starred", "Starred", "is:starred", "No stars yet", "Press s on a notification to keep it at the top."),
    View("snoozed", "Snoozed", "is:snoozed", "Nothing is snoozed", "Press b on a notification to see it later."),
    View("all", "All", "is:all", "There is nothing yet", "What you dismiss is kept here for a while."),
    View("failed", "Failed", "event:notification:failed", "Nothing failed", "Alerts that could not be sent."),
)

HOME = VIEWS[0]
"""What the app begins with: starred first, then unread."""

BY_ID = {view.id: view for view in VIEWS}


def view_of(filter: str) -> View | None:
    """The view that a filter is, if it is one."""
    return next((view for view in VIEWS if view.filter == filter.strip()), None)
