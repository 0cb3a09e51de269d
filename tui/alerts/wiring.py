"""Alerts of the app: what they know of it, and what activating one does there."""

import os
from typing import TYPE_CHECKING

from core.alerts.words import Alert
from core.api import inbox
from core.api.inbox import InboxActionRequest
from core.api.people import Me
from core.errors import CallboardError
from tui.alerts.alerts import Alerts
from tui.alerts.terminal import TerminalAlerts
from tui.navigation import go, open_link

if TYPE_CHECKING:
    from tui.app import CallboardApp


def alerts_of(app: "CallboardApp") -> Alerts:
    """The alerts of an app that is connected."""
    bench = app.workbench

    async def follow(alert: Alert) -> None:
        if alert.link is None or not await open_link(app, alert.link):
            go(app, "inbox")
        if alert.item is not None:
            await app.desk.source.send(inbox.act(InboxActionRequest("read", [alert.item])))

    def changed(me: Me) -> None:
        bench.live.me = me
        bench.profile_changed()

    def refused(error: CallboardError) -> None:
        bench.flash(error.sentence, "trouble")

    return Alerts(
        app.desk,
        app.attention,
        TerminalAlerts.of(app),
        app.cache_folder,
        os.environ,
        me=lambda: bench.live.me,
        changed=changed,
        opened=lambda alert: bench.start(follow(alert)),
        refused=refused,
        broke=app.end_by,
    )
