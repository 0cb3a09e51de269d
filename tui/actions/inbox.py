"""What can be done to notifications, and with the list of them."""

from tui.actions.kinds import Action

INBOX: tuple[Action, ...] = (
    Action("star", ("s",), "Star", "Star, or take the star away", "workbench", "Notifications", 2),
    Action(
        "dismiss",
        ("d", "delete"),
        "Dismiss",
        "Move into the history",
        "workbench",
        "Notifications",
        3,
    ),
    Action("restore", ("r",), "Restore", "Bring back from the history", "workbench", "Notifications"),
    Action("read", ("m",), "Mark read", "Mark as read without opening", "workbench", "Notifications"),
    Action("unread", ("u",), "Unread", "Mark as unread", "workbench", "Notifications", 5),
    Action("snooze", ("b",), "Snooze", "Take away until later, or bring back", "workbench", "Notifications", 6),
    Action("undo", ("z",), "Undo", "Take the last action back", "workbench", "Notifications", 7),
    Action("follow", ("o",), "Link", "Go where the link leads, or copy it", "workbench", "Notifications"),
    Action("copy", ("y",), "Copy", "Copy the notification's text", "workbench", "Notifications"),
    Action("next", ("n", "J"), "Next", "Open the next notification", "workbench", "Move", 4),
    Action("previous", ("N", "K"), "Previous", "Open the previous notification", "workbench", "Move"),
    Action("view-next", ("right_square_bracket",), "Next view", "To the next view", "workbench", "Views"),
    Action(
        "view-previous", ("left_square_bracket",), "Previous view", "To the view before", "workbench", "Views"
    ),
    Action("view-inbox", ("I",), "View: Inbox", "Everything in the inbox", "workbench", "Views"),
    Action("view-unread", ("U",), "View: Unread", "Only what you have not read", "workbench", "Views"),
    Action("view-starred", ("S",), "View: Starred", "Only what you starred", "workbench", "Views"),
    Action("view-snoozed", ("B",), "View: Snoozed", "What comes back later", "workbench", "Views"),
    Action("view-history", ("H",), "View: History", "What you dismissed", "workbench", "Views"),
    Action("fold", ("f",), "Fold", "Fold or unfold the section", "workbench", "Views"),
)
