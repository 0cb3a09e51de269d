"""Every way in, with whose things are behind it and what is asked there: a route that is not named here fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote


class Whose(Enum):
    """Who may see what is behind a route."""

    OWN = "one person alone"
    SHARED = "who belongs to the workspace, who made it, or who has the permission, and the admins"
    OPEN = "anybody: it says nothing of anybody's things"
    TOKEN = "whoever has its token: it knows no persons"


@dataclass(frozen=True)
class Things:
    """What can stand in the place of a name in a request: Ann's things, or nothing that there is."""

    item: int
    step: int
    mute: int
    session: int
    approval: int
    automation: int
    execution: int
    bot: int
    key: str
    workflow: str
    slug: str
    word: str
    task: str = "absent"
    mission: str = "absent"
    delivery: str = "notif_00000000000000000000000000"
    alert: str = "notif_00000000000000000000000001"
    type: str = "notification"
    name: str = "ann"
    person: str = "ann"
    rule: str = "absent"

    @property
    def number(self) -> int:
        return self.item

    def filled(self, text: str) -> str:
        """The text with what stands for these things put in."""
        for name in (*self.__dataclass_fields__, "number"):
            text = text.replace("{" + name + "}", quote(str(getattr(self, name)), safe=""))
        return text


NOTHING = Things(
    9_000_001,
    9_000_002,
    9_000_003,
    9_000_004,
    9_000_005,
    9_000_006,
    9_000_007,
    9_000_008,
    "key_000000000000",
    "absent",
    "absent",
    "absent",
)


@dataclass(frozen=True)
class Ask:
    """One request of a route. What an admin may do to Ann's things is asked by Ben alone."""

    query: str = ""
    body: Callable[[Things], Mapping[str, object]] | None = None
    admin: bool = True
    path: str = ""  # instead of the route's own


@dataclass(frozen=True)
class Way:
    """A way in, with what is asked there."""

    whose: Whose
    asks: tuple[Ask, ...] = field(default=(Ask(),))


OWN, SHARED, OPEN, TOKEN = (Way(whose) for whose in Whose)


def sent(
    *bodies: Callable[[Things], Mapping[str, object]], whose: Whose = Whose.SHARED, admin: bool = True
) -> Way:
    return Way(whose, tuple(Ask(body=body, admin=admin) for body in bodies))


def filtered(*terms: str) -> tuple[Ask, ...]:
    return tuple(Ask(f"filter={quote(term, safe='{}')}") for term in terms)


WORKFLOW = """
name = "x"
[[steps]]
id = "ok"
kind = "approval"
message = "x"
"""
LISTED = (Ask("limit=1000"), *filtered("{word}", '"{word}"', "-nothing"))
SHARED_LIST = Way(Whose.SHARED, LISTED)
DELIVERED = (
    *(Ask("limit=500"), Ask("status=pending"), Ask("rule=direct&status=pending"), Ask("channel=later&limit=500")),
    *filtered("{word}", "sender:ann", "workspace:{slug}", "-nothing"),
)

