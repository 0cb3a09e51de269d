"""What can be done with the screen of settings, beside what every form can."""

from tui.actions.kinds import Action

PROFILE: tuple[Action, ...] = (
    Action("go-profile", ("comma",), "Settings", "Your profile, alerts and colours", "everywhere", "Go to", 23),
    Action(
        "alert-test", ("f5", "ctrl+t"), "Test alert", "Send a test alert as the form says", "profile", "Forms", 3
    ),
)
