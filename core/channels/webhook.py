"""A webhook: JSON by POST with the configured headers, signed as Standard Webhooks says if it has a secret."""

import re
from typing import Annotated

from msgspec import Meta, Struct, field

from core.secret import Secret

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\U0010ffff]*")


class WebhookSettings(Struct, frozen=True, rename="camel"):
    """A webhook: JSON by POST to any address."""

    url: Annotated[Secret, Meta(description="Where to.", examples=["https://hooks.example.com/callboard"])]
    headers: Annotated[
        dict[str, Secret],
        Meta(description="Headers that are sent along.", examples=[{"Authorization": "Bearer ${HOOKS_TOKEN}"}]),
    ] = field(default_factory=dict)
    secret: Annotated[
        Secret | None,
        Meta(
            description="Signs what is sent, as Standard Webhooks says: `whsec_` and base64. While it changes,"
            " the new one and the old one, with a space between them."
        ),
    ] = None
    base_url: Annotated[
        str | None, Meta(description="Takes the place of the address's beginning, up to its path.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not self.url.reveal().startswith(("https://", "http://")):
            return "url", "this is the whole address, beginning with https://"
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name):
                return "headers", "a header's name has letters, digits and dashes"
            if not _VALUE.fullmatch(value.reveal()):
                return f"headers.{name}", "a header's value is one line of text"
        return None
