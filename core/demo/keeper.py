"""The life of a sample home, in a process of its own: made, filled, served, and taken away when its client goes.

The client holds the other end of standard input. However it ends, by a key, by SIGHUP or by SIGKILL, the kernel
closes that end, and nothing of the home is left behind."""

import asyncio
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import msgspec

from core import launch
from core.clock import SystemClock
from core.errors import CallboardError
from core.home import Home


class Ready(msgspec.Struct, frozen=True):
    """What the keeper says on standard output: the home that is ready, or why there is none."""

    home: str = ""
    error: str = ""


def keep(items: int, seed: int) -> int:
    """Have a sample home until standard input ends."""
    for name in [name for name in os.environ if name.startswith("CALLBOARD_")]:
        del os.environ[name]  # they speak of another home, and perhaps of its database
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="callboard-demo-")).resolve()
        home = Home(folder / "demo")
        stack.callback(_remove, home, folder)
        try:
            _fill(home, items, seed)
            stack.callback(launch.stop, home)
            launch.ensure(home)
        except (CallboardError, OSError) as error:
            _say(Ready(error=str(error)))
            return 1
        _say(Ready(str(home.path)))
        sys.stdin.buffer.read()
    return 0


def _fill(home: Home, items: int, seed: int) -> None:
    from core.demo.fill import fill

    asyncio.run(fill(home, items, seed, SystemClock().now()))


def _remove(home: Home, folder: Path) -> None:
    home.socket.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _say(ready: Ready) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(keep(int(sys.argv[1]), int(sys.argv[2])))
