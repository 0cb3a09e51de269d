"""What the shell completes besides names and options: things that the server knows. It is asked only when it
runs, for a moment, and a failure completes nothing."""

import re
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from core.api import approvals as approvals_api
from core.api import channels as channels_api
from core.api import deliveries as deliveries_api
from core.api import filters as filters_api
from core.api import inbox as inbox_api
from core.api import mutes as mutes_api
from core.api import people as people_api
from core.api import rules as rules_api
from core.api import sessions as sessions_api
from core.api import tickets as tickets_api
from core.api import work as work_api
from core.client import Client
from core.errors import CallboardError
from core.text import clean
from tui.cli.invocation import Invocation

_MOST = 200
_PATIENCE = 0.5
_PLAIN = re.compile(r"[\w.+-]+")

Found = Iterable[tuple[str, str]]
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _asked(question: Callable[[Client], Found]) -> Completer:
    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        invocation = context.ensure_object(Invocation)
        try:
            with Client(invocation.socket, timeout=_PATIENCE) as client:
                found = list(question(client))
        except (CallboardError, OSError):
            return []
        return [CompletionItem(name, help=clean(about)) for name, about in found if name.startswith(incomplete)]

    return complete


def _workspaces(client: Client) -> Found:
    return ((w.slug, w.name) for w in client.send(people_api.workspaces(limit=_MOST)).items)


def _people(client: Client) -> Found:
    return ((p.name, p.display_name) for p in client.send(people_api.people(limit=_MOST)).items)


def _keys(client: Client) -> Found:
    return ((k.id, k.name) for k in client.send(people_api.keys(limit=_MOST)).items)


def _items(client: Client) -> Found:
    return ((str(i.id), i.title) for i in client.send(inbox_api.page(limit=50)).items)


def _sessions(client: Client) -> Found:
    return ((str(s.id), s.title) for s in client.send(sessions_api.sessions(limit=50)).items)


def _approvals(client: Client) -> Found:
    return ((str(a.id), a.title) for a in client.send(approvals_api.approvals(limit=50, filter="is:open")).items)


def _things(client: Client) -> Found:
    return ((item.ref, item.title) for item in client.send(work_api.work(limit=50)).items)


def _channels(client: Client) -> Found:
    return ((c.name, f"{c.type}, {c.state}") for c in client.send(channels_api.channels(limit=_MOST)).items)


def _filters(client: Client) -> Found:
    """Those whose names a shell takes as they are."""
    saved = client.send(filters_api.saved()).filters
    return ((one.name, one.filter) for one in saved if _PLAIN.fullmatch(one.name))


def _mutes(client: Client) -> Found:
    return ((str(m.id), m.source) for m in client.send(mutes_api.mutes(limit=_MOST)).items)


def _rules(client: Client) -> Found:
    return ((r.id, r.name) for r in client.send(rules_api.rules(limit=_MOST)).items)


def _deliveries(client: Client) -> Found:
    return ((d.id, d.title) for d in client.send(deliveries_api.deliveries(limit=_MOST)).items)


def _tickets(client: Client) -> Found:
    return ((t.id, t.title) for t in client.send(tickets_api.tickets(limit=_MOST)).items)


def _missions(client: Client) -> Found:
    return ((m.id, m.name) for m in client.send(tickets_api.missions(limit=_MOST)).items)


def _permissions(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from core.caller import Permission

    return [CompletionItem(p.value) for p in Permission if p.value.startswith(incomplete)]


def _events(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from core.events.catalogue import CATALOGUE

    return [CompletionItem(name) for name in CATALOGUE if name.startswith(incomplete)]


a_workspace = _asked(_workspaces)
a_person = _asked(_people)
a_key = _asked(_keys)
an_item = _asked(_items)
a_session = _asked(_sessions)
an_approval = _asked(_approvals)
a_thing = _asked(_things)
a_filter = _asked(_filters)
a_channel = _asked(_channels)
a_mute = _asked(_mutes)
a_rule = _asked(_rules)
a_delivery = _asked(_deliveries)
a_ticket = _asked(_tickets)
a_mission = _asked(_missions)
a_permission: Completer = _permissions
an_event: Completer = _events
