"""What can be done to automations, with the list of them, and with what became of their occurrences."""

from tui.actions.kinds import Action

AUTOMATIONS: tuple[Action, ...] = (
    Action("automation-run", ("r",), "Run now", "Run it now", "automation", "Automations", 2),
    Action("automation-edit", ("e",), "Edit", "Change it", "automation", "Automations", 3),
    Action("automation-new", ("n",), "New", "Make a new automation", "automations", "Automations", 4),
    Action("automation-switch", ("s",), "On/off", "Enable or disable", "automation", "Automations", 5),
    Action(
        "automation-history", ("H",), "History", "Why each run was or was not", "automation", "Automations", 6
    ),
    Action("automation-day", ("t",), "Time line", "The runs of the coming day", "automations", "Automations", 7),
    Action("automation-session", ("o",), "Session", "Open its session in flight", "automation", "Automations"),
    Action("automation-copy", ("y",), "Copy URL", "Copy the address of its webhook", "automation", "Automations"),
    Action(
        "automation-pin",
        ("P",),
        "Pin",
        "Run it by a number key from My Work, or no longer",
        "automation",
        "Automations",
    ),
    Action(
        "automation-rotate",
        ("R",),
        "New token",
        "Make a new token; the old one stops",
        "automation",
        "Automations",
        danger=True,
    ),
    Action(
        "automation-delete",
        ("D", "delete"),
        "Delete",
        "Delete it",
        "automation",
        "Automations",
        danger=True,
    ),
    Action(
        "history-all",
        ("L",),
        "All runs",
        "The history of all automations",
        "automations",
        "Automations",
    ),
    Action(
        "history-automation", ("o",), "Automation", "Open the automation of this run", "history", "Automations", 2
    ),
    Action("form-save", ("ctrl+s", "f2"), "Save", "Save what the form says", "form", "Forms", 1),
    Action(
        "form-leave",
        ("escape",),
        "Leave",
        "Leave the form",
        "form",
        "Forms",
        2,
    ),
)
