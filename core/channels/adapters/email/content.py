"""A mail as it goes over the wire: the headers by which programs know it, its text, and the same in HTML."""

from email.headerregistry import Address as MailAddress
from email.headerregistry import BaseHeader, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, ClassVar, Literal

from core.channels.adapters.email.addresses import Address
from core.channels.adapters.email.words import mail_of
from core.channels.message import Message
from core.clock import to_datetime


class _MessageIds(BaseHeader):
    """Otherwise a long one is encoded as if it were words, and no program knows it."""

    max_count: ClassVar[Literal[1] | None] = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        MessageIDHeader.parse(value, kwds)


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("in-reply-to", _MessageIds)
_REGISTRY.map_to_type("references", _MessageIds)
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_REGISTRY)


def content_of(message: Message, sender: Address, recipients: list[Address]) -> bytes:
    mail = mail_of(message, sender.domain)
    built = EmailMessage(_POLICY)
    built["From"] = _mailbox(sender)
    built["To"] = [_mailbox(recipient) for recipient in recipients]
    built["Subject"] = mail.subject
    built["Date"] = format_datetime(to_datetime(message.at))
    built["Message-ID"] = mail.message_id
    for name, value in mail.headers.items():
        built[name] = value
    built.set_content(mail.text)
    built.add_alternative(mail.html, subtype="html")
    return built.as_bytes()


def _mailbox(address: Address) -> MailAddress:
    return MailAddress(address.name, addr_spec=address.email)
