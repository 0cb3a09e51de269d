"""What can be done in more than one place: everywhere, in every list, in every text."""

from tui.actions.kinds import Action

LISTS: tuple[Action, ...] = (
    Action("open", ("enter", "l", "right"), "Open", "Open it", "list", "Move", 1),
    Action("down", ("j", "down"), "Down", "Next line", "list", "Move", palette=False),
    Action("up", ("k", "up"), "Up", "Previous line", "list", "Move", palette=False),
    Action("page-down", ("pagedown", "ctrl+f"), "Page down", "One page on", "list", "Move", palette=False),
    Action("page-up", ("pageup",), "Page up", "One page back", "list", "Move", palette=False),
    Action("half-down", ("ctrl+d",), "Half a page down", "Half a page on", "list", "Move", palette=False),
    Action("half-up", ("ctrl+u",), "Half a page up", "Half a page back", "list", "Move", palette=False),
    Action("first", ("g", "home"), "First", "To the first line", "list", "Move", palette=False),
    Action("last", ("G", "end"), "Last", "To the last line", "list", "Move", palette=False),
    Action("mark", ("space",), "Mark", "Mark: actions take all marked", "list", "Mark", 8),
    Action("range", ("v",), "Mark a range", "Mark from here to where you go", "list", "Mark"),
    Action("mark-all", ("asterisk",), "Mark all", "Mark every line of this view", "list", "Mark"),
    Action("clear", ("escape",), "Clear", "Clear marks or filter, or go back", "list", "Mark"),
)

TEXTS: tuple[Action, ...] = (
    Action("back", ("escape", "h", "left"), "Back", "Go back to the list", "detail", "Text", 1, False),
    Action("text-down", ("j", "down"), "Scroll down", "Next line of the text", "detail", "Text", palette=False),
    Action("text-up", ("k", "up"), "Scroll up", "Previous line of the text", "detail", "Text", palette=False),
    Action(
        "text-page-down",
        ("pagedown", "space", "ctrl+d"),
        "Page down",
        "One page on",
        "detail",
        "Text",
        palette=False,
    ),
    Action("text-page-up", ("pageup", "ctrl+u"), "Page up", "One page back", "detail", "Text", palette=False),
    Action("text-start", ("g", "home"), "Start", "To the start of the text", "detail", "Text", palette=False),
    Action("text-end", ("G", "end"), "End", "To the end of the text", "detail", "Text", palette=False),
)

BOARDS: tuple[Action, ...] = (
    Action("switch", ("tab", "shift+tab"), "Other side", "Between the list and the text", "board", "Move"),
    Action("filter", ("slash",), "Filter", "Show only what matches", "board", "Views", 9),
    Action("preview", ("p",), "Preview", "Show or hide the text at the side", "board", "Views"),
)

EVERYWHERE: tuple[Action, ...] = (
    Action("go-inbox", ("W",), "My Work", "To what needs you", "everywhere", "Go to", 20),
    Action("go-work", ("0",), "All of My Work", "To one table of all that is yours", "everywhere", "Go to", 23),
    Action("go-automations", ("A",), "Automations", "To what runs by itself", "everywhere", "Go to", 21),
    Action("go-sessions", ("E",), "Sessions", "To what agents are doing", "everywhere", "Go to", 22),
    Action("leave", ("backspace",), "Back", "Back to where you came from", "place", "Go to"),
    Action("help", ("question_mark", "f1"), "Help", "All keys", "everywhere", "Program", 10),
    Action(
        "palette",
        ("ctrl+p", "colon"),
        "Commands",
        "Find an action by its name",
        "everywhere",
        "Program",
        11,
        False,
    ),
    Action("jump", ("ctrl+o",), "Jump", "Go to a part of the screen by a letter", "everywhere", "Move"),
    Action("theme", ("T",), "Theme", "Choose the colours", "everywhere", "Program"),
    Action("redraw", ("ctrl+l",), "Redraw", "Paint the screen again", "everywhere", "Program"),
    Action("quit", ("q", "ctrl+q"), "Quit", "Leave; the server goes on", "everywhere", "Program", 12),
)
