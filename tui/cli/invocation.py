"""One run of a command: which home and socket it was told to use, and the way to send calls there."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.errors import InvalidError
from tui.cli.progress import waiting

if TYPE_CHECKING:
    from core.api.wire import Call, Page
    from core.client import Client
    from core.home import Home

T = TypeVar("T")

_LARGEST_PAGE = 200


def named_socket(home_option: str | None, socket_option: str | None) -> Path | None:
    """The socket that was named: by an option, or by the environment where no option names a home."""
    named = socket_option or (None if home_option else os.environ.get("CALLBOARD_SOCKET"))
    return Path(named).expanduser() if named else None


@dataclass
class Invocation:
    """Finds the server on the first call, and starts the home's own when none was named."""

    home_option: str | None = None
    socket_option: str | None = None
    _client: "Client | None" = None

    @property
    def home(self) -> "Home":
        from core.home import Home

        return Home.find(self.home_option)

    @property
    def named_socket(self) -> Path | None:
        return named_socket(self.home_option, self.socket_option)

    @property
    def socket(self) -> Path:
        return self.named_socket or self.home.socket

    def send(self, call: "Call[T]", doing: str = "Waiting for the server") -> T:
        """The call's answer; a wait of more than a second is shown as `doing`."""
        client = self.client()
        try:
            with waiting(doing):
                return client.send(call)
        except InvalidError as error:
            from tui.cli.marking import marked

            raise marked(error, call) from None

    def every(
        self, page: "Callable[[int, str | None], Call[Page[T]]]", limit: int | None, doing: str = "Reading"
    ) -> Iterator[T]:
        """The items of a list, page after page, at most `limit` of them."""
        cursor: str | None = None
        left = limit
        while left is None or left > 0:
            size = _LARGEST_PAGE if left is None else min(left, _LARGEST_PAGE)
            answer = self.send(page(size, cursor), doing)
            yield from answer.items
            if left is not None:
                left -= len(answer.items)
            cursor = answer.next
            if cursor is None:
                return

    def client(self) -> "Client":
        if self._client is None:
            from core.client import Client

            if self.named_socket is None:
                self.ensure_server()
            self._client = Client(self.socket)
        return self._client

    def ensure_server(self) -> None:
        """Start the home's server, unless it runs."""
        from core import launch

        with waiting("Starting the server"):
            launch.ensure(self.home)
