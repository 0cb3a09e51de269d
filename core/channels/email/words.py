"""A delivery as a mail, the same for SMTP and for the services. Texts are cut, then cleaned, then escaped: no tag
and no entity is ever cut in two."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape

from core.api.inbox import Severity
from core.channels.message import Message
from core.clock import to_datetime
from core.text import clean, excerpt
from storage.ids import Instant

SUBJECT = 150  # cells
_WORD = 200
_LONGEST = 20_000  # characters of a body
_COLOURS: dict[Severity, str] = {"info": "#36a64f", "warning": "#daa520", "critical": "#cc0000"}


@dataclass(frozen=True, slots=True)
class Mail:
    """What is in a mail, and the headers by which it is found again."""

    subject: str
    text: str
    html: str
    message_id: str  # the same from attempt to attempt
    thread_id: str  # of what mails about one thing answer to; nobody ever sent that one
    headers: dict[str, str]


def mail_of(message: Message, domain: str) -> Mail:
    """The mail for this delivery, as a sender at `domain` sends it."""
    subject = excerpt(message.title, SUBJECT).strip() or excerpt(message.event, SUBJECT)
    body = clean(_shortened(message.body), multiline=True).strip("\n")
    thread_id = f"<thread.{sha256(message.thread.encode(errors='replace')).hexdigest()[:32]}@{domain}>"
    return Mail(
        subject,
        _text(subject, body, message),
        _html(subject, body, message),
        f"<{message.id}@{domain}>",
        thread_id,
        {"Auto-Submitted": "auto-generated", "In-Reply-To": thread_id, "References": thread_id},
    )


def footer_of(message: Message) -> list[str]:
    """Where it comes from, and what the rule's cooldown held back before it."""
    lines = [f"Event {excerpt(message.event, _WORD)} · rule {excerpt(message.rule, _WORD)} · {_time(message.at)}"]
    if message.held_back:
        since = f" since {_time(message.held_since)}" if message.held_since is not None else ""
        lines.append(f"{message.held_back} more held back by the rule's cooldown{since}")
    return lines


def _text(subject: str, body: str, message: Message) -> str:
    parts = [subject, body, _link(message) or "", "-- \n" + "\n".join(footer_of(message))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(subject: str, body: str, message: Message) -> str:
    link = _link(message)
    button = f'<p><a href="{escape(link)}">{escape(link)}</a></p>\n' if link else ""
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"></head>\n'
        '<body style="font-family:sans-serif">\n'
        f'<div style="border-left:4px solid {_COLOURS[message.severity]};padding-left:12px">\n'
        f"<h3>{escape(subject)}</h3>\n<p>{_lines(body)}</p>\n{button}"
        f'<p style="color:#777777;font-size:12px">{_lines(chr(10).join(footer_of(message)))}</p>\n'
        "</div>\n</body></html>\n"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _shortened(body: str) -> str:
    return body if len(body) <= _LONGEST else body[:_LONGEST] + "…"


def _link(message: Message) -> str | None:
    """Where it leads, if a browser goes there."""
    link = message.link
    if link is None or not link.startswith(("https://", "http://")):
        return None
    return link if link.isascii() and link.isprintable() and " " not in link else None


def _time(instant: Instant) -> str:
    moment: datetime = to_datetime(instant)
    return f"{moment:%Y-%m-%d %H:%M} UTC"
