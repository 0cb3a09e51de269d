"""Alerts for the desktop of whoever is connected, over HTTP."""

from core.api.deliveries import DesktopAlert
from core.channels.desktop_alerts import DesktopAlerts
from core.http.endpoint import Asked, Endpoint


def endpoints(alerts: DesktopAlerts) -> list[Endpoint]:
    async def show(asked: Asked[None, None]) -> DesktopAlert:
        return await alerts.show(asked.caller, asked.path["alert"])

    return [
        Endpoint(
            "GET", "/desktop-alerts/{alert}", "What an app shows on its person's desktop", show, DesktopAlert
        )
    ]
