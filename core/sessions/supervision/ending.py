"""The end of a process: asked first, then made to, then what it left behind is found and ended too."""

import asyncio
import signal
from collections.abc import Callable

from core.sessions.supervision.child import Child
from core.sessions.supervision.command import Ended, Exit, Limits
from core.sessions.supervision.marks import end_marked, end_marked_now
from core.sessions.supervision.pipes import Incoming, Outgoing
from core.sessions.supervision.watching import Watch

_LADDER = (signal.SIGINT, signal.SIGTERM)
_HURRIED = ((0.7, signal.SIGTERM), (1.5, signal.SIGKILL))
_DRAIN = 2.0
_LEFT_GRACE = 2.0


class Ending:
    """Waits for the end of a process and sees to it that it is one."""

    def __init__(self, child: Child, watch: Watch, mark: str, limits: Limits) -> None:
        self.child = child
        self._watch = watch
        self._mark = mark
        self._limits = limits
        self._readers: list[Incoming] = []
        self._stdin: Outgoing | None = None
        self._at_exit: list[Callable[[], None]] = []
        self._hurried = False
        self.connected = asyncio.Event()

    def own(self, stdin: Outgoing) -> None:
        self._stdin = stdin

    def read(self, pipe: Incoming) -> Incoming:
        """One more pipe to be read to its end. A reader that fails ends the process."""
        self._readers.append(pipe)
        pipe.ended.add_done_callback(lambda ended: self._watch.end("stopped") if ended.exception() else None)
        return pipe

    def at_exit(self, call: Callable[[], None]) -> None:
        self._at_exit.append(call)

    def hurry(self) -> None:
        """End it now, with little patience."""
        self._watch.end("stopped")
        self.connected.set()
        if not self._hurried:
            self._hurried = True
            for seconds, number in _HURRIED:
                asyncio.get_running_loop().call_later(seconds, self._signal, number)

    async def tend(self) -> Exit:
        """To the end of the process and of all that carries its mark. Even cancelled it leaves none behind."""
        try:
            ended = await asyncio.shield(self._watch.over)
            forced = not self.child.ended
            left = 0
            if forced:
                await self._climb()
                left = await end_marked(self._mark, session=self.child.pid)
            await self._drain()
            if not forced:
                left = await end_marked(self._mark, grace=_LEFT_GRACE, session=self.child.pid)
            code = self.child.reap()
        except asyncio.CancelledError:
            self._kill()
            raise
        finally:
            self._close()
            await self._watch.close()
        for pipe in self._readers:
            if pipe.ended.done() and (error := pipe.ended.exception()) is not None:
                raise error
        return Exit(ended, code, self._watch.seconds(), _detail(ended, code, forced, left, self._limits))

    async def _climb(self) -> None:
        for number in _LADDER:
            self._signal(number)
            await asyncio.wait({self.child.exited}, timeout=self._limits.patience)
            if self.child.ended:
                return
        self._signal(signal.SIGKILL)
        await asyncio.shield(self.child.exited)

    async def _drain(self) -> None:
        """A process that it began may hold a pipe, and for ever: so wait for the end of each, but not long."""
        await self.connected.wait()
        for call in self._at_exit:
            call()
        ends = {pipe.ended for pipe in self._readers}
        if ends:
            await asyncio.wait(ends, timeout=_DRAIN)

    def _signal(self, number: signal.Signals) -> None:
        if not self.child.ended or number is signal.SIGKILL:
            self.child.signal(number)
            if number is not signal.SIGKILL:
                self.child.signal(signal.SIGCONT)

    def _kill(self) -> None:
        """There is no time left: nothing here waits for the event loop."""
        self.child.signal(signal.SIGKILL)
        end_marked_now(self._mark, session=self.child.pid)
        self.child.reap(timeout=1.0)

    def _close(self) -> None:
        for pipe in self._readers:
            pipe.close()
        if self._stdin is not None:
            self._stdin.abort()
        self.child.close_pipes()


def _detail(ended: Ended, code: int | None, forced: bool, left: int, limits: Limits) -> str:
    sentences = []
    if ended == "stopped":
        sentences.append("It was stopped.")
    elif ended == "timeout" and limits.total is not None:
        sentences.append(f"It was ended because it ran longer than {_spoken(limits.total)}.")
    elif ended == "silent" and limits.silence is not None:
        sentences.append(f"It was ended because it wrote nothing for {_spoken(2 * limits.silence)}.")
    elif forced:
        sentences.append("It did not end by itself when its input was closed, and was made to.")
    elif code is not None and code > 128:
        sentences.append(f"It was ended by the signal {_signal_name(code - 128)}.")
    if left:
        sentences.append(f"{_processes(left)} it left behind {'was' if left == 1 else 'were'} ended.")
    return " ".join(sentences)


def _processes(count: int) -> str:
    return "A process that" if count == 1 else f"{count} processes that"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _spoken(seconds: float) -> str:
    for size, word in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return f"{seconds:g} s"
