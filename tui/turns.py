"""Keys take turns: each is done before the next is given to what has the focus then.

A slow connection brings many keys at once. Textual would give all of them to the widget that has the focus now,
and what was typed after `/` would act on the list instead of filtering it. So a mark follows each key on its way
from the widget up to the app, and then through what the key may have opened."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from textual.dom import DOMNode
from textual.events import Key, Paste

from tui.widgets.asking import Asking

if TYPE_CHECKING:
    from tui.app import CallboardApp

Typed: TypeAlias = Key | Paste

_MOST = 4_000  # what is typed ahead of that is lost
_CONCLUDES = frozenset({"enter", "escape", "tab", "shift+tab", "ctrl+s", "f2"})
"""The keys upon which a field tells what it is in that one has done with it: the mark goes that way once more."""

_PATIENCE = 2.0  # seconds that keys wait for what an action opens


class Turns:
    """Who types ahead of something that is being opened types into it, or in vain, but does nothing else."""

    def __init__(self, app: "CallboardApp", give: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[Typed] = deque()
        self._turn = 0
        self._again: DOMNode | None = None  # what tells those above it what the key concluded
        self._screen: DOMNode | None = None  # where the key was given
        self._at: DOMNode | None = None  # where the mark of the key is that is being done
        self._opening: set[asyncio.Task[None]] = set()
        self._ahead = False  # what waits was typed for what opens
        self._before: object = None  # what had the focus when it began to

    @property
    def busy(self) -> bool:
        """Whether a key is being done still, or something is being opened."""
        return self._at is not None or bool(self._opening)

    def wait(self, typed: Typed) -> None:
        """Have it wait until what is being done is done."""
        if len(self._waiting) < _MOST:
            self._waiting.append(typed)
        at = self._at
        if at is not None and not (at.is_running or at.is_attached):  # and its mark went with it
            self._look_around(self._turn)

    def follow(self, target: DOMNode, typed: Typed) -> None:
        """A key was given to this widget."""
        self._turn += 1
        self._again = target if isinstance(typed, Key) and typed.key in _CONCLUDES else None
        self._screen = self._app.screen
        self._mark(target, self._turn)

    def opens(self, task: asyncio.Task[None]) -> None:
        """This may open something to type in; keys wait for it, but not for long."""
        if not self._opening:
            self._before = self._app.focused
        self._ahead = True
        self._opening.add(task)
        task.add_done_callback(self._opened)
        asyncio.get_running_loop().call_later(_PATIENCE, self._give_up, task)

    def _mark(self, node: DOMNode, turn: int) -> None:
        """Come back once the widget has done what it was given, and go on with the one above."""
        above: DOMNode | None = node
        while above is not None and above is not self._app:
            self._at = above
            if above.call_later(self._passed, above, turn):
                return
            above = above.parent
        self._at = self._app
        self._app.call_later(self._look_around, turn)

    def _passed(self, node: DOMNode, turn: int) -> None:
        if turn == self._turn:
            self._mark(node.parent or self._app, turn)

    def _look_around(self, turn: int) -> None:
        """What the key opened is mounted, and has the focus, before the next one comes."""
        if turn == self._turn:
            again, self._again = self._again, None
            if again is not None:
                self._mark(again, turn)
                return
            screen = self._app.screen
            opened: list[DOMNode] = [part for part in screen.children if isinstance(part, Asking)]
            self._visit([screen, *opened] if screen is not self._screen else opened, turn)

    def _visit(self, opened: list[DOMNode], turn: int) -> None:
        if turn != self._turn:
            return
        while opened:
            self._at = opened[0]
            if opened.pop(0).call_later(self._visit, opened, turn):
                return
        self._at = self._app
        self._app.call_later(self._done, turn)

    async def _done(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._at = None
        if self._ahead and not self._opening:
            self._ahead = False
            if self._app.focused is self._before:  # nothing opened, and they are for nothing else
                self._waiting.clear()
        while self._waiting and not self.busy:
            await self._give(self._waiting.popleft())

    def _opened(self, task: asyncio.Task[None]) -> None:
        if task in self._opening:
            self._opening.discard(task)
            self._turn += 1
            self._at = self._app
            self._app.call_later(self._look_around, self._turn)

    def _give_up(self, task: asyncio.Task[None]) -> None:
        if task in self._opening:
            self._waiting.clear()
            self._opened(task)
