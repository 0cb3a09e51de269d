"""What can be done to channels and to deliveries: what goes out, and where to."""

from tui.actions.kinds import Action

CHANNELS: tuple[Action, ...] = (
    Action("go-channels", ("C",), "Channels", "To where alerts go", "everywhere", "Go to", 24),
    Action("channel-test", ("t",), "Test", "Reach it, or send a test message; asks", "channel", "Channels", 2),
    Action("channel-send", ("S",), "Send", "Send a message by hand", "channel", "Channels", 3),
    Action("channel-edit", ("e",), "Edit", "Change its settings", "channel", "Channels", 4),
    Action("channel-new", ("n",), "New", "Make a new channel", "channels", "Channels", 5),
    Action("channel-switch", ("s",), "On/off", "Enable or disable it", "channel", "Channels", 6),
    Action("channel-deliveries", ("o",), "Deliveries", "What it sent, and what not", "channel", "Channels", 7),
    Action("channel-copy", ("y",), "Copy link", "Copy the link of this channel", "channel", "Channels"),
    Action(
        "channel-delete", ("d", "D", "delete"), "Delete", "Delete it; asks", "channel", "Channels", danger=True
    ),
)

DELIVERIES: tuple[Action, ...] = (
    Action("go-deliveries", ("O",), "Deliveries", "To what went out", "everywhere", "Go to", 25),
    Action(
        "delivery-retry", ("r",), "Send again", "Send it again, or now what waits", "delivery", "Deliveries", 2
    ),
    Action("delivery-cancel", ("c",), "Cancel", "Take back what is pending", "delivery", "Deliveries", 3),
    Action("delivery-send", ("S",), "Send", "Send a message by hand", "delivery", "Deliveries", 4),
    Action("delivery-link", ("L",), "Link", "Go where its event's link leads", "delivery", "Deliveries", 5),
    Action("delivery-channel", ("o",), "Channel", "Open its channel", "delivery", "Deliveries", 6),
    Action(
        "delivery-explain", ("x",), "Explain", "What each rule makes of its event", "delivery", "Deliveries", 7
    ),
    Action("delivery-copy", ("y",), "Copy link", "Copy the link of this delivery", "delivery", "Deliveries"),
    Action("delivery-copy-text", ("Y",), "Copy text", "Copy its title and text", "delivery", "Deliveries"),
    Action("deliveries-next", ("greater_than_sign",), "Next view", "To the next view", "deliveries", "Views", 7),
    Action(
        "deliveries-previous", ("less_than_sign",), "Previous view", "To the view before", "deliveries", "Views"
    ),
)
