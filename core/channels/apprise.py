"""Any service that Apprise knows, where the optional dependency `apprise` is installed."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from core.secret import Secret

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://\S+")


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
        return None
