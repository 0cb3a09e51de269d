"""What can be done to rules, and with events: what goes out, and why."""

from tui.actions.kinds import Action

RULES: tuple[Action, ...] = (
    Action("go-rules", ("X",), "Rules", "To when an event goes out, and where", "everywhere", "Go to", 26),
    Action("rule-explain", ("x",), "Explain", "What it makes of the latest event", "rule", "Rules", 2),
    Action("rule-edit", ("e",), "Edit", "Change it, or copy one of a file", "rule", "Rules", 3),
    Action("rule-new", ("n",), "New", "Make a new rule", "rules", "Rules", 4),
    Action("rule-switch", ("s",), "On/off", "Switch it on or off; space does, too", "rule", "Rules"),
    Action("rule-deliveries", ("o",), "Deliveries", "What it sent, and what not", "rule", "Rules", 5),
    Action("rule-copy", ("y",), "Copy link", "Copy the link of this rule", "rule", "Rules"),
    Action("rule-copy-json", ("Y",), "Copy JSON", "Copy it as the configuration has it", "rule", "Rules"),
    Action("rule-delete", ("d", "D", "delete"), "Delete", "Delete it; asks", "rule", "Rules", danger=True),
)

EVENTS: tuple[Action, ...] = (
    Action("go-events", ("V",), "Events", "To what happened, and why it went out", "everywhere", "Go to", 27),
    Action("event-explain", ("x",), "Explain", "What each rule makes of it, and why", "events", "Events", 2),
    Action("event-copy", ("y",), "Copy link", "Copy the link of this event", "event", "Events", 3),
    Action("event-copy-json", ("Y",), "Copy JSON", "Copy its payload", "event", "Events", 4),
    Action(
        "events-next", ("greater_than_sign",), "Next workspace", "To the next workspace", "events", "Views", 5
    ),
    Action(
        "events-previous", ("less_than_sign",), "Previous workspace", "To the workspace before", "events", "Views"
    ),
)
