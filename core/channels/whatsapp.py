"""WhatsApp: Meta's Cloud API, or a bridge on one's own machine that takes `{"to", "text"}`."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from core.secret import Secret

_NUMBER = re.compile(r"\+?[0-9]{6,15}")
_ID = re.compile(r"[0-9]{1,32}")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")


class WhatsappSettings(Struct, frozen=True, rename="camel"):
    """WhatsApp, by the Cloud API with `phoneNumberId` and `accessToken`, or by a bridge with `bridgeUrl`.

    Alerts are begun by the business: later than 24 hours after the recipient wrote last, Meta takes nothing but
    templates that it has approved."""

    to: Annotated[
        str, Meta(description="Who gets it: a number with its country code.", examples=["+4915112345678"])
    ]
    phone_number_id: Annotated[str | None, Meta(description="Cloud API: the id of the sending number.")] = None
    access_token: Annotated[Secret | None, Meta(description="Cloud API: the access token.")] = None
    template: Annotated[
        str | None,
        Meta(
            description="Cloud API: the name of an approved template whose body has the parameters {{1}}, the"
            " title, and {{2}}, the text. Without it plain text is sent."
        ),
    ] = None
    language: Annotated[str, Meta(description="Cloud API: the template's language.")] = "en"
    api_version: Annotated[str, Meta(description="Cloud API: the version of the Graph API.")] = "v23.0"
    bridge_url: Annotated[Secret | None, Meta(description="A bridge that gets {to, text} by POST.")] = None
    base_url: Annotated[str | None, Meta(description="Cloud API: where the service is.")] = None

    @property
    def number(self) -> str:
        """The recipient, digits alone."""
        return re.sub(r"[\s().+-]", "", self.to)

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not _NUMBER.fullmatch(self.number):
            return "to", "write the number with its country code, as in +4915112345678"
        if self.bridge_url is not None:
            cloud = self.phone_number_id is not None or self.access_token is not None
            return (
                ("bridgeUrl", "give either a bridge or the Cloud API's phoneNumberId and accessToken")
                if cloud
                else None
            )
        if self.phone_number_id is None:
            return "phoneNumberId", "give phoneNumberId and accessToken of the Cloud API, or a bridgeUrl"
        if not _ID.fullmatch(self.phone_number_id):
            return "phoneNumberId", "this is the id of the number, digits alone, and not the number itself"
        if self.access_token is None or not self.access_token.reveal().strip():
            return "accessToken", "the Cloud API needs an access token"
        return None if _VERSION.fullmatch(self.api_version) else ("apiVersion", "write it as in v23.0")
