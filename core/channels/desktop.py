"""The native alert of whoever is connected."""

from msgspec import Struct


class DesktopSettings(Struct, frozen=True, rename="camel"):
    """There is nothing to set: each person says in their own settings when and how they are alerted."""

    def wrong(self) -> tuple[str, str] | None:
        return None
