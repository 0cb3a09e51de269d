"""What a mail server's answer, or its silence, means for a delivery. Pure: errors in, outcomes out."""

import ssl
from collections.abc import Callable, Mapping
from typing import Literal

from aiosmtplib import SMTPException, SMTPResponseException

from core.channels.outcome import Ambiguous, Gone, Outcome, Refused, Transient

Stage = Literal["connecting", "login", "sender", "content"]
Told = Callable[[str], str]
"""What the server said, fit to be shown."""

CLOSING = 421
_LOGIN_REFUSED = frozenset({530, 534, 535})
"""Login needed, a special password needed, wrong user or password. Trying those again locks accounts: the channel
is disabled, its deliveries wait, and somebody is told."""


class NoEncryptionError(Exception):
    """The server offers no STARTTLS, and nobody has waived it."""


class NoLoginError(Exception):
    """There is a password, and the server takes none."""


def outcome_of(error: Exception, stage: Stage, told: Told) -> Outcome:
    """How an attempt ended that this error ended, at this stage of it."""
    match error:
        case NoEncryptionError():
            return Refused(
                "The mail server offers no encryption (STARTTLS), so nothing was sent."
                " If that is meant to be, set tls to none on this channel."
            )
        case NoLoginError():
            return Refused("The mail server takes no user and password here: check host, port and tls.")
        case SMTPResponseException() if error.code >= 400:
            return answered(error.code, error.message, stage, told)
    if stage == "content":
        return Ambiguous("The mail server did not say whether it took the mail. It may have arrived.")
    return Transient(_unreached(error, told))


def answered(code: int, message: str, stage: Stage, told: Told) -> Outcome:
    """What it means that the server said no."""
    said = f"{code} {told(message)}".strip()
    if code < 500:
        return Transient(f"The mail server wants this to be tried later: {said}")
    if code in _LOGIN_REFUSED and stage != "content":
        return Gone(f"The mail server does not accept the user and password of this channel: {said}")
    return Refused(f"The mail server refused it: {said}")


def none_accepted(refusals: Mapping[str, tuple[int, str]], told: Told) -> Outcome:
    """No recipient was accepted. If one of them may be later, all are tried again."""
    sentence = f"The mail server accepted no recipient: {_each(refusals, told)}"
    return Transient(sentence) if any(code < 500 for code, _ in refusals.values()) else Refused(sentence)


def partly_refused(refusals: Mapping[str, tuple[int, str]], told: Told) -> str:
    """A mail that went to the others is not sent again: they would have it twice."""
    return f"Not sent to {_each(refusals, told)}. The others have it." if refusals else ""


def _each(refusals: Mapping[str, tuple[int, str]], told: Told) -> str:
    named = [
        f"{address} ({code} {told(message)[:80]})" for address, (code, message) in list(refusals.items())[:3]
    ]
    more = len(refusals) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _unreached(error: Exception, told: Told) -> str:
    reason = _tls_reason(error)
    if reason is not None:
        return f"The mail server's encryption cannot be trusted, so nothing was sent: {told(reason)}"
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(error, SMTPResponseException):
        return "What answers there does not speak as a mail server does."
    if isinstance(error, ConnectionError | OSError | SMTPException):
        return f"The mail server cannot be reached: {told(str(error.__cause__ or error))}"
    return f"The mail could not be handed over: {told(str(error))}"


def _tls_reason(error: BaseException | None) -> str | None:
    """What is wrong with the encryption, if that is what ended it."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "its certificate is not valid."
        if isinstance(error, ssl.SSLError):
            return error.reason or "no common protocol."
        error = error.__cause__
    return None
