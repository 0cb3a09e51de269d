"""Slack, by an incoming webhook: success is the answer `ok`, to the letter."""

from typing import Annotated

from msgspec import Meta, Struct

from core.secret import Secret


class SlackSettings(Struct, frozen=True, rename="camel"):
    """Slack, by an incoming webhook of an app."""

    webhook_url: Annotated[
        Secret,
        Meta(description="The webhook's address, which is a secret.", examples=["${SLACK_WEBHOOK_URL}"]),
    ]
    base_url: Annotated[
        str | None, Meta(description="Where Slack is: takes the place of https://hooks.slack.com.")
    ] = None

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not self.webhook_url.reveal().startswith(("https://", "http://")):
            return "webhookUrl", "this is the whole address, beginning with https://"
        return None
