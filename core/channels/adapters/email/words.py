"""A delivery as a mail, the same for SMTP and for the services. Texts are cut, then cleaned, then escaped: no tag
and no entity is ever cut in two."""

from dataclasses import dataclass
from hashlib import sha256
from html import escape

from core.api.inbox import Severity
from core.channels.adapters.footer import browsable, footer
from core.channels.message import Message
from core.text import clean, excerpt

SUBJECT = 150  # cells
_LONGEST = 20_000  # characters of a body
_COLOURS: dict[Severity, str] = {"info": "#36a64f", "warning": "#daa520", "critical": "#cc0000"}


@dataclass(frozen=True, slots=True)
class Mail:
    """What is in a mail, and the headers by which it is found again."""

    subject: str
    text: str
    html: str
    message_id: str  # the same from attempt to attempt
    headers: dict[str, str]


def mail_of(message: Message, domain: str) -> Mail:
    """The mail for this delivery, as a sender at `domain` sends it. Mails about one thing all answer one that
    nobody ever sent: by that, programs show them together."""
    subject = excerpt(message.title, SUBJECT).strip() or excerpt(message.event, SUBJECT)
    body = clean(_shortened(message.body), multiline=True).strip("\n")
    thread = f"<thread.{sha256(message.thread.encode(errors='replace')).hexdigest()[:32]}@{domain}>"
    return Mail(
        subject,
        _text(subject, body, message),
        _html(subject, body, message),
        f"<{message.id}@{domain}>",
        {"Auto-Submitted": "auto-generated", "In-Reply-To": thread, "References": thread},
    )


def _text(subject: str, body: str, message: Message) -> str:
    parts = [subject, body, browsable(message.link) or "", "-- \n" + footer(message)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(subject: str, body: str, message: Message) -> str:
    link = browsable(message.link)
    button = f'<p><a href="{escape(link)}">{escape(link)}</a></p>\n' if link else ""
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"></head>\n'
        '<body style="font-family:sans-serif">\n'
        f'<div style="border-left:4px solid {_COLOURS[message.severity]};padding-left:12px">\n'
        f"<h3>{escape(subject)}</h3>\n<p>{_lines(body)}</p>\n{button}"
        f'<p style="color:#777777;font-size:12px">{escape(footer(message))}</p>\n'
        "</div>\n</body></html>\n"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _shortened(body: str) -> str:
    return body if len(body) <= _LONGEST else body[:_LONGEST] + "…"
