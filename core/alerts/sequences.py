"""An alert as the bytes that a terminal understands. None of them makes the terminal answer.

What others wrote is in it as base64, or cleaned: no control character, and nothing that turns text around."""

from base64 import b64encode

from core.alerts.terminals import Wrapper
from core.alerts.ways import Way
from core.alerts.words import BODY, TITLE, URGENCIES, Alert
from core.text import excerpt

APP = "Callboard"
BELL = "\a"
ESC = "\x1b"
ST = "\x1b\\"
CHUNK = 2_048  # bytes of text in one OSC 99, before they are base64
SCREEN = 512  # bytes that screen takes in one string; it knows no more than 768

_URGENCY = {urgency: number for number, urgency in enumerate(URGENCIES.values())}


def sequence(
    alert: Alert, way: Way, *, wrapper: Wrapper = "", bell: bool = False, name: str = "1", away: bool = False
) -> str:
    """All that is to be written, in one piece. `name` tells this alert from all others; `away` has a
    terminal that can do so leave it out while its window has the focus."""
    match way:
        case "osc99":
            made = _osc99(alert, name, away)
        case "osc777":
            made = [_osc777(alert)]
        case "osc9":
            made = [_osc9(alert)]
        case _:
            return BELL
    return "".join(_wrapped(one, wrapper) for one in made) + (BELL if bell else "")


def _osc99(alert: Alert, name: str, away: bool) -> list[str]:
    """As kitty defines it, in chunks. A click brings the window up, and nothing is reported."""
    last = f"d=1:u={_URGENCY[alert.urgency]}" + (":o=unfocused" if away else "")
    parts = [("title", chunk) for chunk in chunks(f"{APP}: {_title(alert)}", CHUNK)]
    parts += [("body", chunk) for chunk in chunks(_body(alert), CHUNK)]
    return [
        f"{ESC}]99;i=callboard-{name}:e=1:p={kind}:{last if at == len(parts) else 'd=0'};{_base64(text)}{ST}"
        for at, (kind, text) in enumerate(parts, 1)
    ]


def _osc777(alert: Alert) -> str:
    title, body = (f"{APP}: {_title(alert)}", _body(alert)) if alert.body else (APP, _title(alert))
    return f"{ESC}]777;notify;{title.replace(';', ',')};{body}{ST}"


def _osc9(alert: Alert) -> str:
    """A text that began with a digit would be a command to some terminals."""
    body = _body(alert)
    return f"{ESC}]9;{APP}: {_title(alert)}{' · ' + body if body else ''}{ST}"


def _wrapped(one: str, wrapper: Wrapper) -> str:
    if wrapper == "tmux":
        return f"{ESC}Ptmux;{one.replace(ESC, ESC + ESC)}{ST}"
    if wrapper == "screen":  # its string would end with the end of ours
        inner = one.removesuffix(ST) + BELL
        return "".join(f"{ESC}P{chunk}{ST}" for chunk in chunks(inner, SCREEN))
    return one


def chunks(text: str, size: int) -> list[str]:
    """The text in pieces of at most so many bytes; no character is cut in two."""
    pieces: list[str] = []
    begin = length = 0
    for at, character in enumerate(text):
        more = len(character.encode())
        if length + more > size:
            pieces.append(text[begin:at])
            begin, length = at, 0
        length += more
    return [*pieces, text[begin:]] if begin < len(text) else pieces


def _title(alert: Alert) -> str:
    return excerpt(alert.title, TITLE)


def _body(alert: Alert) -> str:
    return excerpt(alert.body, BODY)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