WAYS: dict[str, Way] = {
    "GET /inbox": Way(
        Whose.OWN,
        (
            *LISTED,
            *filtered("is:all", "is:all {word}", "is:starred", "is:snoozed", "from:person", "ticket:{word}"),
            Ask("ids={item}"),
            Ask("ids={item}&filter=is:all"),
            Ask("cursor=s-{item}&filter=is:all"),
            Ask("cursor=n-{item}"),
        ),
    ),
    "GET /inbox/index": Way(Whose.OWN, (Ask(), *filtered("is:all", "{word}"), Ask("group=source"))),
    "GET /inbox/counts": OWN,
    "GET /inbox/retention": OPEN,
    "GET /inbox/retention/plan": OWN,
    "POST /inbox/retention": SHARED,
    "GET /inbox/{item}": OWN,
    "POST /inbox/actions": sent(
        lambda its: {"action": "dismiss", "ids": [its.item]},
        lambda its: {"action": "read", "filter": "is:all"},
        lambda its: {"action": "unstar", "filter": f"is:starred {its.word}"},
        whose=Whose.OWN,
    ),
    "POST /inbox/undo": sent(lambda its: {"step": its.step}, lambda _: {}, whose=Whose.OWN),
    "GET /mutes": Way(Whose.OWN, LISTED + filtered("from:{word}") + (Ask("cursor=0"),)),
    "POST /mutes": sent(lambda its: {"source": "x", "workspace": its.slug, "event": "not a name"}),
    "DELETE /mutes/{mute}": OWN,
    "GET /me": OWN,
    "PATCH /me": sent(lambda _: {"display_name": ""}, whose=Whose.OWN),
    "GET /me/pins": OWN,
    "PUT /me/pins": sent(
        lambda its: {"pins": [{"kind": "bot", "id": its.bot}]},
        lambda its: {"pins": [{"kind": "automation", "id": its.automation}]},
    ),
    "GET /me/filters": OWN,
    "PUT /me/filters": sent(lambda _: {"filters": []}, whose=Whose.OWN),
    "GET /work": Way(
        Whose.OWN,
        (
            *LISTED,
            *filtered("type:notification", "type:session", "is:hidden", "is:starred", "{word}"),
            Ask("sort=title&order=up"),
        ),
    ),
    "GET /work/sidebar": OWN,
    "GET /work/{type}/{number}": Way(Whose.OWN, (Ask(), Ask(path="/work/session/{session}", admin=False))),
    "POST /work/actions": Way(
        Whose.OWN,
        (
            Ask(body=lambda its: {"action": "hide", "refs": [f"notification/{its.item}"]}),
            Ask(body=lambda its: {"action": "show", "refs": [f"session/{its.session}"]}, admin=False),
            Ask(body=lambda its: {"action": "hide", "filter": its.word}, admin=False),
        ),
    ),
    "POST /work/undo": sent(lambda its: {"step": its.step}, lambda _: {}, whose=Whose.OWN),
    "GET /sessions": Way(Whose.SHARED, LISTED + filtered("owner:ann", "workspace:{slug}", "ticket:{word}")),
    "POST /sessions": sent(
        lambda its: {"workspace": its.slug, "prompt": "x"},
        lambda its: {"workspace": "shop", "workflow": its.workflow},
        lambda its: {"workspace": "shop", "kind": "bot", "bot": its.word, "prompt": "x"},
    ),
    "POST /sessions/commands": sent(lambda its: {"workspace": its.slug, "argv": ["true"]}),
    "GET /sessions/{session}": SHARED,
    "GET /sessions/{session}/output": SHARED,
    "POST /sessions/{session}/messages": sent(lambda _: {"prompt": "x"}),
    "POST /sessions/{session}/stop": SHARED,
    "POST /sessions/{session}/resume": sent(lambda _: {}),
    "POST /sessions/{session}/complete": SHARED,
    "POST /sessions/{session}/merge": sent(lambda _: {"dry_run": True}),
    "POST /sessions/{session}/pull-request": sent(lambda _: {"url": "https://example.com/pull/1"}),
    "GET /approvals": Way(Whose.SHARED, LISTED + filtered("approver:ann", "session:{session}", "is:open")),
    "GET /approvals/{approval}": SHARED,
    "POST /approvals/{approval}/answer": sent(lambda _: {"choice": "allow"}),
    "GET /worktrees": SHARED_LIST,
    "DELETE /worktrees/{session}": SHARED,
    "GET /costs": Way(Whose.SHARED, (Ask(), Ask("by=session"), *filtered("session:{session}", "ticket:{word}"))),
    "GET /automations": Way(Whose.SHARED, LISTED + filtered("creator:ann", "workspace:{slug}", "name:{word}")),
    "POST /automations": sent(
        lambda its: {"name": "x", "workspace": its.slug, "type": "manual", "prompt": "x"},
        lambda its: {"name": "x", "workspace": "shop", "type": "manual", "workflow": its.workflow},
    ),
    "GET /automations/preview": OPEN,
    "GET /automations/day": SHARED,
    "POST /automations/enable": sent(lambda its: {"ids": [its.automation]}, lambda its: {"filter": its.word}),
    "POST /automations/disable": sent(lambda its: {"ids": [its.automation]}, lambda its: {"filter": its.word}),
    "GET /automations/{automation}": SHARED,
    "PATCH /automations/{automation}": sent(lambda _: {"name": "mine"}),
    "DELETE /automations/{automation}": SHARED,
    "POST /automations/{automation}/run": sent(lambda _: {}),
    "POST /automations/{automation}/rotate-token": SHARED,
    "GET /executions": Way(Whose.SHARED, LISTED + filtered("automation:{automation}", "session:{session}")),
    "GET /executions/{execution}": SHARED,
    "GET /bots": Way(Whose.SHARED, LISTED + filtered("creator:ann", "workspace:{slug}")),
    "POST /bots": sent(lambda its: {"workspace": its.slug, "name": "x", "provider": "shell"}),
    "GET /bots/{bot}": SHARED,
    "PATCH /bots/{bot}": sent(lambda _: {"name": "mine"}),
    "DELETE /bots/{bot}": SHARED,
    "GET /rules": Way(Whose.SHARED, LISTED + filtered("workspace:{slug}", "id:{rule}", "is:on")),
    "POST /rules": sent(lambda its: {"events": ["*"], "channels": ["desk"], "workspace": its.slug}),
    "GET /rules/{rule}": SHARED,
    "PATCH /rules/{rule}": sent(lambda _: {"enabled": False}),
    "DELETE /rules/{rule}": SHARED,
    "POST /rules/import": sent(lambda its: {"rules": [{"id": its.rule, "events": ["*"], "channels": ["desk"]}]}),
    "GET /rules/problems": OPEN,
    "POST /rules/reload": OPEN,
    "POST /rules/explain": sent(
        lambda its: {"event": "a:b", "workspace": its.slug}, lambda _: {"event": "a:b", "data": {}}
    ),
    "POST /rules/preview": sent(
        lambda its: {"rule": {"events": ["*"], "channels": [], "workspace": its.slug}},
        lambda _: {"rule": {"events": ["**"], "channels": []}},
    ),
    "GET /channels": Way(Whose.OPEN, LISTED + filtered("type:slack", "state:working")),
    "POST /channels": sent(lambda _: {"name": "x", "type": "desktop"}, whose=Whose.OPEN),
    "GET /channels/{channel}": OPEN,
    "PATCH /channels/{channel}": sent(lambda _: {"enabled": False}, whose=Whose.OPEN),
    "DELETE /channels/{channel}": OPEN,
    "POST /channels/{channel}/test": sent(lambda _: {"send": True}, whose=Whose.OPEN),
    "GET /workflows": Way(Whose.SHARED, LISTED + filtered("creator:ann", "workspace:{slug}")),
    "POST /workspaces/{slug}/workflows": sent(lambda _: {"source": WORKFLOW}),
    "GET /workspaces/{slug}/workflows/{workflow}": SHARED,
    "PUT /workspaces/{slug}/workflows/{workflow}": sent(lambda _: {"source": WORKFLOW}),
    "DELETE /workspaces/{slug}/workflows/{workflow}": SHARED,
    "GET /workspaces": Way(Whose.SHARED, LISTED + filtered("member:ann")),
    "POST /workspaces": sent(lambda _: {"slug": "mine"}),
    "GET /workspaces/{slug}": SHARED,
    "POST /workspaces/{slug}/members": sent(lambda _: {"person": "ben"}),
    "DELETE /workspaces/{slug}/members/{person}": SHARED,
    "GET /workspaces/{slug}/settings": SHARED,
    "PATCH /workspaces/{slug}/settings": sent(lambda _: {"instructions": "x"}),
    "GET /projects/{slug}/events": Way(
        Whose.SHARED,
        (
            *LISTED,
            *(
                Ask(f"limit=1000&{ask.query}", path="/projects/shop/events")
                for ask in filtered("{word}", "event:**")
            ),
        ),
    ),
    "POST /projects/{slug}/events": sent(lambda _: {"event": "a:b"}),
    "GET /tasks": Way(Whose.SHARED, LISTED + filtered("creator:ann", "assignee:ann", "workspace:{slug}")),
    "GET /projects/{slug}/tasks": Way(Whose.SHARED, (*LISTED, Ask("limit=1000", path="/projects/shop/tasks"))),
    "POST /projects/{slug}/tasks": sent(
        lambda _: {"title": "x"},
        lambda its: {"title": "x", "id": its.task},
    ),
    "GET /projects/{slug}/tasks/{task}": Way(Whose.SHARED, (Ask(), Ask(path="/projects/shop/tasks/{task}"))),
    "PATCH /projects/{slug}/tasks/{task}": sent(lambda _: {"title": "mine"}),
    "POST /projects/{slug}/tasks/{task}/transitions": sent(lambda _: {"to": "cancelled"}),
    "DELETE /projects/{slug}/tasks/{task}": SHARED,
    "GET /missions": Way(Whose.SHARED, LISTED + filtered("creator:ann", "workspace:{slug}")),
    "GET /projects/{slug}/missions": Way(
        Whose.SHARED, (*LISTED, Ask("limit=1000", path="/projects/shop/missions"))
    ),
    "POST /projects/{slug}/missions": sent(lambda _: {"name": "x"}),
    "GET /projects/{slug}/missions/{mission}": SHARED,
    "PATCH /projects/{slug}/missions/{mission}": sent(lambda _: {"name": "mine"}),
    "POST /projects/{slug}/missions/{mission}/transitions": sent(lambda _: {"to": "cancelled"}),
    "DELETE /projects/{slug}/missions/{mission}": SHARED,
    "POST /notices": sent(lambda its: {"person": "ann", "title": "x", "workspace": its.slug}),
    "GET /projects/{slug}/notifications": Way(
        Whose.SHARED, (*DELIVERED, Ask("limit=500", path="/projects/shop/notifications"))
    ),
    "GET /projects/{slug}/notifications/stats": Way(
        Whose.SHARED, (Ask(), Ask(path="/projects/shop/notifications/stats"))
    ),
    "POST /projects/{slug}/notifications/send": sent(
        lambda _: {"channel": "later", "title": "x", "body": "x", "delayMs": 3_600_000}
    ),
    "GET /deliveries": Way(Whose.SHARED, DELIVERED),
    "GET /deliveries/stats": SHARED,
    "GET /deliveries/{delivery}": SHARED,
    "POST /deliveries/{delivery}/retry": SHARED,
    "POST /deliveries/{delivery}/cancel": SHARED,
    "GET /desktop-alerts/{alert}": SHARED,
    "GET /people": Way(Whose.SHARED, LISTED),
    "GET /people/{name}": Way(Whose.SHARED, ()),  # Ben may see Ann: tried below
    "POST /people": sent(lambda _: {"name": "carl"}),
    "PATCH /people/{name}": Way(Whose.SHARED, ()),
    "GET /keys": Way(Whose.SHARED, LISTED + filtered("owner:ann")),
    "POST /keys": sent(lambda _: {"name": "x", "owner": "ann"}),
    "POST /keys/{key}/rotate": sent(lambda _: {}),
    "POST /keys/{key}/revoke": SHARED,
    "GET /audit": Way(Whose.SHARED, LISTED + filtered("actor:ann")),
    "GET /server/backup": Way(Whose.SHARED, (Ask(admin=False),)),  # the home's files, which are its owner's
    "GET /stream": Way(Whose.OWN, ()),  # heard below
    "GET /providers": OPEN,
    "POST /providers/{name}/test": OPEN,
    "GET /health": OPEN,
    "GET /status": OPEN,
    "GET /metrics": OPEN,
    "GET /api/automations/http-trigger": TOKEN,
    "POST /api/automations/http-trigger": TOKEN,
    "GET /api/automations/http-trigger/{token}": TOKEN,
    "POST /api/automations/http-trigger/{token}": TOKEN,
    "POST /api/webhooks/github/{workspace}": TOKEN,
}
