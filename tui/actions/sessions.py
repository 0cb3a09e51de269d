"""What can be done to sessions and to the questions they ask, and with the screens that show them."""

from tui.actions.kinds import Action

SESSIONS: tuple[Action, ...] = (
    Action("session-new", ("n",), "New", "Begin a session", "sessions", "Sessions", 2),
    Action("sessions-next", ("greater_than_sign",), "Next view", "To the next view", "sessions", "Sessions", 7),
    Action(
        "sessions-previous",
        ("less_than_sign",),
        "Previous view",
        "To the view before",
        "sessions",
        "Sessions",
    ),
    Action(
        "sessions-needing",
        ("right_square_bracket",),
        "Next that needs",
        "To the next that needs you",
        "sessions",
        "Move",
    ),
    Action(
        "sessions-needing-before",
        ("left_square_bracket",),
        "Previous that needs",
        "To the one before that needs you",
        "sessions",
        "Move",
    ),
    Action(
        "session-stop", ("x",), "Stop", "Stop it, with all that it started", "session", "Sessions", 3, danger=True
    ),
    Action("session-resume", ("r",), "Resume", "Go on where it ended", "session", "Sessions", 4),
    Action("session-complete", ("c",), "Complete", "Call it done", "session", "Sessions", 5),
    Action(
        "session-merge",
        ("m",),
        "Merge",
        "Merge its branch, or see whether that would work",
        "session",
        "Sessions",
        8,
    ),
    Action(
        "session-request",
        ("P",),
        "Pull request",
        "Open a pull request, or say which it is",
        "session",
        "Sessions",
    ),
    Action("session-copy", ("Y",), "Copy", "Copy its branch, its address or its folder", "session", "Sessions"),
    Action("run-say", ("i",), "Say", "Say what is next", "run", "Sessions", 2),
    Action("run-pane", ("t",), "Pane", "Output, conversation, steps: the next of them", "run", "Sessions", 6),
    Action("run-switch", ("tab", "shift+tab"), "Other side", "To the next part of the screen", "run", "Move"),
    Action("run-search", ("slash",), "Search", "Search what was printed", "run", "Views", 9),
    Action("run-next", ("right_square_bracket",), "Next turn", "To the next turn", "run", "Move"),
    Action("run-previous", ("left_square_bracket",), "Previous turn", "To the turn before", "run", "Move"),
)

APPROVALS: tuple[Action, ...] = (
    Action("approval-allow", ("y",), "Allow", "Allow what is asked, this once", "approval", "Approvals", 1),
    Action("approval-refuse", ("n",), "Refuse", "Refuse what is asked", "approval", "Approvals", 1),
    Action(
        "approval-always", ("a",), "Always", "Allow it from now on, where the agent offers that", "approval",
        "Approvals", 1,
    ),
    Action(
        "approval-never", ("N",), "Never", "Refuse it from now on, where the agent offers that", "approval",
        "Approvals", 1,
    ),
    Action("approval-session", ("o",), "Session", "Open the session that asks", "approval", "Approvals", 2),
    Action(
        "answer", ("a",), "Answer", "Answer the question of this notification: allow or refuse", "workbench",
        "Notifications", 2,
    ),
)  # fmt: skip

LAUNCHING: tuple[Action, ...] = (
    *(
        Action(
            f"launch-{place}",
            (str(place),),
            f"Launch {place}",
            f"Run what is pinned in place {place}",
            "workbench",
            "Quick launch",
        )
        for place in range(1, 10)
    ),
    Action("pins", ("P",), "Pins", "Pin, unpin and move what the number keys run", "workbench", "Quick launch"),
)
