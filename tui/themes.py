"""The two themes of our own, beside those that Textual brings."""

from textual.theme import Theme

DARK = "callboard-dark"
LIGHT = "callboard-light"

THEMES = (
    Theme(
        name=DARK,
        primary="#7cc0b5",
        secondary="#8fb0d9",
        accent="#e8b866",
        warning="#e39a57",
        error="#ee7577",
        success="#93c47d",
        foreground="#dcd9d2",
        background="#14161a",
        surface="#191c21",
        panel="#23272e",
        dark=True,
        variables={
            "text-muted": "#8d929b",
            "list-cursor": "#2b3139",
            "list-cursor-still": "#20242a",
            "border": "#343a43",
            "scrollbar": "#343a43",
            "scrollbar-hover": "#4a525d",
            "scrollbar-active": "#7cc0b5",
            "scrollbar-background": "#191c21",
            "scrollbar-background-hover": "#191c21",
            "scrollbar-background-active": "#191c21",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1d6f68",
        secondary="#2f5d94",
        accent="#96610a",
        warning="#a5500c",
        error="#b3262d",
        success="#3f7a2d",
        foreground="#2b2d31",
        background="#fbfaf6",
        surface="#f3f1ea",
        panel="#e7e4da",
        dark=False,
        variables={
            "text-muted": "#6b6d72",
            "list-cursor": "#dcd8ca",
            "list-cursor-still": "#e7e4da",
            "border": "#cdc9bb",
            "scrollbar": "#cdc9bb",
            "scrollbar-hover": "#b1ac9b",
            "scrollbar-active": "#1d6f68",
            "scrollbar-background": "#f3f1ea",
            "scrollbar-background-hover": "#f3f1ea",
            "scrollbar-background-active": "#f3f1ea",
        },
    ),
)
