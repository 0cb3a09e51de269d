"""What the channels send over HTTP: one request at a time, to where the policy lets it go, with an answer or the
outcome that its failure means. The connections are in `http_session`, which is loaded when the first is made."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from core.channels.outbound.policy import OutboundError, OutboundPolicy
from core.channels.outbound.resolving import Lookup, Resolver
from core.channels.outbound.retry import outcome_of, retry_at
from core.channels.outbound.scrubbing import Scrubber
from core.channels.outcome import Ambiguous, Outcome, Refused, Transient
from core.clock import Clock
from core.secret import Secret
from core.text import storable
from core.version import VERSION
from storage.ids import Instant

if TYPE_CHECKING:
    from ssl import SSLContext

    from core.channels.outbound.http_session import HttpSession

LIMIT = 10.0
"""The seconds that one attempt may take in all."""
MAX_ANSWER = 64 * 1024
USER_AGENT = f"Callboard/{VERSION}"

Secrets = Iterable[Secret | str]
Failure = Transient | Ambiguous | Refused


JSON = {"Content-Type": "application/json"}


def json_body(value: object) -> bytes:
    """JSON in ASCII: what could move a cursor is an escape in it. Half a character, which no reader of JSON need
    take, becomes a mark in its place."""
    written = json.dumps(value, separators=(",", ":"))
    if "\\ud" in written:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if (stored := storable(text)) != text:
            written = json.dumps(json.loads(stored), separators=(",", ":"))
    return written.encode("ascii")


def based(url: str, base: str | None) -> str:
    """The URL at another place: a base takes the place of all that stands before the path."""
    if not base:
        return url
    path = url.partition("://")[2].partition("/")[2]
    return f"{base.rstrip('/')}/{path}"


@dataclass(frozen=True)
class Answer:
    """What a service answered: the beginning of its body, and whether that is all of it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # by names in small letters
    body: bytes = field(repr=False)
    whole: bool
    now: Instant
    scrub: Scrubber = field(default_factory=Scrubber, repr=False)

    @property
    def success(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def text(self) -> str:
        """As it came: for comparing, not for showing."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> object:
        """What the body means, or None when it is no JSON."""
        try:
            found: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found

    def field(self, *path: str) -> object:
        """A value within an answer of JSON objects, or None."""
        found = self.json
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    @property
    def retry_at(self) -> Instant | None:
        return retry_at(self.headers.get("retry-after"), self.now)

    def sentence(self, service: str, said: str = "") -> str:
        """What is kept of it: who answered what, scrubbed."""
        said = said or self.text.strip()
        return self.scrub(
            f"{service} answered {self.status}: {said}" if said else f"{service} answered {self.status}."
        )

    def outcome(self, service: str, said: str = "", at: Instant | None = None) -> Outcome:
        """What an answer other than success means, by its status. `at` is when the body lets us come
        back; the later of it and the header counts."""
        if 300 <= self.status < 400:
            where = self.headers.get("location", "")
            said = f"it redirects{f' to {where}' if where else ''}, which is not followed: set that address"
        said_when = [moment for moment in (at, self.retry_at) if moment is not None]
        return outcome_of(self.status, self.sentence(service, said), max(said_when, default=None), self.now)


class HttpClient:
    """One for a server. It never raises for what a service or the way to it does."""

    def __init__(
        self,
        policy: OutboundPolicy,
        clock: Clock,
        *,
        limit: float = LIMIT,
        lookup: Lookup | None = None,
        tls: "SSLContext | None" = None,
    ) -> None:
        self.policy = policy
        self.clock = clock
        self.limit = limit
        self.resolver = Resolver(policy, lookup)
        self._tls = tls  # what is trusted, where that is not what the system trusts
        self._session: HttpSession | None = None

    async def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Secrets = (),
        *,
        confidential: bool = True,
        limit: float | None = None,
    ) -> Answer | Failure:
        """Send a body. `secrets` are hidden in whatever is said of it; `confidential` goes over http only to what
        is listed."""
        return await self.ask("POST", url, headers, body, secrets, confidential=confidential, limit=limit)

    async def get(self, url: str, headers: Mapping[str, str], secrets: Secrets = ()) -> Answer | Failure:
        return await self.ask("GET", url, headers, b"", secrets)

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Secrets,
        *,
        confidential: bool = True,
        limit: float | None = None,
    ) -> Answer | Failure:
        from core.channels.outbound.http_session import HttpSession

        scrub = Scrubber(secrets)
        try:
            target = self.policy.target(url, confidential=confidential)
        except OutboundError as error:
            return Refused(scrub(error.sentence))
        if self._session is None:
            self._session = HttpSession(self.policy, self.resolver, self._tls)
        return await self._session.exchange(
            method, target, headers, body, scrub, self.clock, self.limit if limit is None else limit
        )

    async def reach(self, url: str, secrets: Secrets = (), *, confidential: bool = True) -> Failure | None:
        """Only connect, with TLS where the URL asks for it. None when that works."""
        from core.channels.outbound.reaching import reach

        scrub = Scrubber(secrets)
        try:
            target = self.policy.target(url, confidential=confidential)
        except OutboundError as error:
            return Refused(scrub(error.sentence))
        try:
            async with asyncio.timeout(self.limit):
                await reach(target, self.resolver, self._tls)
        except OutboundError as error:
            return Refused(scrub(error.sentence))
        except TimeoutError:
            return Transient(scrub(f"{target.authority} cannot be reached: it took too long."))
        except OSError as error:
            return Transient(scrub(f"{target.authority} cannot be reached: {error.strerror or error}."))
        return None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        self.resolver.close()
