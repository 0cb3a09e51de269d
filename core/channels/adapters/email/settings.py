"""What a channel of type `email` can be told."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from core.channels.adapters.email.addresses import Address, parsed, unique
from core.errors import InvalidError
from core.secret import Secret

Tls = Literal["starttls", "implicit", "none"]
Port = Annotated[int, Meta(ge=1, le=65535)]

MOST_RECIPIENTS = {"smtp": 100, "resend": 50, "sendgrid": 1000}
_IMPLICIT_PORT = 465
_NO_SENDER = "give the address that the mails come from, as in callboard@example.com"
_NO_HOST = "name the SMTP server"
_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": _IMPLICIT_PORT, "none": 25}


class EmailSettings(Struct, frozen=True, rename="camel"):
    """Mail by SMTP, Resend or SendGrid."""

    to: Annotated[
        list[str] | str, Meta(description="Who gets it: one address, or a list.", examples=[["ops@example.com"]])
    ]
    provider: Annotated[Literal["smtp", "resend", "sendgrid"], Meta(description="Who sends it.")] = "resend"
    from_: Annotated[
        str | None,
        Meta(
            description="The address that it comes from; with SMTP `user` when absent, if that is an address.",
            examples=["Callboard <callboard@example.com>"],
        ),
    ] = field(default=None, name="from")
    host: Annotated[str | None, Meta(description="SMTP: the server.", examples=["smtp.example.com"])] = None
    port: Annotated[Port | None, Meta(description="SMTP: its port; 587 when absent, or what `tls` asks for.")] = (
        None
    )
    user: Annotated[str | None, Meta(description="SMTP: who logs in; nobody when absent.")] = None
    password: Annotated[Secret | None, Meta(description="SMTP: their password.")] = None
    tls: Annotated[
        Tls | None,
        Meta(
            description="SMTP: 'starttls', or 'implicit' as on port 465. Without encryption nothing is sent,"
            " unless this is 'none'."
        ),
    ] = None
    api_key: Annotated[Secret | None, Meta(description="Resend and SendGrid: the API key.")] = None
    base_url: Annotated[str | None, Meta(description="Resend and SendGrid: where the service is.")] = None

    @property
    def sender(self) -> Address:
        if (found := self._sender) is None:
            raise InvalidError(_NO_SENDER, "from")
        return found

    @property
    def server(self) -> str:
        """SMTP's host."""
        if not self.host:
            raise InvalidError(_NO_HOST, "host")
        return self.host

    @property
    def key(self) -> str:
        """A service's API key."""
        if self.api_key is None or not (key := self.api_key.reveal().strip()):
            raise InvalidError(f"{self.provider} needs an API key", "apiKey")
        return key

    @property
    def recipients(self) -> list[Address]:
        """Each once."""
        return unique([found for text in self._written if (found := parsed(text)) is not None])

    @property
    def security(self) -> Tls:
        if self.tls is not None:
            return self.tls
        return "implicit" if self.port == _IMPLICIT_PORT else "starttls"

    @property
    def smtp_port(self) -> int:
        return _PORTS[self.security] if self.port is None else self.port

    @property
    def _sender(self) -> Address | None:
        written = self.user if self.from_ is None and self.provider == "smtp" else self.from_
        return None if written is None else parsed(written)

    @property
    def _written(self) -> list[str]:
        return [self.to] if isinstance(self.to, str) else self.to

    def wrong(self) -> tuple[str, str] | None:
        """The first key that is wrong, and why."""
        if not self._written:
            return "to", "name at least one address"
        if any(parsed(text) is None for text in self._written):
            return "to", "this is not an address of mail: write ops@example.com or Ops <ops@example.com>"
        if len(self.recipients) > MOST_RECIPIENTS[self.provider]:
            return "to", f"at most {MOST_RECIPIENTS[self.provider]} addresses: use a mailing list for more"
        if self._sender is None:
            return "from", _NO_SENDER
        return self._wrong_with_smtp() if self.provider == "smtp" else self._wrong_with_service()

    def _wrong_with_smtp(self) -> tuple[str, str] | None:
        if not self.host:
            return "host", _NO_HOST
        if self.password is not None and self.user is None:
            return "user", "there is a password: say whose it is"
        if self.user is not None and self.password is None:
            return "password", "there is a user: give the password"
        if self.api_key is not None:
            return "apiKey", "SMTP has user and password; an API key is for resend and sendgrid"
        return None

    def _wrong_with_service(self) -> tuple[str, str] | None:
        if self.api_key is None or not self.api_key.reveal().strip():
            return "apiKey", f"{self.provider} needs an API key"
        if self.host is not None:
            return "host", f"{self.provider} needs no host: write provider = 'smtp' to send by SMTP"
        return None
