"""The ways by which an alert can reach a person, best first, each with its name for people."""

from typing import Final, Literal, get_args

Way = Literal["desktop", "osc99", "osc777", "osc9", "bell"]
Choice = Literal["auto", "desktop", "osc99", "osc777", "osc9", "bell"]

WAYS: Final[tuple[Way, ...]] = get_args(Way)
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)

NAMES: Final[dict[Way, str]] = {
    "desktop": "the desktop's own notifications",
    "osc99": "the terminal's notifications (OSC 99)",
    "osc777": "the terminal's notifications (OSC 777)",
    "osc9": "the terminal's notifications (OSC 9)",
    "bell": "the terminal's bell",
}
