"""PagerDuty, by its Events API v2: alerts are told apart, and resolved, by their thread."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from core.secret import Secret

_KEY = re.compile(r"[A-Za-z0-9]{32}")


class PagerdutySettings(Struct, frozen=True, rename="camel"):
    """PagerDuty, by the Events API v2."""

    routing_key: Annotated[
        Secret,
        Meta(
            description="The integration key of an Events API v2 integration: 32 letters and digits.",
            examples=["${PAGERDUTY_ROUTING_KEY}"],
        ),
    ]
    source: Annotated[
        str | None, Meta(description="What PagerDuty shows as the source; this machine's name if absent.")
    ] = None
    base_url: Annotated[
        str | None, Meta(description="Where PagerDuty is: takes the place of https://events.pagerduty.com.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _KEY.fullmatch(self.routing_key.reveal()):
            return "routingKey", "an integration key of the Events API v2 has 32 letters and digits"
        return None
