"""Any service that Apprise knows, where the optional dependency `apprise` is installed.

Apprise connects by itself: it knows neither the outbound policy nor what `Retry-After` means here. That is for
the owner of a home to allow, so such a channel is set up in the home's own files, and not over the API."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from msgspec import Meta, Struct

from core.api.inbox import Severity
from core.channels.adapter import Rate
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.scrubbing import Scrubber
from core.channels.outcome import Ambiguous, Outcome, Refused, Sent, Transient
from core.secret import Secret
from core.text import clean, excerpt

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult, NotifyType

NOT_INSTALLED = "Apprise is not installed: run `pip install 'callboard[apprise]'` where the server runs"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://\S+")
_WORDS = re.compile(r"[^\w.~%+-]+")
_TITLE, _BODY = 200, 10_000
_GRACE = 0.5  # seconds that Apprise has to keep its own limit


class AppriseSettings(Struct, frozen=True, rename="camel"):
    """One of Apprise's services, by its URL."""

    url: Annotated[
        Secret,
        Meta(description="The service, as Apprise writes it; a secret.", examples=["ntfy://ntfy.sh/topic"]),
    ]

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _SCHEME.fullmatch(self.url.reveal().strip()):
            return "url", "this is not a URL of Apprise, as in ntfy://ntfy.sh/topic"
        return None if _installed() else ("url", NOT_INSTALLED)


class AppriseAdapter:
    """One of Apprise's services. Each attempt has a thread, and no other part of the server waits for those."""

    rate: Rate | None = None
    at_once = 2

    def __init__(self, settings: AppriseSettings, client: HttpClient) -> None:
        self._url = settings.url.reveal().strip()
        self._limit = client.limit
        self._told = Scrubber(_secrets(self._url))
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="apprise")

    async def send(self, message: Message) -> Outcome:
        title = excerpt(message.title, _TITLE) or excerpt(message.event, _TITLE)
        body = clean(message.body[:_BODY], multiline=True).strip() or excerpt(message.event, _TITLE)
        return await self._in_thread(lambda: self._notify(title, body, message.severity))

    async def check(self) -> Outcome:
        return await self._in_thread(self._known)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], Outcome]) -> Outcome:
        if not _installed():
            return Refused(f"{NOT_INSTALLED}.")
        try:
            async with asyncio.timeout(self._limit + _GRACE):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            return Ambiguous("Apprise did not end in time: the message may have arrived.")

    def _known(self) -> Outcome:
        if self._service() is None:
            return self._unknown()
        return Sent(sentence="Apprise knows this URL. Whether the service is there, only a message can tell.")

    def _notify(self, title: str, body: str, severity: Severity) -> Outcome:
        service = self._service()
        if service is None:
            return self._unknown()
        return self._outcome(
            service.notify(
                body=body, title=title, notify_type=_type(severity), body_format="text", timeout=self._limit
            )
        )

    def _service(self) -> "Apprise | None":
        """Apprise with this one service: nothing of it is kept on a disk, fetched from a file, or attached."""
        from apprise import Apprise, AppriseAsset

        _quiet()
        asset = AppriseAsset(
            storage_mode="memory",
            allow_templates=False,
            service_timeout=self._limit,
            async_mode=False,
            http_redirects=False,
            secure_logging=True,
        )
        built = Apprise.instantiate(self._url, asset=asset)
        if built is None:
            return None
        service = Apprise(asset=asset)
        service.add(built)
        return service

    def _unknown(self) -> Outcome:
        return Refused("Apprise knows no service for this URL: `apprise --details` lists what it knows.")

    def _outcome(self, result: "AppriseResult") -> Outcome:
        from apprise import AppriseResultStatus

        if result.status == AppriseResultStatus.SUCCESS:
            return Sent()
        if result.status == AppriseResultStatus.TIMEOUT:
            return Ambiguous("The service did not answer Apprise in time: the message may have arrived.")
        said = [entry.message for entry in result.logs()]
        return Transient(self._told("Apprise failed: " + (" ".join(said[-2:]) or "it does not say why.")))


def _installed() -> bool:
    return find_spec("apprise") is not None


def _type(severity: Severity) -> "NotifyType":
    from apprise import NotifyType

    return {"info": NotifyType.INFO, "warning": NotifyType.WARNING, "critical": NotifyType.FAILURE}[severity]


def _quiet() -> None:
    """Apprise and what it stands on log the URLs that they ask. What it has to say comes with the result."""
    for name in ("apprise", "requests", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _secrets(url: str) -> Iterator[str]:
    """The URL, and all in it that may be a secret: only the service's own module knows which part is one."""
    yield url
    yield from (word for word in _WORDS.split(url) if len(word) >= 8)
    user = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    yield from (unquote(word) for word in user.split(":") if word)
