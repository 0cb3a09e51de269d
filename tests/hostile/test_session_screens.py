"""The screens of sessions, in a real terminal, on a home full of hostile text."""

from tests.hostile.flooded import Flooded
from tests.hostile.test_screens import NARROW, SIZES, app
from tests.terminal import Terminal

PAGES = 6


def all_sessions(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.wait_for("[Active]")
    for view in ("[Asking]", "[Waiting]", "[All]"):
        terminal.press(">")
        terminal.wait_for(view)
    terminal.settle()


@SIZES
def test_the_list_of_sessions_and_a_session_of_each_page(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        all_sessions(terminal)
        for _ in range(PAGES):
            terminal.press("pagedown")
            terminal.settle()
            terminal.press("enter")
            terminal.wait_for("Session ›")
            terminal.settle()
            terminal.press("escape")
            terminal.wait_for("[All]")


@SIZES
def test_all_that_a_session_has_printed(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        all_sessions(terminal)
        terminal.press("/")
        terminal.wait_for("state:failed")
        terminal.press("outcome:succeeded", "enter")
        terminal.wait_for("esc clears")
        terminal.settle()
        terminal.press("enter")
        terminal.wait_for("[Conversation]")
        for pane in ("[Steps]", "[Output]") if size == NARROW else ("[Output]",):
            terminal.press("t")
            terminal.wait_for(pane)
        terminal.settle()
        terminal.press("g")
        terminal.wait_for("0% of")
        for _ in range(4 * PAGES):
            terminal.press("pagedown")
            terminal.settle()
        terminal.press("/", "x")
        terminal.wait_for("Search")
        terminal.press("enter", "escape")
        terminal.settle()
