"""A receiver of webhooks that checks signatures with the published library of Standard Webhooks."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp.web import Response
from standardwebhooks import Webhook, WebhookVerificationError

from tests.fakes.http_double import Asked, HttpDouble, Said

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class FakeReceiver(HttpDouble):
    """With a `secret` it takes nothing that is not signed with it. The same id is taken once."""

    secret: str | None = None
    taken: dict[str, Any] = field(default_factory=dict)

    @property
    def hook(self) -> str:
        return f"{self.url}/hooks/8f3a61c09b52"

    def words(self, status: int, asked: Asked) -> Said:
        said = " ".join(asked.headers.values())
        return f"refused {asked.path} with {said}", "text/plain"

    async def answer(self, asked: Asked) -> Response:
        if self.secret is not None:
            try:
                Webhook(self.secret).verify(asked.body, dict(asked.headers))
            except WebhookVerificationError as error:
                return Response(status=401, text=str(error))
        self.taken.setdefault(asked.headers.get("webhook-id", str(len(self.taken))), asked.json)
        return Response(status=204)
