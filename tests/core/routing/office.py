"""A company whose events are routed: its rules, its channels, and what is in its outbox."""

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from core.api.rules import NewRule
from core.channels.configuring.places import dotted
from core.dispatcher import Dispatcher
from core.routing.configuration import Configuration
from core.routing.live import LiveRules
from core.routing.reading import in_words_of_files, read_rules
from storage import channels
from storage.database import Connection
from storage.deliveries import deliveries
from storage.events import events
from storage.ids import Instant
from tests.road import Road

CHANNELS = {"slack": "slack", "mail": "email", "pager": "pagerduty"}


@dataclass
class Sent:
    """A row of the outbox, as far as routing makes it."""

    rule: str
    channel: str
    state: str
    event: str
    title: str
    held_back: int
    error: str | None
    reason: str | None
    private: bool


@dataclass
class Office:
    """`road` is the company. Its dispatcher routes by the rules that this has."""

    road: Road
    configuration: Configuration = field(default_factory=Configuration)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin with an empty memory, as a server does."""
        self.road.dispatcher = self.server()

    def server(self) -> Dispatcher:
        """One that follows the same events."""
        road, rules = self.road, LiveRules(lambda: self.configuration)
        return Dispatcher(road.database, road.clock, road.entropy, rules)

    def configure(self, *rules: NewRule) -> None:
        """These are the rules of the files from now on."""
        read = read_rules([in_words_of_files(rule) for rule in rules], dotted, None)
        assert not read.problems
        self.configuration = replace(self.configuration, rules=read.rules)

    async def has_channels(self, *names: str) -> None:
        """These are the channels of the files from now on."""
        found = {name: CHANNELS[name] for name in names}
        now = self.road.clock.now()
        await self.road.database.write(lambda c: channels.name_from_files(c, found, now))

    async def outbox(self) -> list[Sent]:
        """All that is or was to go out, in order."""

        def unit(connection: Connection) -> list[Sent]:
            names = ("rule_id", "channel", "state", "event", "title", "held_back", "error", "reason", "private")
            rows = connection.execute(select(*(deliveries.c[name] for name in names)).order_by(deliveries.c.seq))
            return [Sent(*row) for row in rows]

        return await self.road.database.read(unit)

    async def routed(self) -> list[tuple[str, str]]:
        """The rule and the channel of each delivery."""
        return [(sent.rule, sent.channel) for sent in await self.outbox()]

    async def recorded(self, name: str) -> int:
        """How many events of this name there are."""
        found = select(events.c.seq).where(events.c.name == name)
        return await self.road.database.read(lambda c: len(c.execute(found).all()))

    async def catch_up(self) -> None:
        """Route until there is nothing more."""
        while not await self.road.dispatcher.catch_up():
            pass

    @property
    def now(self) -> Instant:
        return self.road.clock.now()


def rule(name: str, *events: str, to: str = "slack", **parts: object) -> NewRule:
    """A rule that sends these events to the channels of `to`."""
    return NewRule(list(events), to.split(), id=name, **parts)  # type: ignore[arg-type]
