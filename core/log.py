"""The server's log: one JSON object on a line, in private files that rotate, without secrets.

Lines are ASCII: what others wrote is in them as escapes, so that a log can be read in a terminal. A log that
cannot be written ends no request."""

import logging
import os
import re
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.errors import HomeError
from core.secret import Secret
from core.text import json_ascii

NAME = "callboard.log"

_LONGEST_TEXT = 8_000
_SHORTEST_SECRET = 6
_HIDDEN = "***"
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_BETWEEN = r"[\"']?\s*[:=,]\s*b?[\"']?"
_TELLTALES = (
    (re.compile(r"cbk_[A-Za-z0-9_-]{20,}"), "cbk_" + _HIDDEN),
    (re.compile(rf"(?i)(api-authentication{_BETWEEN})[^\s\"',;]+"), r"\1" + _HIDDEN),
    (re.compile(rf"(?i)(authorization{_BETWEEN}(?:[a-z]+ +)?)[^\s\"',;]+"), r"\1" + _HIDDEN),
    (re.compile(r"(?i)\b(bearer +)[A-Za-z0-9._~+/=-]{12,}"), r"\1" + _HIDDEN),
    (re.compile(r"(?i)(/api/automations/http-trigger/)[^\s/?#\"']+"), r"\1" + _HIDDEN),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/?#@]*:)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)


class Scrubber:
    """Takes secrets out of a text: those it was told, and what has the form of one."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Take out these, too."""
        known = {*self._known, *(secret.reveal() for secret in secrets)}
        self._known = sorted((text for text in known if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, _HIDDEN)
        for form, shown in _TELLTALES:
            text = form.sub(shown, text)
        return text


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with what was given as `extra` beside the message."""

    def __init__(self, scrub: Scrubber) -> None:
        super().__init__()
        self.scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._text(_message(record)),
        }
        for name, value in vars(record).items():
            if name not in _OWN_FIELDS and name not in line:
                line[name] = value if isinstance(value, int | float | None) else self._text(str(value))
        if record.exc_info and record.exc_info[0]:
            line["exception"] = self._text("".join(traceback.format_exception(*record.exc_info)), keep_end=True)
        return json_ascii(line)

    def _text(self, text: str, *, keep_end: bool = False) -> str:
        text = self.scrub(text)
        if len(text) <= _LONGEST_TEXT:
            return text
        return "…" + text[-_LONGEST_TEXT:] if keep_end else text[:_LONGEST_TEXT] + "…"


class PrivateFile(RotatingFileHandler):
    """A log file that nobody else can read, from the moment it exists."""

    def reopen(self) -> None:
        """Go on in the file that has the name now: somebody may have moved the old one away."""
        self.acquire()
        try:
            if self.stream:
                self.stream.close()
            self.stream = self._open()
        finally:
            self.release()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Nothing: whatever was being done is worth more than its line in the log."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="ascii", opener=_open_private)


def configure(
    folder: Path, level: str = "info", secrets: Iterable[Secret] = (), *, size: int = 10_000_000, keep: int = 5
) -> Path:
    """Send every logger of the process to a file in the folder; answers which. The last call counts."""
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = PrivateFile(path, maxBytes=size, backupCount=keep, encoding="ascii")
    except OSError as error:
        raise HomeError(f"The log {path} cannot be written: {error.strerror}.") from None
    file.setFormatter(JsonLines(Scrubber(secrets)))
    close()
    root = logging.getLogger()
    root.addHandler(file)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    return path


def hide(secrets: Iterable[Secret]) -> None:
    """Let none of these come into the log from now on."""
    told = list(secrets)
    for file in _files():
        if told and isinstance(file.formatter, JsonLines):
            file.formatter.scrub.learn(told)


def reopen() -> None:
    """After a log file was moved away, go on in a new one."""
    for file in _files():
        file.reopen()


def close() -> None:
    """Log to no file any more."""
    for file in _files():
        logging.getLogger().removeHandler(file)
        file.close()


def _files() -> list[PrivateFile]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, PrivateFile)]


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError, IndexError):
        return f"{record.msg} {record.args}"


def _open_private(path: str, flags: int) -> int:
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(file, 0o600)
    return file
