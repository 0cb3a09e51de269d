"""The adapter that a channel of mail asks for. Each provider's module is loaded when a channel needs it."""

from core.channels.adapter import Adapter
from core.channels.adapters.email.settings import EmailSettings
from core.channels.outbound.http_client import HttpClient


def email_adapter(settings: EmailSettings, client: HttpClient) -> Adapter:
    match settings.provider:
        case "smtp":
            from core.channels.adapters.email.smtp import SmtpAdapter

            return SmtpAdapter(settings, client)
        case "resend":
            from core.channels.adapters.email.resend import ResendAdapter

            return ResendAdapter(settings, client)
        case "sendgrid":
            from core.channels.adapters.email.sendgrid import SendgridAdapter

            return SendgridAdapter(settings, client)
