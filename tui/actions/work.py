"""What can be done on the page of My Work, the one table of sessions, draft plans, round tables and
notifications."""

from tui.actions.kinds import Action, Scope

_HERE: Scope = "work"
_GROUP = "My Work"

WORK: tuple[Action, ...] = (
    Action("work-hide", ("d", "e", "delete"), "Hide", "Hide it; dismiss it, if a notification", _HERE, _GROUP, 2),
    Action("work-hide-all", ("D",), "Hide all", "Hide all marked, or all in this filter", _HERE, _GROUP),
    Action("work-show", ("R",), "Show", "Show what is hidden, restore what is dismissed", _HERE, _GROUP, 4),
    Action("work-star", ("s",), "Star", "Star a notification, or take the star away", _HERE, _GROUP),
    Action("work-undo", ("z", "u"), "Undo", "Take the last action back", _HERE, _GROUP, 5),
    Action("work-sort", ("S",), "Sort", "By another column, or the other way round", _HERE, _GROUP, 3),
    Action("work-copy", ("y",), "Copy link", "Copy the link of this page, with its filter", _HERE, _GROUP),
    Action("work-select", ("x",), "Mark", "Mark: actions take all marked", _HERE, "Mark"),
    Action(
        "work-needing", ("right_square_bracket",), "Next that needs", "To the next that needs you", _HERE, "Move"
    ),
    Action(
        "work-needing-before",
        ("left_square_bracket",),
        "Previous that needs",
        "To the one before that needs you",
        _HERE,
        "Move",
    ),
    Action("work-next", ("greater_than_sign",), "Next view", "To the next view", _HERE, "Views", 6),
    Action("work-previous", ("less_than_sign",), "Previous view", "To the view before", _HERE, "Views"),
)
