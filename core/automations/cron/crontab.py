"""A person's crontab, read as Debian's cron reads it: what it would start, and the lines that cannot be taken.

A line that is refused ends nothing: the others are read on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import quote

from core.automations.cron.errors import CronError, quoted
from core.automations.cron.expression import ALIASES, parse
from core.automations.cron.zones import zone
from core.errors import InvalidError

_BLANKS = " \t"
_LONGEST_LINE = 16_384
_LONGEST_NAME = 120
_PLAIN_SHELL = "/bin/sh"

_ASSIGNMENT = re.compile(r"""("[^"]*"|'[^']*'|[^ \t=]+)[ \t]*=[ \t]*(.*)""", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_TITLES = re.compile(r"m(in|inute)?[ \t,]+h(r|our)?[ \t,]+", re.IGNORECASE)
_SCHEDULE = re.compile(r"(?:[^ \t]+[ \t]+){5}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A command and when it runs. `schedule` is as it was written, `expression` the five fields that it means."""

    line: int
    schedule: str
    expression: str
    command: str
    stdin: str | None
    name: str | None
    user: str | None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> str | None:
        """The zone of the schedule, where CRON_TZ names one. TZ is the command's alone."""
        return self.environment.get("CRON_TZ") or None

    @property
    def script(self) -> str:
        """A script for `sh` that does what cron would: its variables, the home folder, its shell, its input."""
        lines = [f"export {name}={quote(value)}" for name, value in self.environment.items()]
        lines.append('cd "${HOME:-/}" || exit')
        shell = self.environment.get("SHELL") or _PLAIN_SHELL
        command = self.command
        if shell != _PLAIN_SHELL or self.stdin is not None:
            command = f"{quote(shell)} -c {quote(self.command)}"
        if self.stdin is not None:
            command = f"printf %s {quote(self.stdin)} | {command}"
        return "\n".join([*lines, command]) + "\n"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be taken, and why, in a sentence."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Crontab:
    """What a crontab would start, and what of it cannot be taken."""

    entries: list[Entry]
    refusals: list[Refusal]


class _RefusedError(Exception):
    """The line at hand is refused."""


def read_crontab(text: str, *, user_column: bool = False) -> Crontab:
    """Read a crontab; a system's has a column for the user before the command."""
    found = Crontab([], [])
    environment: dict[str, str] = {}
    above: str | None = None
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.removesuffix("\r").lstrip(_BLANKS)
        name, above = above, None
        try:
            _check(line)
            if line.startswith("#"):
                above = _name(line)
            elif assigned := _assignment(line):
                environment = {**environment, assigned[0]: assigned[1]}
            elif line:
                found.entries.append(_entry(number, line, name, environment, user_column))
        except _RefusedError as refused:
            found.refusals.append(Refusal(number, str(refused)))
    return found


def _check(line: str) -> None:
    if len(line) > _LONGEST_LINE:
        raise _RefusedError(f"The line is longer than {_LONGEST_LINE} characters: put its command into a script.")
    if _NO_TEXT.search(line):
        raise _RefusedError("The line has a character that is no text: write it as UTF-8.")


def _name(comment: str) -> str | None:
    """The words of a comment; nothing for a rule, the titles of the columns, or an entry that is switched off."""
    words = " ".join(comment.lstrip("#").split())
    shortened = words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1]}…"
    is_name = any(char.isalnum() for char in words) and not _TITLES.match(words) and not _is_entry(words)
    return shortened if is_name else None


def _is_entry(words: str) -> bool:
    if words.split(" ")[0].lower() in (*ALIASES, "@reboot"):
        return True
    schedule = _SCHEDULE.match(words)
    try:
        parse(schedule.group() if schedule else "")
    except CronError:
        return False
    return True


def _assignment(line: str) -> tuple[str, str] | None:
    """The variable and its value; nothing where the line is no assignment."""
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        return None
    name, value = _unquoted(found[1]), _unquoted(found[2].rstrip(_BLANKS))
    if name is None or not _VARIABLE.fullmatch(name):
        raise _RefusedError(f"{quoted(found[1])} is no name for a variable.")
    if value is None:
        raise _RefusedError(f"The quotes around the value of {quoted(name)} do not end.")
    return name, value


def _unquoted(text: str) -> str | None:
    """The text without quotes around it; nothing where they do not match."""
    if text[:1] not in ('"', "'") or not text:
        return text
    return text[1:-1] if len(text) > 1 and text[-1] == text[0] else None


def _entry(number: int, line: str, name: str | None, environment: dict[str, str], user_column: bool) -> Entry:
    schedule, rest = _split(line)
    expression = _expression(schedule)
    user = None
    if user_column:
        user, rest = _first_word(rest)
        if not user:
            raise _RefusedError("There is no user after the schedule.")
    command, stdin = _command(rest)
    if not command.strip():
        raise _RefusedError(
            "There is no command after the user." if user else "There is no command after the schedule."
        )
    if environment.get("CRON_TZ"):
        _check_zone(environment["CRON_TZ"])
    return Entry(number, schedule, expression, command, stdin, name, user, environment)


def _split(line: str) -> tuple[str, str]:
    """The schedule, and what follows it."""
    if line.startswith("@"):
        return _first_word(line)
    words: list[str] = []
    rest = line
    while rest and len(words) < 5:
        word, rest = _first_word(rest)
        words.append(word)
    return " ".join(words), rest


def _first_word(text: str) -> tuple[str, str]:
    end = next((place for place, char in enumerate(text) if char in _BLANKS), len(text))
    return text[:end], text[end:].lstrip(_BLANKS)


def _expression(schedule: str) -> str:
    alias = schedule.lower()
    if alias == "@reboot":
        raise _RefusedError("@reboot is no time: what starts with the machine belongs in a service.")
    if alias in ALIASES:
        return ALIASES[alias]
    try:
        return parse(schedule).text
    except CronError as error:
        raise _RefusedError(error.sentence) from None


def _check_zone(name: str) -> None:
    try:
        zone(name)
    except InvalidError as error:
        raise _RefusedError(f"CRON_TZ: {error.sentence}") from None


def _command(text: str) -> tuple[str, str | None]:
    """The command, and its input: what follows the first bare `%`, where each further one ends a line."""
    end = _bare_percent(text)
    command = text[:end].replace("\\%", "%")
    return command, None if end == len(text) else _input(text[end + 1 :])


def _bare_percent(text: str) -> int:
    """Where the first `%` without a backslash is; a backslash itself takes one as well."""
    place = 0
    while place < len(text) and text[place] != "%":
        place += 2 if text[place] == "\\" else 1
    return min(place, len(text))


def _input(text: str) -> str | None:
    if not text:
        return None
    lines = re.split(r"(?<!\\)%", text)
    return "\n".join(line.replace("\\%", "%") for line in lines).removesuffix("\n") + "\n"
