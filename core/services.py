"""Everything that runs on an open database, built in order: who asks, what is recorded, who is told."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from core.automations.closed_requests import tell_closed
from core.automations.github import GitHubNews, address
from core.automations.pins import Pins
from core.automations.serving import AutomationsOfServer
from core.background import Background
from core.channels.adapters.desktop import Desktop
from core.channels.deliveries import Deliveries
from core.channels.delivering.workers import Workers
from core.channels.desktop_alerts import DesktopAlerts
from core.channels.ready import ReadyChannels
from core.channels.sending import DirectSends
from core.channels.service import Channels
from core.clock import Clock
from core.config import Settings
from core.dispatcher import Dispatcher
from core.events.feed import Feed
from core.events.service import Events
from core.home import Home
from core.http import approvals as approval_routes
from core.http import audit as audit_routes
from core.http import automations as automation_routes
from core.http import bots as bot_routes
from core.http import channels as channel_routes
from core.http import costs as cost_routes
from core.http import deliveries as delivery_routes
from core.http import desktop_alerts as desktop_routes
from core.http import events as event_routes
from core.http import executions as execution_routes
from core.http import filters as filter_routes
from core.http import github as github_routes
from core.http import inbox as inbox_routes
from core.http import keys as key_routes
from core.http import merging as merging_routes
from core.http import missions as mission_routes
from core.http import mutes as mute_routes
from core.http import people as people_routes
from core.http import pins as pin_routes
from core.http import providers as provider_routes
from core.http import rules as rule_routes
from core.http import sessions as session_routes
from core.http import tickets as ticket_routes
from core.http import trigger as trigger_routes
from core.http import work as work_routes
from core.http import workflows as workflow_routes
from core.http import workspace_settings as settings_routes
from core.http import workspaces as workspace_routes
from core.http.endpoint import Endpoint
from core.http.routes import Route
from core.ids import Entropy
from core.inbox.indexing import Indexing
from core.inbox.keeping import Figures
from core.inbox.mutes import Mutes
from core.inbox.retention import Retention
from core.inbox.service import Inbox
from core.mywork.service import MyWork
from core.people.accounts import DoorPolicy
from core.people.audit import Audit
from core.people.doors import Doors
from core.people.keys import Keys
from core.people.saved_filters import Saved
from core.people.service import People
from core.people.workspaces import Workspaces
from core.planning.missions import Missions
from core.planning.tickets import Tickets
from core.planning.watch import Watch
from core.provider_settings import ProviderSettings
from core.routing.live import LiveRules
from core.routing.reloading import NotificationFiles
from core.routing.service import Rules as RoutingRules
from core.sessions.approvals import Approvals
from core.sessions.bots import Bots
from core.sessions.choosing import CurrentProviders
from core.sessions.ledger import CostLedger
from core.sessions.merging import Merging
from core.sessions.providers.service import ProvidersOfServer
from core.sessions.requests import Requests
from core.sessions.retention import keep_clear
from core.sessions.runs.runner import Runner
from core.sessions.service import Sessions
from core.sessions.starting import Starting
from core.sessions.worker import Worker
from core.sessions.workflows import Workflows
from core.sessions.workshop import Rules, Workshop
from core.sessions.workspace_settings import SettingsOfWorkspaces
from core.sessions.worktrees import Worktrees
from storage.database import Database


class Services:
    """The services of one server. `gid` is the group that the socket is open to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        figures: Callable[[], Figures],
        gid: int | None,
        providers: Callable[[], Mapping[str, ProviderSettings]],
        home: Path,
        sessions: Callable[[], Rules],
        base: Callable[[], str],
        public: Callable[[], str | None],
        settings: Callable[[], Settings],
        again: Callable[[], None],
    ) -> None:
        self.doors = Doors(database, clock, entropy, DoorPolicy(os.getuid(), gid))
        self.people = People(database, clock, entropy, self.doors.forget)
        self.workspaces = Workspaces(database, clock, self.doors.forget)
        self.settings = SettingsOfWorkspaces(database, clock, lambda slug: address(public(), slug))
        self.keys = Keys(database, clock, entropy, self.doors.forget)
        self.audit = Audit(database, clock)
        self.events = Events(database, clock, entropy)
        self.inbox = Inbox(database, clock, figures)
        self.work = MyWork(database, clock, self.inbox)
        self.mutes = Mutes(database, clock)
        self.saved = Saved(database, clock)
        self.indexing = Indexing(database, clock)
        self.feed = Feed(database)
        self.desktop_alerts = alerts = DesktopAlerts(database, clock, self.feed)
        self.ready = ready = ReadyChannels(
            database, clock, here={"desktop": partial(Desktop, announce=alerts.announce)}
        )
        self.files = NotificationFiles(database, clock, Home(home), ready, settings, again)
        self.live = LiveRules(lambda: self.files.configuration)
        self.channels = Channels(database, clock, entropy, ready, self.live.naming)
        self.rules = RoutingRules(database, clock, entropy, self.files)
        self.dispatcher = Dispatcher(database, clock, entropy, self.live)
        self.providers = ProvidersOfServer(providers, clock)
        chosen = CurrentProviders(self.providers.current)
        self.workflows = Workflows(database, clock, self._gone)
        self.bots = Bots(database, clock, chosen, self._gone)
        self.pins = Pins(database, clock)
        self.retention = Retention(database, clock, figures)
        worker = Worker.here(home, entropy)
        self.shop = shop = Workshop(database, clock, entropy, chosen, home, sessions, worker)
        self.delivering = Workers(database, clock, entropy, ready, name=worker.name, public=public)
        self.deliveries = Deliveries(database, clock)
        self.sends = DirectSends(database, clock, entropy, ready)
        self.starting = Starting(chosen, entropy)
        self.runner = Runner(shop)
        self.sessions = Sessions(shop, self.starting, self.runner)
        self.approvals = Approvals(shop)
        self.costs = CostLedger(database, clock)
        self.worktrees = Worktrees(shop)
        self.merging = Merging(shop, self._merged)
        self.requests = Requests(shop, partial(tell_closed, entropy=entropy))
        self.github = GitHubNews(database, clock, self.requests)
        self.watch = Watch(database, clock, entropy, self._warned_at)
        self.tickets = Tickets(database, clock, entropy, self._warned_at, self.watch.wake)
        self.missions = Missions(database, clock, entropy, self._warned_at, self.watch.wake)
        self.automations = AutomationsOfServer(
            database, clock, entropy, self.starting, chosen, base, self.runner.wake, public
        )
        self.runner.on_end(self.automations.wake)

    def endpoints(self) -> list[Endpoint]:
        return [
            *event_routes.endpoints(self.events),
            *inbox_routes.endpoints(self.inbox, self.retention),
            *work_routes.endpoints(self.work),
            *mute_routes.endpoints(self.mutes),
            *filter_routes.endpoints(self.saved),
            *people_routes.endpoints(self.people),
            *workspace_routes.endpoints(self.workspaces),
            *settings_routes.endpoints(self.settings),
            *key_routes.endpoints(self.keys),
            *audit_routes.endpoints(self.audit),
            *provider_routes.endpoints(self.providers),
            *workflow_routes.endpoints(self.workflows),
            *bot_routes.endpoints(self.bots),
            *channel_routes.endpoints(self.channels),
            *delivery_routes.endpoints(self.deliveries, self.sends),
            *desktop_routes.endpoints(self.desktop_alerts),
            *rule_routes.endpoints(self.rules),
            *pin_routes.endpoints(self.pins),
            *session_routes.endpoints(self.sessions),
            *approval_routes.endpoints(self.approvals),
            *merging_routes.endpoints(self.sessions, self.merging, self.requests, self.worktrees),
            *cost_routes.endpoints(self.costs),
            *ticket_routes.endpoints(self.tickets),
            *mission_routes.endpoints(self.missions),
            *automation_routes.endpoints(self.automations),
            *execution_routes.endpoints(self.automations.ledger),
        ]

    def routes(self) -> list[Route]:
        """What is asked in other ways than the API's."""
        return [*trigger_routes.routes(self.automations.trigger), *github_routes.routes(self.github)]

    def start(self, background: Background) -> None:
        """Set going what works by itself."""
        background.keep("feed", self.feed.run)
        background.keep("channels", self.ready.run)
        background.keep("notifications", self.files.run)
        background.keep("dispatcher", self.dispatcher.run)
        background.keep("deliveries", self.delivering.run)
        background.keep("index of words", self.indexing.run)
        background.keep("retention", self.retention.run)
        background.keep("key expiry", self.keys.run)
        background.keep("providers", self.providers.run)
        background.keep("session output", partial(keep_clear, self.shop))
        background.keep("sessions", self.runner.run)
        background.keep("pull requests", self.requests.run)
        background.keep("worktrees", self.worktrees.run)
        background.keep("merges", self.merging.run)
        background.keep("automations", self.automations.run)
        background.keep("deadlines", self.watch.run)

    def _warned_at(self) -> float:
        """The part of the time to a deadline after which a warning is due."""
        return self.files.configuration.deadlines.warning_threshold

    def _gone(self) -> None:
        """A bot or a workflow was deleted: what automations name it is disabled."""
        self.automations.wake()

    def _merged(self) -> None:
        """A branch has been merged: there may be commands to run for that, and a worktree to clear away."""
        self.runner.wake()
        self.worktrees.wake()
